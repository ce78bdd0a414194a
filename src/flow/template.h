/* Templates: texts of flows that hold {fact}, put in before they reach a probe or an input field.
 *
 *   with: {domain: "{rcpt.domain}"}      default: "{bounce.recipient}"
 *
 * Placeholders are those of messages (message.h): {name} with letters, digits, dots, underscores and hyphens; "{{"
 * and "}}" stand for braces.  Values are put in as they are and never expanded again.  Texts for people are not
 * templates but messages, since they are translated first. */
#ifndef WB_FLOW_TEMPLATE_H
#define WB_FLOW_TEMPLATE_H

#include "probe/fact.h"

/* `text` with the safe text of every fact it names.  A fact that is not known (unknown, absent, nobody asked) leaves
 * nothing behind, and `complete`, unless NULL, receives FALSE: such a text must not reach a probe.  Caller frees. */
char *template_expand(const char *text, const Facts *facts, gboolean *complete);

/* The same, but a template that is exactly "{name}" of a text fact gives its raw bytes: a probe that judges an
 * address must see what was typed.  A secret stays one: stars. */
char *template_bytes(const char *text, const Facts *facts, gboolean *complete);

/* The fact, if `text` is exactly "{name}" of one that is there; else NULL. */
const Fact *template_fact(const char *text, const Facts *facts);

/* The facts that `text` names, each once.  g_strfreev(). */
char **template_facts(const char *text);

#endif
