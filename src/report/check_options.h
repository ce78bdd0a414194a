/* What the options of `check` say, and whether that can be done. */
#ifndef WB_REPORT_CHECK_OPTIONS_H
#define WB_REPORT_CHECK_OPTIONS_H

#include "base/message.h"
#include "report/check.h"

/* FALSE with a sentence on `err`: wrong usage. */
gboolean check_options_are_good(const CheckOptions *options, FILE *err);

/* The probes that may run: those of `options`, or all; ended by NULL. */
const Probe *const *check_table(const CheckOptions *options);
/* TRUE if --probe and --set say all that is to be asked. */
gboolean check_is_single(const CheckOptions *options);
/* TRUE if targets are named, be it only "-". */
gboolean check_has_targets(const CheckOptions *options);
/* What --set gives for this input, or NULL. */
const char *check_set_value(const CheckOptions *options, const char *name);
/* What --set gives in place of a target, or NULL. */
const char *check_set_target(const CheckOptions *options);

/* Says `message`, which is taken; returns FALSE. */
gboolean check_complain(FILE *err, Message *message);

#endif
