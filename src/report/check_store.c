#include "report/check_store.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/json_text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* How every line begins: see check_put_json(). */
static const char line_begin[] = "{\"schema\":1,\"target\":\"";

struct CheckStore {
  FILE *file;
  GHashTable *done; /* of guint64: of the targets only a hash is kept, there may be millions */
};

/* FNV-1a over the target as it stands in the file, escapes and all. */
static guint64 hash_of(const char *text, gsize length) {
  guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guchar)text[i]) * G_GUINT64_CONSTANT(0x100000001b3);
  return hash;
}

static void note_done(CheckStore *store, guint64 hash) {
  guint64 *key = g_new(guint64, 1);
  *key = hash;
  g_hash_table_add(store->done, key);
}

/* FALSE: this is no line of results. */
static gboolean take_line(CheckStore *store, const char *line) {
  if (!g_str_has_prefix(line, line_begin))
    return FALSE;
  const char *target = line + strlen(line_begin), *end = target;
  while (*end != '\0' && *end != '"')
    end += *end == '\\' && end[1] != '\0' ? 2 : 1;
  if (*end == '\0')
    return FALSE;
  note_done(store, hash_of(target, (gsize)(end - target)));
  return TRUE;
}

static gboolean fail(GError **error, const char *path, int code, Message *message) {
  message_set(message, "path", path);
  failure_set(error, G_FILE_ERROR, (int)g_file_error_from_errno(code), message);
  return FALSE;
}

static gboolean read_lines(CheckStore *store, const char *path, GError **error) {
  char *line = NULL;
  size_t size = 0;
  ssize_t length;
  off_t whole = 0;
  guint number = 0;
  gboolean good = TRUE;
  while (good && (length = getline(&line, &size, store->file)) > 0) {
    number++;
    if (line[length - 1] != '\n')
      break; /* cut */
    whole += length;
    good = length == 1 || take_line(store, line);
  }
  /* A first line that is cut may belong to any file: only what looks like ours is taken away. */
  if (good && number == 1 && whole == 0 && strncmp(line, line_begin, MIN(strlen(line), strlen(line_begin))) != 0)
    good = FALSE;
  free(line);
  if (!good)
    return fail(error, path, EINVAL,
                message_set_number(message_new(N_("{path}:{line}: this is no result of whybounce check. Choose another "
                                                  "file."),
                                               NULL),
                                   "line", number));
  if (ftruncate(fileno(store->file), whole) != 0 || fseeko(store->file, 0, SEEK_END) != 0)
    return fail(error, path, errno,
                message_new(N_("{path} could not be written: {why}. Choose another folder."), "why",
                            failure_words(errno), NULL));
  return TRUE;
}

CheckStore *check_store_open(const char *path, GError **error) {
  g_autoptr(CheckStore) store = g_new0(CheckStore, 1);
  store->done = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  store->file = fd >= 0 ? fdopen(fd, "r+") : NULL;
  if (store->file == NULL) {
    fail(error, path, errno,
         message_new(N_("{path} could not be written: {why}. Choose another folder."), "why", failure_words(errno),
                     NULL));
    return NULL;
  }
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) { /* a device could be read for ever */
    fail(error, path, EINVAL,
         message_set_number(message_new(N_("{path}:{line}: this is no result of whybounce check. Choose another file."),
                                        NULL),
                            "line", 1));
    return NULL;
  }
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    fail(error, path, errno, message_new(N_("{path} is being written by another run."), NULL));
    return NULL;
  }
  return read_lines(store, path, error) ? g_steal_pointer(&store) : NULL;
}

void check_store_free(CheckStore *store) {
  if (store == NULL)
    return;
  if (store->file != NULL)
    fclose(store->file);
  g_hash_table_unref(store->done);
  g_free(store);
}

gboolean check_store_has(const CheckStore *store, const char *target) {
  g_autoptr(GString) text = g_string_new(NULL);
  json_text_append(text, target);
  guint64 hash = hash_of(text->str + 1, text->len - 2);
  return g_hash_table_contains(store->done, &hash);
}

FILE *check_store_file(CheckStore *store) {
  return store->file;
}
