/* The loadable part: takes a mail apart with GMime. The only file that knows GMime. */
#include "mail/mime.h"

#include "mail/charset.h"
#include "mail/encoded_word.h"
#include "mail/html.h"
#include "mail/links.h"
#include "mail/notice.h"

#include <gmime/gmime.h>
#include <string.h>

#define MAX_PARTS 200
#define MAX_DEPTH 20
#define MAX_BOUNDARIES 2000   /* lines that may begin a part; GMime makes objects of all of them, needed or not */
#define MAX_TEXT (1u << 20)   /* bytes of text that are kept in all */
#define MAX_REPORT (1u << 20) /* bytes of one report */
#define MAX_GROUPS 2001       /* one for the message and 2000 recipients */

typedef struct Walk {
  MimeMail *out;
  GString *plain, *html;
  GMimeMessage *embedded; /* the first mail in the mail; borrowed */
  gsize looked_through;   /* bytes of the returned mail, for links */
  GByteArray *attached;   /* the bytes of a mail that is attached as a file, or NULL */
  guint parts;
} Walk;

typedef void (*PartReader)(Walk *walk, const char *text);

/* Folding is undone by taking the line ends out, and what white space follows each counts as one blank. */
static char *unfold(const char *raw) {
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *p = raw; *p; p++) {
    if (*p != '\n' && *p != '\r') {
      g_string_append_c(out, *p);
      continue;
    }
    while (strchr("\r\n \t", p[1]) && p[1])
      p++;
    g_string_append_c(out, ' ');
  }
  return g_strdup(g_strstrip(out->str));
}

static GPtrArray *take_headers(GMimeHeaderList *list) {
  GPtrArray *fields = fields_new();
  int n = g_mime_header_list_get_count(list);
  for (int i = 0; i < n; i++) {
    GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
    const char *raw = g_mime_header_get_raw_value(header);
    if (!raw)
      continue;
    g_autofree char *value = unfold(raw);
    fields_add(fields, g_mime_header_get_name(header), value);
  }
  return fields;
}

/* The decoded bytes of a part as UTF-8 text with LF. */
static char *part_text(GMimePart *part, gsize max) {
  GMimeDataWrapper *content = g_mime_part_get_content(part);
  if (!content)
    return g_strdup("");
  GMimeStream *stream = g_mime_stream_mem_new();
  g_mime_data_wrapper_write_to_stream(content, stream);
  GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
  const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
  char *text = charset_to_utf8((const char *)bytes->data, MIN(bytes->len, max), charset);
  g_object_unref(stream);
  char *to = text;
  for (const char *p = text; *p; p++)
    if (*p != '\r')
      *to++ = *p;
    else if (p[1] != '\n')
      *to++ = '\n';
  *to = '\0';
  return text;
}

static void append_text(GString *out, const char *text) {
  if (out->len < MAX_TEXT)
    g_string_append_len(out, text, (gssize)MIN(strlen(text), MAX_TEXT - out->len));
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c(out, '\n');
}

static void read_groups(Walk *walk, const char *text) {
  while (*text && walk->out->groups->len < MAX_GROUPS) {
    const char *end = NULL;
    GPtrArray *fields = fields_parse(text, &end);
    if (fields->len > 0)
      g_ptr_array_add(walk->out->groups, fields);
    else
      g_ptr_array_unref(fields);
    /* An empty line ends the group; any other line that is no field is passed over. */
    text = *end ? strchrnul(end, '\n') : end;
    text += *text == '\n';
  }
}

static void read_feedback(Walk *walk, const char *text) {
  if (!walk->out->feedback)
    walk->out->feedback = fields_parse(text, NULL);
}

static void find_links(Walk *walk, const char *text, gsize length) {
  if (!walk->out->hosts)
    walk->out->hosts = g_ptr_array_new_with_free_func(g_free);
  gsize n = MIN(length, LINKS_MAX_BYTES - walk->looked_through);
  walk->looked_through += n;
  links_find(text, n, walk->out->hosts);
}

static void read_original(Walk *walk, const char *text) {
  if (walk->out->original)
    return;
  const char *body = NULL;
  g_autoptr(GPtrArray) fields = fields_parse(text + strspn(text, " \t\n"), &body);
  if (fields->len == 0)
    return;
  walk->out->original = g_steal_pointer(&fields);
  find_links(walk, body, strlen(body));
}

/* A mailbox that refuses by a filter says so with a disposition "deleted" that no person made (RFC 5429 s2.2.1, RFC 8098
 * s3.2.6): its fields stand for a report about the recipient. */
static void read_disposition(Walk *walk, const char *text) {
  walk->out->disposition = TRUE;
  g_autoptr(GPtrArray) fields = fields_parse(text + strspn(text, " \t\n"), NULL);
  const char *disposition = fields_get(fields, "Disposition");
  if (disposition && g_ascii_strncasecmp(disposition, "automatic-action/", 17) == 0 && strstr(disposition, "deleted"))
    g_ptr_array_add(walk->out->groups, g_steal_pointer(&fields));
}

/* RFC 3464, 5965, 6522, 6533, 8098, 2046 and a common misspelling. */
static const struct {
  const char *type, *subtype;
  PartReader read;
} reports[] = {
    {"message", "delivery-status", read_groups},
    {"message", "global-delivery-status", read_groups},
    {"message", "feedback-report", read_feedback},
    {"message", "disposition-notification", read_disposition},
    {"message", "global-disposition-notification", read_disposition},
    {"text", "rfc822-headers", read_original},
    {"text", "rfc822-header", read_original},
    {"message", "rfc822-headers", read_original},
    {"message", "global-headers", read_original},
    {"message", "partial", read_original},
    /* GMime knows message/rfc822 and message/global by themselves, but not when they are encoded or misplaced. */
    {"message", "rfc822", read_original},
    {"message", "global", read_original},
};

static GByteArray *part_bytes(GMimePart *part) {
  GMimeStream *stream = g_mime_stream_mem_new();
  g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(part), stream);
  GByteArray *bytes = g_byte_array_ref(g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream)));
  g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
  g_object_unref(stream);
  return bytes;
}

/* Mail programs attach mails as files, too. */
static gboolean is_mail_file(GMimePart *part) {
  const char *name = g_mime_part_get_filename(part);
  gsize n = name ? strlen(name) : 0;
  return n > 4 && g_ascii_strcasecmp(name + n - 4, ".eml") == 0 && g_mime_part_get_content(part);
}

static void take_part(Walk *walk, GMimePart *part) {
  if (is_mail_file(part)) {
    if (!walk->attached)
      walk->attached = part_bytes(part);
    return;
  }
  GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
  for (guint i = 0; i < G_N_ELEMENTS(reports); i++) {
    if (g_mime_content_type_is_type(type, reports[i].type, reports[i].subtype)) {
      g_autofree char *text = part_text(part, MAX_REPORT);
      reports[i].read(walk, text);
      return;
    }
  }
  /* Text behind the returned mail is what its own parts have become in a broken mail. */
  if (!g_mime_content_type_is_type(type, "text", "*") || walk->embedded)
    return;
  g_autofree char *text = part_text(part, MAX_TEXT);
  append_text(g_mime_content_type_is_type(type, "text", "html") ? walk->html : walk->plain, text);
}

static void walk_object(Walk *walk, GMimeObject *object, int depth) {
  if (depth > MAX_DEPTH || ++walk->parts > MAX_PARTS || !object)
    return;
  if (GMIME_IS_MULTIPART(object)) {
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    int n = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < n; i++)
      walk_object(walk, g_mime_multipart_get_part(multipart, i), depth + 1);
  } else if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (!message || walk->embedded)
      return;
    walk->embedded = message;
    if (!walk->out->original)
      walk->out->original = take_headers(g_mime_object_get_header_list(GMIME_OBJECT(message)));
  } else if (GMIME_IS_PART(object)) {
    take_part(walk, GMIME_PART(object));
  }
}

/* The links in the returned mail and in what is in it. */
static void find_all_links(Walk *walk, GMimeObject *object, int depth) {
  if (depth > MAX_DEPTH || ++walk->parts > MAX_PARTS || !object || walk->looked_through >= LINKS_MAX_BYTES)
    return;
  if (GMIME_IS_MULTIPART(object)) {
    GMimeMultipart *multipart = GMIME_MULTIPART(object);
    int n = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < n; i++)
      find_all_links(walk, g_mime_multipart_get_part(multipart, i), depth + 1);
  } else if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    find_all_links(walk, message ? g_mime_message_get_mime_part(message) : NULL, depth + 1);
  } else if (GMIME_IS_PART(object) && g_mime_part_get_content(GMIME_PART(object)) &&
             g_mime_content_type_is_type(g_mime_object_get_content_type(object), "text", "*")) {
    GByteArray *bytes = part_bytes(GMIME_PART(object));
    find_links(walk, (const char *)bytes->data, bytes->len);
    g_byte_array_unref(bytes);
  }
}

static gboolean is_blank(const char *text) {
  return text[strspn(text, " \t\r\n")] == '\0';
}

static gboolean is_report(GMimeMessage *message) {
  GMimeObject *top = g_mime_message_get_mime_part(message);
  GMimeContentType *type = top ? g_mime_object_get_content_type(top) : NULL;
  return type && g_mime_content_type_is_type(type, "multipart", "report");
}

/* TRUE if `headers` are those of a mail system's notice. */
static gboolean is_notice(const GPtrArray *headers) {
  const char *subject = fields_get(headers, "Subject");
  g_autofree char *decoded = subject ? encoded_word_decode(subject) : NULL;
  return notice_is_daemon(fields_get(headers, "From")) &&
         (notice_is_failure_subject(decoded) || fields_get(headers, "X-Failed-Recipients"));
}

/* The mail that a person attached; the mail in a notice is the returned one. */
static char *attached_mail(const Walk *walk) {
  if (is_notice(walk->out->headers))
    return NULL;
  if (walk->embedded)
    return g_mime_object_to_string(GMIME_OBJECT(walk->embedded), NULL);
  return walk->attached ? g_strndup((const char *)walk->attached->data, walk->attached->len) : NULL;
}

/* The length of `bytes` up to the line with which there would be too many parts. */
static gsize length_of_parts(const char *bytes, gsize length) {
  guint n = 0;
  for (const char *p = bytes; (p = memchr(p, '\n', length - (gsize)(p - bytes))); p++)
    if (p[1] == '-' && p[2] == '-' && ++n > MAX_BOUNDARIES)
      return (gsize)(p - bytes) + 1;
  return length;
}

/* The mail with those header fields only that say how it is built: GMime makes objects of every field, which is most of
 * its work. */
static char *without_other_fields(const char *bytes, gsize *length) {
  const char *line = bytes, *end = bytes + *length;
  char *out = g_malloc(*length + 1), *to = out;
  gboolean keep = FALSE;
  while (line < end && line[strspn(line, " \t")] != '\n') {
    const char *stop = memchr(line, '\n', (gsize)(end - line));
    stop = stop ? stop + 1 : end;
    if (*line != ' ' && *line != '\t')
      keep = g_ascii_strncasecmp(line, "Content-", 8) == 0 || g_ascii_strncasecmp(line, "MIME-", 5) == 0;
    if (keep)
      to = mempcpy(to, line, (gsize)(stop - line));
    line = stop;
  }
  /* A line of blanks ends the header, too. */
  line += strspn(line, " \t");
  to = mempcpy(to, line, line < end ? (gsize)(end - line) : 0);
  *length = (gsize)(to - out);
  return out;
}

static GMimeMessage *parse(const char *bytes, gsize length) {
  length = length_of_parts(bytes, length);
  g_autofree char *essence = without_other_fields(bytes, &length);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer(essence, length);
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
  g_object_unref(parser);
  g_object_unref(stream);
  return message;
}

/* What follows the header, for mails whose parts GMime cannot find. */
static void read_raw_body(const char *bytes, gsize length, MimeMail *out) {
  if (!is_blank(out->text) || out->groups->len > 0 || out->feedback)
    return;
  const char *body = g_strstr_len(bytes, (gssize)length, "\n\n");
  body = body ? body + 2 : bytes + length;
  g_free(out->text);
  out->text = charset_to_utf8(body, MIN(length - (gsize)(body - bytes), MAX_TEXT), NULL);
}

static void read_message(GMimeMessage *message, GPtrArray *headers, MimeMail *out, int depth);

static GPtrArray *parse_headers(const char *bytes) {
  /* The line that mailboxes put before each mail. */
  gboolean marked = g_str_has_prefix(bytes, "From ") || g_str_has_prefix(bytes, ">From ");
  const char *line_end = marked ? strchr(bytes, '\n') : NULL;
  return fields_parse(line_end ? line_end + 1 : bytes, NULL);
}

/* A bounce that somebody forwards as an attachment is the bounce: reads it in place of what is around it. */
static gboolean read_inner(const Walk *walk, MimeMail *out, int depth) {
  GMimeMessage *inner = walk->embedded;
  GMimeMessage *owned = NULL;
  g_autoptr(GPtrArray) headers = NULL;
  if (inner) {
    headers = take_headers(g_mime_object_get_header_list(GMIME_OBJECT(inner)));
  } else if (walk->attached) {
    g_byte_array_append(walk->attached, (const guint8 *)"", 1);
    headers = parse_headers((const char *)walk->attached->data);
    owned = parse((const char *)walk->attached->data, walk->attached->len - 1);
    inner = owned;
  }
  /* What a notice in plain text is about may be a notice itself; only a report is more telling. */
  gboolean take = inner && depth < MAX_DEPTH && (is_report(inner) || (is_notice(headers) && !is_notice(out->headers)));
  if (take) {
    mime_mail_clear(out);
    memset(out, 0, sizeof *out);
    read_message(inner, g_steal_pointer(&headers), out, depth + 1);
    if (owned)
      read_raw_body((const char *)walk->attached->data, walk->attached->len - 1, out);
  }
  g_clear_object(&owned);
  return take;
}

/* `headers`: those of `message`, owned by `out` from now on. */
static void read_message(GMimeMessage *message, GPtrArray *headers, MimeMail *out, int depth) {
  g_autoptr(GString) plain = g_string_new(NULL);
  g_autoptr(GString) html = g_string_new(NULL);
  Walk walk = {.out = out, .plain = plain, .html = html};
  out->headers = headers;
  out->groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  walk_object(&walk, g_mime_message_get_mime_part(message), 0);
  gboolean report = is_report(message) || out->groups->len > 0 || out->feedback;
  gboolean inner = !report && read_inner(&walk, out, depth);
  if (!inner && walk.embedded)
    find_all_links(&walk, g_mime_message_get_mime_part(walk.embedded), 0);
  if (!inner && !report)
    out->inner = attached_mail(&walk);
  if (walk.attached)
    g_byte_array_unref(walk.attached);
  if (inner)
    return;
  if (is_blank(plain->str) && !is_blank(html->str))
    out->text = html_to_text(html->str);
  else
    out->text = g_strdup(plain->str);
}

G_MODULE_EXPORT gboolean mime_read(const char *bytes, gsize length, MimeMail *out);
gboolean mime_read(const char *bytes, gsize length, MimeMail *out) {
  memset(out, 0, sizeof *out);
  g_mime_init();
  GMimeMessage *message = parse(bytes, length);
  if (!message)
    return FALSE;
  read_message(message, parse_headers(bytes), out, 0);
  g_object_unref(message);
  read_raw_body(bytes, length, out);
  return TRUE;
}
