/* Every probe of the table, walked over all recordings of the tests and over worlds where every look-up fails: each of
 * its findings tells what it rests on (see assert_evidence() in probes.h, which the tests of every probe go through). */
#include "probes.h"

static const char *const recordings[] = {
    NULL, /* nothing is known */
    "tests/unit/data/address.jsonl", "tests/unit/data/dmarc.jsonl", "tests/unit/data/dnsbl.jsonl",
    "tests/unit/data/host.jsonl",    "tests/unit/data/mx.jsonl",
};

/* Values of each kind of input: good ones that the recordings know, and bad ones. */
static const struct {
  const char *as;
  const char *values[14];
} samples[] = {
    {"email", {"taro@exmaple.co.jp", "taro@example.com", "a b@example.com", "@", NULL}},
    {"domain",
     {"example.com", "gone.example", "null.example", "slow.example", "exmaple.co.jp", "implicit.example", "not a domain",
      NULL}},
    {"ip", {"192.0.2.10", "198.51.100.7", "2001:db8::10", "10.0.0.1", "127.0.0.1", "no address", NULL}},
    {"host", {"mail.example.com", "gone.example", "192.0.2.1", "not a host", NULL}},
    {"text", {"tests/unit/data/lists.txt", "all", "mail.example.com", "zen.spamhaus.org", "NIXSPAM", NULL}},
};

static const char *sample(const char *as, guint i) {
  for (guint k = 0; k < G_N_ELEMENTS(samples); k++)
    if (g_str_equal(samples[k].as, as))
      return samples[k].values[i % g_strv_length((char **)samples[k].values)];
  return i % 2 == 0 ? "example.com" : "192.0.2.10";
}

/* The i-th set of inputs; those that are not required are left out now and then. */
static Facts *inputs_of(const Probe *probe, guint i) {
  Facts *inputs = facts_new();
  guint n = 0;
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++, n++)
    if (input->required || ((i >> (n % 3)) & 1) == 0)
      facts_set_text(inputs, input->name, SOURCE_ASKED, sample(input->as, i + n * (i / 7)));
  return inputs;
}

static void walk(gconstpointer data) {
  const Probe *probe = data;
  guint findings = 0;
  for (guint r = 0; r < G_N_ELEMENTS(recordings); r++)
    for (guint i = 0; i < 42; i++) {
      g_autoptr(Net) net = replay(recordings[r]);
      g_autoptr(ProbeRun) run = probe_run_new(probe, net, inputs_of(probe, i));
      probe_run_skip(run);
      assert_evidence(run);
      findings += probe_run_result(run)->findings->len;
    }
  g_assert_cmpuint(findings, >, 0);
}

/* What a probe may say in its answer is no evidence for the test: one that says nothing of the kind is found out. */
static void test_found_out(void) {
  if (g_test_subprocess()) {
    g_autoptr(Net) net = replay(NULL);
    g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "example.com", NULL);
    result_add((Result *)probe_run_result(run), LEVEL_OK, NULL, message_new("All is well", NULL));
    assert_evidence(run);
    return;
  }
  g_test_trap_subprocess(NULL, 0, 0);
  g_test_trap_assert_failed();
  g_test_trap_assert_stderr("*has no evidence*");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; probe_table[i] != NULL; i++) {
    g_autofree char *path = g_strconcat("/evidence/", probe_table[i]->name, NULL);
    g_test_add_data_func(path, probe_table[i], walk);
  }
  g_test_add_func("/evidence/found-out", test_found_out);
  return g_test_run();
}
