#include "report/explain.h"

#include "base/catalogue.h"
#include "base/message.h"
#include "base/text.h"

#include <string.h>

#define LABEL_COLUMNS 16

/* The first sentence: what this mail is. */
static const char *const kinds[] = {
    [BOUNCE_BOUNCE] = N_("This is a bounce: a mail was not delivered."),
    [BOUNCE_DELAY] = N_("This is a notice of delay: the mail is still waiting, and the mail system keeps trying. Do "
                        "not send it again yet."),
    [BOUNCE_AUTOREPLY] =
        N_("This is an automatic answer, for example \"out of office\". The mail has arrived; nothing bounced."),
    [BOUNCE_FEEDBACK] = N_("This is a complaint: somebody marked the mail as spam, and the mail provider tells its "
                           "sender. Nothing bounced."),
    [BOUNCE_DELIVERED] = N_("This is a receipt: the mail was delivered. Nothing bounced."),
    [BOUNCE_OTHER] =
        N_("This is no bounce as far as one can see: there is no failed address, no code and no report in it. "
           "If it is one, give the whole message, with everything that was returned."),
};

static const char *const commands[][2] = {
    {"CONN", N_("while the connection was made")},       {"EHLO", N_("when the servers greeted each other")},
    {"MAIL", N_("when the sender's address was named")}, {"RCPT", N_("when the recipient's address was named")},
    {"DATA", N_("when the mail itself was sent")},
};

static void add_wrapped(GString *page, const char *text, int columns, int indent) {
  g_auto(GStrv) lines = text_wrap(text, MAX(columns, 20), indent);
  for (char **line = lines; *line; line++)
    g_string_append_printf(page, "%s\n", *line);
}

/* "Label          value", with the value's further lines below it. */
static void add_row(GString *page, const char *label, const char *value, int columns) {
  if (!value || !*value)
    return;
  g_autofree char *padded = text_pad(tr(label), LABEL_COLUMNS - 1);
  g_auto(GStrv) lines = text_wrap(value, MAX(columns - LABEL_COLUMNS, 20), 0);
  for (char **line = lines; *line; line++)
    g_string_append_printf(page, "%s %s\n", line == lines ? padded : "               ", *line);
}

static char *render(const char *id, const char *name, const char *value) {
  g_autoptr(Message) message = message_new(id, name, value, NULL);
  return message_text(message, NULL, NULL);
}

static void add_codes(GString *page, const BounceRecipient *recipient, int columns) {
  g_autoptr(GString) codes = g_string_new(recipient->reply);
  if (recipient->status)
    g_string_append_printf(codes, "%s%s", codes->len > 0 ? "  " : "", recipient->status);
  add_row(page, N_("Codes"), codes->str, columns);
}

static void add_server(GString *page, const BounceRecipient *recipient, int columns) {
  g_autoptr(GString) server = g_string_new(recipient->remote_mta);
  gboolean both = recipient->remote_ip && g_strcmp0(recipient->remote_ip, recipient->remote_mta) != 0;
  if (both)
    g_string_append_printf(server, "%s%s%s", server->len > 0 ? " [" : "", recipient->remote_ip,
                           server->len > 0 ? "]" : "");
  for (guint i = 0; recipient->command && i < G_N_ELEMENTS(commands); i++)
    if (strcmp(commands[i][0], recipient->command) == 0)
      g_string_append_printf(server, "%s%s", server->len > 0 ? ", " : "", tr(commands[i][1]));
  add_row(page, N_("Other server"), server->str, columns);
}

static const char *prospect(const BounceRecipient *recipient) {
  if (g_strcmp0(recipient->action, "delayed") == 0)
    return N_("Delayed; more attempts follow.");
  if (recipient->permanent < 0)
    return NULL;
  /* Without a reply nobody refused: no server was reached, or the own one gave up. */
  if (!recipient->reply)
    return recipient->permanent ? N_("Failed for good: sending the same mail again will not help.")
                                : N_("Failed for now: it may work later.");
  return recipient->permanent ? N_("Refused for good: sending the same mail again will not help.")
                              : N_("Refused for now: it may work later.");
}

static void add_recipient(GString *page, const BounceRecipient *recipient, int columns) {
  g_string_append_c(page, '\n');
  add_row(page, N_("Recipient"), recipient->recipient ? recipient->recipient : tr(N_("not named")), columns);
  const char *original = recipient->original_recipient;
  if (original && recipient->recipient && g_ascii_strcasecmp(original, recipient->recipient) != 0)
    add_row(page, N_("Was sent to"), original, columns);
  const char *outlook = prospect(recipient);
  add_row(page, N_("Result"), outlook ? tr(outlook) : NULL, columns);
  add_codes(page, recipient, columns);
  add_server(page, recipient, columns);
  add_row(page, N_("Its words"), recipient->diagnostic, columns);
}

static void add_list(GString *page, const Bounce *bounce, int columns) {
  add_row(page, N_("Blocklist"), bounce->list, columns);
  add_row(page, N_("Listed address"), bounce->listed_ip, columns);
}

static void add_original(GString *page, const Bounce *bounce, int columns) {
  if (!bounce->subject && !bounce->date && !bounce->from && !bounce->to)
    return;
  g_string_append_c(page, '\n');
  add_row(page, N_("Returned mail"), bounce->subject ? bounce->subject : tr(N_("(no subject)")), columns);
  add_row(page, N_("From"), bounce->from, columns);
  add_row(page, N_("To"), bounce->to, columns);
  add_row(page, N_("Date"), bounce->date, columns);
}

static void add_notes(GString *page, const Bounce *bounce, int columns) {
  g_autoptr(GString) notes = g_string_new(NULL);
  if (bounce->cut)
    g_string_append_printf(notes, "%s\n", tr(N_("Only the first 4 MB were read.")));
  if (bounce->plain)
    g_string_append_printf(
        notes, "%s\n",
        tr(N_("The part of this program that takes mails apart (mime.so) is missing. The mail was read as plain "
              "text, so something may be overlooked. Install the program again.")));
  if (bounce->hidden > 0) {
    g_autofree char *count = g_strdup_printf("%u", bounce->hidden);
    g_autofree char *text =
        render(N_("Invisible or control characters in it, shown as \\x..: {count}"), "count", count);
    g_string_append_printf(notes, "%s\n", text);
  }
  if (notes->len == 0)
    return;
  g_string_append_c(page, '\n');
  g_string_truncate(notes, notes->len - 1);
  add_wrapped(page, notes->str, columns, 0);
}

char *explain_page(const Bounce *bounce, const char *name, int columns) {
  GString *page = g_string_new(NULL);
  if (name)
    g_string_append_printf(page, "%s\n", name);
  add_wrapped(page, tr(kinds[bounce->kind]), columns, 0);
  for (guint i = 0; i < bounce->recipients->len; i++)
    add_recipient(page, g_ptr_array_index(bounce->recipients, i), columns);
  if (bounce->list || bounce->listed_ip || bounce->reporting_mta)
    g_string_append_c(page, '\n');
  add_list(page, bounce, columns);
  add_row(page, N_("Reported by"), bounce->reporting_mta, columns);
  add_original(page, bounce, columns);
  add_notes(page, bounce, columns);
  return g_string_free(page, FALSE);
}
