/* E-mail addresses by RFC 5321 s4.1.2 and RFC 6531, and what people really type.
 * Pure: bytes in, verdict out.  No DNS here: whether the domain takes mail is the probe's business. */
#ifndef WB_MAIL_ADDRESS_H
#define WB_MAIL_ADDRESS_H

#include <glib.h>

typedef enum AddressReason {
  ADDRESS_OK,
  ADDRESS_EMPTY,
  ADDRESS_NO_AT,
  ADDRESS_TWO_AT,
  ADDRESS_SPACE,     /* any white space, also U+3000 and NBSP */
  ADDRESS_FULLWIDTH, /* U+FF01..FF5E, ideographic full stop */
  ADDRESS_INVISIBLE, /* zero-width, bidi, soft hyphen */
  ADDRESS_CONTROL,
  ADDRESS_BAD_UTF8,
  ADDRESS_FORBIDDEN, /* a character that may not stand there unquoted */
  ADDRESS_LOCAL_EMPTY,
  ADDRESS_LOCAL_TOO_LONG, /* over 64 octets */
  ADDRESS_TOO_LONG,       /* over 254 octets */
  ADDRESS_DOT_PLACE,      /* dot first, last or doubled in the local part; allowed only by old Japanese carriers */
  ADDRESS_DOMAIN_EMPTY,
  ADDRESS_DOMAIN_LABEL, /* empty label, over 63 octets, hyphen at an end, underscore */
  ADDRESS_DOMAIN_NO_DOT,
  ADDRESS_DOMAIN_IDN, /* not a valid internationalised name (IDNA2008) */
  ADDRESS_LITERAL,    /* a broken [address literal] */
} AddressReason;

typedef struct Address {
  AddressReason reason;
  guint position;     /* of the offending character, counted in characters from 1; 0: none in particular */
  gunichar character; /* the offending character, 0: none */
  char *cleaned; /* what is most likely meant: wrapping (blanks, <>, mailto:, trailing , ; .) and display name taken
                    off, full-width folded, invisible removed; NULL if that gives no valid address. Equals the input if
                    that is valid */
  char *local;   /* of the valid or cleaned address; UTF-8; NULL if there is none */
  char *domain;  /* A-labels, lower case; address literals in brackets */
  char *domain_unicode;    /* U-labels, if they differ from `domain`; else NULL */
  char *dns_name;          /* without `domain`: what stands behind the @, where only underscores keep it from being one.
                              The DNS can hold such names (RFC 2181 s11); else NULL */
  gboolean needs_smtputf8; /* the local part is not ASCII (RFC 6531) */
  gboolean carrier_form;   /* `..` or `.@` in the local part of a Japanese mobile carrier's domain: works there although
                              RFC 5321 forbids it */
  gboolean literal;
} Address;

/* Judges `bytes` (NUL-terminated, any bytes).  Always returns a result; at most the first 1000 bytes are read. */
Address *address_parse(const char *bytes);
void address_free(Address *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Address, address_free)

/* "ok", "space", "fullwidth", ...: the word of the fact address.reason. */
const char *address_reason_word(AddressReason reason);

/* Host or domain name to A-labels, lower case, no trailing dot; NULL if it is none. `bytes` as typed (URL and
 * mailbox wrapping is not taken off). */
char *domain_to_ascii(const char *bytes);
/* The same for names that need not be names of hosts: they may have underscores.  Return paths and signatures have
 * such domains (RFC 2181 s11). */
char *domain_name_to_ascii(const char *bytes);
/* A-labels to U-labels for show, safe; a copy of the input if it is not IDN. */
char *domain_to_unicode(const char *ascii);

/* Sample names of characters for people: "full-width comma (U+FF0C)". Safe; caller frees. */
char *character_describe(gunichar c);

#endif
