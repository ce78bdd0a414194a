/* Tests: builds DNS messages octet by octet, good and bad ones. */
#ifndef WB_TESTS_DNS_MESSAGE_H
#define WB_TESTS_DNS_MESSAGE_H

#include <glib.h>

static inline void put_u8(GByteArray *m, guint value) {
  const guint8 octet = (guint8)value;
  g_byte_array_append(m, &octet, 1);
}

static inline void put_u16(GByteArray *m, guint value) {
  put_u8(m, value >> 8);
  put_u8(m, value & 0xff);
}

static inline void put_u32(GByteArray *m, guint32 value) {
  put_u16(m, value >> 16);
  put_u16(m, value & 0xffff);
}

/* "mx1.example.com" as labels; "" or "." is the root. */
static inline void put_name(GByteArray *m, const char *name) {
  g_auto(GStrv) labels = g_strsplit(name, ".", -1);
  for (guint i = 0; labels[i] != NULL; i++) {
    gsize length = strlen(labels[i]);
    if (length == 0)
      continue;
    put_u8(m, (guint)length);
    g_byte_array_append(m, (const guint8 *)labels[i], (guint)length);
  }
  put_u8(m, 0);
}

/* A header with one question; the counts of the other sections follow the flags. */
static inline GByteArray *message_begin(guint flags, const char *name, guint type, const guint counts[3]) {
  GByteArray *m = g_byte_array_new();
  put_u16(m, 0x1234);
  put_u16(m, flags);
  put_u16(m, 1);
  for (guint i = 0; i < 3; i++)
    put_u16(m, counts[i]);
  put_name(m, name);
  put_u16(m, type);
  put_u16(m, 1);
  return m;
}

/* The fixed part of a record; its data is closed by record_end(). */
static inline guint record_begin(GByteArray *m, const char *owner, guint type, guint32 ttl) {
  put_name(m, owner);
  put_u16(m, type);
  put_u16(m, 1);
  put_u32(m, ttl);
  put_u16(m, 0);
  return m->len;
}

static inline void record_end(GByteArray *m, guint begin) {
  guint length = m->len - begin;
  m->data[begin - 2] = (guint8)(length >> 8);
  m->data[begin - 1] = (guint8)length;
}

static inline void put_record(GByteArray *m, const char *owner, guint type, guint32 ttl, const void *data,
                              guint length) {
  guint begin = record_begin(m, owner, type, ttl);
  g_byte_array_append(m, data, length);
  record_end(m, begin);
}

#endif
