/* SPF: any bytes as record, as explanation and as names of servers; the evaluation ends, within its limits. */
#include "mail/spf.h"

#include <stdlib.h>
#include <string.h>

typedef struct World {
  DnsAnswer txt, mx, ptr, a;
  guint looks;
} World;

static const DnsAnswer *look(gpointer user, const char *name, DnsType type) {
  World *world = user;
  g_assert(strlen(name) <= 1100);
  /* One after the other, so that asking ahead is tried too. */
  if (++world->looks % 3 == 0)
    return NULL;
  return type == DNS_TXT ? &world->txt : type == DNS_MX ? &world->mx : type == DNS_PTR ? &world->ptr : &world->a;
}

static DnsAnswer answer(DnsType type, DnsRecord *record) {
  record->type = type;
  return (DnsAnswer){.name = (char *)"example.com", .type = type, .n_records = 1, .records = record};
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  g_autofree char *bytes = g_malloc(size + 6);
  memcpy(bytes, "v=spf1", 6);
  memcpy(bytes + 6, data, size);
  g_autoptr(GBytes) record = g_bytes_new(bytes, size + 6);
  DnsRecord txt = {.value = (char *)"v=spf1", .data = record}, mx = {.value = (char *)"mx.example.com"},
            ptr = {.value = (char *)"mx.example.com"}, a = {.value = (char *)"192.0.2.1"};
  World world = {answer(DNS_TXT, &txt), answer(DNS_MX, &mx), answer(DNS_PTR, &ptr), answer(DNS_A, &a), 0};
  SpfQuery query = {.sender = "user@example.com", .helo = "mail.example.com", .look = look, .user = &world};
  ip_parse("192.0.2.1", &query.ip);
  for (guint i = 0; i < 3; i++) {
    g_autoptr(SpfVerdict) verdict = spf_check(&query);
    g_assert(verdict->terms <= SPF_MAX_TERMS + 1 && verdict->voids <= SPF_MAX_VOIDS + 1);
    g_assert(world.looks < 3000);
  }
  return 0;
}
