#include "mail/notice.h"

#include <string.h>

/* Lower case, as the texts are compared in lower case. */
static const char *const daemons[] = {
    "mailer-daemon",
    "mailer_daemon",
    "mailerdaemon",
    "postmaster",
    "mail delivery",
    "mail.delivery",
    "mailer daemon",
    "mail administrator",
    "system administrator",
    "mail system",
    "post_master",
    "mail-daemon",
    "maildaemon",
    "email delivery",
    "mdaemon",
    "mail deliver system",
    "bounce@",
    "bounces@",
    "delivery subsystem",
    "mailgateway",
    "poostmaster",
    NULL,
};

static const char *const failure_subjects[] = {
    "undeliver",
    "non-deliver",
    "nondeliver",
    "not deliver",
    "delivery fail",
    "failed mail",
    "failure notice",
    "delivery status",
    "returned mail",
    "returned to sender",
    "delivery notification",
    "mail failure",
    "delivery problem",
    "delivery error",
    "delivery report",
    "could not be delivered",
    "couldn't be delivered",
    "can't be delivered",
    "not be delivered",
    "returning message",
    "could not send",
    "mail system error",
    "delivery has failed",
    "delivery delayed",
    "delayed mail",
    "warning: message",
    "message you sent",
    "mail delivery",
    "delivery failed",
    "delivery unsuccessful",
    "rejected",
    "error sending your mail",
    "bounce notification",
    "bounced",
    "message status",
    "message not delivered",
    "user unknown",
    "are not member",
    "not a member",
    "non-member",
    "unzustellbar",
    "nicht zugestellt",
    "non remis",
    "配信不能",
    "配信エラー",
    "配信でき",
    "配信未完了",
    "配信失敗",
    "配信遅延",
    "配送エラー",
    "配送不能",
    "送信エラー",
    "送信失敗",
    "送信でき",
    "送信不能",
    "不達",
    "配達",
    "エラーメール",
    "宛先不明",
    "戻りメール",
    "loop alert",
    NULL,
};

gboolean notice_has_word(const char *text, const char *const *words) {
  if (!text)
    return FALSE;
  g_autofree char *lower = g_ascii_strdown(text, -1);
  for (; *words; words++)
    if (strstr(lower, *words))
      return TRUE;
  return FALSE;
}

gboolean notice_is_daemon(const char *from) {
  return notice_has_word(from, daemons);
}

gboolean notice_is_failure_subject(const char *subject) {
  return notice_has_word(subject, failure_subjects);
}
