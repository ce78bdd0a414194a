#include "report/tag.h"

#include "base/catalogue.h"
#include "base/text.h"

static const char *const tags[] = {
    [LEVEL_OK] = N_("[ OK ]"),   [LEVEL_NOTE] = N_("[ -- ]"), [LEVEL_UNKNOWN] = N_("[ ?? ]"), [LEVEL_WARN] = N_("[WARN]"),
    [LEVEL_FAIL] = N_("[FAIL]"), [LEVEL_SKIP] = N_("[SKIP]"), [LEVEL_WAIT] = N_("[WAIT]"),
};

const char *level_tag(Level level) {
  const char *word = tr(tags[level]);
  return text_width(word) == TAG_COLUMNS ? word : tags[level];
}

Level finish_level(FinishKind finish) {
  static const Level levels[] = {
      [FINISH_FIXED] = LEVEL_OK,
      [FINISH_PROBLEM] = LEVEL_FAIL,
      [FINISH_ESCALATE] = LEVEL_WARN,
      [FINISH_UNKNOWN] = LEVEL_UNKNOWN,
  };
  return levels[finish];
}
