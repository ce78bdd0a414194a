#include "flow/case.h"

#include "base/text.h"
#include "flow/case_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".jsonl"
/* How much of a case is looked at, at either end: the first line and the last events, not the answers between. */
#define HEAD_BYTES 4096
#define TAIL_BYTES 65536
/* Files in the folder that are looked at at all. */
#define MAX_FILES 10000

void case_entry_free(CaseEntry *entry) {
  if (entry == NULL)
    return;
  g_free(entry->id);
  g_free(entry->path);
  message_free(entry->flow);
  message_free(entry->step_title);
  g_free(entry);
}

static Message *title_field(const CaseEvent *event, const char *field) {
  const char *text = case_event_get(event, field);
  return text != NULL ? message_parse(text) : NULL;
}

static gboolean read_head(int fd, CaseEntry *entry) {
  char head[HEAD_BYTES];
  ssize_t n = pread(fd, head, sizeof head, 0);
  const char *lf = n > 0 ? memchr(head, '\n', (gsize)n) : NULL;
  g_autoptr(CaseEvent) start = lf != NULL ? case_event_parse(head, (gsize)(lf - head), NULL) : NULL;
  if (start == NULL || !g_str_equal(start->name, "start"))
    return FALSE;
  entry->flow = title_field(start, "guide");
  entry->at = case_event_at(start);
  return entry->flow != NULL;
}

/* Events that do not move the session. */
static gboolean stays(const CaseEvent *event) {
  return g_str_equal(event->name, "note") || g_str_equal(event->name, "dropped") || g_str_equal(event->name, "resume") ||
         g_str_equal(event->name, "start");
}

/* Takes the newest that is not taken yet. TRUE: nothing more is wanted from older lines. */
static gboolean take_event(CaseEntry *entry, const CaseEvent *event) {
  entry->at = MAX(entry->at, case_event_at(event));
  if (entry->step_title == NULL)
    entry->step_title = title_field(event, "title");
  if (stays(event))
    return FALSE;
  entry->finished = g_str_equal(event->name, "finish");
  return TRUE;
}

/* Goes over the last lines from the end; a line that is cut off at either end is passed over. */
static void read_tail(int fd, off_t size, CaseEntry *entry) {
  g_autofree char *tail = g_malloc(TAIL_BYTES);
  ssize_t n = pread(fd, tail, TAIL_BYTES, MAX(0, size - TAIL_BYTES));
  const char *end = n > 0 ? memrchr(tail, '\n', (gsize)n) : NULL;
  while (end != NULL && end > tail) {
    const char *lf = memrchr(tail, '\n', (gsize)(end - tail));
    const char *line = lf != NULL ? lf + 1 : tail;
    g_autoptr(CaseEvent) event = *line == '{' ? case_event_parse(line, (gsize)(end - line), NULL) : NULL;
    if (event != NULL && take_event(entry, event))
      return;
    end = lf;
  }
}

static CaseEntry *read_entry(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat st;
  if (fd < 0)
    return NULL;
  CaseEntry *entry = g_new0(CaseEntry, 1);
  g_autofree char *name = g_path_get_basename(path);
  name[strlen(name) - strlen(SUFFIX)] = '\0';
  entry->id = text_safe(name, -1, 400, TEXT_LINE, NULL);
  entry->path = g_strdup(path);
  gboolean good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read_head(fd, entry);
  if (good)
    read_tail(fd, st.st_size, entry);
  close(fd);
  if (good)
    return entry;
  case_entry_free(entry);
  return NULL;
}

typedef struct Candidate {
  char *path;
  gint64 changed;
} Candidate;

static void candidate_clear(gpointer data) { g_free(((Candidate *)data)->path); }

static int newest_first(gconstpointer a, gconstpointer b) {
  const Candidate *x = a, *y = b;
  if (x->changed != y->changed)
    return x->changed < y->changed ? 1 : -1;
  return strcmp(y->path, x->path);
}

/* The files that may be cases, the one changed last first: only as many are opened as are wanted. */
static GArray *find_candidates(const char *dir) {
  GArray *found = g_array_new(FALSE, FALSE, sizeof(Candidate));
  g_array_set_clear_func(found, candidate_clear);
  g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
  for (const char *name; folder != NULL && found->len < MAX_FILES && (name = g_dir_read_name(folder)) != NULL;) {
    struct stat st;
    if (!g_str_has_suffix(name, SUFFIX) || name[0] == '.')
      continue;
    Candidate candidate = {g_build_filename(dir, name, NULL), 0};
    if (stat(candidate.path, &st) == 0)
      candidate.changed = (gint64)st.st_mtim.tv_sec * G_USEC_PER_SEC + st.st_mtim.tv_nsec / 1000;
    g_array_append_val(found, candidate);
  }
  g_array_sort(found, newest_first);
  return found;
}

static void entry_clear(gpointer data) { case_entry_free(data); }

GPtrArray *case_list(const char *dir, guint max) {
  GPtrArray *entries = g_ptr_array_new_with_free_func(entry_clear);
  g_autoptr(GArray) found = find_candidates(dir);
  for (guint i = 0; i < found->len && entries->len < max; i++) {
    CaseEntry *entry = read_entry(g_array_index(found, Candidate, i).path);
    if (entry != NULL)
      g_ptr_array_add(entries, entry);
  }
  return entries;
}
