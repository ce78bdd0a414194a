#include "base/catalogue.h"

#include "base/text.h"

#include <string.h>

/* GNU .mo files: seven 32-bit words, then two tables of (length, offset) pairs, the ids sorted.
 * https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html */
#define MO_MAGIC 0x950412deu
#define MO_HEADER 28
#define MO_MAX_BYTES (16u << 20)

typedef struct Catalogue {
  char *lang;
  char *bytes;
  guint32 length;
  gboolean swapped; /* written on a machine of the other byte order */
  guint32 count, ids, texts;
} Catalogue;

/* The catalogue in force; NULL: English. */
static Catalogue *in_force;

static const struct {
  const char *code, *name;
} language_names[] = {
    {"ar", "العربية"},    {"cs", "Čeština"},    {"da", "Dansk"},     {"de", "Deutsch"},  {"el", "Ελληνικά"},
    {"en", "English"},    {"es", "Español"},    {"fi", "Suomi"},     {"fr", "Français"}, {"he", "עברית"},
    {"hi", "हिन्दी"},      {"hu", "Magyar"},     {"id", "Indonesia"}, {"it", "Italiano"}, {"ja", "日本語"},
    {"ko", "한국어"},     {"nl", "Nederlands"}, {"no", "Norsk"},     {"pl", "Polski"},   {"pt", "Português"},
    {"ru", "Русский"},    {"sv", "Svenska"},    {"th", "ไทย"},       {"tr", "Türkçe"},   {"uk", "Українська"},
    {"vi", "Tiếng Việt"}, {"zh", "中文"},
};

static void catalogue_free(Catalogue *catalogue) {
  if (!catalogue)
    return;
  g_free(catalogue->lang);
  g_free(catalogue->bytes);
  g_free(catalogue);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Catalogue, catalogue_free)

static guint32 word_at(const Catalogue *c, guint32 offset) {
  guint32 word;
  memcpy(&word, c->bytes + offset, sizeof word);
  return c->swapped ? GUINT32_SWAP_LE_BE(word) : word;
}

/* The string that entry `i` of the table at `table` points to. */
static const char *string_at(const Catalogue *c, guint32 table, guint32 i) {
  return c->bytes + word_at(c, table + 8 * i + 4);
}

/* The reader trusts what has been checked here: every string lies inside and ends in NUL, ids are sorted,
 * texts may be shown as they are. */
static gboolean strings_are_sound(const Catalogue *c, guint32 table, gboolean ids) {
  for (guint32 i = 0; i < c->count; i++) {
    guint32 length = word_at(c, table + 8 * i), offset = word_at(c, table + 8 * i + 4);
    if (offset >= c->length || length >= c->length - offset || c->bytes[offset + length] != '\0')
      return FALSE;
    const char *text = c->bytes + offset;
    if (ids && i > 0 && strcmp(string_at(c, table, i - 1), text) >= 0)
      return FALSE;
    if (!ids && !text_lines_are_safe(text))
      return FALSE;
  }
  return TRUE;
}

static gboolean table_fits(const Catalogue *c, guint32 table) {
  return table <= c->length && c->count <= (c->length - table) / 8;
}

static const char *look_up(const Catalogue *c, const char *id) {
  guint32 low = 0, high = c->count;
  while (low < high) {
    guint32 middle = low + (high - low) / 2;
    int order = strcmp(id, string_at(c, c->ids, middle));
    if (order == 0)
      return string_at(c, c->texts, middle);
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}

static gboolean is_sound(Catalogue *c) {
  if (c->length < MO_HEADER)
    return FALSE;
  guint32 magic = word_at(c, 0);
  c->swapped = magic == GUINT32_SWAP_LE_BE(MO_MAGIC);
  if ((magic != MO_MAGIC && !c->swapped) || word_at(c, 4) >> 16 > 1)
    return FALSE;
  c->count = word_at(c, 8);
  c->ids = word_at(c, 12);
  c->texts = word_at(c, 16);
  return table_fits(c, c->ids) && table_fits(c, c->texts) && strings_are_sound(c, c->ids, TRUE) &&
         strings_are_sound(c, c->texts, FALSE);
}

/* A language names a file, so it may hold nothing that leads to another folder. */
static gboolean is_language(const char *lang) {
  gsize len = strlen(lang);
  if (len < 2 || len > 15)
    return FALSE;
  for (gsize i = 0; i < len; i++) {
    if (!g_ascii_isalnum(lang[i]) && lang[i] != '_' && lang[i] != '-' && lang[i] != '@')
      return FALSE;
  }
  return TRUE;
}

static Catalogue *load(const char *dir, const char *lang, GError **error) {
  g_autoptr(Catalogue) catalogue = g_new0(Catalogue, 1);
  g_autofree char *name = g_strdup_printf("%s.mo", lang);
  g_autofree char *path = g_build_filename(dir, name, NULL);
  gsize length;
  if (!g_file_get_contents(path, &catalogue->bytes, &length, error))
    return NULL;
  catalogue->lang = g_strdup(lang);
  catalogue->length = (guint32)MIN(length, MO_MAX_BYTES + 1);
  if (length > MO_MAX_BYTES || !is_sound(catalogue)) {
    g_autofree char *shown = g_filename_display_name(path);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "%s is damaged: make it again with msgfmt, or install whybounce again", shown);
    return NULL;
  }
  return g_steal_pointer(&catalogue);
}

gboolean catalogue_use(const char *dir, const char *lang, GError **error) {
  Catalogue *next = NULL;
  if (strcmp(lang, "en")) {
    if (!is_language(lang)) {
      g_autofree char *shown = text_safe(lang, -1, 64, TEXT_LINE, NULL);
      g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "\"%s\" is no language: use two letters, such as en or ja",
                  shown);
      return FALSE;
    }
    next = load(dir, lang, error);
    if (!next)
      return FALSE;
  }
  catalogue_free(in_force);
  in_force = next;
  return TRUE;
}

const char *catalogue_language(void) {
  return in_force ? in_force->lang : "en";
}

static int compare_names(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **catalogue_languages(const char *dir) {
  GPtrArray *found = g_ptr_array_new();
  g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
  const char *name;
  while (folder && (name = g_dir_read_name(folder))) {
    g_autofree char *lang = g_str_has_suffix(name, ".mo") ? g_strndup(name, strlen(name) - 3) : NULL;
    if (lang && is_language(lang) && strcmp(lang, "en"))
      g_ptr_array_add(found, g_steal_pointer(&lang));
  }
  g_ptr_array_sort(found, compare_names);
  g_ptr_array_insert(found, 0, g_strdup("en"));
  g_ptr_array_add(found, NULL);
  return (char **)g_ptr_array_free(found, FALSE);
}

const char *catalogue_language_name(const char *lang) {
  for (gsize i = 0; i < G_N_ELEMENTS(language_names); i++) {
    if (!strcmp(language_names[i].code, lang))
      return language_names[i].name;
  }
  return lang;
}

const char *catalogue_language_from_environment(void) {
  static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  const char *value = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(variables) && (!value || !*value); i++)
    value = g_getenv(variables[i]);
  /* "ja_JP.UTF-8", "ja.UTF-8", "ja"; but not "C", "POSIX" or old aliases such as "japanese". */
  if (!value || !g_ascii_islower(value[0]) || !g_ascii_islower(value[1]) || (value[2] && !strchr("_.@", value[2])))
    return "en";
  char code[3] = {value[0], value[1], '\0'};
  return g_intern_string(code);
}

const char *tr(const char *id) {
  /* The empty id holds the header of the catalogue. */
  if (!in_force || !*id)
    return id;
  const char *text = look_up(in_force, id);
  return text && *text ? text : id;
}
