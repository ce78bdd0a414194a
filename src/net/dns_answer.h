/* Making and freeing answers: for the inside of net/. */
#ifndef WB_NET_DNS_ANSWER_H
#define WB_NET_DNS_ANSWER_H

#include "net/net.h"

/* An answer is never larger than this, whatever comes. */
#define DNS_MAX_RECORDS 256
#define DNS_MAX_TXT 65535

#define NET_ERROR net_error_quark()
GQuark net_error_quark(void);
typedef enum NetError { NET_ERROR_RESOLVER, NET_ERROR_RECORDING } NetError;

/* A copy of `name` is made safe, without its trailing dot. */
DnsAnswer *dns_answer_new(const char *name, DnsType type, DnsStatus status);
void dns_answer_free(DnsAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsAnswer, dns_answer_free)

/* Frees what the record holds, not itself: the clear function of a GArray of DnsRecord. */
void dns_record_clear(DnsRecord *record);
/* Fills `value` and `data` of a TXT record. */
void dns_record_set_text(DnsRecord *record, const void *bytes, gsize length);
/* Fills `value` and `data` of a TLSA record. */
void dns_record_set_association(DnsRecord *record, const void *bytes, gsize length);
/* Puts `records` (GArray of DnsRecord) into `answer`. Takes the array. */
void dns_answer_take_records(DnsAnswer *answer, GArray *records);
void dns_answer_take_beside(DnsAnswer *answer, GArray *records);

/* Whether it is a type of DnsType: the others are passed over. */
gboolean dns_type_is_known(guint type);
/* The opposite of dns_type_word() and dns_status_word(). FALSE: no such word. */
gboolean dns_type_from_word(const char *word, DnsType *type);
gboolean dns_status_from_word(const char *word, DnsStatus *status);

/* Octets of `name` without the trailing dot that makes it absolute. "." stays. */
gsize dns_name_length(const char *name);

#endif
