/* Bounces: what a returned mail, a delivery status notification or a pasted piece of either says.
 *
 * Two readers, one result: bounce_read() decides whether the bytes are a mail (read by GMime, in a loadable part of the
 * program so that nobody who has no mail to read pays for it) or plain text, and what plain text yields is used
 * wherever the mail says nothing.  Codes only as they stand in the text: missing is NULL, never invented.  All strings
 * are safe. */
#ifndef WB_MAIL_BOUNCE_H
#define WB_MAIL_BOUNCE_H

#include <glib.h>

/* The most of a bounce that is read: the rest of a bigger file is cut off, and `cut` says so. */
#define BOUNCE_MAX_BYTES (4u << 20)

typedef enum BounceKind {
  BOUNCE_BOUNCE,
  BOUNCE_DELAY,
  BOUNCE_AUTOREPLY,
  BOUNCE_FEEDBACK,
  BOUNCE_DELIVERED,
  BOUNCE_OTHER
} BounceKind;

/* One recipient group of RFC 3464 s2.3, or what the text says in its place. Any field may be NULL. */
/* A hard bounce: no mail to the address will arrive, whoever sends it and whatever is in it. */
typedef enum HardBounce { HARD_NOT_JUDGED, HARD_NO, HARD_YES, HARD_UNKNOWN } HardBounce;

typedef struct BounceRecipient {
  char *recipient; /* Final-Recipient's address */
  char *original_recipient;
  char *action;     /* failed delayed delivered relayed expanded */
  char *dsn_status; /* Status field: "5.1.1" */
  char *status;  /* enhanced status code in the words of refusal; where they have none, the Status field's if of class 4
                    or 5, but not of a delay about which the report says nothing else */
  char *reply;   /* SMTP reply code in the words of refusal: "550"; of a delivery, in those of acceptance: "250" */
  char *command; /* CONN EHLO MAIL RCPT DATA, where the text shows it */
  char *remote_mta;
  char *remote_ip;
  char *diagnostic; /* the remote server's own words */
  char *provider; /* this and the next three are filled by flow/diagnose.h */
  char *cause;    /* id of a cause */
  char *rule;     /* id of the rule that decided about the cause; NULL: a code did, or nothing */
  char *owner;    /* sender sender-admin recipient recipient-admin nobody-wait */
  int permanent; /* what the code says of this refusal: 1 final, 0 may pass; -1: not said */
  HardBounce hard; /* of the address; filled by flow/diagnose.h */
  char *comment;  /* behind the code in the Status field, where it tells more than the code; for the reader only */
  gboolean bare; /* the report says about it what RFC 3464 s2.3 requires, and nothing else */
} BounceRecipient;

typedef struct Bounce {
  gboolean is_bounce;
  BounceKind kind;
  gboolean cut; /* longer than BOUNCE_MAX_BYTES */
  gboolean
      plain; /* a mail that was read as plain text, because the part of the program that takes mails apart is missing */
  gboolean outlook; /* no mail, but a file of Outlook (.msg) */
  guint hidden;     /* characters that had to be made visible */
  char *reporting_mta;
  char *arrival_date;
  /* the returned mail */
  char *message_id, *from, *to, *subject, *date;
  gboolean to_list;      /* by its List fields it went through a mailing list, which is who its To field names */
  char *return_path;     /* reverse-path of the returned mail, "<>" for null */
  char *dkim_domain;     /* d= of a DKIM-Signature of it (RFC 6376 s3.5): "example.org"; of several the one that may
                            speak for its From line (RFC 9989 s4.4), else the first */
  char *dkim_selector;   /* s= of the same */
  char *dkim_signature;  /* its other tags of weight: "a=rsa-sha256; d=example.org; l=100"; NULL: no signature */
  char *arc;             /* its ARC fields for arc_read(); NULL: none */
  char *notice;          /* the words of the notice, its lines joined; no copy of the returned mail */
  char **received;       /* its Received fields, newest first, unfolded; NULL-terminated, never NULL */
  GPtrArray *recipients; /* of BounceRecipient, at least one unless the kind is BOUNCE_OTHER; of an automatic answer who
                            answered, of a complaint who complained: an address, where one is named */
  /* found anywhere in the text */
  char *list;        /* blocklist named: zone or operator */
  char *listed_ip;   /* address that is named as blocked, listed or refused */
  char *received_ip; /* public address in the returned mail's newest Received field: the server that handed the mail
                        over */
  char *helo;        /* its HELO name */
  char **url_hosts;  /* the hosts of the web links in the body of the returned mail (mail/links.h), not those in the words
                        of the notice; NULL-terminated, never NULL */
} Bounce;

/* Reads `length` bytes of any kind. Always returns a result: what is no bounce is said to be none (`is_bounce` FALSE).
 * A text without any code, address or list gives kind BOUNCE_OTHER and no recipients. */
Bounce *bounce_read(const char *bytes, gsize length);
void bounce_free(Bounce *bounce);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bounce, bounce_free)

/* TRUE: a file in Outlook's own format (.msg), a Compound File ([MS-CFB] s2.2). */
gboolean bounce_is_outlook(const char *bytes, gsize length);

/* "bounce", "delay", ... */
const char *bounce_kind_word(BounceKind kind);

/* The address that sent the mail, and where that knowledge is from: "named" (listed_ip), "received", or NULL: must be
 * asked. */
const char *bounce_sending_ip(const Bounce *bounce, const char **how);

/* Reads a file ("-": standard input) for bounce_read(): at most BOUNCE_MAX_BYTES + 1 bytes.  Errors say what to do: no
 * such file, folder, no permission, empty, a file of Outlook.  Other binary files are not an error here. */
char *bounce_load(const char *path, gsize *length, GError **error);

#endif
