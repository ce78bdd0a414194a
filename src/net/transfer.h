/* The interface between the net and the loadable part of the program that talks over TCP.
 *
 * build/transfer.so is transfer*.c linked against libcurl; the program itself is not, since loading libcurl takes longer
 * than the rest of the start.  It works like the DNS channels: prepare() says what to wait for, process() does
 * what is due; nothing in it waits or resolves a name. */
#ifndef WB_NET_TRANSFER_H
#define WB_NET_TRANSFER_H

#include "net/talk_answer.h"

typedef struct Transfers Transfers;
typedef struct Transfer Transfer;

/* The talk of `owner` is over; `answer` is the receiver's. */
typedef void (*TransferDone)(gpointer user, gpointer owner, TalkAnswer *answer);

typedef struct TransferSettings {
  guint timeout_ms;    /* of one talk */
  const char *ca_file; /* certificate authorities to trust besides the system's, PEM; NULL: none */
  TransferDone done;
  gpointer user;
} TransferSettings;

typedef struct TransferModule {
  /* NULL: libcurl could not be started. */
  Transfers *(*new)(const TransferSettings *settings);
  void (*free)(Transfers *transfers);
  /* Begins a talk; everything in `request` is copied. */
  Transfer *(*ask)(Transfers *transfers, const TalkRequest *request, const char *key, gpointer owner);
  /* Ends it without a result. */
  void (*abandon)(Transfers *transfers, Transfer *transfer);
  /* What came so far, from whom, and how far it went. */
  const TalkAnswer *(*so_far)(Transfer *transfer);
  /* Appends what to wait for to `fds` (GArray of struct pollfd); returns until when, monotonic microseconds
   * (G_MAXINT64: nothing to wait for). */
  gint64 (*prepare)(Transfers *transfers, GArray *fds);
  /* Does what is due.  `fds` are those of the last prepare(), with their revents. */
  void (*process)(Transfers *transfers, const struct pollfd *fds, guint n);
  /* Talks under way get their time again. */
  void (*restart)(Transfers *transfers);
} TransferModule;

/* What the module exports: a function that returns its table. */
typedef const TransferModule *(*TransferFind)(void);
#define TRANSFER_SYMBOL "transfer_module"

#endif
