#include "probe/delegation_look.h"

#include <string.h>

/* --- comparing --- */

static gint by_text(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *delegation_answer(const DnsAnswer *mx) {
  if (mx->status != DNS_OK)
    return g_strdup(dns_status_word(mx->status));
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < dns_answer_count(mx); i++) {
    g_autofree char *data = dns_record_data(dns_answer_record(mx, i));
    g_ptr_array_add(words, g_ascii_strdown(data, -1));
  }
  g_ptr_array_sort(words, by_text);
  g_ptr_array_add(words, NULL);
  return g_strjoinv(", ", (char **)words->pdata);
}

static const DnsRecord *soa_of(const NsServer *server) {
  if (server->soa == NULL || server->soa->status != DNS_OK || !server->soa->authoritative)
    return NULL;
  return dns_answer_record(server->soa, 0);
}

guint32 delegation_absent_ttl(const NsServer *server) {
  const DnsRecord *soa = soa_of(server);
  return soa != NULL ? MIN(soa->ttl, dns_record_soa_minimum(soa)) : 0;
}

/* "mname rname serial ..." */
static gboolean read_serial(const NsServer *server, char **mname, guint32 *serial) {
  const DnsRecord *soa = soa_of(server);
  g_auto(GStrv) words = soa != NULL ? g_strsplit(soa->value, " ", 4) : NULL;
  if (words == NULL || g_strv_length(words) < 4)
    return FALSE;
  *mname = g_ascii_strdown(words[0], -1);
  *serial = (guint32)g_ascii_strtoull(words[2], NULL, 10);
  return TRUE;
}

/* Serial numbers go in a circle (RFC 1982 s3.2). */
static gboolean is_newer(guint32 a, guint32 b) {
  return a != b && a - b < 0x80000000u;
}

static gboolean speaks(const NsServer *server) {
  return server->state == NS_SPEAKS;
}

/* Of servers with one origin the highest serial is the current one.  NULL: they have several origins, or the same
 * serial stands for different data. */
static const NsServer *newest_serial(const DelegationLook *look) {
  const NsServer *newest = NULL;
  g_autofree char *origin = NULL;
  guint32 highest = 0;
  for (guint i = 0; i < look->servers->len; i++) {
    const NsServer *server = g_ptr_array_index(look->servers, i);
    g_autofree char *mname = NULL;
    guint32 serial;
    if (!speaks(server))
      continue;
    if (!read_serial(server, &mname, &serial) || (origin != NULL && !g_str_equal(mname, origin)))
      return NULL;
    if (newest != NULL && serial == highest && !g_str_equal(server->answer, newest->answer))
      return NULL;
    if (newest == NULL || is_newer(serial, highest)) {
      newest = server;
      highest = serial;
    }
    if (origin == NULL)
      origin = g_steal_pointer(&mname);
  }
  return newest;
}

/* After a move to other name servers the parent names the new ones.  NULL: those it names do not agree, or there are no
 * others. */
static const NsServer *named_by_parent(const DelegationLook *look) {
  const NsServer *named = NULL;
  for (guint i = 0; i < look->servers->len; i++) {
    const NsServer *server = g_ptr_array_index(look->servers, i);
    if (!speaks(server) || !server->at_parent)
      continue;
    if (named != NULL && !g_str_equal(server->answer, named->answer))
      return NULL;
    named = server;
  }
  return named;
}

static const NsServer *first_speaker(const DelegationLook *look) {
  for (guint i = 0; i < look->servers->len; i++)
    if (speaks(g_ptr_array_index(look->servers, i)))
      return g_ptr_array_index(look->servers, i);
  return NULL;
}

static void compare(DelegationLook *look) {
  const NsServer *first = first_speaker(look);
  for (guint i = 0; i < look->servers->len; i++) {
    const NsServer *server = g_ptr_array_index(look->servers, i);
    look->differ = look->differ || (speaks(server) && !g_str_equal(server->answer, first->answer));
  }
  look->current = first;
  if (!look->differ)
    return;
  look->current = newest_serial(look);
  if (look->current == NULL)
    look->current = named_by_parent(look);
  for (guint i = 0; i < look->servers->len; i++) {
    NsServer *server = g_ptr_array_index(look->servers, i);
    server->other = speaks(server) && (look->current == NULL || !g_str_equal(server->answer, look->current->answer));
    server->old = server->other && look->current != NULL;
  }
}

/* --- does anything stand in between? --- */

/* Networks that let nobody but their own resolver be asked either drop the questions or answer them in the place of the
 * server that was meant: without AA, or with a refusal.  Only where some server was heard to speak for itself does such
 * an answer say anything about the server. */
static void judge_reach(DelegationLook *look) {
  look->reached = look->parent_says == PARENT_NAMES || look->parent_says == PARENT_KNOWS_NONE;
  for (guint i = 0; i < look->servers->len; i++)
    look->reached = look->reached || speaks(g_ptr_array_index(look->servers, i));
  for (guint i = 0; i < look->servers->len && !look->reached; i++) {
    NsServer *server = g_ptr_array_index(look->servers, i);
    if (server->state == NS_LAME)
      server->state = NS_SILENT;
  }
}

guint delegation_count(const DelegationLook *look, NsState state) {
  guint n = 0;
  for (guint i = 0; i < look->servers->len; i++)
    n += ((const NsServer *)g_ptr_array_index(look->servers, i))->state == state;
  return n;
}

gboolean delegation_is_ours(const DelegationLook *look) {
  if (look->current == NULL || dns_is_unknown(look->mx->status))
    return FALSE;
  g_autofree char *ours = delegation_answer(look->mx);
  return g_str_equal(ours, look->current->answer);
}

void delegation_judge(DelegationLook *look) {
  judge_reach(look);
  compare(look);
}
