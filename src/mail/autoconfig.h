/* The settings that a domain offers to mail programs: Mozilla's autoconfig files (config-v1.1.xml), and the order of SRV
 * records (RFC 2782, RFC 6186).  Pure. */
#ifndef WB_MAIL_AUTOCONFIG_H
#define WB_MAIL_AUTOCONFIG_H

#include <glib.h>

typedef enum MailService { SERVICE_SUBMISSION, SERVICE_IMAP, SERVICE_POP3 } MailService;
#define N_MAIL_SERVICES 3

typedef enum MailEncryption { ENCRYPTION_TLS, ENCRYPTION_STARTTLS, ENCRYPTION_NONE } MailEncryption;

/* How the user name is made of the address. */
typedef enum MailUser { USER_UNKNOWN, USER_EMAIL, USER_LOCAL, USER_OTHER } MailUser;

typedef struct MailServer {
  MailService service;
  MailEncryption encryption;
  MailUser user;
  guint16 port;
  char *host; /* A-labels */
} MailServer;

/* "submission", "imap", "pop3". */
const char *mail_service_word(MailService service);
/* "tls", "starttls", "none". */
const char *mail_encryption_word(MailEncryption encryption);
/* "email", "local", "other"; NULL for USER_UNKNOWN. */
const char *mail_user_word(MailUser user);

/* An empty array of MailServer that owns its hosts. */
GArray *mail_servers_new(void);

typedef enum AutoconfigFound {
  AUTOCONFIG_NONE,   /* no such file: a page, or another XML */
  AUTOCONFIG_BROKEN, /* it begins as one, but cannot be read to its end */
  AUTOCONFIG_OK,
} AutoconfigFound;

/* Appends the usable servers of a file to `servers`, at most 20.  `domain` stands for %EMAILDOMAIN%. */
AutoconfigFound autoconfig_parse(const char *bytes, gsize length, const char *domain, GArray *servers);

#endif
