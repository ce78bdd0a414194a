/* Causes and the evidence board.  Knowledge file: flows/knowledge/causes.yaml.
 *
 *   - id: recipient_unknown
 *     owner: sender                # sender sender-admin recipient recipient-admin nobody-wait
 *     permanent: no                # time alone may help (yes if left out)
 *     hard: yes                    # the address is dead, whoever sends and whatever: a "hard bounce" (no if left out)
 *     label: No such mailbox
 *     description: ...
 *     confirmed_by:  [{when: {..}, reason: ..}]
 *     suggested_by:  [..]
 *     ruled_out_by:  [..]
 *     remedies: {user: [..], helpdesk: [..], admin: [..]}
 *     avoid: [..]                  # what people are tempted to do, and should not
 *     source: ..
 *     reviewed: 2026-11-21
 *
 * owner, label, description, source and reviewed must be there.  The list may also stand in a map:
 * {format: 1, causes: [..]}.  Broken entries are reported and left out.
 *
 * The board is this table evaluated over the facts: no weights.  Confirmed outranks ruled out, that outranks likely. */
#ifndef WB_FLOW_CAUSE_H
#define WB_FLOW_CAUSE_H

#include "base/message.h"
#include "base/yaml.h"
#include "flow/condition.h"
#include "probe/fact.h"

typedef struct Cause {
  char *id, *owner, *source, *reviewed;
  gboolean permanent; /* by itself; the first digit of a code that was received says it better */
  gboolean hard;      /* no mail to the address will arrive any more: it is to be taken off lists */
  Message *label, *description;
  GPtrArray *confirmed_by, *suggested_by, *ruled_out_by; /* of CauseRule */
  GPtrArray *user, *helpdesk, *admin;                    /* remedies, of Message; may be empty */
  GPtrArray *avoid;                                      /* of Message; may be empty */
} Cause;

typedef struct CauseRule {
  Condition *when;
  Message *reason;
} CauseRule;

typedef struct Causes Causes;
/* NULL if the file cannot be read at all. */
Causes *causes_load(const char *path, Diags *diags);
void causes_free(Causes *causes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Causes, causes_free)
const Cause *causes_find(const Causes *causes, const char *id); /* NULL: no such cause, or no causes */
GPtrArray *causes_all(const Causes *causes); /* borrowed, file order */

/* A message id: "You, the sender", "Your mail administrator", ... */
const char *cause_owner_message(const char *owner);

typedef enum Standing { STANDING_CONFIRMED, STANDING_LIKELY, STANDING_POSSIBLE, STANDING_RULED_OUT } Standing;

typedef struct Verdict {
  const Cause *cause;
  Standing standing;
  GPtrArray *reasons; /* of const Message, borrowed: of every rule that holds for this standing; may be empty */
} Verdict;

/* The whole board, confirmed first, then likely, possible, ruled out; file order inside. Array of Verdict, owned. */
GPtrArray *causes_board(const Causes *causes, const Facts *facts);

#endif
