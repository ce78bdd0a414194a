#include "base/text.h"

#include <string.h>
#include <uchar.h>
#include <unilbrk.h>

/* How good a place is to begin a new line, worst first. */
typedef enum Place {
  PLACE_INSIDE,   /* within a character or before its marks: never */
  PLACE_LAST,     /* splits what belongs together; only when a line holds nothing else */
  PLACE_ANYWHERE, /* inside a word, but against no rule of punctuation */
  PLACE_WEAK,     /* inside an ASCII word, behind punctuation */
  PLACE_GOOD,     /* where UAX #14 allows it */
} Place;

/* Never first on a line: closing brackets, full stops, small kana, marks of length and repetition, also
 * half-width.  libunistring knows most of it; this is for forced breaks and for what it lets through. */
static const char not_first_ascii[] = ")]},.:;!?%";
static const char32_t not_first[] = U"»’”›‼⁇⁈⁉…‥、。〃〉》」』】〕〗〙〛〟々〻〜゠゛゜ゝゞ・ーヽヾ"
                                    U"ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
                                    U"）］｝｠，．：；！？％｡｣､･ｧｨｩｪｫｬｭｮｯｰﾞﾟ°′″℃¢‰";

/* Never last on a line: opening brackets and signs that belong to the amount behind them. */
static const char not_last_ascii[] = "([{<";
static const char32_t not_last[] = U"«‘“‹〈《「『【〔〖〘〚〝（［｛｟｢＄￥£＃№";

static gboolean is_one_of(gunichar c, const char *ascii, const char32_t *others) {
  if (c < 0x80)
    return c && strchr(ascii, (int)c) != NULL;
  while (*others && *others != c)
    others++;
  return *others != 0;
}

static gboolean never_first(gunichar c) {
  return is_one_of(c, not_first_ascii, not_first);
}

static gboolean never_last(gunichar c) {
  return is_one_of(c, not_last_ascii, not_last);
}

static gboolean is_ascii(gunichar c) {
  return c < 0x80;
}

static Place place_between_ascii(gunichar before, gunichar solid, gunichar after) {
  if (after == ' ')
    return PLACE_INSIDE;
  if (before == ' ')
    return never_last(solid) || never_first(after) ? PLACE_LAST : PLACE_GOOD;
  if (before && strchr("/.,;:&?=@_-", (int)before) && g_ascii_isalnum((char)after))
    return PLACE_WEAK;
  return never_first(after) || never_last(before) ? PLACE_LAST : PLACE_ANYWHERE;
}

/* The character at `p`; a blank that carries a mark counts as a no-break space, since it may not be dropped. */
static gunichar char_at(const char *p) {
  gunichar c = g_utf8_get_char(p);
  if (c != ' ' || (guchar)p[1] < 0x80 || text_char_width(g_utf8_get_char(p + 1)) > 0)
    return c;
  return 0xA0;
}

/* `solid` is the last character before `after` that is no blank, `allowed` what UAX #14 says. */
static Place place_between(gunichar before, gunichar solid, gunichar after, gboolean allowed) {
  if (text_char_width(after) == 0)
    return PLACE_INSIDE;
  if (is_ascii(before) && is_ascii(after))
    return place_between_ascii(before, solid, after);
  if (after == ' ')
    return PLACE_INSIDE;
  if (never_first(after) || never_last(solid))
    return PLACE_LAST;
  return allowed ? PLACE_GOOD : PLACE_ANYWHERE;
}

/* The places of text[0..len-1], one a byte, for the spot before that byte. */
static guint8 *find_places(const char *text, gsize len) {
  guint8 *places = g_new0(guint8, len + 1);
  g_autofree char *breaks = NULL;
  for (gsize i = 0; i < len && !breaks; i++) {
    if ((guchar)text[i] >= 0x80) {
      breaks = g_malloc(len);
      u8_possible_linebreaks((const uint8_t *)text, len, "UTF-8", breaks);
    }
  }

  gunichar before = 0, solid = 0;
  for (const char *p = text; p < text + len; p = g_utf8_next_char(p)) {
    gunichar c = char_at(p);
    gsize i = (gsize)(p - text);
    if (i > 0)
      places[i] = (guint8)place_between(before, solid, c, breaks && breaks[i] == UC_BREAK_POSSIBLE);
    /* A mark belongs to its base: what follows sees the base. */
    if (text_char_width(c) > 0) {
      before = c;
      if (c != ' ')
        solid = c;
    }
  }
  places[len] = PLACE_GOOD;
  return places;
}

/* The best spot to end a line that begins at `start` and has room for `cols` columns. */
static gsize find_end(const char *text, gsize len, const guint8 *places, gsize start, int cols) {
  gsize ends[PLACE_GOOD + 1] = {0};
  int width = 0, weak_width = 0;
  for (gsize i = start;;) {
    /* Blanks at the end of a line are dropped, so they may hang over its edge. */
    if (i > start && places[i] != PLACE_INSIDE && (width <= cols || !ends[PLACE_LAST])) {
      for (int place = places[i]; place > PLACE_INSIDE; place--)
        ends[place] = i;
      if (places[i] == PLACE_WEAK)
        weak_width = width;
    }
    if (i >= len || (width > cols && ends[PLACE_LAST]))
      break;
    gunichar c = char_at(text + i);
    if (c != ' ' || width < cols)
      width += text_char_width(c);
    i = (gsize)(g_utf8_next_char(text + i) - text);
  }
  if (ends[PLACE_GOOD])
    return ends[PLACE_GOOD];
  /* A weak place that wastes half of the line is worse than splitting the word. */
  if (ends[PLACE_WEAK] && weak_width * 2 >= cols)
    return ends[PLACE_WEAK];
  return ends[PLACE_ANYWHERE] ? ends[PLACE_ANYWHERE] : ends[PLACE_LAST];
}

static void add_line(GPtrArray *lines, const char *text, gsize len, int indent) {
  g_ptr_array_add(lines, g_strdup_printf("%*s%.*s", lines->len && len ? indent : 0, "", (int)len, text));
}

static void wrap_paragraph(GPtrArray *lines, const char *text, gsize len, int cols, int indent) {
  g_autofree guint8 *places = find_places(text, len);
  gsize start = 0;
  do {
    int room = lines->len ? cols - indent : cols;
    gsize end = find_end(text, len, places, start, room);
    gsize shown = end - start;
    while (shown > 0 && text[start + shown - 1] == ' ')
      shown--;
    add_line(lines, text + start, shown, indent);
    start = end;
  } while (start < len);
}

char **text_wrap(const char *safe, int cols, int indent) {
  cols = MAX(cols, 1);
  /* Room for one wide character must stay. */
  indent = CLAMP(indent, 0, MAX(cols - 2, 0));
  GPtrArray *lines = g_ptr_array_new();
  for (const char *p = safe;;) {
    gsize len = strcspn(p, "\n");
    if (len == 0)
      add_line(lines, "", 0, 0);
    else
      wrap_paragraph(lines, p, len, cols, indent);
    if (!p[len])
      break;
    p += len + 1;
  }
  g_ptr_array_add(lines, NULL);
  return (char **)g_ptr_array_free(lines, FALSE);
}

void text_append_wrapped(GString *out, const char *lead, int cols, const char *safe) {
  int indent = text_width(lead);
  g_auto(GStrv) lines = text_wrap(safe, cols - indent, 0);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *line = i == 0 ? g_strconcat(lead, lines[i], NULL) : g_strdup_printf("%*s%s", indent, "", lines[i]);
    g_string_append_printf(out, "%s\n", g_strchomp(line));
  }
}
