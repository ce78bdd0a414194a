/* What the files transfer*.c share: a talk under way.  Only the module build/transfer.so has them. */
#ifndef WB_NET_TRANSFER_PRIVATE_H
#define WB_NET_TRANSFER_PRIVATE_H

#include "net/transfer.h"

#include <curl/curl.h>

struct Transfers {
  TransferSettings settings;
  char *ca_file;
  struct x509_store_st *authorities; /* whom to trust; NULL: nobody has asked yet */
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
  gint64 started, deadline, connect_deadline; /* monotonic */
  gsize octets;             /* of lines, both ways */
  gsize max_body;
  GByteArray *body;
  gboolean too_big, garbage;
  char *secrets[3]; /* what must not be written down, in all its forms; NULL: no log-in */
  /* After EHLO, with commands of our own: */
  gboolean talking;
  char **commands;
  guint n_sent;
  GString *out; /* not sent yet */
  GString *in;  /* the begin of a line */
  curl_socket_t fd;
};

/* "[2001:db8::1]", "192.0.2.1". Caller frees. */
char *transfer_bracketed(const char *address);

/* --- transfer_answer.c --- */

/* Fills in how libcurl's part of the talk ended, with `code`: status, phase, server, certificates, response. */
void transfer_take_answer(Transfer *t, CURLcode code);
/* Fills in what is known of a talk under way: server, phase. */
void transfer_take_so_far(Transfer *t);

/* --- transfer_lines.c --- */

/* Sends the first command.  TRUE: the talk is over already. */
gboolean transfer_lines_begin(Transfer *t);
/* Sends and receives what can be.  TRUE: it is over, its status is set. */
gboolean transfer_lines_go_on(Transfer *t);
/* Says good-bye without waiting for an answer, and makes sure that libcurl does not wait for one either. */
void transfer_lines_end(Transfer *t);
/* Writes down what was said, without the password; FALSE: it is too much. */
gboolean transfer_note_lines(Transfer *t, char mark, const char *bytes, gsize length);

/* --- transfer_tls.c --- */

/* Which encryption is wanted, and whom to trust. */
void transfer_set_tls(Transfer *t, const TalkRequest *request);
/* A line of libcurl's own words, of which one tells version and cipher. */
void transfer_note_tls(Transfer *t, const char *text);
/* Frees whom all talks trust. */
void transfer_forget_authorities(Transfers *house);
/* The certificates that were shown, and OpenSSL's opinion of them. */
void transfer_take_chain(Transfer *t);

/* --- transfer_secret.c --- */

/* Keeps the password of `request` in all the forms in which it might be said; transfer_wipe() overwrites them. */
void transfer_keep_secret(Transfer *t, const TalkRequest *request);
void transfer_wipe(Transfer *t);
/* A line of ours as it may be written down; NULL: as it is. Caller frees. */
char *transfer_without_secret(const Transfer *t, const char *line, gsize length);
/* A line of the other side, which may well repeat what it was sent. Caller frees. */
char *transfer_hide_secret(const Transfer *t, const char *line, gsize length);

#endif
