#include "report/check.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/text.h"
#include "mail/address.h"
#include "mail/ip.h"
#include "report/check_options.h"
#include "report/check_store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_FINE = 0, EXIT_PROBLEM = 1, EXIT_USAGE = 2, EXIT_UNKNOWN = 3, EXIT_BAD_FILE = 4 };

/* New targets begin while fewer questions than this wait for their turn: enough that the net is never idle, few enough
 * that the questions that follow from an answer need not wait long. */
#define MAX_WAITING 64
/* So many targets at a time in any case, and of those that talk to mail servers. */
#define MAX_TARGETS 1000
#define MAX_CONTACT_TARGETS 8
/* Results that are ready wait for those before them, so much of them. */
#define MAX_HELD (8 << 20)
/* Answers kept for the targets to come: many domains have the same mail servers. */
#define MAX_ANSWERS 2048
#define MAX_LINE 2000
/* Input without any line feed is cut here, not collected for ever. */
#define MAX_PENDING 65536

typedef struct Target {
  char *text;      /* NULL: --set alone says what is asked */
  GPtrArray *runs; /* of ProbeRun; NULL: done */
  GString *ready;  /* the result, once it is done */
} Target;

typedef struct Check {
  const CheckOptions *options;
  FILE *out;
  CheckStore *store;
  GQueue targets;  /* of Target, in order: under way, or ready and waiting for one before */
  GPtrArray *busy; /* those of them that are under way */
  gsize held;      /* bytes of those that are ready */
  guint next;      /* of options->targets */
  guint contacts;  /* runs under way that talk to mail servers */
  GString *lines;  /* read from `input`, not used yet */
  gboolean ended;  /* no more input */
  int fault;       /* errno of the input; 0: none */
  gboolean problem, unknown, bad_file;
} Check;

static void target_free(Target *target) {
  g_clear_pointer(&target->runs, g_ptr_array_unref);
  if (target->ready != NULL)
    g_string_free(target->ready, TRUE);
  g_free(target->text);
  g_free(target);
}

/* --- a target and what is asked about it --- */

/* What a target is, and its values under the names that probes have for them. */
static const char *fill_inputs(const char *text, Facts *inputs) {
  Ip ip;
  if (strchr(text, '@') != NULL) {
    g_autoptr(Address) address = address_parse(text);
    facts_set_text(inputs, "email", SOURCE_ASKED, text);
    facts_set_text(inputs, "sender", SOURCE_ASKED, text);
    const char *domain = address->domain != NULL ? address->domain : address->dns_name;
    if (domain != NULL && !address->literal)
      facts_set_text(inputs, "domain", SOURCE_ASKED, domain);
    return "email";
  }
  if (ip_parse(text, &ip)) {
    facts_set_text(inputs, "ip", SOURCE_ASKED, text);
    return "ip";
  }
  facts_set_text(inputs, "domain", SOURCE_ASKED, text);
  facts_set_text(inputs, "host", SOURCE_ASKED, text);
  facts_set_text(inputs, "sender", SOURCE_ASKED, text);
  return "domain";
}

static gboolean is_wanted(const CheckOptions *options, const Probe *probe, const char *kind) {
  if (options->probe != NULL)
    return g_str_equal(probe->name, options->probe);
  if ((probe->flags & PROBE_CONTACTS) != 0 && !options->contacts)
    return FALSE;
  g_auto(GStrv) kinds = g_strsplit(probe->fits, " ", -1);
  return g_strv_contains((const char *const *)kinds, kind);
}

static Facts *inputs_of(const Probe *probe, const CheckOptions *options, const Facts *known) {
  Facts *inputs = facts_new();
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++) {
    const char *value = check_set_value(options, input->name);
    if (g_str_equal(input->as, "secret")) {
      if (value != NULL && options->secret != NULL)
        facts_set_secret(inputs, input->name, SOURCE_ASKED, options->secret);
    } else if (value != NULL)
      facts_set_text(inputs, input->name, SOURCE_ASKED, value);
    else if (facts_get(known, input->name) != NULL)
      facts_set_copy(inputs, input->name, facts_get(known, input->name));
  }
  return inputs;
}

static guint count_contacts(const Target *target) {
  guint n = 0;
  for (guint i = 0; i < target->runs->len; i++)
    n += (probe_run_probe(g_ptr_array_index(target->runs, i))->flags & PROBE_CONTACTS) != 0;
  return n;
}

static void start_target(Check *check, const char *text) {
  g_autoptr(Facts) known = facts_new();
  const CheckOptions *options = check->options;
  Target *target = g_new0(Target, 1);
  const char *kind = text != NULL ? fill_inputs(text, known) : NULL;
  target->text = g_strdup(text);
  target->runs = g_ptr_array_new_with_free_func((GDestroyNotify)probe_run_free);
  for (const Probe *const *probe = check_table(options); *probe != NULL; probe++)
    if (is_wanted(options, *probe, kind))
      g_ptr_array_add(target->runs, probe_run_new(*probe, options->net, inputs_of(*probe, options, known)));
  check->contacts += count_contacts(target) > 0;
  g_queue_push_tail(&check->targets, target);
  g_ptr_array_add(check->busy, target);
}

/* --- where targets come from --- */

static gboolean is_input(const char *target) {
  return target != NULL && g_str_equal(target, "-");
}

/* TRUE if the next target is a line of the input. */
static gboolean reads_input(const Check *check) {
  const CheckOptions *options = check->options;
  return !check_is_single(options) && !check->ended &&
         (!check_has_targets(options) || is_input(options->targets[check->next]));
}

/* The next line of the input, if a whole one is there. Caller frees. */
static char *take_line(Check *check) {
  for (;;) {
    char *end = memchr(check->lines->str, '\n', check->lines->len);
    if (end == NULL && (check->lines->len == 0 || (!check->ended && check->lines->len < MAX_PENDING)))
      return NULL;
    gsize length = end != NULL ? (gsize)(end - check->lines->str) : check->lines->len;
    char *line = g_strndup(check->lines->str, MIN(length, MAX_LINE));
    g_string_erase(check->lines, 0, (gssize)(end != NULL ? length + 1 : length));
    g_strstrip(line);
    if (line[0] != '\0')
      return line;
    g_free(line);
  }
}

/* The next target, NULL if there is none at the moment. Caller frees. */
static char *next_target(Check *check) {
  const CheckOptions *options = check->options;
  if (!check_has_targets(options))
    return take_line(check);
  if (!is_input(options->targets[check->next]))
    return options->targets[check->next] != NULL ? g_strdup(options->targets[check->next++]) : NULL;
  char *line = take_line(check);
  if (line != NULL || !check->ended || check->lines->len > 0)
    return line;
  check->next++; /* the input has ended: what is named behind it */
  return next_target(check);
}

/* TRUE: there will be no more targets. */
static gboolean is_at_end(const Check *check) {
  if (check_is_single(check->options))
    return TRUE;
  if (check_has_targets(check->options))
    return check->options->targets[check->next] == NULL;
  return check->ended && check->lines->len == 0;
}

static gboolean has_room(const Check *check) {
  return check->busy->len < MAX_TARGETS && check->contacts < MAX_CONTACT_TARGETS && check->held < MAX_HELD &&
         net_waiting(check->options->net) < MAX_WAITING;
}

static char *safe_name(const Check *check, const char *text) {
  const char *name = text != NULL ? text : check_set_target(check->options);
  return name != NULL ? text_safe(name, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL) : NULL;
}

static gboolean is_stored(const Check *check, const char *text) {
  g_autofree char *safe = check->store != NULL ? safe_name(check, text) : NULL;
  return safe != NULL && check_store_has(check->store, safe);
}

static gboolean target_is_done(const Target *target) {
  for (guint i = 0; i < target->runs->len; i++)
    if (!probe_run_done(g_ptr_array_index(target->runs, i)))
      return FALSE;
  return TRUE;
}

/* --- results --- */

Level check_level(const ProbeRun *run) {
  const Result *result = probe_run_result(run);
  Level level = result_level(result);
  for (guint i = 0; level == LEVEL_OK && i < result->findings->len; i++)
    if (((Finding *)g_ptr_array_index(result->findings, i))->level == LEVEL_SKIP)
      return LEVEL_UNKNOWN;
  return level;
}

static gboolean is_bad_file(const ProbeRun *run) {
  const Fact *status = facts_get(probe_run_result(run)->facts, "status");
  return status != NULL && status->state == FACT_UNKNOWN && g_str_equal(status->why, "bad file");
}

/* Done: only its result stays. */
static void finish_target(Check *check, Target *target) {
  g_autofree char *safe = safe_name(check, target->text);
  for (guint i = 0; i < target->runs->len; i++) {
    const ProbeRun *run = g_ptr_array_index(target->runs, i);
    Level level = check_level(run);
    check->problem |= level == LEVEL_WARN || level == LEVEL_FAIL;
    check->unknown |= level == LEVEL_UNKNOWN;
    check->bad_file |= is_bad_file(run);
  }
  target->ready = g_string_new(NULL);
  if (check->options->json || check->store != NULL)
    check_put_json(target->ready, safe, target->runs);
  else
    check_put_page(target->ready, safe, target->runs, check->options->evidence);
  check->held += target->ready->len;
  check->contacts -= count_contacts(target) > 0;
  g_clear_pointer(&target->runs, g_ptr_array_unref);
}

/* Those at the head that are ready. */
static void print_ready(Check *check) {
  gboolean any = FALSE;
  while (check->targets.length > 0 && ((Target *)check->targets.head->data)->ready != NULL) {
    Target *target = g_queue_pop_head(&check->targets);
    fwrite(target->ready->str, 1, target->ready->len, check->out);
    check->held -= target->ready->len;
    target_free(target);
    any = TRUE;
  }
  if (any)
    fflush(check->out);
}

static void finish_targets(Check *check) {
  for (guint i = check->busy->len; i-- > 0;) {
    Target *target = g_ptr_array_index(check->busy, i);
    if (!target_is_done(target))
      continue;
    g_ptr_array_remove_index_fast(check->busy, i);
    finish_target(check, target);
  }
}

/* Starts what there is room for.  Some are done at once: what they need is known already. */
static void start_targets(Check *check) {
  while (has_room(check)) {
    g_autofree char *text = next_target(check);
    if (text == NULL)
      return;
    if (is_stored(check, text))
      continue;
    start_target(check, text);
    Target *target = g_queue_peek_tail(&check->targets);
    if (!target_is_done(target))
      continue;
    g_ptr_array_set_size(check->busy, (gint)check->busy->len - 1);
    finish_target(check, target);
    print_ready(check);
  }
}

/* --- the loop --- */

static void read_input(Check *check) {
  char buffer[16384];
  ssize_t n = read(check->options->input, buffer, sizeof buffer);
  if (n > 0) {
    g_string_append_len(check->lines, buffer, n);
  } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
    check->fault = n < 0 ? errno : 0;
    check->ended = TRUE;
  }
}

static void wake_all(Check *check) {
  for (guint i = 0; i < check->busy->len; i++) {
    const Target *target = g_ptr_array_index(check->busy, i);
    for (guint k = 0; k < target->runs->len; k++)
      probe_run_wake(g_ptr_array_index(target->runs, k));
  }
}

static void check_all(Check *check) {
  for (;;) {
    start_targets(check);
    finish_targets(check);
    print_ready(check);
    /* Nobody reads on, or the disk is full: nothing more is asked. */
    if ((check->targets.length == 0 && is_at_end(check)) || ferror(check->out))
      return;
    gboolean reads = reads_input(check) && has_room(check);
    struct pollfd input = {.fd = check->options->input, .events = POLLIN};
    if (reads || check->busy->len > 0)
      net_turn(check->options->net, &input, reads ? 1 : 0, -1);
    if (input.revents != 0)
      read_input(check);
    wake_all(check);
  }
}

static int exit_code(const Check *check) {
  if (check->bad_file)
    return EXIT_BAD_FILE;
  return check->problem ? EXIT_PROBLEM : check->unknown ? EXIT_UNKNOWN : EXIT_FINE;
}

int check_run(const CheckOptions *options, FILE *out, FILE *err) {
  g_autoptr(CheckStore) store = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(NetWaiter) watch = net_waiter_new(options->net);
  if (!check_options_are_good(options, err))
    return EXIT_USAGE;
  if (options->path != NULL && (store = check_store_open(options->path, &error)) == NULL) {
    fprintf(err, "whybounce: %s\n", error->message);
    return EXIT_BAD_FILE;
  }
  Check check = {.options = options,
                 .out = store != NULL ? check_store_file(store) : out,
                 .store = store,
                 .busy = g_ptr_array_new(),
                 .lines = g_string_new(NULL)};
  net_keep_answers(options->net, MAX_ANSWERS);
  net_set_waiter(options->net, watch);
  net_ask_nonce(options->net); /* before all others: what the resolver invents is known when they are answered */
  net_set_waiter(options->net, NULL);
  if (check_is_single(options) && !is_stored(&check, NULL))
    start_target(&check, NULL);
  check_all(&check);
  g_queue_clear_full(&check.targets, (GDestroyNotify)target_free);
  g_ptr_array_unref(check.busy);
  g_string_free(check.lines, TRUE);
  if (ferror(check.out) && store != NULL) {
    check_complain(err, message_new(N_("{path} could not be written: {why}. Choose another folder."), "path",
                                    options->path, "why", failure_words(errno), NULL));
    return EXIT_BAD_FILE;
  }
  if (check.fault != 0) {
    check_complain(err, message_new(N_("{path} cannot be read: {why}"), "path", "-", "why", failure_words(check.fault), NULL));
    return EXIT_BAD_FILE;
  }
  return exit_code(&check);
}
