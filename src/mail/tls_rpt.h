/* SMTP TLS reporting (RFC 8460 s3): the record that says where reports about failed encryption go.  Pure. */
#ifndef WB_MAIL_TLS_RPT_H
#define WB_MAIL_TLS_RPT_H

#include <glib.h>

typedef enum TlsRptState {
  TLS_RPT_NONE,    /* not such a record: it does not begin with v=TLSRPTv1 */
  TLS_RPT_NO_RUA,  /* one that names nobody who gets reports */
  TLS_RPT_BAD_URI, /* one whose rua holds something else than mailto: and https: */
  TLS_RPT_OK,
} TlsRptState;

/* `uris`, unless NULL, receives copies of the valid URIs of rua, at most 20. */
TlsRptState tls_rpt_parse(GBytes *data, GPtrArray *uris);

#endif
