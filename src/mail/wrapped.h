/* Addresses that mail systems wrapped into other ones: what stands inside.
 *
 * IMCEA   Exchange's way to write an address of another kind as an SMTP address (MS-OXCMAIL s2.1.3.1.8); IMCEAEX holds
 *         the recipient's internal name (legacyExchangeDN), an X.500 address.
 * SRS     a forwarder's reverse-path, with the one that the mail had before (SRS0, SRS1; Microsoft 365's "+SRS=").
 * BATV    a signed reverse-path (draft-levine-smtp-batv: prvs=; Barracuda's btv1=).
 * VERP    a list's reverse-path, with the recipient that a bounce is about (draft-varshavchik-verp-smtp; ezmlm, Mailman,
 *         bulk senders; Gmail's "+caf_=" of forwarded mail).
 *
 * Pure.  Whether a hash or signature in them is right only its maker knows: what stands inside is a claim.  Input any
 * NUL-terminated bytes; what comes out is safe. */
#ifndef WB_MAIL_WRAPPED_H
#define WB_MAIL_WRAPPED_H

#include <glib.h>

typedef enum WrapKind { WRAP_NONE, WRAP_IMCEAEX, WRAP_IMCEA, WRAP_SRS, WRAP_BATV, WRAP_VERP } WrapKind;

typedef struct Wrapped {
  WrapKind kind; /* of the outermost wrapping */
  char *inner;   /* the address inside, all wrappings taken off; IMCEAEX: imceaex_decode(); NULL: WRAP_NONE */
  char *by;      /* SRS: who forwarded first, a domain or an address; VERP: the list's or forwarder's address; or NULL */
} Wrapped;

/* Takes `address` ("SRS0=..=example.com=taro@forwarder.example", with or without <>) apart.  Anything that does not have one
 * of the forms to the letter is WRAP_NONE: people do write "+" and "=" into their addresses. */
void wrapped_read(const char *address, Wrapped *wrapped);
void wrapped_clear(Wrapped *wrapped);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wrapped, wrapped_clear)

/* The X.500 address in "IMCEAEX-_O=EXAMPLE_OU=A+20B_CN=taro@example.com": "/O=EXAMPLE/OU=A B/CN=taro", what an administrator
 * adds to a mailbox behind "X500:".  NULL: it is none.  Caller frees. */
char *imceaex_decode(const char *address);

/* "imceaex", "srs", ...; NULL for WRAP_NONE. */
const char *wrapped_kind_word(WrapKind kind);

#endif
