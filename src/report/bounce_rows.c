#include "report/bounce_rows.h"

#include "base/catalogue.h"
#include "base/text.h"
#include "flow/session.h"
#include "mail/wrapped.h"
#include "report/outcome.h"

#include <string.h>

/* Addresses that are named before the rest is only counted. */
#define MAX_NAMED 5

/* When it happened, if not where most refusals do: when the recipient's address was named. */
static const char *const commands[][2] = {
    {"CONN", N_("while the connection was made")},
    {"EHLO", N_("when the servers greeted each other")},
    {"MAIL", N_("when the sender's address was named")},
    {"DATA", N_("when the mail itself was sent")},
};

/* --- addresses --- */

static char *describe_recipients(const GPtrArray *group) {
  g_autoptr(GString) names = g_string_new(NULL);
  guint more = 0;
  for (guint i = 0; i < group->len; i++) {
    const char *address = ((const BounceRecipient *)g_ptr_array_index(group, i))->recipient;
    if (i >= MAX_NAMED)
      more++;
    else
      g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", address != NULL ? address : tr(N_("not named")));
  }
  if (more == 0)
    return g_string_free(g_steal_pointer(&names), FALSE);
  g_autofree char *count = g_strdup_printf("%u", more);
  g_autoptr(Message) message = message_new(N_("{names} and {count} more"), "names", names->str, "count", count, NULL);
  return message_text(message, NULL, NULL);
}

/* The address as the sender wrote it, if it is another. */
static const char *written_to(const BounceRecipient *recipient) {
  const char *original = recipient->original_recipient;
  gboolean other = original != NULL && recipient->recipient != NULL &&
                   g_ascii_strcasecmp(original, recipient->recipient) != 0;
  return other ? original : NULL;
}

/* --- server and codes --- */

char *bounce_codes(const BounceRecipient *recipient) {
  const char *status = recipient->status != NULL ? recipient->status : recipient->dsn_status;
  if (recipient->reply == NULL || status == NULL)
    return g_strdup(recipient->reply != NULL ? recipient->reply : status);
  return g_strdup_printf("%s %s", recipient->reply, status);
}

/* How it ended, with codes and without. Without a reply nobody refused: no server was reached, or the own one gave up. */
typedef enum Ending { DELAYED, FAILED_NOW, FAILED_GOOD, REFUSED_NOW, REFUSED_GOOD, N_ENDINGS } Ending;
static const char *const endings[N_ENDINGS][2] = {
    [DELAYED] = {N_("{codes}; more attempts follow"), N_("Delayed; more attempts follow.")},
    [FAILED_NOW] = {N_("{codes}, failed for now"), N_("Failed for now: it may work later.")},
    [FAILED_GOOD] = {N_("{codes}, failed for good"), N_("Failed for good: sending it again will not help.")},
    [REFUSED_NOW] = {N_("{codes}, refused for now"), N_("Refused for now: it may work later.")},
    [REFUSED_GOOD] = {N_("{codes}, refused for good"), N_("Refused for good: sending it again will not help.")},
};

gboolean bounce_waits(const Bounce *bounce, const BounceRecipient *recipient) {
  return recipient->action != NULL ? g_str_equal(recipient->action, "delayed") : bounce->kind == BOUNCE_DELAY;
}

static gboolean has_arrived(const BounceRecipient *recipient) { return g_strcmp0(recipient->cause, "success") == 0; }

static Ending find_ending(const Bounce *bounce, const BounceRecipient *recipient) {
  if (bounce_waits(bounce, recipient))
    return DELAYED;
  if (recipient->permanent < 0 || !bounce->is_bounce || has_arrived(recipient))
    return N_ENDINGS;
  return (recipient->reply != NULL ? REFUSED_NOW : FAILED_NOW) + (recipient->permanent > 0 ? 1 : 0);
}

/* The row about codes; without any, about the result. */
static BounceRow describe_ending(const Bounce *bounce, const BounceRecipient *recipient) {
  g_autofree char *codes = bounce_codes(recipient);
  Ending ending = find_ending(bounce, recipient);
  if (codes == NULL)
    return (BounceRow){g_strdup(tr(N_("Result"))), ending < N_ENDINGS ? g_strdup(tr(endings[ending][1])) : NULL};
  if (ending == N_ENDINGS)
    return (BounceRow){g_strdup(tr(N_("Codes"))), g_steal_pointer(&codes)};
  g_autoptr(Message) message = message_new(endings[ending][0], "codes", codes, NULL);
  return (BounceRow){g_strdup(tr(N_("Codes"))), message_text(message, NULL, NULL)};
}

static char *describe_server(const BounceRecipient *recipient) {
  const char *name = recipient->remote_mta, *ip = recipient->remote_ip, *when = NULL;
  for (guint i = 0; recipient->command != NULL && i < G_N_ELEMENTS(commands); i++)
    if (strcmp(commands[i][0], recipient->command) == 0)
      when = tr(commands[i][1]);
  gboolean with_ip = name != NULL && ip != NULL && g_strcmp0(name, ip) != 0;
  g_autofree char *server = with_ip ? g_strdup_printf("%s [%s]", name, ip) : g_strdup(name != NULL ? name : ip);
  if (server == NULL || when == NULL)
    return g_strdup(server != NULL ? server : when);
  g_autoptr(Message) both = message_new(N_("{server}, {when}"), "server", server, "when", when, NULL);
  return message_text(both, NULL, NULL);
}

/* The list stands somewhere in the notice: with several results it belongs to those whose words name it. */
static gboolean is_about_list(const Bounce *bounce, const GPtrArray *group) {
  const BounceRecipient *first = g_ptr_array_index(group, 0);
  const char *name = bounce->list != NULL ? bounce->list : bounce->listed_ip;
  return name != NULL && (bounce->recipients->len == group->len ||
                          (first->diagnostic != NULL && strstr(first->diagnostic, name) != NULL));
}

static char *describe_list(const Bounce *bounce) {
  if (bounce->list == NULL || bounce->listed_ip == NULL)
    return g_strdup(bounce->list);
  g_autoptr(Message) message = message_new(N_("{list}, about {ip}"), "list", bounce->list, "ip", bounce->listed_ip, NULL);
  return message_text(message, NULL, NULL);
}

/* --- rows --- */

typedef struct Rows {
  BounceRow *rows;
  guint n;
} Rows;

static void add_row(Rows *rows, BounceRow row) {
  if (row.value == NULL || *row.value == '\0') {
    bounce_rows_clear(&row, 1);
    return;
  }
  g_assert(rows->n < BOUNCE_ROWS);
  rows->rows[rows->n++] = row;
}

static void add(Rows *rows, const char *label, char *value) {
  add_row(rows, (BounceRow){g_strdup(tr(label)), value});
}

static void add_wrapped(Rows *rows, const Bounce *bounce, const BounceRecipient *recipient) {
  g_auto(Wrapped) failed = {0}, sender = {0};
  if (recipient->recipient != NULL)
    wrapped_read(recipient->recipient, &failed);
  if (bounce->return_path != NULL)
    wrapped_read(bounce->return_path, &sender);
  if (failed.kind == WRAP_IMCEAEX)
    add(rows, N_("X500 address"), g_strconcat("X500:", failed.inner, NULL));
  else
    add(rows, N_("Stands for"), g_strdup(failed.inner));
  if (sender.kind == WRAP_SRS)
    add(rows, N_("Forwarded by"), g_strdup(sender.by));
}

guint bounce_rows_fill(const Bounce *bounce, const GPtrArray *group, BounceRow *out) {
  const BounceRecipient *first = g_ptr_array_index(group, 0);
  Rows rows = {out, 0};
  add(&rows, group->len > 1 ? N_("Recipients") : N_("Recipient"), describe_recipients(group));
  if (group->len == 1) {
    add(&rows, N_("Was sent to"), g_strdup(written_to(first)));
    add_wrapped(&rows, bounce, first);
  }
  add_row(&rows, describe_ending(bounce, first));
  gboolean refused = first->reply != NULL && bounce->is_bounce && !has_arrived(first);
  gboolean server = first->remote_mta != NULL || first->remote_ip != NULL;
  add(&rows, !server ? N_("Stage") : refused ? N_("Refused by") : N_("Other server"), describe_server(first));
  add(&rows, N_("Words of"), g_strdup(first->provider));
  if (is_about_list(bounce, group))
    add(&rows, bounce->list != NULL ? N_("Blocklist") : N_("Sending server"),
        bounce->list != NULL ? describe_list(bounce) : g_strdup(bounce->listed_ip));
  return rows.n;
}

guint bounce_rows_read(const Bounce *bounce, const char *reason, BounceRow *out) {
  const BounceRecipient *main_one = bounce_main_recipient(bounce);
  if (main_one == NULL)
    return 0;
  g_autoptr(GPtrArray) outcomes = outcomes_of(bounce), others = g_ptr_array_new();
  const GPtrArray *group = NULL;
  for (guint i = 0; i < outcomes->len; i++) {
    GPtrArray *each = g_ptr_array_index(outcomes, i);
    if (group == NULL && g_ptr_array_find(each, main_one, NULL))
      group = each;
    else
      g_ptr_array_extend(others, each, NULL, NULL);
  }
  /* The first row is the address; the others make room. */
  Rows rows = {out, bounce_rows_fill(bounce, group, out)};
  memmove(out + 2, out + 1, (rows.n - 1) * sizeof *out);
  out[1] = (BounceRow){g_strdup(tr(N_("Reason"))),
                       g_strdup(reason != NULL ? reason : tr(N_("the words do not point to one cause")))};
  rows.n++;
  if (others->len > 0)
    add(&rows, N_("Other recipients"), describe_recipients(others));
  return rows.n;
}

char *bounce_original(const Bounce *bounce) {
  if (bounce->subject == NULL && bounce->date == NULL)
    return NULL;
  const char *subject = bounce->subject != NULL ? bounce->subject : tr(N_("(no subject)"));
  return bounce->date != NULL ? g_strdup_printf("%s (%s)", subject, bounce->date) : g_strdup(subject);
}

guint bounce_rows_around(const Bounce *bounce, BounceRow *out) {
  Rows rows = {out, 0};
  add(&rows, N_("Returned mail"), bounce_original(bounce));
  add(&rows, N_("Message-ID"), g_strdup(bounce->message_id));
  add(&rows, N_("Sent from"), g_strdup(bounce_sending_ip(bounce, NULL)));
  add(&rows, N_("Reported by"), g_strdup(bounce->reporting_mta));
  return rows.n;
}

char *bounce_words(const Bounce *bounce, int columns) {
  const BounceRecipient *main_one = bounce_main_recipient(bounce);
  return main_one != NULL && main_one->diagnostic != NULL ? text_fit(main_one->diagnostic, columns) : NULL;
}

void bounce_rows_clear(BounceRow *rows, guint n) {
  for (guint i = 0; i < n; i++) {
    g_clear_pointer(&rows[i].label, g_free);
    g_clear_pointer(&rows[i].value, g_free);
  }
}
