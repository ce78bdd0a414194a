/* Any octets as a line of a recording: nothing crashes; what is taken comes back the same from its own writing. */
#include "mail/login.h"
#include "net/net_recording.h"

#include <string.h>

/* What the probes of mailboxes read from it. */
static void read_login(const TalkAnswer *talk) {
  for (int encrypted = 0; encrypted < 2; encrypted++) {
    g_auto(LoginOffer) offer;
    login_offer_read(&offer, talk, encrypted);
    g_assert_cmpuint(g_strv_length(offer.mechanisms), <=, LOGIN_MAX_MECHANISMS + 1);
  }
  g_autofree char *reply = login_reply_text(talk);
  g_assert_nonnull(login_reply_judge(reply, NULL));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  NetRecorded first, second;
  if (!net_recording_parse((const char *)data, size, "k3y", &first, NULL))
    return 0;
  if (first.answer != NULL) {
    g_autofree char *line = net_recording_line(first.answer, "k3y");
    g_assert(net_recording_parse(line, strlen(line), "k3y", &second, NULL));
    g_autofree char *again = net_recording_line(second.answer, "k3y");
    g_assert_cmpstr(line, ==, again);
    dns_answer_free(second.answer);
  }
  if (first.talk != NULL) {
    read_login(first.talk);
    g_autofree char *line = net_recording_talk(first.talk, "k3y");
    g_assert(net_recording_parse(line, strlen(line), "k3y", &second, NULL));
    g_autofree char *again = net_recording_talk(second.talk, "k3y");
    g_assert_cmpstr(line, ==, again);
    talk_answer_free(second.talk);
  }
  dns_answer_free(first.answer);
  talk_answer_free(first.talk);
  g_free(first.resolvers);
  return 0;
}
