/* Status codes and reply codes explained: what each means by its registry, and which cause it usually stands for.
 *
 * Knowledge files: flows/knowledge/status.yaml (enhanced status codes, RFC 3463 and IANA's registry, RFC 5248) and
 * flows/knowledge/replies.yaml (SMTP reply codes, RFC 5321 s4.2 and what is in use besides):
 *
 *   format: 1
 *   reviewed: 2026-11-21            # of every entry that has no date of its own
 *   source: ..                      # likewise
 *   statuses:                       # "replies" in the other file
 *     - code: X.1.1                 # 550 in the other file; X.1.X: a subject, 5.X.X: a class
 *       name: Bad destination mailbox address       # as the registry has it
 *       meaning: No mailbox has the name before the @.
 *       cause: recipient_unknown    # none: the code alone says too little
 *       vague: yes                  # it says little: words found anywhere in the notice count more
 *       at: {DATA: content_policy}  # the cause where the command that was refused is known: CONN EHLO MAIL RCPT DATA
 *
 * What a code means at one provider only is a rule: see rule.h. */
#ifndef WB_MAIL_CODE_H
#define WB_MAIL_CODE_H

#include "base/diag.h"
#include "base/yaml.h"

#include <glib.h>

typedef struct Code {
  const char *code, *name, *meaning, *cause, *source, *reviewed; /* cause: or NULL */
  gboolean vague;
  const YamlNode *at; /* of causes by command, or NULL */
  const YamlDoc *doc;
  const YamlNode *node;
} Code;

typedef struct Codes Codes;

/* Either kind of file.  Broken entries are reported and left out.  NULL: it cannot be read at all. */
Codes *codes_load(const char *path, Diags *diags);
void codes_free(Codes *codes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Codes, codes_free)

/* The entry for "5.1.1" (found as X.1.1) or "550"; NULL: there is none, or no `codes`. */
const Code *codes_find(const Codes *codes, const char *code);
/* Which cause the code stands for where `command` (or NULL) was refused; NULL: none. */
const char *code_cause_at(const Code *code, const char *command);

GPtrArray *codes_all(const Codes *codes); /* of Code, file order; borrowed */

#endif
