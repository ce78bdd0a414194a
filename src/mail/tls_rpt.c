#include "mail/tls_rpt.h"

#include "mail/dmarc.h"
#include "mail/taglist.h"

#include <string.h>

#define MAX_URIS 20

static gboolean is_uri(const char *uri) {
  g_autofree char *host = dmarc_uri_host(uri);
  return host != NULL || (g_ascii_strncasecmp(uri, "https://", 8) == 0 && g_ascii_isalnum(uri[8]));
}

/* RFC 8460 s3: what does not begin with it is discarded, blanks before it or in it included. */
static gboolean begins_right(GBytes *data) {
  static const char version[] = "v=TLSRPTv1";
  gsize length;
  const char *bytes = g_bytes_get_data(data, &length);
  return length >= strlen(version) && memcmp(bytes, version, strlen(version)) == 0;
}

TlsRptState tls_rpt_parse(GBytes *data, GPtrArray *uris) {
  g_autoptr(TagList) list = taglist_parse(data);
  const char *rua = taglist_get(list, "rua");
  if (!begins_right(data) || !taglist_has_version(list, "TLSRPTv1"))
    return TLS_RPT_NONE;
  if (rua == NULL || rua[0] == '\0')
    return TLS_RPT_NO_RUA;
  g_auto(GStrv) all = g_strsplit(rua, ",", MAX_URIS + 1);
  TlsRptState state = TLS_RPT_OK;
  for (guint i = 0; all[i] != NULL && i < MAX_URIS; i++) {
    if (!is_uri(g_strstrip(all[i])))
      state = TLS_RPT_BAD_URI;
    else if (uris != NULL)
      g_ptr_array_add(uris, g_strdup(all[i]));
  }
  return state;
}
