/* `whybounce check`: the probes that fit an address, a domain or an IP, for one target or thousands. */
#ifndef WB_REPORT_CHECK_H
#define WB_REPORT_CHECK_H

#include "net/net.h"
#include "probe/probe.h"

#include <glib.h>
#include <stdio.h>

typedef struct CheckOptions {
  Net *net;                   /* borrowed */
  const char *const *targets; /* NULL-terminated, "-" stands for the lines of `input`; NULL or empty: those lines,
                                 unless probe and sets say it all */
  const char *const *sets;    /* "fact=value", NULL-terminated, or NULL */
  const char *secret;         /* what stands for the "-" of a set whose input is a secret, or NULL; borrowed */
  const char *probe;          /* run this one alone; NULL: all that fit */
  const char *path;           /* append results here, passing over targets that it has; NULL: print them */
  const Probe *const *table;  /* NULL: probe_table */
  int input;                  /* descriptor that targets are read from, one a line */
  gboolean json;
  gboolean evidence; /* page: the look-ups behind each finding */
  gboolean contacts; /* those that talk to somebody's mail server too */
} CheckOptions;

/* Checks all targets, as many at a time as the net can bear, and prints them in their order as soon as they are done:
 * a line of JSON each, or a page for people.  What is wrong with the options is said on `err` in one sentence.
 * Takes bounded memory however many targets there are.
 * Returns the exit code: 0 fine, 1 a problem was found, 2 usage, 3 nobody could tell, 4 a file is bad. */
int check_run(const CheckOptions *options, FILE *out, FILE *err);

/* TRUE if a secret is wanted for such a set ("password=-"): to be read before. */
gboolean check_wants_secret(const CheckOptions *options);

/* --- the two forms of output: one target with its runs (of ProbeRun) --- */

void check_put_json(GString *out, const char *target, const GPtrArray *runs);
void check_put_page(GString *out, const char *target, const GPtrArray *runs, gboolean evidence);

/* The level of a run; one that was not made at all is unknown. */
Level check_level(const ProbeRun *run);

#endif
