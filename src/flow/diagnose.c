#include "flow/diagnose.h"

/* The cause says it, unless the code says that time may help; without a cause only that is known. */
static HardBounce judge_address(const BounceRecipient *recipient, const Cause *cause) {
  if (recipient->permanent == 0 || (cause != NULL && !cause->hard))
    return HARD_NO;
  return cause != NULL ? HARD_YES : HARD_UNKNOWN;
}

static void diagnose_recipient(const Bounce *bounce, BounceRecipient *recipient, const Causes *causes) {
  const Cause *cause = recipient->cause != NULL ? causes_find(causes, recipient->cause) : NULL;
  recipient->hard = bounce->is_bounce ? judge_address(recipient, cause) : HARD_NO;
  if (cause == NULL)
    return;
  g_free(recipient->owner);
  recipient->owner = g_strdup(cause->owner);
  if (recipient->permanent < 0)
    recipient->permanent = cause->permanent;
}

void diagnose_bounce(Bounce *bounce, Classifier *classifier, const Causes *causes) {
  classify_bounce(classifier, bounce);
  for (guint i = 0; i < bounce->recipients->len; i++)
    diagnose_recipient(bounce, g_ptr_array_index(bounce->recipients, i), causes);
}
