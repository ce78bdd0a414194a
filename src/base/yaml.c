#include "base/yaml.h"

#include "base/text.h"

#include <string.h>
#include <yaml.h>

#define ARENA_BLOCK (64u << 10)
#define LINEAR_KEYS 16

/* Nodes and texts live in few big blocks that are freed together. */
typedef struct Arena {
  GPtrArray *blocks;
  char *next;
  gsize left;
} Arena;

struct YamlDoc {
  char *file;
  const YamlNode *root;
  Arena arena;
};

/* A list or map whose end has not been read yet. */
typedef struct Open {
  YamlNode *node;
  guint first; /* its first child in Builder.children */
} Open;

typedef struct Builder {
  YamlDoc *doc;
  Diags *diags;
  GArray *open;        /* Open: the way from the root */
  GPtrArray *children; /* of all the open ones; in a map keys and values take turns */
  guint n_nodes;
  guint n_documents;
} Builder;

/* What libyaml says, and what helps a person who is not a programmer.  First match counts. */
static const struct {
  const char *problem;
  const char *context; /* NULL: any */
  gboolean at_context; /* the place to look at is where it began */
  const char *words;
} syntax_faults[] = {
    {"mapping values are not allowed in this context", NULL, FALSE,
     "There is a colon where none can be: put the whole text in double quotes, or check the indentation"},
    {"could not find expected ':'", NULL, TRUE,
     "This line is neither \"key: value\" nor \"- item\": add the colon and a blank behind it, or indent the line "
     "below the text it continues"},
    {"did not find expected key", NULL, FALSE,
     "This does not fit here: a text with quotes, brackets or braces at its beginning needs quotes around the whole, "
     "and keys of one map must begin in one column"},
    {"did not find expected '-' indicator", NULL, FALSE,
     "An item of a list is missing its \"- \", or the indentation differs from the other items: line them up"},
    {"did not find expected ',' or ']'", NULL, FALSE,
     "The list in [brackets] is not closed, or a comma is missing: write [one, two]"},
    {"did not find expected ',' or '}'", NULL, FALSE,
     "The map in {braces} is not closed, or a comma is missing: write {key: value}, or put a text that begins with a "
     "brace in double quotes"},
    {"found unexpected end of stream", "while scanning a quoted scalar", TRUE,
     "This quotation mark is never closed: add the other one"},
    {"found unexpected document indicator", "while scanning a quoted scalar", TRUE,
     "This quotation mark is never closed: add the other one"},
    {"found unknown escape character", NULL, FALSE,
     "A backslash in double quotes needs n, t, \\ or \" behind it: use single quotes, or write \\\\"},
    {"found a tab character", NULL, FALSE, "There is a tab in the indentation: use blanks"},
    {"found character that cannot start any token", NULL, FALSE,
     "A text cannot begin with this sign, nor a line with a tab: use blanks for indentation and put the text in "
     "quotes"},
    {"block sequence entries are not allowed", NULL, FALSE,
     "A list cannot begin here: put it on lines of its own below the key, or put a text that begins with \"- \" in "
     "quotes"},
    {"while scanning an alias", NULL, FALSE, "A text that begins with * needs quotes"},
    {"while scanning an anchor", NULL, FALSE, "A text that begins with & needs quotes"},
    {"found undefined tag handle", NULL, FALSE, "A text that begins with ! needs quotes"},
    {"control characters are not allowed", NULL, FALSE,
     "There is a control character: delete it, or write it as \\xNN in double quotes"},
};

static void *arena_take(Arena *arena, gsize size) {
  size = (size + 7) & ~(gsize)7;
  if (size > arena->left) {
    gsize block = MAX(size, ARENA_BLOCK);
    arena->next = g_malloc(block);
    arena->left = block;
    g_ptr_array_add(arena->blocks, arena->next);
  }
  void *taken = arena->next;
  arena->next += size;
  arena->left -= size;
  return taken;
}

static const char *arena_text(Arena *arena, const char *text) {
  gsize size = strlen(text) + 1;
  return memcpy(arena_take(arena, size), text, size);
}

static YamlDoc *doc_new(const char *name) {
  YamlDoc *doc = g_new0(YamlDoc, 1);
  doc->file = text_safe(name, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
  doc->arena.blocks = g_ptr_array_new_with_free_func(g_free);
  return doc;
}

void yaml_doc_free(YamlDoc *doc) {
  if (!doc)
    return;
  g_ptr_array_unref(doc->arena.blocks);
  g_free(doc->file);
  g_free(doc);
}

const YamlNode *yaml_root(const YamlDoc *doc) {
  return doc->root;
}

const char *yaml_file(const YamlDoc *doc) {
  return doc->file;
}

static void fault_at(Builder *b, yaml_mark_t mark, const char *words) {
  diags_add(b->diags, b->doc->file, (int)mark.line + 1, (int)mark.column + 1, DIAG_ERROR, "%s", words);
}

static gboolean expects_key(Builder *b) {
  if (!b->open->len)
    return FALSE;
  Open *top = &g_array_index(b->open, Open, b->open->len - 1);
  return top->node->kind == YAML_MAP && (b->children->len - top->first) % 2 == 0;
}

/* The new node, added to the map or list that is open; NULL when there are too many. */
static YamlNode *add_node(Builder *b, YamlKind kind, yaml_mark_t mark) {
  if (++b->n_nodes > YAML_MAX_NODES) {
    fault_at(b, mark, "The file holds too many values: split it");
    return NULL;
  }
  YamlNode *node = arena_take(&b->doc->arena, sizeof *node);
  *node = (YamlNode){.kind = kind, .line = (int)mark.line + 1, .col = (int)mark.column + 1};
  if (b->open->len)
    g_ptr_array_add(b->children, node);
  else
    b->doc->root = node;
  return node;
}

/* Faults that do not keep the rest from being read. */
static void refuse_properties(Builder *b, yaml_mark_t mark, const yaml_char_t *anchor, const yaml_char_t *tag) {
  if (anchor)
    fault_at(b, mark, "Anchors (&name) cannot be used here: write the value again, or put a text in quotes");
  if (tag)
    fault_at(b, mark, "Tags (!name) cannot be used here: leave it out, or put a text in quotes");
}

static gboolean on_scalar(Builder *b, const yaml_event_t *event) {
  gboolean is_key = expects_key(b);
  const char *value = (const char *)event->data.scalar.value;
  gsize length = event->data.scalar.length;
  refuse_properties(b, event->start_mark, event->data.scalar.anchor, event->data.scalar.tag);

  YamlNode *node = add_node(b, YAML_SCALAR, event->start_mark);
  if (!node)
    return FALSE;
  node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  if (is_key && !node->quoted && !strcmp(value, "<<"))
    fault_at(b, event->start_mark, "Merge keys (<<) cannot be used here: write the keys themselves");

  /* The line feed that ends a block is nobody's intention. */
  while (length && value[length - 1] == '\n')
    length--;
  guint n_hidden;
  g_autofree char *safe = text_safe(value, (gssize)length, 0, TEXT_LINES, &n_hidden);
  if (n_hidden)
    diags_add(b->diags, b->doc->file, node->line, node->col, DIAG_WARNING,
              "%u invisible or control characters in this text are shown as \\u{...} or \\xNN: type it again",
              n_hidden);
  node->text = arena_text(&b->doc->arena, safe);
  return TRUE;
}

static gboolean on_alias(Builder *b, const yaml_event_t *event) {
  fault_at(b, event->start_mark, "Aliases (*name) cannot be used here: write the value again, or put a text in quotes");
  YamlNode *node = add_node(b, YAML_SCALAR, event->start_mark);
  if (node)
    node->text = "";
  return node != NULL;
}

static gboolean on_start(Builder *b, const yaml_event_t *event) {
  gboolean is_map = event->type == YAML_MAPPING_START_EVENT;
  if (expects_key(b)) {
    fault_at(b, event->start_mark, "A key must be a word: put a text that begins with a bracket or brace in quotes");
    return FALSE;
  }
  if (b->open->len >= YAML_MAX_DEPTH) {
    fault_at(b, event->start_mark, "Lists and maps are nested too deeply: at most 32 levels");
    return FALSE;
  }
  if (is_map)
    refuse_properties(b, event->start_mark, event->data.mapping_start.anchor, event->data.mapping_start.tag);
  else
    refuse_properties(b, event->start_mark, event->data.sequence_start.anchor, event->data.sequence_start.tag);

  YamlNode *node = add_node(b, is_map ? YAML_MAP : YAML_LIST, event->start_mark);
  if (!node)
    return FALSE;
  Open open = {node, b->children->len};
  g_array_append_val(b->open, open);
  return TRUE;
}

/* The key among the first `n` of `map` that equals `key`; `seen` helps when there are many. */
static const YamlNode *find_twin(const YamlNode *map, guint n, const YamlNode *key, GHashTable *seen) {
  if (seen)
    return g_hash_table_lookup(seen, key->text);
  for (guint i = 0; i < n; i++) {
    if (!strcmp(map->keys[i]->text, key->text))
      return map->keys[i];
  }
  return NULL;
}

static void take_pairs(Builder *b, YamlNode *map, YamlNode **children, guint n_pairs) {
  g_autoptr(GHashTable) seen = n_pairs > LINEAR_KEYS ? g_hash_table_new(g_str_hash, g_str_equal) : NULL;
  map->keys = arena_take(&b->doc->arena, n_pairs * sizeof *map->keys);
  map->items = arena_take(&b->doc->arena, n_pairs * sizeof *map->items);
  for (guint i = 0; i < n_pairs; i++) {
    YamlNode *key = children[2 * i];
    const YamlNode *twin = find_twin(map, map->length, key, seen);
    if (twin) {
      diags_add(b->diags, b->doc->file, key->line, key->col, DIAG_ERROR,
                "The key \"%s\" is in this map twice, first in line %d: keep one of them", key->text, twin->line);
      continue;
    }
    if (seen)
      g_hash_table_insert(seen, (gpointer)key->text, key);
    map->keys[map->length] = key;
    map->items[map->length++] = children[2 * i + 1];
  }
}

static gboolean on_end(Builder *b) {
  Open open = g_array_index(b->open, Open, b->open->len - 1);
  guint n = b->children->len - open.first;
  YamlNode **children = n ? (YamlNode **)b->children->pdata + open.first : NULL;
  if (open.node->kind == YAML_MAP) {
    take_pairs(b, open.node, children, n / 2);
  } else {
    open.node->length = n;
    open.node->items = arena_take(&b->doc->arena, n * sizeof *open.node->items);
    if (n)
      memcpy(open.node->items, children, n * sizeof *children);
  }
  g_ptr_array_set_size(b->children, (gint)open.first);
  g_array_set_size(b->open, b->open->len - 1);
  return TRUE;
}

static gboolean on_document(Builder *b, const yaml_event_t *event) {
  if (++b->n_documents < 2)
    return TRUE;
  fault_at(b, event->start_mark, "A second document begins here: use one file for each, and leave out \"---\"");
  return FALSE;
}

/* FALSE: do not go on. */
static gboolean on_event(Builder *b, const yaml_event_t *event) {
  switch (event->type) {
  case YAML_DOCUMENT_START_EVENT:
    return on_document(b, event);
  case YAML_SCALAR_EVENT:
    return on_scalar(b, event);
  case YAML_ALIAS_EVENT:
    return on_alias(b, event);
  case YAML_SEQUENCE_START_EVENT:
  case YAML_MAPPING_START_EVENT:
    return on_start(b, event);
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT:
    return on_end(b);
  default:
    return TRUE;
  }
}

/* Line and column (from 0) of a byte. */
static yaml_mark_t mark_of_byte(const char *data, gsize offset) {
  yaml_mark_t mark = {0};
  for (gsize i = 0; i < offset; i++) {
    if (data[i] == '\n') {
      mark.line++;
      mark.column = 0;
    } else if (((guchar)data[i] & 0xC0) != 0x80) {
      mark.column++;
    }
  }
  return mark;
}

static void add_syntax_fault(Builder *b, const yaml_parser_t *parser, const char *data, gsize length) {
  const char *problem = parser->problem ? parser->problem : "";
  const char *context = parser->context ? parser->context : "";
  yaml_mark_t mark = parser->problem_mark;
  if (parser->error == YAML_READER_ERROR)
    mark = mark_of_byte(data, MIN(parser->problem_offset, length));

  for (gsize i = 0; i < G_N_ELEMENTS(syntax_faults); i++) {
    if (!strstr(problem, syntax_faults[i].problem) && !strstr(context, syntax_faults[i].problem))
      continue;
    if (syntax_faults[i].context && strcmp(context, syntax_faults[i].context))
      continue;
    fault_at(b, syntax_faults[i].at_context ? parser->context_mark : mark, syntax_faults[i].words);
    return;
  }
  g_autofree char *words =
      g_strdup_printf("This cannot be read (%s%s%s): put texts with special signs in double quotes", context,
                      *context ? ", " : "", problem);
  fault_at(b, mark, words);
}

/* memmem() goes byte by byte for so few; these begin with a byte that is rare, or are looked for in short files. */
static const char *find_bytes(const char *data, gsize length, const char *bytes) {
  gsize n = strlen(bytes);
  for (const char *p = data; (p = memchr(p, *bytes, length - (gsize)(p - data))) != NULL; p++)
    if (length - (gsize)(p - data) >= n && !memcmp(p, bytes, n))
      return p;
  return NULL;
}

/* What libyaml would take in a way that no editor shows, take for ever, or refuse at an odd place. */
static gboolean scan_raw(Builder *b, const char *data, gsize length) {
  const char *end;
  if (!g_utf8_validate_len(data, length, &end)) {
    yaml_mark_t mark = mark_of_byte(data, (gsize)(end - data));
    fault_at(b, mark, *end ? "This is no UTF-8 text: save the file as UTF-8" : "There is a NUL byte: delete it");
    return FALSE;
  }
  /* U+0085, U+2028, U+2029 count as line ends in YAML 1.1: all marks behind them would be wrong. */
  static const char *const separators[] = {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
  const char *separator = NULL;
  for (guint i = 0; i < G_N_ELEMENTS(separators) && !separator; i++)
    separator = find_bytes(data, length, separators[i]);
  const char *directive = *data == '%' ? data : find_bytes(data, length, "\n%");
  if (separator)
    fault_at(b, mark_of_byte(data, (gsize)(separator - data)),
             "There is an invisible line separator (U+0085, U+2028 or U+2029): delete it");
  if (directive)
    fault_at(b, mark_of_byte(data, (gsize)(directive - data) + (*directive == '\n')),
             "A line cannot begin with %: leave the directive out");
  return !separator && !directive;
}

static gboolean build(Builder *b, const char *data, gsize length) {
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser))
    return FALSE;
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, (const unsigned char *)data, length);

  gboolean going = TRUE, finished = FALSE;
  while (going && !finished) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) {
      add_syntax_fault(b, &parser, data, length);
      break;
    }
    finished = event.type == YAML_STREAM_END_EVENT;
    going = on_event(b, &event);
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return finished;
}

static gboolean is_empty(const YamlNode *root) {
  return !root || (root->kind == YAML_SCALAR && !root->quoted && !*root->text);
}

YamlDoc *yaml_load_data(const char *name, const char *data, gsize length, Diags *diags) {
  g_autoptr(YamlDoc) doc = doc_new(name);
  if (length > YAML_MAX_BYTES) {
    diags_add(diags, doc->file, 0, 0, DIAG_ERROR, "The file is larger than 4 MB: split it");
    return NULL;
  }
  if (length >= 3 && !memcmp(data, "\xEF\xBB\xBF", 3)) {
    data += 3;
    length -= 3;
  }
  g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(Open));
  g_autoptr(GPtrArray) children = g_ptr_array_new();
  Builder b = {.doc = doc, .diags = diags, .open = open, .children = children};
  if (!scan_raw(&b, data, length) || !build(&b, data, length))
    return NULL;
  if (is_empty(doc->root)) {
    diags_add(diags, doc->file, 1, 1, DIAG_ERROR, "The file is empty: it needs at least one \"key: value\"");
    return NULL;
  }
  return g_steal_pointer(&doc);
}
