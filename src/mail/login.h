/* Logging in to a mail server: what it offers (EHLO, CAPABILITY, CAPA), and what its answer to a password means.
 *
 * Pure: reads the lines of a talk, which are safe.  Servers say "no" in many ways, and only some of them mean that the
 * password is wrong: the table in login_reply.c is the knowledge about them, most special first. */
#ifndef WB_MAIL_LOGIN_H
#define WB_MAIL_LOGIN_H

#include "net/talk.h"

/* So many mechanisms are read at most. */
#define LOGIN_MAX_MECHANISMS 32

typedef struct LoginOffer {
  gboolean answered; /* the server said what it offers */
  char **mechanisms; /* SASL mechanisms ("PLAIN", upper case, each once), and LOGIN for the plain commands of IMAP and
                        POP3; never NULL */
  gboolean starttls;
  gboolean disabled; /* IMAP LOGINDISABLED (RFC 9051 s6.2.3) */
  gboolean password; /* one of the mechanisms sends the password as it is */
} LoginOffer;

/* What was offered before encryption, or under it.  `offer` is overwritten. */
void login_offer_read(LoginOffer *offer, const TalkAnswer *talk, gboolean encrypted);
void login_offer_clear(LoginOffer *offer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoginOffer, login_offer_clear)

typedef struct LoginMeaning {
  const char *word;   /* "wrong", "app_password", ...: the fact `login` of the probes */
  const char *text;   /* one sentence, message id */
  const char *advice; /* message id, or NULL */
  gboolean temporary; /* says nothing about user and password */
} LoginMeaning;

/* All words a meaning can have, blank-separated. */
#define LOGIN_WORDS                                                                                                    \
  "wrong app_password retired disabled weak encryption expired blocked temporary administrator mechanism refused"

/* The server's last words: all lines of its last reply as one. Caller frees. */
char *login_reply_text(const TalkAnswer *talk);
/* What a refusal means; never NULL.  `reference`, unless NULL: the RFC section, and who says it where that is not in
 * one; static, NULL for words that stand in none. */
const LoginMeaning *login_reply_judge(const char *reply, const char **reference);

#endif
