#include "base/yaml.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP (64u << 10)

/* Up to one byte more than YAML_MAX_BYTES, so that yaml_load_data() can tell that there is too much.
 * Plain reads instead of g_file_get_contents(): that one has no limit. */
static GString *read_bounded(int fd) {
  g_autoptr(GString) data = g_string_new(NULL);
  while (data->len <= YAML_MAX_BYTES) {
    gsize had = data->len;
    g_string_set_size(data, had + READ_STEP);
    ssize_t n = read(fd, data->str + had, READ_STEP);
    if (n < 0 && errno == EINTR)
      n = 0;
    else if (n <= 0) {
      g_string_set_size(data, had);
      return n < 0 ? NULL : g_steal_pointer(&data);
    }
    g_string_set_size(data, had + (gsize)n);
  }
  return g_steal_pointer(&data);
}

YamlDoc *yaml_load_file(const char *path, Diags *diags) {
  /* Not to hang on a named pipe: O_NONBLOCK changes nothing for a file. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat st;
  gboolean is_file = fd >= 0 && fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode);
  if (fd >= 0 && !is_file)
    errno = EISDIR;
  g_autoptr(GString) data = is_file ? read_bounded(fd) : NULL;
  int problem = errno;
  if (fd >= 0)
    close(fd);
  if (!data) {
    diags_add(diags, path, 0, 0, DIAG_ERROR, "The file cannot be read (%s): check its name and permissions",
              g_strerror(problem));
    return NULL;
  }
  return yaml_load_data(path, data->str, data->len, diags);
}

const YamlNode *yaml_get(const YamlNode *node, const char *key) {
  if (!node || node->kind != YAML_MAP)
    return NULL;
  for (guint i = 0; i < node->length; i++) {
    if (!strcmp(node->keys[i]->text, key))
      return node->items[i];
  }
  return NULL;
}

const char *yaml_get_text(const YamlNode *node, const char *key) {
  const YamlNode *value = yaml_get(node, key);
  return value ? value->text : NULL;
}

gint64 yaml_get_number(const YamlNode *node, const char *key, gint64 otherwise) {
  const char *text = yaml_get_text(node, key);
  gint64 number;
  if (!text || !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
    return otherwise;
  return number;
}

void yaml_fault(const YamlDoc *doc, const YamlNode *node, Diags *diags, DiagLevel level, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  diags_add(diags, yaml_file(doc), node ? node->line : 0, node ? node->col : 0, level, "%s", text);
}

void yaml_check_keys(const YamlDoc *doc, const YamlNode *map, const char *const *allowed, Diags *diags) {
  if (!map || map->kind != YAML_MAP)
    return;
  for (guint i = 0; i < map->length; i++) {
    const YamlNode *key = map->keys[i];
    if (g_strv_contains(allowed, key->text))
      continue;
    const char *near = text_nearest(key->text, allowed);
    g_autofree char *all = near ? NULL : g_strjoinv(", ", (char **)allowed);
    if (near)
      yaml_fault(doc, key, diags, DIAG_ERROR, "\"%s\" is not known here: did you mean \"%s\"?", key->text, near);
    else
      yaml_fault(doc, key, diags, DIAG_ERROR, "\"%s\" is not known here: use one of %s", key->text, all);
  }
}
