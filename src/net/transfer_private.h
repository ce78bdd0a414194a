/* What transfer.c and transfer_lines.c share: a talk under way.  Only the module build/transfer.so has them. */
#ifndef WB_NET_TRANSFER_PRIVATE_H
#define WB_NET_TRANSFER_PRIVATE_H

#include "net/transfer.h"

#include <curl/curl.h>

struct Transfers {
  TransferSettings settings;
  char *ca_file;
  CURLM *multi;
  GArray *sockets;      /* of struct pollfd: what libcurl waits for */
  gint64 due;           /* when libcurl wants to be called, monotonic; G_MAXINT64: not at all */
  GPtrArray *transfers; /* of Transfer */
};

struct Transfer {
  Transfers *house;
  gpointer owner;
  TalkScheme scheme;
  gboolean login;
  gboolean connected;
  CURL *easy;
  struct curl_slist *addresses, *headers;
  TalkAnswer *answer;
  char error[CURL_ERROR_SIZE];
  gint64 started, deadline; /* monotonic */
  gsize octets;             /* of lines, both ways */
  gsize max_body;
  GByteArray *body;
  gboolean too_big;
  /* After EHLO, with commands of our own: */
  gboolean talking;
  char **commands;
  guint n_sent;
  GString *out; /* not sent yet */
  GString *in;  /* the begin of a line */
  curl_socket_t fd;
};

/* Sends the first command.  TRUE: the talk is over already. */
gboolean transfer_lines_begin(Transfer *t);
/* Sends and receives what can be.  TRUE: it is over, its status is set. */
gboolean transfer_lines_go_on(Transfer *t);
/* Says good-bye without waiting for an answer, and makes sure that libcurl does not wait for one either. */
void transfer_lines_end(Transfer *t);
/* Writes down what was said; FALSE: it is too much. */
gboolean transfer_note_lines(Transfer *t, char mark, const char *bytes, gsize length);

#endif
