#include "ui/input.h"

#include <string.h>
#include <wchar.h>

/* How long after a lone Esc the rest of a split arrow key is recognised as such. */
#define ORPHAN_US (500 * 1000)
/* A paste whose end never comes: after so long without a byte, keys are keys again. */
#define PASTE_STALL_US (5 * G_USEC_PER_SEC)
/* The same without marks: the bytes of one paste come together. */
#define BARE_STALL_US (100 * 1000)
/* So much in one piece, in lines of such a length, nobody types, not even ahead on a slow line. */
#define BARE_MIN_BYTES 64
#define BARE_MIN_LINES 3
#define BARE_MIN_LINE_BYTES 10
/* No sequence of a terminal is longer; what is, is no sequence. */
#define MAX_SEQUENCE 32

#define PASTE_END "\033[201~"

typedef struct Sequence {
  char bytes[16];
  Key key;
} Sequence;

struct Input {
  GString *bytes;   /* as they came */
  gsize taken;      /* how many of them are decoded: a long paste without brackets is not moved for every letter */
  GString *paste;   /* of the last K_PASTE */
  GArray *extra;    /* of Sequence */
  gint64 esc_delay; /* microseconds */
  gint64 fed_at;
  gint64 escaped_at; /* when a lone Esc was given out; 0: not just before */
  gboolean utf8, pasting;
  gboolean bare; /* with `pasting`: the terminal does not mark its end */
};

/* What is sent after ESC [ or ESC O, by final byte. */
static const struct {
  char final;
  Key key;
} finals[] = {
    {'A', K_UP},  {'B', K_DOWN}, {'C', K_RIGHT}, {'D', K_LEFT},  {'H', K_HOME},
    {'F', K_END}, {'P', K_F1},   {'Q', K_F2},    {'M', K_ENTER},
};

/* ESC [ NUMBER ~ */
static const struct {
  int number;
  Key key;
} tildes[] = {
    {1, K_HOME},      {2, K_INSERT}, {3, K_DELETE}, {4, K_END}, {5, K_PAGE_UP},
    {6, K_PAGE_DOWN}, {7, K_HOME},   {8, K_END},    {11, K_F1}, {12, K_F2},
};

/* The Linux console: ESC [ [ A */
static const struct {
  char final;
  Key key;
} console[] = {{'A', K_F1}, {'B', K_F2}};

Input *input_new(int esc_delay_ms, gboolean utf8) {
  Input *input = g_new0(Input, 1);
  input->bytes = g_string_new(NULL);
  input->paste = g_string_new(NULL);
  input->extra = g_array_new(FALSE, FALSE, sizeof(Sequence));
  input->esc_delay = esc_delay_ms * G_GINT64_CONSTANT(1000);
  input->utf8 = utf8;
  return input;
}

void input_free(Input *input) {
  if (input == NULL)
    return;
  g_string_free(input->bytes, TRUE);
  g_string_free(input->paste, TRUE);
  g_array_unref(input->extra);
  g_free(input);
}

void input_add_sequence(Input *input, const char *bytes, Key key) {
  Sequence sequence = {.key = key};
  if (bytes[0] != '\033' || bytes[1] == '\0' || strlen(bytes) >= sizeof sequence.bytes)
    return;
  g_strlcpy(sequence.bytes, bytes, sizeof sequence.bytes);
  g_array_append_val(input->extra, sequence);
}

/* What is not decoded yet. */
static const char *rest(const Input *input) {
  return input->bytes->str + input->taken;
}

static gsize left(const Input *input) {
  return input->bytes->len - input->taken;
}

static void drop(Input *input, gsize n) {
  input->taken += n;
  if (left(input) > 0)
    return;
  g_string_truncate(input->bytes, 0);
  input->taken = 0;
}

/* Several lines at once, without a key among them. */
static gboolean is_bare_paste(const char *bytes, gsize length) {
  gsize lines = 1;
  if (length < BARE_MIN_BYTES)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    guchar c = (guchar)bytes[i];
    gboolean ends = c == '\n' || (c == '\r' && (i + 1 == length || bytes[i + 1] != '\n'));
    if (c == 0x7f || (c < 0x20 && c != '\t' && c != '\r' && c != '\n'))
      return FALSE;
    lines += ends && i + 1 < length ? 1 : 0;
  }
  return lines >= BARE_MIN_LINES && length / lines >= BARE_MIN_LINE_BYTES;
}

void input_feed(Input *input, const char *bytes, gsize length, gint64 now) {
  if (!input->pasting && left(input) == 0)
    input->pasting = input->bare = is_bare_paste(bytes, length);
  g_string_append_len(input->bytes, bytes, (gssize)length);
  input->fed_at = now;
}

const GString *input_pasted(const Input *input) {
  return input->paste;
}

/* Length of a terminal's own sequence at the start of `bytes`; 0: none; -1: may become one. */
static int match_extra(const Input *input, Key *key) {
  int partial = 0;
  for (guint i = 0; i < input->extra->len; i++) {
    const Sequence *sequence = &g_array_index(input->extra, Sequence, i);
    gsize length = strlen(sequence->bytes);
    if (memcmp(rest(input), sequence->bytes, MIN(length, left(input))) != 0)
      continue;
    if (left(input) < length) {
      partial = -1;
      continue;
    }
    *key = sequence->key;
    return (int)length;
  }
  return partial;
}

/* Key of a sequence with parameters `text` (digits, semicolons; modifiers are ignored) and a final byte. */
static Key decode_csi(const char *text, char final) {
  for (gsize i = 0; final != '~' && i < G_N_ELEMENTS(finals); i++)
    if (finals[i].final == final)
      return finals[i].key;
  int number = (int)g_ascii_strtoll(text, NULL, 10);
  for (gsize i = 0; final == '~' && i < G_N_ELEMENTS(tildes); i++)
    if (tildes[i].number == number)
      return tildes[i].key;
  return 0;
}

/* Reads the sequence that begins with `s`, which holds what follows ESC ("[..." or "O...").  Returns its length, 0: it
 * is none, -1: not whole yet.  `key`: 0 for a sequence that nobody knows; `paste`: it begins a paste. */
static int read_sequence(const char *s, gsize length, Key *key, gboolean *paste) {
  *key = 0;
  if (length < 2)
    return -1;
  if (s[0] == 'O') {
    *key = decode_csi("", s[1]);
    return g_ascii_isalpha(s[1]) ? 2 : 0;
  }
  if (s[1] == '[') {
    if (length < 3)
      return -1;
    for (gsize i = 0; i < G_N_ELEMENTS(console); i++)
      if (console[i].final == s[2])
        *key = console[i].key;
    return 3;
  }
  /* ECMA-48 5.4: parameter bytes 30-3F, intermediate bytes 20-2F, one final byte 40-7E */
  gsize i = 1;
  while (i < length && i < MAX_SEQUENCE && s[i] >= 0x20 && s[i] <= 0x3f)
    i++;
  if (i == length)
    return -1;
  if (s[i] < 0x40 || s[i] > 0x7e)
    return 0;
  g_autofree char *parameters = g_strndup(s + 1, i - 1);
  *paste = s[i] == '~' && strcmp(parameters, "200") == 0;
  *key = decode_csi(parameters, s[i]);
  return (int)i + 1;
}

static gboolean is_late(const Input *input, gint64 now) {
  return now - input->fed_at >= input->esc_delay;
}

/* ESC at the start of the bytes. Returns a key, 0 to go on; `wait`: more bytes are needed. */
static Key next_escape(Input *input, gint64 now, gboolean *wait) {
  const char *bytes = rest(input);
  Key key = 0;
  int length = match_extra(input, &key);
  if (length > 0) {
    drop(input, (gsize)length);
    return key;
  }
  gboolean paste = FALSE;
  gboolean is_prefix = left(input) < 2 || bytes[1] == '[' || bytes[1] == 'O';
  int n = is_prefix ? read_sequence(bytes + 1, left(input) - 1, &key, &paste) : 0;
  if (n > 0) {
    drop(input, (gsize)n + 1);
    input->pasting = paste;
    return key;
  }
  if ((n < 0 || length < 0) && !is_late(input, now)) {
    *wait = TRUE;
    return 0;
  }
  drop(input, 1);
  input->escaped_at = now;
  return K_ESC;
}

/* The rest of an arrow key whose ESC was taken for a lone one: TRUE if it was dropped or is not whole yet (`wait`). */
static gboolean drop_orphan(Input *input, gint64 now, gboolean *wait) {
  const char *bytes = rest(input);
  if (input->escaped_at == 0 || now - input->escaped_at > ORPHAN_US || (bytes[0] != '[' && bytes[0] != 'O'))
    return FALSE;
  Key key = 0;
  gboolean paste = FALSE;
  int n = read_sequence(bytes, left(input), &key, &paste);
  if (n < 0 && !is_late(input, now)) {
    *wait = TRUE;
    return TRUE;
  }
  if (n <= 0 || (key == 0 && !paste))
    return FALSE;
  drop(input, (gsize)n);
  input->pasting = paste;
  return TRUE;
}

static Key next_utf8(Input *input, gboolean late, gboolean *wait) {
  gunichar c = g_utf8_get_char_validated(rest(input), (gssize)left(input));
  if (c == (gunichar)-2 && !late) {
    *wait = TRUE;
    return 0;
  }
  if (c == (gunichar)-1 || c == (gunichar)-2) {
    drop(input, 1);
    return 0xfffd;
  }
  drop(input, (gsize)(g_utf8_next_char(rest(input)) - rest(input)));
  return c;
}

static Key next_multibyte(Input *input, gboolean late, gboolean *wait) {
  wchar_t c = 0;
  mbstate_t state = {0};
  size_t n = mbrtowc(&c, rest(input), left(input), &state);
  if (n == (size_t)-2 && !late) {
    *wait = TRUE;
    return 0;
  }
  if (n == (size_t)-1 || n == (size_t)-2) {
    drop(input, 1);
    return 0xfffd;
  }
  drop(input, MAX(n, 1));
  return (Key)c;
}

static Key next_key(Input *input, gint64 now, gboolean *wait) {
  if (rest(input)[0] == '\033')
    return next_escape(input, now, wait);
  if (drop_orphan(input, now, wait))
    return 0;
  input->escaped_at = 0;
  gboolean late = is_late(input, now);
  guchar first = (guchar)rest(input)[0];
  if (first == 0 || first == 127) {
    drop(input, 1);
    return first == 0 ? 0 : K_BACKSPACE;
  }
  return input->utf8 || first < 0x80 ? next_utf8(input, late, wait) : next_multibyte(input, late, wait);
}

/* How many bytes at the end of `bytes` may be the beginning of the end marker. */
static gsize marker_tail(const char *bytes, gsize length) {
  for (gsize n = MIN(length, strlen(PASTE_END) - 1); n > 0; n--)
    if (memcmp(bytes + length - n, PASTE_END, n) == 0)
      return n;
  return 0;
}

static gint64 stall_us(const Input *input) { return input->bare ? BARE_STALL_US : PASTE_STALL_US; }

static Key next_paste(Input *input, gint64 now) {
  const char *bytes = rest(input);
  const char *end = input->bare ? NULL : memmem(bytes, left(input), PASTE_END, strlen(PASTE_END));
  gboolean stalled = now - input->fed_at >= stall_us(input);
  gsize tail = stalled || input->bare ? 0 : marker_tail(bytes, left(input));
  gsize n = end != NULL ? (gsize)(end - bytes) : left(input) - tail;
  if (n > 0) {
    g_string_truncate(input->paste, 0);
    g_string_append_len(input->paste, bytes, (gssize)n);
    drop(input, n);
    return K_PASTE;
  }
  if (end == NULL && !stalled)
    return 0;
  drop(input, end != NULL ? strlen(PASTE_END) : 0);
  input->pasting = input->bare = FALSE;
  return K_PASTE_END;
}

Key input_next(Input *input, gint64 now) {
  gboolean wait = FALSE;
  while (!wait && (left(input) > 0 || input->pasting)) {
    gboolean was_pasting = input->pasting;
    Key key = was_pasting ? next_paste(input, now) : next_key(input, now, &wait);
    if (key != 0)
      return key;
    if (was_pasting && input->pasting)
      return 0;
  }
  return 0;
}

int input_timeout(const Input *input, gint64 now) {
  if (left(input) == 0 && !input->pasting)
    return -1;
  gint64 wait = input->fed_at + (input->pasting ? stall_us(input) : input->esc_delay) - now;
  return wait <= 0 ? 0 : (int)((wait + 999) / 1000);
}
