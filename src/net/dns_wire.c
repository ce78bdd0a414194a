#include "net/dns_wire.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

#define MAX_CHAIN 16
#define MAX_EXTENDED_TEXT 256
#define OPTION_EXTENDED_ERROR 15 /* RFC 8914 s2 */
#define RCODE_BADVERS 16         /* RFC 6891 s9 */

static const struct {
  int rcode;
  DnsStatus status;
} rcodes[] = {
    {ns_r_noerror, DNS_OK},        {ns_r_formerr, DNS_FORMERR}, {ns_r_servfail, DNS_SERVFAIL},
    {ns_r_nxdomain, DNS_NXDOMAIN}, {ns_r_notimpl, DNS_NOTIMP},  {ns_r_refused, DNS_REFUSED},
    {RCODE_BADVERS, DNS_FORMERR},
};

gboolean dns_wire_name(const char *name, DnsWireName *wire) {
  const guint8 *end;
  if (*name == '\0')
    return FALSE;
  for (const char *p = name; *p != '\0'; p++) {
    if (*p == '\\' && p[1] != '\0')
      p++;
    else if (strchr("\"();", *p) != NULL) /* these must be escaped (RFC 1035 s5.1) */
      return FALSE;
    if (!g_ascii_isgraph(*p))
      return FALSE;
  }
  /* ns_name_pton() takes a relative name as it is and says so; to us every name is absolute. */
  if (ns_name_pton(name, wire->octets, sizeof wire->octets) < 0)
    return FALSE;
  end = wire->octets;
  while (*end != 0)
    end += *end + 1;
  wire->length = (gsize)(end - wire->octets) + 1;
  return TRUE;
}

static guint8 *put16(guint8 *p, guint value) {
  *p++ = (guint8)(value >> 8);
  *p++ = (guint8)value;
  return p;
}

gsize dns_wire_query(guint8 packet[DNS_MAX_QUERY], const DnsWireName *name, DnsType type, guint16 id,
                     DnsQueryFlags flags) {
  gboolean edns = (flags & DNS_QUERY_EDNS) != 0;
  guint8 *p = put16(packet, id);
  p = put16(p, (flags & DNS_QUERY_DIRECT) != 0 ? 0 : 0x0100 | 0x0020); /* RD, AD */
  p = put16(p, 1);
  p = put16(p, 0);
  p = put16(p, 0);
  p = put16(p, edns ? 1 : 0);
  memcpy(p, name->octets, name->length);
  p += name->length;
  p = put16(p, type);
  p = put16(p, ns_c_in);
  if (edns) { /* RFC 6891 s6.1.2: root, OPT, our size, no flags, no options */
    *p++ = 0;
    p = put16(p, ns_t_opt);
    p = put16(p, DNS_UDP_SIZE);
    p = put16(p, 0);
    p = put16(p, 0);
    p = put16(p, 0);
  }
  return (gsize)(p - packet);
}

/* --- record data --- */

/* The name at *p, presentation form, which is printable ASCII by itself. NULL: broken. */
static char *read_name(ns_msg *msg, const guint8 **p) {
  char name[NS_MAXDNAME];
  int used = ns_name_uncompress(ns_msg_base(*msg), ns_msg_end(*msg), *p, name, sizeof name);
  if (used < 0)
    return NULL;
  *p += used;
  return g_strdup(name[0] == '\0' ? "." : name);
}

static gboolean read_address(DnsRecord *record, const ns_rr *rr, int family, gsize length) {
  char text[INET6_ADDRSTRLEN];
  if (ns_rr_rdlen(*rr) != length || inet_ntop(family, ns_rr_rdata(*rr), text, sizeof text) == NULL)
    return FALSE;
  record->value = g_strdup(text);
  return TRUE;
}

static gboolean read_host(DnsRecord *record, ns_msg *msg, const ns_rr *rr) {
  const guint8 *p = ns_rr_rdata(*rr);
  record->value = read_name(msg, &p);
  return record->value != NULL && p == ns_rr_rdata(*rr) + ns_rr_rdlen(*rr);
}

static gboolean read_mx(DnsRecord *record, ns_msg *msg, const ns_rr *rr) {
  const guint8 *p = ns_rr_rdata(*rr);
  if (ns_rr_rdlen(*rr) < 3)
    return FALSE;
  record->preference = (guint16)ns_get16(p);
  p += 2;
  record->value = read_name(msg, &p);
  return record->value != NULL && p == ns_rr_rdata(*rr) + ns_rr_rdlen(*rr);
}

static gboolean read_soa(DnsRecord *record, ns_msg *msg, const ns_rr *rr) {
  const guint8 *p = ns_rr_rdata(*rr);
  const guint8 *end = p + ns_rr_rdlen(*rr);
  g_autofree char *mname = read_name(msg, &p);
  g_autofree char *rname = mname != NULL && p < end ? read_name(msg, &p) : NULL;
  if (rname == NULL || end - p != 20)
    return FALSE;
  record->value = g_strdup_printf("%s %s %lu %lu %lu %lu %lu", mname, rname, ns_get32(p), ns_get32(p + 4),
                                  ns_get32(p + 8), ns_get32(p + 12), ns_get32(p + 16));
  return TRUE;
}

/* One or more strings with a length octet each (RFC 1035 s3.3.14). */
static gboolean read_txt(DnsRecord *record, const ns_rr *rr) {
  const guint8 *p = ns_rr_rdata(*rr);
  const guint8 *end = p + ns_rr_rdlen(*rr);
  g_autoptr(GByteArray) joined = g_byte_array_new();
  if (p == end)
    return FALSE;
  while (p < end) {
    guint length = *p++;
    if (length > (gsize)(end - p))
      return FALSE;
    g_byte_array_append(joined, p, length);
    p += length;
  }
  dns_record_set_text(record, joined->data, joined->len);
  return TRUE;
}

/* RFC 2782 forbids to compress the target; those that do are understood all the same. */
static gboolean read_srv(DnsRecord *record, ns_msg *msg, const ns_rr *rr) {
  const guint8 *p = ns_rr_rdata(*rr);
  if (ns_rr_rdlen(*rr) < 7)
    return FALSE;
  record->preference = (guint16)ns_get16(p);
  record->weight = (guint16)ns_get16(p + 2);
  record->port = (guint16)ns_get16(p + 4);
  p += 6;
  record->value = read_name(msg, &p);
  return record->value != NULL && p == ns_rr_rdata(*rr) + ns_rr_rdlen(*rr);
}

/* RFC 6698 s2.1.  Data of no length is for the reader to judge: it breaks nothing. */
static gboolean read_tlsa(DnsRecord *record, const ns_rr *rr) {
  const guint8 *p = ns_rr_rdata(*rr);
  if (ns_rr_rdlen(*rr) < 3)
    return FALSE;
  record->usage = p[0];
  record->selector = p[1];
  record->matching = p[2];
  dns_record_set_association(record, p + 3, ns_rr_rdlen(*rr) - 3);
  return TRUE;
}

static gboolean read_data(DnsRecord *record, ns_msg *msg, const ns_rr *rr) {
  switch (record->type) {
  case DNS_A:
    return read_address(record, rr, AF_INET, 4);
  case DNS_AAAA:
    return read_address(record, rr, AF_INET6, 16);
  case DNS_MX:
    return read_mx(record, msg, rr);
  case DNS_SOA:
    return read_soa(record, msg, rr);
  case DNS_TXT:
    return read_txt(record, rr);
  case DNS_SRV:
    return read_srv(record, msg, rr);
  case DNS_TLSA:
    return read_tlsa(record, rr);
  default:
    return read_host(record, msg, rr);
  }
}

/* A TTL with the top bit set counts as zero (RFC 2181 s8). */
static guint32 sane_ttl(guint32 ttl) {
  return ttl > G_MAXINT32 ? 0 : ttl;
}

/* --- sections --- */

static GArray *records_new(void) {
  GArray *records = g_array_new(FALSE, FALSE, sizeof(DnsRecord));
  g_array_set_clear_func(records, (GDestroyNotify)dns_record_clear);
  return records;
}

/* FALSE: a record breaks its bounds.  In the answer section nothing of the message is worth anything then. */
static gboolean read_section(ns_msg *msg, ns_sect section, GArray *records) {
  guint n = ns_msg_count(*msg, section);
  for (guint i = 0; i < n && records->len < DNS_MAX_RECORDS; i++) {
    ns_rr rr;
    DnsRecord record = {0};
    if (ns_parserr(msg, section, (int)i, &rr) < 0)
      return FALSE;
    if (ns_rr_class(rr) != ns_c_in || !dns_type_is_known(rr.type))
      continue;
    record.type = (DnsType)rr.type;
    record.ttl = sane_ttl(ns_rr_ttl(rr));
    if (!read_data(&record, msg, &rr)) {
      dns_record_clear(&record);
      return FALSE;
    }
    record.owner = g_strdup(ns_rr_name(rr));
    g_array_append_val(records, record);
  }
  return TRUE;
}

/* The name asked for in the same spelling as the owners that ns_parserr() gives. */
static void canonical_name(const char *name, char canonical[NS_MAXDNAME]) {
  DnsWireName wire;
  if (!dns_wire_name(name, &wire) || ns_name_ntop(wire.octets, canonical, NS_MAXDNAME) < 0)
    canonical[0] = '\0';
  else if (canonical[0] == '\0')
    g_strlcpy(canonical, ".", NS_MAXDNAME);
}

static gboolean chain_has(const char *const chain[], guint n, const char *name) {
  for (guint i = 0; i < n; i++)
    if (g_ascii_strcasecmp(chain[i], name) == 0)
      return TRUE;
  return FALSE;
}

/* Keeps the records of the name asked for and of the names its CNAMEs lead to.  Aliases may come in any order
 * and may run in a circle. */
static void keep_chain(GArray *records, const char *name) {
  char asked[NS_MAXDNAME];
  const char *chain[MAX_CHAIN] = {asked};
  guint n = 1;
  canonical_name(name, asked);
  for (guint before = 0; before != n;) {
    before = n;
    for (guint i = 0; i < records->len && n < MAX_CHAIN; i++) {
      const DnsRecord *r = &g_array_index(records, DnsRecord, i);
      if (r->type == DNS_CNAME && chain_has(chain, n, r->owner) && !chain_has(chain, n, r->value))
        chain[n++] = r->value;
    }
  }
  /* Marked first: removing a record frees a name that the chain points to. */
  gboolean keep[DNS_MAX_RECORDS];
  for (guint i = 0; i < records->len; i++)
    keep[i] = chain_has(chain, n, g_array_index(records, DnsRecord, i).owner);
  for (guint i = records->len; i-- > 0;)
    if (!keep[i])
      g_array_remove_index(records, i);
}

/* How long an absence may be believed: RFC 2308 s5. Also whether there is an SOA or NS at all. */
static guint32 read_authority(ns_msg *msg, gboolean *soa, gboolean *ns) {
  guint n = MIN(ns_msg_count(*msg, ns_s_ns), DNS_MAX_RECORDS);
  *soa = *ns = FALSE;
  for (guint i = 0; i < n; i++) {
    ns_rr rr;
    if (ns_parserr(msg, ns_s_ns, (int)i, &rr) < 0)
      return 0;
    *ns = *ns || rr.type == ns_t_ns;
    if (rr.type == ns_t_soa && rr.rr_class == ns_c_in && rr.rdlength >= 22) {
      *soa = TRUE;
      return MIN(sane_ttl(rr.ttl), sane_ttl(ns_get32(rr.rdata + rr.rdlength - 4)));
    }
  }
  return 0;
}

static void read_options(DnsAnswer *answer, const guint8 *p, const guint8 *end) {
  while (end - p >= 4) {
    guint code = ns_get16(p);
    guint length = ns_get16(p + 2);
    p += 4;
    if (length > (gsize)(end - p))
      return;
    if (code == OPTION_EXTENDED_ERROR && length >= 2 && answer->extended < 0) {
      gsize text = length - 2;
      if (text > 0 && p[length - 1] == '\0') /* RFC 8914 s2 forbids the NUL and warns of it */
        text--;
      answer->extended = (int)ns_get16(p);
      if (text > 0)
        answer->extended_text = text_safe((const char *)p + 2, (gssize)text, MAX_EXTENDED_TEXT, TEXT_LINE, NULL);
    }
    p += length;
  }
}

/* The upper bits of the response code are in the OPT record (RFC 6891 s6.1.3); without them BADVERS
 * would look like success. */
static int read_opt(DnsAnswer *answer, ns_msg *msg, int rcode) {
  guint n = MIN(ns_msg_count(*msg, ns_s_ar), DNS_MAX_RECORDS);
  for (guint i = 0; i < n; i++) {
    ns_rr rr;
    if (ns_parserr(msg, ns_s_ar, (int)i, &rr) < 0)
      return rcode;
    if (rr.type != ns_t_opt)
      continue;
    read_options(answer, rr.rdata, rr.rdata + rr.rdlength);
    return rcode | (int)(rr.ttl >> 24 << 4);
  }
  return rcode;
}

static DnsStatus status_of_rcode(int rcode) {
  for (guint i = 0; i < G_N_ELEMENTS(rcodes); i++)
    if (rcodes[i].rcode == rcode)
      return rcodes[i].status;
  return DNS_SERVFAIL; /* whatever it is, it is no statement about the name */
}

static guint32 smallest_ttl(const DnsAnswer *answer) {
  guint32 ttl = answer->records[0].ttl;
  for (guint i = 1; i < answer->n_records; i++)
    ttl = MIN(ttl, answer->records[i].ttl);
  return ttl;
}

/* Whom a server names beside its answer: the owners of the zone, and their addresses. */
static void read_beside(DnsAnswer *answer, ns_msg *msg) {
  GArray *records = records_new();
  if (read_section(msg, ns_s_ns, records))
    (void)read_section(msg, ns_s_ar, records);
  for (guint i = records->len; i-- > 0;) {
    DnsType type = g_array_index(records, DnsRecord, i).type;
    if (type != DNS_NS && type != DNS_SOA && type != DNS_A && type != DNS_AAAA)
      g_array_remove_index(records, i);
  }
  dns_answer_take_beside(answer, records);
}

static void judge_absence(DnsAnswer *answer, ns_msg *msg) {
  gboolean soa, ns;
  answer->ttl = read_authority(msg, &soa, &ns);
  if (soa && answer->n_records > 0) /* by way of aliases, which may be forgotten earlier (RFC 2308 s2.1) */
    answer->ttl = MIN(answer->ttl, smallest_ttl(answer));
  if (answer->status != DNS_OK)
    return;
  /* A referral (RFC 2308 s2.2) says "ask them", not "there is none": this server does not resolve for us. */
  gboolean referral = ns && !soa && !ns_msg_getflag(*msg, ns_f_aa) && !ns_msg_getflag(*msg, ns_f_ra);
  answer->status = referral ? DNS_REFUSED : DNS_NODATA;
}

gboolean dns_wire_read(DnsAnswer *answer, const guint8 *message, gsize length) {
  ns_msg msg;
  answer->status = DNS_GARBAGE;
  if (length < NS_HFIXEDSZ || length > G_MAXUINT16)
    return FALSE;
  /* A server that sends our question back must not pass for one that found nothing. */
  if ((message[2] & 0x80) == 0 || (message[2] & 0x78) != 0)
    return FALSE;
  if ((message[2] & 0x02) != 0)
    return TRUE;
  if (ns_initparse(message, (int)length, &msg) < 0)
    return FALSE;

  if (answer->at != NULL) {
    answer->authoritative = ns_msg_getflag(msg, ns_f_aa) != 0;
    answer->recursive = ns_msg_getflag(msg, ns_f_ra) != 0;
    read_beside(answer, &msg);
  }
  GArray *records = records_new();
  DnsStatus status = status_of_rcode(read_opt(answer, &msg, ns_msg_getflag(msg, ns_f_rcode)));
  if (!read_section(&msg, ns_s_an, records))
    status = DNS_GARBAGE;
  answer->status = status;
  if (dns_is_unknown(status)) {
    g_array_unref(records);
    return FALSE;
  }
  keep_chain(records, answer->name);
  dns_answer_take_records(answer, records);
  answer->authenticated = ns_msg_getflag(msg, ns_f_ad) != 0;
  if (answer->status == DNS_OK && dns_answer_count(answer) > 0)
    answer->ttl = smallest_ttl(answer);
  else
    judge_absence(answer, &msg);
  return FALSE;
}
