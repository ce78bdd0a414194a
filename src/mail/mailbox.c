#include "mail/mailbox.h"

#include "base/file.h"
#include "mail/bounce.h"
#include "mail/bounce_load.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536

struct Mailbox {
  char *path;
  GPtrArray *files; /* of a folder, those still to come last first; NULL: no folder */
  int fd;           /* of the file being read; -1: none */
  gboolean ended;   /* nothing more comes from `fd` */
  gboolean mbox;
  guint number;
  char *buffer; /* CHUNK octets; not cleared, a mailbox is opened for each of many files */
  gsize start, filled; /* what is still to be used of `buffer` */
  char *held;          /* the separator line that ended the mail before, which begins the next */
};

static gint compare_down(gconstpointer a, gconstpointer b) {
  return -strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_files(GPtrArray *files, const char *folder) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
    char *path = g_build_filename(folder, name, NULL);
    if (*name != '.' && g_file_test(path, G_FILE_TEST_IS_REGULAR))
      g_ptr_array_add(files, path);
    else
      g_free(path);
  }
}

/* A Maildir has its mails in new/ and cur/; any other folder has them itself. */
static GPtrArray *list_folder(const char *path) {
  g_autofree char *cur = g_build_filename(path, "cur", NULL);
  g_autofree char *new = g_build_filename(path, "new", NULL);
  GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
  if (g_file_test(cur, G_FILE_TEST_IS_DIR)) {
    add_files(files, cur);
    add_files(files, new);
  } else {
    add_files(files, path);
  }
  g_ptr_array_sort(files, compare_down);
  return files;
}

static gboolean begin_file(Mailbox *mailbox, const char *path, GError **error) {
  g_free(mailbox->path);
  mailbox->path = g_strdup(path);
  mailbox->fd = bounce_open(path, error);
  mailbox->ended = FALSE;
  mailbox->mbox = FALSE;
  mailbox->number = 0;
  mailbox->start = mailbox->filled = 0;
  g_clear_pointer(&mailbox->held, g_free);
  return mailbox->fd >= 0;
}

static void end_file(Mailbox *mailbox) {
  if (mailbox->fd >= 0)
    close(mailbox->fd);
  mailbox->fd = -1;
}

Mailbox *mailbox_open(const char *path, GError **error) {
  Mailbox *mailbox = g_new0(Mailbox, 1);
  mailbox->buffer = g_malloc(CHUNK);
  mailbox->fd = -1;
  if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
    mailbox->files = list_folder(path);
    if (mailbox->files->len > 0)
      return mailbox;
    bounce_fail(error, path, EINVAL);
  } else if (begin_file(mailbox, path, error)) {
    return mailbox;
  }
  mailbox_free(mailbox);
  return NULL;
}

void mailbox_free(Mailbox *mailbox) {
  if (!mailbox)
    return;
  end_file(mailbox);
  g_clear_pointer(&mailbox->files, g_ptr_array_unref);
  g_free(mailbox->path);
  g_free(mailbox->held);
  g_free(mailbox->buffer);
  g_free(mailbox);
}

/* The line between the mails of an mbox: "From sender Thu Jul  2 12:05:05 2020" (RFC 4155). */
static gboolean is_separator(const char *line, gsize length) {
  if (length < 20 || length > 1000 || strncmp(line, "From ", 5) != 0)
    return FALSE;
  g_autofree char *text = g_strndup(line, length);
  const char *colon = strchr(text, ':');
  if (!colon || colon - text < 8 || !g_ascii_isdigit(colon[-1]) || !g_ascii_isdigit(colon[1]))
    return FALSE;
  for (const char *p = colon; *p; p++)
    if (*p == ' ' && (!strncmp(p + 1, "19", 2) || !strncmp(p + 1, "20", 2)) && g_ascii_isdigit(p[3]) &&
        g_ascii_isdigit(p[4]) && !g_ascii_isalnum(p[5]))
      return TRUE;
  return FALSE;
}

/* Makes sure that the buffer holds a whole line, or as much of it as it can. Returns 0 or errno. */
static int fill(Mailbox *mailbox) {
  if (memchr(mailbox->buffer + mailbox->start, '\n', mailbox->filled - mailbox->start))
    return 0;
  memmove(mailbox->buffer, mailbox->buffer + mailbox->start, mailbox->filled - mailbox->start);
  mailbox->filled -= mailbox->start;
  mailbox->start = 0;
  while (!mailbox->ended && mailbox->filled < CHUNK) {
    gssize n = file_read_some(mailbox->fd, mailbox->buffer + mailbox->filled, CHUNK - mailbox->filled);
    if (n < 0)
      return errno;
    mailbox->ended = n == 0;
    mailbox->filled += (gsize)n;
  }
  return 0;
}

static void append(GByteArray *out, const char *bytes, gsize length) {
  gsize room = BOUNCE_MAX_BYTES + 1 - out->len;
  g_byte_array_append(out, (const guint8 *)bytes, (guint)MIN(length, room));
}

static gboolean ends_in_colon(const char *line, gsize length) {
  while (length > 0 && g_ascii_isspace(line[length - 1]))
    length--;
  return length > 0 && line[length - 1] == ':';
}

/* Reads up to the next separator or the end. Returns 0 or errno. */
static int read_mail(Mailbox *mailbox, GByteArray *out) {
  gboolean blank = FALSE; /* the line before was empty */
  gboolean announced =
      FALSE; /* the last line that was not empty ended in a colon: what follows is quoted by the mail */
  gboolean line_begins = TRUE; /* the buffer begins at a line's beginning */
  if (mailbox->held)
    append(out, mailbox->held, strlen(mailbox->held));
  g_clear_pointer(&mailbox->held, g_free);
  for (;;) {
    int code = fill(mailbox);
    const char *line = mailbox->buffer + mailbox->start;
    gsize left = mailbox->filled - mailbox->start;
    if (code != 0 || left == 0)
      return code;
    const char *end = memchr(line, '\n', left);
    gsize length = end ? (gsize)(end - line) + 1 : left;
    mailbox->start += length;
    gboolean separator = line_begins && is_separator(line, length);
    mailbox->mbox |= separator && out->len == 0;
    if (separator && mailbox->mbox && blank && !announced) {
      mailbox->held = g_strndup(line, length);
      return 0;
    }
    append(out, line, length);
    blank = line_begins && end && (length == 1 || (length == 2 && line[0] == '\r'));
    if (!blank)
      announced = ends_in_colon(line, length);
    line_begins = end != NULL;
  }
}

/* Moves on to the next file of a folder. FALSE: there is none, or `error`. */
static gboolean next_file(Mailbox *mailbox, GError **error) {
  if (!mailbox->files || mailbox->files->len == 0)
    return FALSE;
  g_autofree char *path = g_ptr_array_steal_index(mailbox->files, mailbox->files->len - 1);
  return begin_file(mailbox, path, error);
}

gboolean mailbox_next(Mailbox *mailbox, MailboxItem *item, GError **error) {
  for (;;) {
    if (mailbox->fd < 0 && !next_file(mailbox, error))
      return FALSE;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    int code = read_mail(mailbox, bytes);
    if (code == 0 && bytes->len == 0 && mailbox->number > 0) {
      end_file(mailbox);
      continue;
    }
    if (code != 0 || bytes->len == 0) {
      bounce_fail(error, mailbox->path, code != 0 ? code : EINVAL);
      end_file(mailbox);
      return FALSE;
    }
    mailbox->number++;
    item->file = g_str_equal(mailbox->path, "-") ? NULL : g_strdup(mailbox->path);
    item->number = mailbox->mbox && (mailbox->held || mailbox->number > 1) ? mailbox->number : 0;
    item->length = bytes->len;
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    item->bytes = (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
    return TRUE;
  }
}

void mailbox_item_clear(MailboxItem *item) {
  g_clear_pointer(&item->bytes, g_free);
  g_clear_pointer(&item->file, g_free);
}
