#include "flow/session_private.h"

#include "base/catalogue.h"
#include "base/text.h"
#include "flow/diagnose.h"
#include "flow/template.h"
#include "mail/ip.h"

#include <string.h>

/* Nobody types more than this into one field. */
#define MAX_ANSWER 4096

/* --- pasted text --- */

void session_notice_paste(Session *s, const Bounce *bounce) {
  if (bounce->cut)
    session_notice(s, message_new(N_("The text is longer than 4 MB: only its beginning was read."), NULL));
  if (bounce->hidden == 1)
    session_notice(s, message_new(N_("1 character that cannot be seen was made visible (such as \\x1B)."), NULL));
  else if (bounce->hidden > 1)
    session_notice(s, message_set_number(
                          message_new(N_("{count} characters that cannot be seen were made visible (such as \\x1B)."), NULL),
                          "count", bounce->hidden));
}

/* Reads `bytes` unless the same text was read before. */
const Paste *session_take_paste(Session *s, const char *bytes, gsize length) {
  length = MIN(length, (gsize)BOUNCE_MAX_BYTES + 1);
  for (guint i = 0; i < s->pastes->len; i++) {
    const Paste *paste = g_ptr_array_index(s->pastes, i);
    if (paste->length == length && memcmp(paste->bytes, bytes, length) == 0)
      return paste;
  }
  Paste *paste = g_new0(Paste, 1);
  paste->bytes = g_malloc(length + 1);
  memcpy(paste->bytes, bytes, length);
  paste->bytes[length] = '\0';
  paste->length = length;
  paste->text = text_safe(bytes, (gssize)length, BOUNCE_MAX_BYTES, TEXT_LINES, NULL);
  paste->bounce = bounce_read(bytes, length);
  if (s->flows != NULL)
    diagnose_bounce(paste->bounce, flows_classifier(s->flows), flows_causes(s->flows));
  g_ptr_array_add(s->pastes, paste);
  return paste;
}

/* --- answers --- */

static char *fault_about(const char *id, const char *value) {
  g_autofree char *safe = text_safe(value, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
  g_autofree char *shown = text_fit(safe, 40);
  g_autoptr(Message) message = message_new(id, "value", shown, NULL);
  return message_text(message, NULL, NULL);
}

static gboolean is_ip(const char *folded) {
  Ip ip;
  return ip_parse(folded, &ip);
}

static gboolean is_number(const char *folded) { return g_ascii_string_to_signed(folded, 10, G_MININT64, G_MAXINT64, NULL, NULL); }

static const struct {
  const char *as;
  gboolean (*is)(const char *folded);
  const char *fault;
} checks[] = {
    {"number", is_number,
     N_("\"{value}\" is not a number. Type digits only, such as 25, or leave it empty if you do not know.")},
    {"ip", is_ip,
     N_("\"{value}\" is not an IP address. It looks like 192.0.2.10 or 2001:db8::10. Leave it empty if you do not know.")},
};

/* Why `value` cannot be an answer of its kind, or NULL.  Only what is nonsense beyond doubt: judging addresses and domains
 * is the flow's job. */
static char *find_fault(const Step *step, const char *value) {
  if (strlen(value) > MAX_ANSWER)
    return g_strdup(tr(N_("This is longer than 4096 characters. Type only what is asked for.")));
  for (guint i = 0; i < G_N_ELEMENTS(checks); i++) {
    if (g_strcmp0(step->as, checks[i].as) != 0)
      continue;
    g_autofree char *folded = g_utf8_validate(value, -1, NULL) ? g_strstrip(text_fold_fullwidth(value)) : NULL;
    if (folded == NULL || !checks[i].is(folded))
      return fault_about(checks[i].fault, value);
  }
  return NULL;
}

static gboolean is_blank(const char *value) {
  if (value == NULL)
    return TRUE;
  for (; *value != '\0'; value++)
    if (strchr(" \t\r\n", *value) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean take_choice(const Step *step, Walk *walk, const char *value, char **fault) {
  guint64 index;
  if (value != NULL && g_ascii_string_to_unsigned(value, 10, 0, step->choices->len - 1, &index, NULL)) {
    walk->visit.answer = g_strdup(((const Choice *)g_ptr_array_index(step->choices, index))->value);
    return TRUE;
  }
  g_autoptr(Message) message = message_new(N_("Choose a number from 1 to {count}."), NULL);
  message_set_number(message, "count", step->choices->len);
  *fault = message_text(message, NULL, NULL);
  return FALSE;
}

static gboolean take_message(Session *s, Walk *walk, const char *value) {
  if (is_blank(value))
    return TRUE;
  Offer offer;
  session_offer(s, walk, &offer);
  /* The screen shows a safe form: confirmed as it is, it stands for the bytes behind it. */
  gboolean same = offer.paste != NULL && offer.text != NULL && g_str_equal(offer.text, value);
  walk->paste = same ? offer.paste : session_take_paste(s, value, strlen(value));
  session_offer_clear(&offer);
  session_notice_paste(s, walk->paste->bounce);
  return TRUE;
}

static gboolean take_ask(Session *s, Walk *walk, const char *value, char **fault) {
  if (is_blank(value))
    return TRUE;
  Offer offer;
  session_offer(s, walk, &offer);
  gboolean same = offer.raw != NULL && offer.text != NULL && g_str_equal(offer.text, value);
  g_autofree char *raw = g_strdup(same ? offer.raw : value);
  session_offer_clear(&offer);
  *fault = find_fault(walk->visit.step, raw);
  if (*fault == NULL)
    walk->visit.answer = g_steal_pointer(&raw);
  return *fault == NULL;
}

static gboolean take_answer(Session *s, Walk *walk, const char *value, char **fault) {
  const Step *step = walk->visit.step;
  switch (step->kind) {
  case STEP_CHOOSE:
    return take_choice(step, walk, value, fault);
  case STEP_ASK:
    return g_strcmp0(step->as, "message") == 0 ? take_message(s, walk, value) : take_ask(s, walk, value, fault);
  case STEP_PROBE:
    if (walk->visit.run != NULL && probe_run_done(walk->visit.run))
      return TRUE;
    *fault = g_strdup(walk->visit.run != NULL ? tr(N_("The tests are still under way. Wait, or skip the waiting."))
                                              : tr(N_("Say first whether this test may be made.")));
    return FALSE;
  case STEP_FINISH:
    *fault = g_strdup(tr(N_("This is the end of the guide.")));
    return FALSE;
  default:
    return TRUE;
  }
}

/* Tells the case of a text of any bytes: JSON takes only UTF-8 without NUL. */
void session_emit_bytes(Session *s, const char *event, const char *step, const char *bytes, gsize length) {
  if (s->sink == NULL || s->replaying)
    return;
  gboolean plain = g_utf8_validate(bytes, (gssize)length, NULL);
  g_autofree char *coded = plain ? NULL : g_base64_encode((const guchar *)bytes, length);
  const char *name = plain ? "text" : "base64";
  if (step != NULL)
    session_emit(s, event, "step", step, name, plain ? bytes : coded, NULL);
  else
    session_emit(s, event, name, plain ? bytes : coded, NULL);
}

static void emit_answer(Session *s, const Step *step, const Walk *walk) {
  const char *answer = walk->visit.answer;
  const Paste *paste = walk->paste;
  if (paste != NULL && paste == s->loaded)
    session_emit(s, "bounce", "step", step->name, "loaded", "yes", NULL);
  else if (paste != NULL)
    session_emit_bytes(s, "bounce", step->name, paste->bytes, paste->length);
  else if (answer != NULL && g_strcmp0(step->as, "secret") == 0)
    session_emit(s, "answer", "step", step->name, "secret", "(not stored)", NULL);
  else if (answer != NULL)
    session_emit_bytes(s, "answer", step->name, answer, strlen(answer));
  else
    session_emit(s, "answer", "step", step->name, NULL);
}

char *session_sure_answer(const Session *s, const Step *step, guint nth, const Facts *facts, const Paste **paste) {
  *paste = NULL;
  if (step->sure == NULL || session_find_kept(s, step, nth) != NULL || !condition_holds(step->sure, facts))
    return NULL;
  if (g_str_equal(step->as, "message")) {
    /* Come to again, the text is wanted anew. */
    *paste = nth == 0 ? s->loaded : NULL;
    return *paste != NULL ? g_strdup("") : NULL;
  }
  gboolean complete = FALSE;
  g_autofree char *raw = template_bytes(step->default_value, facts, &complete);
  g_autofree char *fault = complete ? find_fault(step, raw) : NULL;
  return complete && !is_blank(raw) && fault == NULL ? g_steal_pointer(&raw) : NULL;
}

gboolean session_answer(Session *s, const char *value, gint64 now, char **fault) {
  char *why = NULL;
  Walk *walk = session_current(s);
  guint old_notices = s->notices->len; /* they stay when the answer is not taken */
  s->now = now;
  if (s->halt != HALT_NONE)
    why = g_strdup(tr(N_("This is the end of the guide.")));
  if (why != NULL || !take_answer(s, walk, value, &why)) {
    if (fault != NULL)
      *fault = why;
    else
      g_free(why);
    return FALSE;
  }
  const Step *step = walk->visit.step;
  g_ptr_array_remove_range(s->notices, 0, old_notices);
  session_keep(s, walk); /* before the facts change: it rests on what was known when it was asked */
  session_put_given(s->facts, step, &(Given){walk->visit.answer, walk->paste, walk->visit.ticked});
  session_advance(s, now);
  session_settle(s, now);
  emit_answer(s, step, walk);
  session_check_later(s);
  session_emit_finish(s);
  return TRUE;
}

