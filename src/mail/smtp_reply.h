/* What SMTP servers say of themselves: the features of EHLO, the codes of replies.  Pure: safe lines in, meaning out. */
#ifndef WB_MAIL_SMTP_REPLY_H
#define WB_MAIL_SMTP_REPLY_H

#include <glib.h>

/* So many features are read at most. */
#define SMTP_MAX_FEATURES 64

typedef struct SmtpFeatures {
  char **words;     /* "SIZE", "STARTTLS", ...: upper case, each once, in their order; never NULL */
  char **auth;      /* mechanisms of AUTH: "PLAIN", upper case; never NULL */
  gboolean limited; /* SIZE names a limit; "SIZE 0" and "SIZE" alone are none (RFC 1870 s4) */
  guint64 size;     /* the limit, octets */
} SmtpFeatures;

/* Makes it empty, before the first line. */
void smtp_features_init(SmtpFeatures *features);
/* Reads one line of the reply to EHLO, without code and hyphen: "SIZE 1000".  The first line, which greets, is not for
 * here. */
void smtp_features_add(SmtpFeatures *features, const char *line);
void smtp_features_clear(SmtpFeatures *features);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmtpFeatures, smtp_features_clear)

/* TRUE if `word` (upper case) is among them. */
gboolean smtp_features_has(const SmtpFeatures *features, const char *word);

/* How large `octets` of files become in a mail: base64 makes four characters of three octets, in lines of 76 with CR and
 * LF (RFC 2045 s6.8).  What RFC 1870 s3 counts is that, not the files. */
guint64 smtp_size_in_mail(guint64 octets);
/* "35.0 MB" (1 MB = 1000000 octets). Caller frees. */
char *smtp_size_words(guint64 octets);

/* The enhanced status code that a reply begins with ("5.1.1 no such user"), NULL: none, or of another class than
 * `code` (RFC 2034 s4). Caller frees. */
char *smtp_reply_status(int code, const char *text);

#endif
