#include "report/check.h"

#include "base/catalogue.h"
#include "base/text.h"
#include "mail/address.h"
#include "mail/ip.h"
#include "probe/table.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_FINE = 0, EXIT_PROBLEM = 1, EXIT_USAGE = 2, EXIT_UNKNOWN = 3, EXIT_BAD_FILE = 4 };

/* So many targets at a time: enough to keep the net busy, few enough to hold in memory. */
#define MAX_TARGETS 100
#define MAX_LINE 2000
/* Input without any line feed is cut here, not collected for ever. */
#define MAX_PENDING 65536

typedef struct Target {
  char *text;      /* NULL: --set alone says what is asked */
  GPtrArray *runs; /* of ProbeRun */
} Target;

typedef struct Check {
  const CheckOptions *options;
  FILE *out;
  GQueue targets; /* of Target: under way, in order */
  guint next;     /* of options->targets */
  GString *lines; /* read from `input`, not used yet */
  gboolean ended; /* no more input */
  gboolean problem, unknown, bad_file;
} Check;

static void target_free(Target *target) {
  g_ptr_array_unref(target->runs);
  g_free(target->text);
  g_free(target);
}

/* --- what the options say --- */

/* Takes `message`. */
static gboolean complain(FILE *err, Message *message) {
  g_autoptr(Message) mine = message;
  g_autofree char *text = message_text(mine, NULL, NULL);
  fprintf(err, "whybounce: %s\n", text);
  return FALSE;
}

static char *probe_names(void) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; probe_table[i] != NULL; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", probe_table[i]->name);
  return g_string_free(g_steal_pointer(&names), FALSE);
}

static gboolean complain_probe(const char *name, FILE *err) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  g_autofree char *all = probe_names();
  for (guint i = 0; probe_table[i] != NULL; i++)
    g_ptr_array_add(names, (gpointer)probe_table[i]->name);
  g_ptr_array_add(names, NULL);
  const char *nearest = text_nearest(name, (const char *const *)names->pdata);
  if (nearest != NULL)
    return complain(err, message_new(N_("There is no probe \"{name}\": did you mean \"{nearest}\"? There are: {all}"),
                                     "name", name, "nearest", nearest, "all", all, NULL));
  return complain(err,
                  message_new(N_("There is no probe \"{name}\". There are: {all}"), "name", name, "all", all, NULL));
}

/* The names of the inputs that --set may name: those of one probe, or of all. */
static GPtrArray *input_names(const Probe *only) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; probe_table[i] != NULL; i++)
    for (const ProbeInput *input = probe_table[i]->inputs; input->name != NULL; input++)
      if ((only == NULL || only == probe_table[i]) &&
          !g_ptr_array_find_with_equal_func(names, input->name, g_str_equal, NULL))
        g_ptr_array_add(names, (gpointer)input->name);
  g_ptr_array_add(names, NULL);
  return names;
}

static gboolean check_set(const char *set, const Probe *only, FILE *err) {
  const char *sign = strchr(set, '=');
  if (sign == NULL || sign == set)
    return complain(err, message_new(N_("--set takes NAME=VALUE, for example --set lists=all."), NULL));
  g_autofree char *name = g_strndup(set, (gsize)(sign - set));
  g_autoptr(GPtrArray) names = input_names(only);
  const char *const *words = (const char *const *)names->pdata;
  if (g_strv_contains(words, name))
    return TRUE;
  const char *nearest = text_nearest(name, words);
  g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
  if (names->len == 1)
    return complain(err, message_new(N_("The probe {probe} takes no input"), "probe", only->name, NULL));
  if (nearest != NULL)
    return complain(err, message_new(N_("--set: there is no \"{name}\": did you mean \"{nearest}\"? There are: {all}"),
                                     "name", name, "nearest", nearest, "all", all, NULL));
  return complain(err,
                  message_new(N_("--set: there is no \"{name}\". There are: {all}"), "name", name, "all", all, NULL));
}

static const char *set_value(const CheckOptions *options, const char *name) {
  gsize length = strlen(name);
  for (guint i = 0; options->sets != NULL && options->sets[i] != NULL; i++)
    if (strncmp(options->sets[i], name, length) == 0 && options->sets[i][length] == '=')
      return options->sets[i] + length + 1;
  return NULL;
}

static gboolean has_targets(const CheckOptions *options) {
  return options->targets != NULL && options->targets[0] != NULL;
}

/* The inputs that a target fills in: one of them set by hand stands for a target. */
static const char *const target_inputs[] = {"email", "ip", "domain", "host"};

static const char *set_target(const CheckOptions *options) {
  const char *value = NULL;
  for (guint i = 0; value == NULL && i < G_N_ELEMENTS(target_inputs); i++)
    value = set_value(options, target_inputs[i]);
  return value;
}

/* TRUE if --probe and --set say all that is to be asked. */
static gboolean is_single(const CheckOptions *options) {
  const Probe *probe = options->probe != NULL ? probe_find(options->probe) : NULL;
  return probe != NULL && !has_targets(options) && (probe->inputs[0].name == NULL || set_target(options) != NULL);
}

static gboolean check_options(const CheckOptions *options, FILE *err) {
  const Probe *probe = options->probe != NULL ? probe_find(options->probe) : NULL;
  if (options->probe != NULL && probe == NULL)
    return complain_probe(options->probe, err);
  for (guint i = 0; options->sets != NULL && options->sets[i] != NULL; i++)
    if (!check_set(options->sets[i], probe, err))
      return FALSE;
  if (!is_single(options) && !has_targets(options) && isatty(options->input))
    return complain(err,
                    message_new(N_("check needs a target: an address, a domain or an IP, or many of them on standard "
                                   "input"),
                                NULL));
  if (!is_single(options))
    return TRUE;
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++)
    if (input->required && set_value(options, input->name) == NULL)
      return complain(err, message_new(N_("The probe {probe} needs --set {input}=VALUE, or a target"), "probe",
                                       probe->name, "input", input->name, NULL));
  return TRUE;
}

/* --- a target and what is asked about it --- */

/* What a target is, and its values under the names that probes have for them. */
static const char *fill_inputs(const char *text, Facts *inputs) {
  Ip ip;
  if (strchr(text, '@') != NULL) {
    g_autoptr(Address) address = address_parse(text);
    facts_set_text(inputs, "email", SOURCE_ASKED, text);
    facts_set_text(inputs, "sender", SOURCE_ASKED, text);
    if (address->domain != NULL && !address->literal)
      facts_set_text(inputs, "domain", SOURCE_ASKED, address->domain);
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

static gboolean fits(const Probe *probe, const char *kind) {
  g_auto(GStrv) kinds = g_strsplit(probe->fits, " ", -1);
  return (probe->flags & PROBE_CONTACTS) == 0 && g_strv_contains((const char *const *)kinds, kind);
}

static Facts *inputs_of(const Probe *probe, const CheckOptions *options, const Facts *known) {
  Facts *inputs = facts_new();
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++) {
    const char *value = set_value(options, input->name);
    if (value != NULL)
      facts_set_text(inputs, input->name, SOURCE_ASKED, value);
    else if (facts_get(known, input->name) != NULL)
      facts_set_copy(inputs, input->name, facts_get(known, input->name));
  }
  return inputs;
}

static void start_target(Check *check, const char *text) {
  g_autoptr(Facts) known = facts_new();
  Target *target = g_new0(Target, 1);
  const char *kind = text != NULL ? fill_inputs(text, known) : NULL;
  target->text = g_strdup(text);
  target->runs = g_ptr_array_new_with_free_func((GDestroyNotify)probe_run_free);
  for (guint i = 0; probe_table[i] != NULL; i++) {
    const Probe *probe = probe_table[i];
    if (check->options->probe != NULL ? g_str_equal(probe->name, check->options->probe) : fits(probe, kind))
      g_ptr_array_add(target->runs, probe_run_new(probe, check->options->net, inputs_of(probe, check->options, known)));
  }
  g_queue_push_tail(&check->targets, target);
}

/* --- one after the other --- */

/* The next line of the input, if a whole one is there. Caller frees. */
static char *take_line(Check *check) {
  for (;;) {
    char *end = memchr(check->lines->str, '\n', check->lines->len);
    if (end == NULL && (check->lines->len == 0 || (!check->ended && check->lines->len < MAX_PENDING)))
      return NULL;
    gsize length = end != NULL ? (gsize)(end - check->lines->str) : check->lines->len;
    char *line = g_strndup(check->lines->str, MIN(length, MAX_LINE));
    g_string_erase(check->lines, 0, (gssize)(end != NULL ? length + 1 : length));
    line[strcspn(line, "\r")] = '\0';
    if (line[0] != '\0')
      return line;
    g_free(line);
  }
}

static void start_targets(Check *check) {
  const CheckOptions *options = check->options;
  while (check->targets.length < MAX_TARGETS) {
    if (has_targets(options)) {
      check->ended = options->targets[check->next] == NULL;
      if (check->ended)
        return;
      start_target(check, options->targets[check->next++]);
      continue;
    }
    g_autofree char *line = take_line(check);
    if (line == NULL)
      return;
    start_target(check, line);
  }
}

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

static gboolean is_done(const Target *target) {
  for (guint i = 0; i < target->runs->len; i++)
    if (!probe_run_done(g_ptr_array_index(target->runs, i)))
      return FALSE;
  return TRUE;
}

static void print_target(Check *check, const Target *target) {
  const char *name = target->text != NULL ? target->text : set_target(check->options);
  g_autofree char *safe = name != NULL ? text_safe(name, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL) : NULL;
  for (guint i = 0; i < target->runs->len; i++) {
    const ProbeRun *run = g_ptr_array_index(target->runs, i);
    Level level = check_level(run);
    check->problem |= level == LEVEL_WARN || level == LEVEL_FAIL;
    check->unknown |= level == LEVEL_UNKNOWN;
    check->bad_file |= is_bad_file(run);
  }
  if (check->options->json)
    check_put_json(check->out, safe, target->runs);
  else
    check_put_page(check->out, safe, target->runs);
}

static void print_done(Check *check) {
  while (check->targets.length > 0 && is_done(check->targets.head->data)) {
    Target *target = g_queue_pop_head(&check->targets);
    print_target(check, target);
    target_free(target);
  }
  fflush(check->out);
}

static void read_input(Check *check) {
  char buffer[16384];
  ssize_t n = read(check->options->input, buffer, sizeof buffer);
  if (n > 0)
    g_string_append_len(check->lines, buffer, n);
  else if (n == 0 || (errno != EINTR && errno != EAGAIN))
    check->ended = TRUE;
}

static void wake_all(Check *check) {
  for (GList *link = check->targets.head; link != NULL; link = link->next) {
    const Target *target = link->data;
    for (guint i = 0; i < target->runs->len; i++)
      probe_run_wake(g_ptr_array_index(target->runs, i));
  }
}

static void check_all(Check *check) {
  for (;;) {
    start_targets(check);
    print_done(check);
    if (check->targets.length == 0 && check->ended && check->lines->len == 0)
      return;
    gboolean reads = !check->ended && !has_targets(check->options) && check->targets.length < MAX_TARGETS;
    struct pollfd input = {.fd = check->options->input, .events = POLLIN};
    if (reads || check->targets.length > 0)
      net_turn(check->options->net, &input, reads ? 1 : 0, -1);
    if (input.revents != 0)
      read_input(check);
    wake_all(check);
  }
}

int check_run(const CheckOptions *options, FILE *out, FILE *err) {
  if (!check_options(options, err))
    return EXIT_USAGE;
  Check check = {.options = options, .out = out, .lines = g_string_new(NULL)};
  if (is_single(options)) {
    start_target(&check, NULL);
    check.ended = TRUE;
  }
  check_all(&check);
  g_string_free(check.lines, TRUE);
  if (check.bad_file)
    return EXIT_BAD_FILE;
  return check.problem ? EXIT_PROBLEM : check.unknown ? EXIT_UNKNOWN : EXIT_FINE;
}
