#include "mail/wrapped.h"

#include "base/text.h"
#include "mail/scan.h"

#include <string.h>

/* RFC 5321 allows 64 octets of local part and 255 of domain; internal names of Exchange are longer. */
#define MAX_ADDRESS 2048
/* A forwarded mail of a list that signs: three.  What nests deeper was made to waste our time. */
#define MAX_DEPTH 4

/* A part of the address; nothing is copied before all of its form was seen. */
typedef struct Part {
  const char *text;
  gsize length;
} Part;

static gboolean has_prefix(const char *text, const char *prefix) {
  return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* The text before the next `separator`; `*p` then stands behind it.  FALSE: there is none, or nothing before it. */
static gboolean take_part(const char **p, const char *end, char separator, Part *part) {
  const char *stop = memchr(*p, separator, (gsize)(end - *p));
  if (stop == NULL || stop == *p)
    return FALSE;
  *part = (Part){*p, (gsize)(stop - *p)};
  *p = stop + 1;
  return TRUE;
}

static gboolean is_host(Part part) {
  g_autofree char *copy = g_strndup(part.text, part.length);
  return scan_host(copy) == part.length;
}

static gboolean is_alnum(Part part) {
  for (gsize i = 0; i < part.length; i++)
    if (!g_ascii_isalnum(part.text[i]))
      return FALSE;
  return part.length > 0;
}

static char *make_address(Part local, Part domain) {
  return g_strdup_printf("%.*s@%.*s", (int)local.length, local.text, (int)domain.length, domain.text);
}

/* --- IMCEA --- */

/* MS-OXCMAIL: "_" stands for "/", "+" and two hexadecimal digits for the character with that number. */
static GString *decode_imcea(const char *p, const char *end) {
  GString *out = g_string_new(NULL);
  for (; p < end; p++) {
    if (*p == '_') {
      g_string_append_c(out, '/');
    } else if (*p == '+' && end - p > 2 && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
      g_string_append_c(out, (char)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2])));
      p += 2;
    } else {
      g_string_append_c(out, *p);
    }
  }
  return out;
}

/* Where the encoded text behind "IMCEAtype-" begins; NULL: it is no such address. `type` is not terminated. */
static const char *imcea_start(const char *address, Part *type) {
  if (!has_prefix(address, "IMCEA"))
    return NULL;
  const char *p = address + strlen("IMCEA");
  return take_part(&p, address + strlen(address), '-', type) && is_alnum(*type) && *p != '\0' ? p : NULL;
}

static char *decode_address(const char *p) {
  const char *at = strrchr(p, '@');
  g_autoptr(GString) bytes = decode_imcea(p, at != NULL ? at : p + strlen(p));
  return text_safe(bytes->str, (gssize)bytes->len, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
}

char *imceaex_decode(const char *address) {
  Part type;
  const char *p = strlen(address) <= MAX_ADDRESS ? imcea_start(address, &type) : NULL;
  if (p == NULL || type.length != 2 || !has_prefix(type.text, "EX"))
    return NULL;
  g_autofree char *name = decode_address(p);
  return has_prefix(name, "/O=") ? g_steal_pointer(&name) : NULL;
}

static gboolean read_imcea(const char *address, const char *at, Wrapped *out) {
  (void)at;
  Part type;
  const char *p = imcea_start(address, &type);
  if (p == NULL)
    return FALSE;
  out->inner = imceaex_decode(address);
  out->kind = out->inner != NULL ? WRAP_IMCEAEX : WRAP_IMCEA;
  if (out->inner == NULL)
    out->inner = decode_address(p);
  return TRUE;
}

/* --- SRS --- */

/* "HHH=TT=example.com=taro", up to `at` */
static char *srs_original(const char *p, const char *at) {
  Part hash, time, domain;
  if (!take_part(&p, at, '=', &hash) || !take_part(&p, at, '=', &time) || !take_part(&p, at, '=', &domain))
    return NULL;
  if (!is_alnum(time) || !is_host(domain) || p == at)
    return NULL;
  return make_address((Part){p, (gsize)(at - p)}, domain);
}

static gboolean is_srs_separator(char c) { return c == '=' || c == '+' || c == '-'; }

/* "SRS0=HHH=TT=example.com=taro@forwarder.example" */
static gboolean read_srs0(const char *address, const char *at, Wrapped *out) {
  if (!has_prefix(address, "SRS0") || !is_srs_separator(address[4]))
    return FALSE;
  out->inner = srs_original(address + 5, at);
  out->by = g_strdup(at + 1);
  return out->inner != NULL;
}

/* "SRS1=HHH=forwarder.example==HHH=TT=example.com=taro@next.example": behind the first forwarder's name stands what it had
 * written, without its "SRS0". */
static gboolean read_srs1(const char *address, const char *at, Wrapped *out) {
  Part hash, forwarder;
  const char *p = address + 5;
  if (!has_prefix(address, "SRS1") || !is_srs_separator(address[4]))
    return FALSE;
  if (!take_part(&p, at, '=', &hash) || !take_part(&p, at, '=', &forwarder) || !is_host(forwarder))
    return FALSE;
  if (!is_srs_separator(*p))
    return FALSE;
  out->inner = srs_original(p + 1, at);
  out->by = g_strndup(forwarder.text, forwarder.length);
  return out->inner != NULL;
}

/* "hanako+SRS=HHH=TT=example.com=taro@forwarder.example" (Microsoft 365) */
static gboolean read_srs_tag(const char *address, const char *at, Wrapped *out) {
  for (const char *p = address + 1; p < at; p++) {
    if (!has_prefix(p, "+SRS="))
      continue;
    out->inner = srs_original(p + strlen("+SRS="), at);
    out->by = make_address((Part){address, (gsize)(p - address)}, (Part){at + 1, strlen(at + 1)});
    return out->inner != NULL;
  }
  return FALSE;
}

static gboolean read_srs(const char *address, const char *at, Wrapped *out) {
  static gboolean (*const forms[])(const char *, const char *, Wrapped *) = {read_srs0, read_srs1, read_srs_tag};
  out->kind = WRAP_SRS;
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    if (forms[i](address, at, out))
      return TRUE;
    g_clear_pointer(&out->by, g_free);
  }
  return FALSE;
}

/* --- BATV --- */

/* "prvs=KDDDSSSSSS=taro@example.com": key number, day, signature in hexadecimal; "btv1==HASH==taro@example.com". */
static gboolean read_batv(const char *address, const char *at, Wrapped *out) {
  gboolean barracuda = has_prefix(address, "btv1==");
  if (!barracuda && !has_prefix(address, "prvs="))
    return FALSE;
  const char *p = address + (barracuda ? strlen("btv1==") : strlen("prvs="));
  Part tag;
  if (!take_part(&p, at, '=', &tag) || !is_alnum(tag) || (barracuda && *p++ != '='))
    return FALSE;
  if (!barracuda && tag.length != 10)
    return FALSE;
  if (p >= at)
    return FALSE;
  out->kind = WRAP_BATV;
  out->inner = g_strdup(p);
  return TRUE;
}

/* --- VERP --- */

/* Words that lists and bulk senders put before the recipient.  Without one of them "a+b=c.example" is anybody's address. */
static const char *const verp_words[] = {"bounces", "bounce", "owner", "return", "returns", "errors", NULL};

/* Where the recipient begins behind a word of `verp_words` that stands alone; NULL: there is none. */
static const char *find_verp_word(const char *address, const char *end) {
  for (const char *p = address; p < end; p++) {
    if (p > address && !strchr("+-_.", p[-1]))
      continue;
    for (const char *const *word = verp_words; *word != NULL; word++) {
      const char *behind = p + strlen(*word);
      if (has_prefix(p, *word) && (*behind == '+' || *behind == '-'))
        return behind + 1;
    }
  }
  return NULL;
}

/* Past numbers of a mailing, "5899542-" or "2d998f.371096-". */
static const char *skip_numbers(const char *p) {
  for (;;) {
    gsize n = strspn(p, "0123456789abcdefABCDEF.");
    gsize first = strcspn(p, "0123456789");
    if (n == 0 || first >= n || (p[n] != '-' && p[n] != '+'))
      return p;
    p += n + 1;
  }
}

static gboolean read_verp(const char *address, const char *at, Wrapped *out) {
  const char *forward = NULL;
  for (const char *p = address + 1; forward == NULL && p < at; p++)
    forward = has_prefix(p, "+caf_=") ? p : NULL;
  const char *equals = at;
  while (equals > address && *equals != '=')
    equals--;
  const char *word = forward != NULL ? forward + strlen("+caf_=") : find_verp_word(address, equals);
  if (word == NULL || word >= equals)
    return FALSE;
  const char *user = forward != NULL ? word : skip_numbers(word);
  Part domain = {equals + 1, (gsize)(at - equals - 1)};
  if (user >= equals || !is_host(domain))
    return FALSE;
  const char *list_end = forward != NULL ? forward : word - 1;
  out->kind = WRAP_VERP;
  out->inner = make_address((Part){user, (gsize)(equals - user)}, domain);
  out->by = make_address((Part){address, (gsize)(list_end - address)}, (Part){at + 1, strlen(at + 1)});
  return TRUE;
}

/* --- all of them --- */

static gboolean read_outer(const char *address, Wrapped *out) {
  static gboolean (*const readers[])(const char *, const char *, Wrapped *) = {read_imcea, read_srs, read_batv, read_verp};
  const char *at = strrchr(address, '@');
  if (strlen(address) > MAX_ADDRESS || at == address)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(readers); i++) {
    *out = (Wrapped){0};
    if ((at != NULL || i == 0) && readers[i](address, at, out))
      return TRUE;
  }
  *out = (Wrapped){0};
  return FALSE;
}

static void make_safe(char **text) {
  if (*text == NULL || text_is_safe(*text))
    return;
  g_autofree char *bytes = *text;
  *text = text_safe(bytes, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
}

void wrapped_read(const char *address, Wrapped *wrapped) {
  gsize length = strlen(address);
  gboolean bracketed = length > 2 && address[0] == '<' && address[length - 1] == '>';
  g_autofree char *bare = bracketed ? g_strndup(address + 1, length - 2) : NULL;
  *wrapped = (Wrapped){0};
  if (!read_outer(bracketed ? bare : address, wrapped))
    return;
  for (int depth = 1; depth < MAX_DEPTH && wrapped->kind != WRAP_IMCEAEX; depth++) {
    g_auto(Wrapped) next = {0};
    if (!read_outer(wrapped->inner, &next) || next.kind == WRAP_IMCEAEX)
      break;
    g_free(wrapped->inner);
    wrapped->inner = g_steal_pointer(&next.inner);
    if (wrapped->by == NULL)
      wrapped->by = g_steal_pointer(&next.by);
  }
  make_safe(&wrapped->inner);
  make_safe(&wrapped->by);
}

void wrapped_clear(Wrapped *wrapped) {
  g_clear_pointer(&wrapped->inner, g_free);
  g_clear_pointer(&wrapped->by, g_free);
  wrapped->kind = WRAP_NONE;
}

const char *wrapped_kind_word(WrapKind kind) {
  static const char *const words[] = {
      [WRAP_IMCEAEX] = "imceaex", [WRAP_IMCEA] = "imcea", [WRAP_SRS] = "srs", [WRAP_BATV] = "batv", [WRAP_VERP] = "verp",
  };
  return words[kind];
}
