#include "report/check_options.h"

#include "base/catalogue.h"
#include "base/text.h"

#include <string.h>
#include <unistd.h>

const Probe *const *check_table(const CheckOptions *options) {
  return options->table != NULL ? options->table : probe_table;
}

/* The probe of that name, or NULL. */
static const Probe *find_probe(const CheckOptions *options, const char *name) {
  for (const Probe *const *probe = check_table(options); *probe != NULL; probe++)
    if (g_str_equal((*probe)->name, name))
      return *probe;
  return NULL;
}

gboolean check_complain(FILE *err, Message *message) {
  g_autoptr(Message) mine = message;
  g_autofree char *text = message_text(mine, NULL, NULL);
  fprintf(err, "whybounce: %s\n", text);
  return FALSE;
}

static char *probe_names(const Probe *const *table) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; table[i] != NULL; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", table[i]->name);
  return g_string_free(g_steal_pointer(&names), FALSE);
}

static gboolean complain_probe(const CheckOptions *options, FILE *err) {
  const Probe *const *table = check_table(options);
  const char *name = options->probe;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  g_autofree char *all = probe_names(table);
  for (guint i = 0; table[i] != NULL; i++)
    g_ptr_array_add(names, (gpointer)table[i]->name);
  g_ptr_array_add(names, NULL);
  const char *nearest = text_nearest(name, (const char *const *)names->pdata);
  if (nearest != NULL)
    return check_complain(err, message_new(N_("There is no probe \"{name}\": did you mean \"{nearest}\"? There are: {all}"),
                                     "name", name, "nearest", nearest, "all", all, NULL));
  return check_complain(err,
                  message_new(N_("There is no probe \"{name}\". There are: {all}"), "name", name, "all", all, NULL));
}

/* The names of the inputs that --set may name: those of one probe, or of all. */
static GPtrArray *input_names(const CheckOptions *options, const Probe *only) {
  const Probe *const *table = check_table(options);
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; table[i] != NULL; i++)
    for (const ProbeInput *input = table[i]->inputs; input->name != NULL; input++)
      if ((only == NULL || only == table[i]) &&
          !g_ptr_array_find_with_equal_func(names, input->name, g_str_equal, NULL))
        g_ptr_array_add(names, (gpointer)input->name);
  g_ptr_array_add(names, NULL);
  return names;
}

static gboolean is_secret(const CheckOptions *options, const char *name) {
  for (const Probe *const *probe = check_table(options); *probe != NULL; probe++)
    for (const ProbeInput *input = (*probe)->inputs; input->name != NULL; input++)
      if (g_str_equal(input->name, name) && g_str_equal(input->as, "secret"))
        return TRUE;
  return FALSE;
}

static gboolean check_set(const CheckOptions *options, const char *set, FILE *err) {
  const Probe *only = options->probe != NULL ? find_probe(options, options->probe) : NULL;
  const char *sign = strchr(set, '=');
  if (sign == NULL || sign == set)
    return check_complain(err, message_new(N_("--set takes NAME=VALUE, for example --set lists=all."), NULL));
  g_autofree char *name = g_strndup(set, (gsize)(sign - set));
  g_autoptr(GPtrArray) names = input_names(options, only);
  const char *const *words = (const char *const *)names->pdata;
  if (is_secret(options, name) && !g_str_equal(sign + 1, "-"))
    return check_complain(err, message_new(N_("--set {name}: a secret does not belong on the command line, where others can "
                                              "see it. Write --set {name}=- and type it when asked, or give it as the first "
                                              "line of standard input"),
                                           "name", name, NULL));
  if (g_strv_contains(words, name))
    return TRUE;
  const char *nearest = text_nearest(name, words);
  g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
  if (names->len == 1)
    return check_complain(err, message_new(N_("The probe {probe} takes no input"), "probe", only->name, NULL));
  if (nearest != NULL)
    return check_complain(err, message_new(N_("--set: there is no \"{name}\": did you mean \"{nearest}\"? There are: {all}"),
                                     "name", name, "nearest", nearest, "all", all, NULL));
  return check_complain(err,
                  message_new(N_("--set: there is no \"{name}\". There are: {all}"), "name", name, "all", all, NULL));
}

const char *check_set_value(const CheckOptions *options, const char *name) {
  gsize length = strlen(name);
  for (guint i = 0; options->sets != NULL && options->sets[i] != NULL; i++)
    if (strncmp(options->sets[i], name, length) == 0 && options->sets[i][length] == '=')
      return options->sets[i] + length + 1;
  return NULL;
}

gboolean check_wants_secret(const CheckOptions *options) {
  for (guint i = 0; options->sets != NULL && options->sets[i] != NULL; i++) {
    g_auto(GStrv) words = g_strsplit(options->sets[i], "=", 2);
    if (words[0] != NULL && g_strcmp0(words[1], "-") == 0 && is_secret(options, words[0]))
      return TRUE;
  }
  return FALSE;
}

gboolean check_has_targets(const CheckOptions *options) {
  return options->targets != NULL && options->targets[0] != NULL;
}

/* The inputs that a target fills in: one of them set by hand stands for a target. */
static const char *const target_inputs[] = {"email", "ip", "domain", "host", "server"};

const char *check_set_target(const CheckOptions *options) {
  const char *value = NULL;
  for (guint i = 0; value == NULL && i < G_N_ELEMENTS(target_inputs); i++)
    value = check_set_value(options, target_inputs[i]);
  return value;
}

/* TRUE if everything that the probe cannot do without was set by hand: then no target is missing either. */
static gboolean has_required(const CheckOptions *options, const Probe *probe) {
  guint n = 0;
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++) {
    if (input->required && check_set_value(options, input->name) == NULL)
      return FALSE;
    n += input->required;
  }
  return n > 0;
}

gboolean check_is_single(const CheckOptions *options) {
  const Probe *probe = options->probe != NULL ? find_probe(options, options->probe) : NULL;
  return probe != NULL && !check_has_targets(options) &&
         (probe->inputs[0].name == NULL || check_set_target(options) != NULL || has_required(options, probe));
}

/* The secret that a probe cannot do without, and that nobody said is to be asked for; or NULL. */
static const char *missing_secret(const CheckOptions *options, const Probe *probe) {
  for (const ProbeInput *input = probe != NULL ? probe->inputs : NULL; input != NULL && input->name != NULL; input++)
    if (input->required && g_str_equal(input->as, "secret") && check_set_value(options, input->name) == NULL)
      return input->name;
  return NULL;
}

gboolean check_options_are_good(const CheckOptions *options, FILE *err) {
  const Probe *probe = options->probe != NULL ? find_probe(options, options->probe) : NULL;
  if (options->probe != NULL && probe == NULL)
    return complain_probe(options, err);
  if (probe != NULL && (probe->flags & PROBE_CONTACTS) != 0 && !options->contacts)
    return check_complain(err, message_new(N_("The probe {probe} talks to servers of other people: add --contacts "
                                              "if that is wanted"),
                                           "probe", probe->name, NULL));
  for (guint i = 0; options->sets != NULL && options->sets[i] != NULL; i++)
    if (!check_set(options, options->sets[i], err))
      return FALSE;
  if (missing_secret(options, probe) != NULL)
    return check_complain(err, message_new(N_("The probe {probe} needs --set {input}=-; then it is asked for, or read from "
                                              "standard input"),
                                           "probe", probe->name, "input", missing_secret(options, probe), NULL));
  if (!check_is_single(options) && !check_has_targets(options) && isatty(options->input))
    return check_complain(err,
                    message_new(N_("check needs a target: an address, a domain or an IP, or many of them on standard "
                                   "input"),
                                NULL));
  if (!check_is_single(options))
    return TRUE;
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++)
    if (input->required && check_set_value(options, input->name) == NULL)
      return check_complain(err, message_new(N_("The probe {probe} needs --set {input}=VALUE, or a target"), "probe",
                                       probe->name, "input", input->name, NULL));
  return TRUE;
}
