#include "flow/case.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/text.h"
#include "flow/case_file.h"
#include "flow/case_log.h"
#include "flow/session_private.h"
#include "net/net_recording.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SUFFIX ".jsonl"
#define MAX_ID 64
/* Cases begun in the same minute. */
#define MAX_NUMBER 999

struct Case {
  char *id, *path;
  Session *session;
  CaseLog *log;
  GHashTable *answers; /* lines of the net that the file has: an answer is often used by several probes */
  guint resumed; /* events that counted when it was taken up, to be written before the next; 0: nothing to write */
  char *fault;
};

/* A translated sentence about `path` as the error. */
static void fail(GError **error, int code, const char *id, const char *path) {
  g_autofree char *safe = text_safe(path, -1, 400, TEXT_LINE, NULL);
  failure_set(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
              message_new(id, "path", safe, "why", failure_words(code), NULL));
}

/* --- writing --- */

static void note_fault(Case *c) {
  g_clear_pointer(&c->fault, g_free);
  int code = case_log_error(c->log);
  if (code == 0)
    return;
  g_autoptr(Message) message = message_new(
      N_("The case cannot be saved at the moment: {why}. You can go on; it is tried again with every step."), "why",
      failure_words(code), NULL);
  c->fault = message_text(message, NULL, NULL);
}

static void write_event(Case *c, const char *event, const char *const *fields) {
  g_autoptr(GString) line = g_string_new("{");
  case_log_add_member(line, "event", event);
  for (; fields[0] != NULL; fields += 2)
    case_log_add_member(line, fields[0], fields[1]);
  g_string_append_c(line, '}');
  case_log_append(c->log, line->str, TRUE);
}

static void write_answer(Case *c, const char *line) {
  if (g_hash_table_add(c->answers, g_strdup(line)))
    case_log_append(c->log, line, FALSE);
}

/* The session's sink. */
static void take_event(const char *event, const char *const *fields, gpointer user) {
  Case *c = user;
  if (g_str_equal(event, "net")) {
    write_answer(c, fields[1]);
  } else {
    if (c->resumed > 0) { /* Only now: who looks at a case leaves no trace in it. */
      g_autofree char *kept = g_strdup_printf("%u", c->resumed);
      c->resumed = 0;
      g_autofree char *at = session_time(c->session->now);
      write_event(c, "resume", (const char *const[]){"kept", kept, "at", at, NULL});
    }
    write_event(c, event, fields);
  }
  note_fault(c);
}

static void write_start(Case *c) {
  const Session *session = c->session;
  const Flow *flow = session_flow(session);
  g_autofree char *guide = message_format(flow->title), *at = session_time(session_started_at(session));
  g_autofree char *header = net_recording_header(net_resolvers(session_net(session)));
  write_event(c, "start",
              (const char *const[]){"at", at, "case", c->id, "flow", flow->id, "revision",
                                    flow->revision != NULL ? flow->revision : "", "guide", guide, "version", WB_VERSION,
                                    "lang", catalogue_language(), NULL});
  write_answer(c, header);
}

static Case *case_make(const char *id, const char *path, int fd, Session *session) {
  Case *c = g_new0(Case, 1);
  c->id = g_strdup(id);
  c->path = g_strdup(path);
  c->session = session;
  c->log = case_log_new(fd);
  c->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return c;
}

/* --- a new case --- */

gboolean case_id_is_good(const char *id) {
  gsize length = strlen(id);
  if (length == 0 || length > MAX_ID || id[0] == '.')
    return FALSE;
  for (; *id != '\0'; id++)
    if (!g_ascii_isalnum(*id) && strchr("._-", *id) == NULL)
      return FALSE;
  return TRUE;
}

static char *case_file_path(const char *dir, const char *id) {
  g_autofree char *name = g_strconcat(id, SUFFIX, NULL);
  return g_build_filename(dir, name, NULL);
}

/* The descriptor of a new file, -1 with errno. */
static int create(const char *path) { return open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600); }

static int create_named(const char *dir, const char *id, char **path, GError **error) {
  if (!case_id_is_good(id)) {
    fail(error, EINVAL, N_("\"{path}\" cannot be the name of a case: use 1 to 64 letters, digits, dots, hyphens and underscores, "
                           "and no dot in front."), id);
    return -1;
  }
  *path = case_file_path(dir, id);
  int fd = create(*path);
  if (fd < 0 && errno == EEXIST)
    fail(error, EEXIST, N_("There is a case {path} already. Take it up with --resume, or choose another name."), id);
  else if (fd < 0)
    fail(error, errno, N_("The case {path} cannot be made: {why}"), *path);
  return fd;
}

static int create_numbered(const char *dir, gint64 now, char **id, char **path, GError **error) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(now / G_USEC_PER_SEC);
  g_autofree char *minute = time != NULL ? g_date_time_format(time, "%Y%m%d-%H%M") : g_strdup("case");
  for (int number = 1; number <= MAX_NUMBER; number++) {
    g_autofree char *name = g_strdup_printf("%s-%d", minute, number);
    g_autofree char *file = case_file_path(dir, name);
    int fd = create(file);
    if (fd < 0 && errno == EEXIST)
      continue;
    if (fd < 0)
      fail(error, errno, N_("The case {path} cannot be made: {why}"), file);
    *id = g_steal_pointer(&name);
    *path = g_steal_pointer(&file);
    return fd;
  }
  fail(error, EEXIST, N_("No name is left for a case in {path}. Wait a minute, or give one with --case."), dir);
  return -1;
}

Case *case_new(const char *dir, const char *id, Session *session, GError **error) {
  g_autofree char *name = g_strdup(id), *path = NULL;
  int fd = id != NULL ? create_named(dir, id, &path, error)
                      : create_numbered(dir, session_started_at(session), &name, &path, error);
  if (fd < 0)
    return NULL;
  /* Nobody else can hold a file that was not there. */
  (void)flock(fd, LOCK_EX | LOCK_NB);
  Case *c = case_make(name, path, fd, session);
  write_start(c);
  session_set_sink(session, take_event, c);
  note_fault(c);
  return c;
}

void case_free(Case *c) {
  if (c == NULL)
    return;
  session_set_sink(c->session, NULL, NULL);
  case_log_free(c->log);
  g_hash_table_unref(c->answers);
  g_free(c->fault);
  g_free(c->id);
  g_free(c->path);
  g_free(c);
}

const char *case_id(const Case *c) { return c->id; }

const char *case_path(const Case *c) { return c->path; }

const char *case_fault(const Case *c) { return c->fault; }

/* --- an old case --- */

static CaseFile *read_file(int fd, const char *path, Net *net, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  int fault = file_read(fd, CASE_MAX_BYTES + 1, text);
  if (fault == 0 && text->len > CASE_MAX_BYTES)
    fault = EFBIG;
  if (fault != 0) {
    fail(error, fault, N_("The case {path} cannot be read: {why}"), path);
    return NULL;
  }
  return case_file_read(path, text->str, text->len, net, error);
}

static int open_case(const char *path, int flags, GError **error) {
  int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0)
    fail(error, errno, N_("The case {path} cannot be opened: {why}"), path);
  return fd;
}

Session *case_read(const char *path, const Flows *flows, Net *net, GError **error) {
  int fd = open_case(path, O_RDONLY, error);
  if (fd < 0)
    return NULL;
  g_autoptr(CaseFile) file = read_file(fd, path, net, error);
  close(fd);
  return file != NULL ? case_replay(file, path, flows, net, NULL, error) : NULL;
}

/* Takes off what a crash left of the last line, so that the next line does not begin in the middle of it. */
static void mend_end(Case *c, int fd, const CaseFile *file) {
  if (ftruncate(fd, (off_t)file->whole) == 0 && file->bare_end)
    case_log_append(c->log, "", FALSE);
  for (guint i = 0; i < file->answers->len; i++)
    g_hash_table_add(c->answers, g_strdup(g_ptr_array_index(file->answers, i)));
}

Case *case_resume(const char *path, const Flows *flows, Net *net, Session **session, GError **error) {
  int fd = open_case(path, O_RDWR | O_APPEND, error);
  if (fd < 0)
    return NULL;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    fail(error, EWOULDBLOCK, N_("The case {path} is open in another window. Close it there first."), path);
    close(fd);
    return NULL;
  }
  guint kept = 0;
  g_autoptr(CaseFile) file = read_file(fd, path, net, error);
  *session = file != NULL ? case_replay(file, path, flows, net, &kept, error) : NULL;
  if (*session == NULL) {
    close(fd);
    return NULL;
  }
  g_autofree char *id = g_path_get_basename(path);
  if (g_str_has_suffix(id, SUFFIX))
    id[strlen(id) - strlen(SUFFIX)] = '\0';
  g_autofree char *safe = text_safe(id, -1, 400, TEXT_LINE, NULL);
  Case *c = case_make(safe, path, fd, *session);
  mend_end(c, fd, file);
  c->resumed = kept;
  session_set_sink(*session, take_event, c);
  note_fault(c);
  return c;
}
