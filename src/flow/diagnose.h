/* From a bounce to a diagnosis: the provider, the cause and who must act are filled into its recipients. */
#ifndef WB_FLOW_DIAGNOSE_H
#define WB_FLOW_DIAGNOSE_H

#include "flow/cause.h"
#include "mail/classify.h"

/* Classifies `bounce`, and fills each recipient's owner from its cause.  Where no code says whether the failure is for
 * good, the cause does.  `causes` may be NULL: owners stay NULL then. */
void diagnose_bounce(Bounce *bounce, Classifier *classifier, const Causes *causes);

#endif
