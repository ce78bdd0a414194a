/* whybounce: the table of commands, their options, the exit codes. */
#include "base/catalogue.h"
#include "base/failure.h"
#include "base/paths.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/flow.h"
#include "mail/bounce.h"
#include "net/net.h"
#include "report/check.h"
#include "report/explain.h"
#include "report/facts.h"
#include "report/lint.h"
#include "ui/desk.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_PROBLEM = 1, EXIT_USAGE = 2, EXIT_NO_ANSWER = 3, EXIT_BAD_FILE = 4 };

typedef struct Options {
  char *ca, *resolver, *record, *replay, *data, *lang, *color, *case_id, *probe, *out;
  char **set, **rest;
  int timeout_ms, dns_port;
  gboolean plain, json, summary, slow, version, resume, help, contacts, evidence;
} Options;

typedef struct Command {
  const char *name, *arguments, *summary;
  int (*run)(Options *options);
} Command;

static int fail(int code, const char *message) {
  g_autofree char *safe = text_safe(message, -1, 2000, TEXT_LINES, NULL);
  fprintf(stderr, "whybounce: %s\n", safe);
  return code;
}

/* The net that the options ask for, NULL after an error message; `code` is then the exit code. */
static Net *open_net(const Options *options, int *code) {
  g_autoptr(GError) error = NULL;
  NetOptions net_options = {
      .resolver = options->resolver, .timeout_ms = options->timeout_ms, .dns_port = (guint16)options->dns_port,
      .ca_file = options->ca};
  Net *net = options->replay ? net_replay_new(options->replay, &error) : net_live_new(&net_options, &error);
  if (!net) {
    *code = fail(options->replay ? EXIT_BAD_FILE : EXIT_USAGE, error->message);
    return NULL;
  }
  if (options->record && !net_record(net, options->record, &error)) {
    *code = fail(EXIT_BAD_FILE, error->message);
    net_free(net);
    return NULL;
  }
  return net;
}

/* `code`, or that of a recording that could not be written to its end. */
static int recorded(const Options *options, const Net *net, int code) {
  int fault = net_record_fault(net);
  if (fault == 0)
    return code;
  g_autoptr(Message) message = message_new(N_("{path} could not be written: {why}. Choose another folder."), "path",
                                           options->record, "why", failure_words(fault), NULL);
  g_autofree char *text = message_text(message, NULL, NULL);
  return fail(EXIT_BAD_FILE, text);
}

/* --- the commands --- */

/* The cases of --resume and --case: an id in the folder of the cases, or a path. */
static char *find_case(const Desk *desk, const char *name) {
  if (!name) {
    CaseEntry *entry = desk_open_case(desk);
    char *path = entry ? g_strdup(entry->path) : NULL;
    g_clear_pointer(&entry, case_entry_free);
    return path;
  }
  if (strchr(name, '/'))
    return g_strdup(name);
  g_autofree char *file = g_strdup_printf("%s.jsonl", name);
  return g_build_filename(desk->cases ? desk->cases : ".", file, NULL);
}

static int prepare_resume(Desk *desk, const char *name) {
  g_autofree char *path = find_case(desk, name);
  g_autoptr(GError) error = NULL;
  if (!path)
    return fail(EXIT_BAD_FILE, tr(N_("There is no unfinished case to resume.")));
  if (!desk_resume(desk, path, &error))
    return fail(EXIT_BAD_FILE, error->message);
  return EXIT_DONE;
}

/* After `whybounce -` has read its bounce from standard input, the keyboard is to be found elsewhere. */
static void reopen_keyboard(void) {
  int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (tty < 0)
    return;
  dup2(tty, STDIN_FILENO);
  close(tty);
}

static gboolean wants_plain(const Options *options) {
  const char *term = g_getenv("TERM"), *plain = g_getenv("WHYBOUNCE_PLAIN");
  return options->plain || (plain && !strcmp(plain, "1")) || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term ||
         !*term || !strcmp(term, "dumb");
}

static int command_wizard(Options *options);
static int command_explain(Options *options);
static int command_check(Options *options);
static int command_facts(Options *options);
static int command_lint(Options *options);

static const Command commands[] = {
    {"explain", "[FILE...]", N_("read bounces (files or standard input) and say what they say; no network"), command_explain},
    {"check", "TARGET...", N_("ask about an address, domain or IP address everything that can be asked passively; - reads one a line"), command_check},
    {"facts", "[PROBE...]", N_("what the probes are given and what they find out"), command_facts},
    {"lint", "[FILE...]", N_("look for mistakes in flow and knowledge files"), command_lint},
    {NULL, NULL, NULL, NULL},
};

/* "chekc" is rather a command than a file that is not there. 0: it is neither. */
static int check_word(const char *word) {
  const char *names[G_N_ELEMENTS(commands)] = {NULL};
  for (gsize i = 0; commands[i].name; i++)
    names[i] = commands[i].name;
  const char *meant = strcmp(word, "-") && !g_file_test(word, G_FILE_TEST_EXISTS) ? text_nearest(word, names) : NULL;
  if (!meant)
    return EXIT_DONE;
  g_autoptr(Message) message = message_new(N_("There is no file and no command {word}. Did you mean: whybounce {meant}"),
                                           "word", word, "meant", meant, NULL);
  g_autofree char *text = message_text(message, NULL, NULL);
  return fail(EXIT_USAGE, text);
}

static int fail_without_guides(const char *dir, const Diags *diags) {
  for (guint i = 0; i < diags_length(diags); i++) {
    g_autofree char *text = diag_format(diags_get(diags, i));
    fprintf(stderr, "%s\n", text);
  }
  g_autoptr(Message) message = message_new(N_("No guide could be loaded from {dir}."), "dir", dir, NULL);
  g_autofree char *words = message_text(message, NULL, NULL);
  return fail(EXIT_BAD_FILE, words);
}

static void furnish_desk(Desk *desk, const Options *options) {
  desk->cases = paths_cases(NULL);
  desk->case_id = g_strdup(options->case_id);
  desk->presets = g_strdupv(options->set);
  desk->slow = options->slow;
  desk->color = !options->color || !strcmp(options->color, "auto") ? COLOR_AUTO
                : !strcmp(options->color, "never")                 ? COLOR_NEVER
                                                                   : COLOR_ALWAYS;
}

static int command_wizard(Options *options) {
  const char *file = options->rest ? options->rest[0] : NULL;
  int mistyped = file && !options->resume ? check_word(file) : EXIT_DONE;
  if (mistyped)
    return mistyped;
  if (file && options->rest[1])
    return fail(EXIT_USAGE, tr(N_("The wizard takes one bounce. To read many, use: whybounce explain FILE...")));
  gsize length = 0;
  g_autofree char *bounce = NULL;
  g_autoptr(GError) error = NULL;
  if (file && !options->resume) {
    bounce = bounce_load(file, &length, &error);
    if (!bounce)
      return fail(EXIT_BAD_FILE, error->message);
    if (!strcmp(file, "-"))
      reopen_keyboard();
  }
  int code = EXIT_DONE;
  Net *net = open_net(options, &code);
  if (!net)
    return code;
  g_autofree char *dir = paths_flows();
  g_auto(GStrv) own = paths_own_flows();
  Diags *diags = diags_new();
  Flows *flows = flows_load(dir, (const char *const *)own, diags);
  g_autoptr(Desk) desk = desk_new(flows, diags, net);
  g_autoptr(GPtrArray) guides = flows_menu(flows);
  if (!guides->len)
    return fail_without_guides(dir, diags);
  furnish_desk(desk, options);
  if (options->resume) {
    code = prepare_resume(desk, file ? file : options->case_id);
    if (code != EXIT_DONE)
      return code;
  } else if (bounce) {
    desk->bounce = g_steal_pointer(&bounce);
    desk->bounce_length = length;
    desk_begin(desk, g_ptr_array_index(guides, 0));
  }
  code = wants_plain(options) ? -1 : curses_run(desk);
  return recorded(options, net, code >= 0 ? code : line_run(desk, STDIN_FILENO, STDOUT_FILENO));
}

static int command_explain(Options *options) {
  ExplainOptions explain = {.json = options->json, .summary = options->summary};
  return explain_run((const char *const *)options->rest, &explain, stdout);
}

static int command_check(Options *options) {
  int code = EXIT_DONE;
  g_autoptr(Net) net = open_net(options, &code);
  if (!net)
    return code;
  CheckOptions check = {.net = net,
                        .targets = (const char *const *)options->rest,
                        .probe = options->probe,
                        .sets = (const char *const *)options->set,
                        .input = STDIN_FILENO,
                        .path = options->out,
                        .contacts = options->contacts,
                        .evidence = options->evidence,
                        .json = options->json};
  char *secret = NULL;
  if (check_wants_secret(&check)) {
    secret_protect();
    check.secret = secret = secret_read(STDIN_FILENO, tr(N_("Password (it is not shown): ")));
    if (secret == NULL)
      return fail(EXIT_USAGE, tr(N_("No password was given; nothing was asked.")));
  }
  code = check_run(&check, stdout, stderr);
  secret_free(secret);
  return recorded(options, net, code);
}

static int command_facts(Options *options) {
  return facts_run((const char *const *)options->rest, options->json, stdout, stderr);
}

static int command_lint(Options *options) { return lint_run((const char *const *)options->rest, stdout); }

static const Command wizard = {"", "[FILE|-]", N_("the wizard, with a bounce loaded if one is named"), command_wizard};

#define HELP_COLUMNS 80
#define HELP_NAME_COLUMNS 28

static void print_text(const char *text) {
  g_auto(GStrv) lines = text_wrap(text, HELP_COLUMNS, 0);
  for (char **line = lines; *line; line++)
    puts(*line);
}

/* "  --lang=LANG                 language: en or ja" */
static void print_row(const char *name, const char *summary) {
  g_autofree char *lead = text_pad(name, HELP_NAME_COLUMNS);
  g_autofree char *row = g_strdup_printf("  %s %s", lead, summary);
  g_auto(GStrv) lines = text_wrap(row, HELP_COLUMNS, HELP_NAME_COLUMNS + 3);
  for (char **line = lines; *line; line++)
    puts(*line);
}

static void print_command(const Command *command) {
  g_autofree char *call =
      g_strdup_printf("whybounce %s%s%s", command->name, *command->name ? " " : "", command->arguments);
  print_row(call, tr(command->summary));
}

static void print_help(const GOptionEntry *entries) {
  print_text(tr(N_("Finds out why an e-mail bounced and what to do about it.")));
  printf("\n%s\n", tr(N_("Commands:")));
  print_command(&wizard);
  for (gsize i = 0; commands[i].name; i++)
    print_command(&commands[i]);
  printf("\n%s\n", tr(N_("Options:")));
  for (const GOptionEntry *entry = entries; entry->long_name; entry++) {
    if (!entry->description)
      continue;
    g_autofree char *name = entry->short_name
                                ? g_strdup_printf("-%c, --%s", entry->short_name, entry->long_name)
                                : g_strdup_printf("--%s%s%s", entry->long_name, entry->arg_description ? "=" : "",
                                                  entry->arg_description ? entry->arg_description : "");
    print_row(name, tr(entry->description));
  }
  puts("");
  print_text(tr(
      N_("Exit codes: 0 done, 1 a problem was found, 2 wrong usage, 3 could not tell (network), 4 bad input file.")));
}

/* Options mean the same everywhere; a command that has no use for one ignores it. */
static gboolean parse_options(int *argc, char ***argv, Options *o, GError **error) {
  const GOptionEntry entries[] = {
      {"plain", 0, 0, G_OPTION_ARG_NONE, &o->plain, N_("lines instead of screens (screen readers, pipes)"), NULL},
      {"lang", 0, 0, G_OPTION_ARG_STRING, &o->lang, N_("language: en or ja"), "LANG"},
      {"case", 0, 0, G_OPTION_ARG_STRING, &o->case_id, N_("name of the case, for example a ticket number"), "ID"},
      {"resume", 0, 0, G_OPTION_ARG_NONE, &o->resume, N_("go on with a case: the one named, or the newest"), NULL},
      {"resolver", 0, 0, G_OPTION_ARG_STRING, &o->resolver, N_("ask this DNS server instead of the system's"),
       "ADDR[:PORT]"},
      {"ca", 0, 0, G_OPTION_ARG_FILENAME, &o->ca, N_("certificates to trust besides the system's (PEM)"), "FILE"},
      {"timeout", 0, 0, G_OPTION_ARG_INT, &o->timeout_ms, N_("how long to wait for an answer (5000)"), "MS"},
      {"dns-port", 0, 0, G_OPTION_ARG_INT, &o->dns_port,
       N_("a test network: the domains' own name servers answer at this port"), "PORT"},
      {"record", 0, 0, G_OPTION_ARG_FILENAME, &o->record, N_("write every question and answer to this file"), "FILE"},
      {"replay", 0, 0, G_OPTION_ARG_FILENAME, &o->replay, N_("answer from such a file; ask nobody"), "FILE"},
      {"data", 0, 0, G_OPTION_ARG_FILENAME, &o->data, N_("take flows and catalogues from this folder"), "DIR"},
      {"json", 0, 0, G_OPTION_ARG_NONE, &o->json, N_("explain, check, facts: one JSON object a line"), NULL},
      {"summary", 0, 0, G_OPTION_ARG_NONE, &o->summary, N_("explain: count causes over all mails instead"), NULL},
      {"probe", 0, 0, G_OPTION_ARG_STRING, &o->probe, N_("check: this probe alone"), "NAME"},
      {"contacts", 0, 0, G_OPTION_ARG_NONE, &o->contacts,
       N_("check: also the probes that talk to the mail servers of others"), NULL},
      {"evidence", 0, 0, G_OPTION_ARG_NONE, &o->evidence,
       N_("check: below each result what was asked, of whom, and what came back"), NULL},
      {"out", 0, 0, G_OPTION_ARG_FILENAME, &o->out,
       N_("check: append JSON lines to this file, and pass over targets that it has already"), "FILE"},
      {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->set, N_("an input of a probe, for example lists=all"), "NAME=VALUE"},
      {"color", 0, 0, G_OPTION_ARG_STRING, &o->color, N_("auto, never or always"), "WHEN"},
      {"slow", 0, 0, G_OPTION_ARG_NONE, &o->slow, N_("redraw at most once a second"), NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &o->version, N_("print the version"), NULL},
      {"help", 'h', 0, G_OPTION_ARG_NONE, &o->help, N_("print this"), NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->rest, NULL, NULL},
      {NULL, 0, 0, 0, NULL, NULL, NULL},
  };
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_option_context_set_help_enabled(context, FALSE); /* GLib's has headings in the system's language, not in ours */
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, argc, argv, error))
    return FALSE;
  if (o->help)
    print_help(entries);
  return TRUE;
}

/* GLib's faults of options in our words.  It speaks the language of LC_MESSAGES, which is never set here: English. */
static char *describe_fault(const GError *error) {
  static const struct {
    const char *begin, *message;
  } faults[] = {
      {"Unknown option ", N_("There is no option {option}.")},
      {"Missing argument for ", N_("The option {option} needs a value.")},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
    if (!g_str_has_prefix(error->message, faults[i].begin))
      continue;
    g_autoptr(Message) message =
        message_new(faults[i].message, "option", error->message + strlen(faults[i].begin), NULL);
    return message_text(message, NULL, NULL);
  }
  if (g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE))
    return g_strdup(strstr(error->message, "--dns-port") ? tr(N_("--dns-port takes a number from 1 to 65535."))
                                                         : tr(N_("--timeout takes milliseconds, 1 to 600000.")));
  return g_strconcat(error->message, ".", NULL);
}

static void free_options(Options *o) {
  char *texts[] = {o->ca, o->resolver, o->record, o->replay, o->data, o->lang, o->color, o->case_id, o->probe, o->out};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_strfreev(o->set);
  g_strfreev(o->rest);
}

/* FALSE: no such language; the message names those there are. */
static gboolean use_language(const char *lang) {
  g_autofree char *dir = paths_catalogues();
  const char *chosen = lang ? lang : catalogue_language_from_environment();
  if (catalogue_use(dir, chosen, NULL) || !lang)
    return TRUE;
  g_auto(GStrv) languages = catalogue_languages(dir);
  g_autofree char *list = g_strjoinv(", ", languages);
  g_autoptr(Message) message = message_new(N_("There is no language {lang}. There are: {list}."), "lang", lang, "list", list, NULL);
  g_autofree char *text = message_text(message, NULL, NULL);
  fail(EXIT_USAGE, text);
  return FALSE;
}

/* A value that options are checked for before anything starts. */
static int check_options(const Options *o) {
  if (o->timeout_ms < 0 || o->timeout_ms > 600000)
    return fail(EXIT_USAGE, tr(N_("--timeout takes milliseconds, 1 to 600000.")));
  if (o->dns_port < 0 || o->dns_port > 65535)
    return fail(EXIT_USAGE, tr(N_("--dns-port takes a number from 1 to 65535.")));
  if (o->color && strcmp(o->color, "auto") && strcmp(o->color, "never") && strcmp(o->color, "always"))
    return fail(EXIT_USAGE, tr(N_("--color takes auto, never or always.")));
  for (char **set = o->set; set && *set; set++)
    if (!strchr(*set, '='))
      return fail(EXIT_USAGE, tr(N_("--set takes NAME=VALUE, for example --set lists=all.")));
  if (o->case_id && !case_id_is_good(o->case_id))
    return fail(EXIT_USAGE, tr(N_("--case takes 1 to 64 letters, digits, dots, hyphens and underscores, no dot in front.")));
  if (o->replay && o->resolver)
    return fail(EXIT_USAGE, tr(N_("--replay asks nobody: it cannot go with --resolver.")));
  return EXIT_DONE;
}

/* --lang and --data decide about the texts of --help, so they are looked for before the options are parsed. */
static const char *early_option(int argc, char **argv, const char *name) {
  gsize length = strlen(name);
  for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
    if (g_str_has_prefix(argv[i], name) && argv[i][length] == '=')
      return argv[i] + length + 1;
    if (!strcmp(argv[i], name) && i + 1 < argc)
      return argv[i + 1];
  }
  return NULL;
}

static const Command *take_command(int *argc, char **argv) {
  for (gsize i = 0; *argc > 1 && commands[i].name; i++) {
    if (strcmp(argv[1], commands[i].name))
      continue;
    memmove(argv + 1, argv + 2, (*argc - 1) * sizeof *argv);
    (*argc)--;
    return &commands[i];
  }
  return &wizard;
}

/* A standard descriptor that is closed would be given to the next file that is opened, and what is printed would be written
 * into that.  What stands in for it cannot be read or written either. */
static void keep_standard_descriptors(void) {
  static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0)
      return;
}

int main(int argc, char **argv) {
  keep_standard_descriptors();
  setlocale(LC_CTYPE, ""); /* the charset; language, dates and numbers are our own business */
  g_set_prgname("whybounce");
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  Options options = {0};
  g_autoptr(GError) error = NULL;
  const char *data = early_option(argc, argv, "--data");
  if (data)
    paths_set_data(data);
  if (!use_language(early_option(argc, argv, "--lang")))
    return EXIT_USAGE;
  const Command *command = take_command(&argc, argv);
  int code = EXIT_DONE;
  if (!parse_options(&argc, &argv, &options, &error)) {
    g_autofree char *why = describe_fault(error);
    g_autofree char *text = g_strdup_printf("%s %s", why, tr(N_("whybounce --help shows all options.")));
    code = fail(EXIT_USAGE, text);
  } else if (options.help) {
    code = EXIT_DONE; /* it is printed */
  } else if (options.version) {
    printf("whybounce %s\n", WB_VERSION);
  } else {
    code = check_options(&options);
    if (code == EXIT_DONE)
      code = command->run(&options);
  }
  if (fflush(stdout) || ferror(stdout)) {
    g_autoptr(Message) message =
        message_new(N_("The output cannot be written: {why}"), "why", failure_words(errno), NULL);
    g_autofree char *text = message_text(message, NULL, NULL);
    code = fail(EXIT_BAD_FILE, text);
  }
  free_options(&options);
  return code;
}
