/* Making, freeing, writing and reading talks: for the inside of net/. */
#ifndef WB_NET_TALK_ANSWER_H
#define WB_NET_TALK_ANSWER_H

#include "base/json_line.h"
#include "net/talk.h"

/* No talk of lines is longer: octets, lines. */
#define TALK_MAX_OCTETS (64 * 1024)
#define TALK_MAX_LINES 400
#define TALK_MAX_LINE 1000
#define TALK_MAX_BODY (64 * 1024)
#define TALK_MAX_CHAIN 10

/* "smtp mx1.example.com:25 192.0.2.1 RCPT TO:<a@example.com>": what makes two requests the same. `salt` goes into it
 * for the password's sake, so that another password is another question; NULL: the password does not count. */
char *talk_key(const TalkRequest *request, const char *salt);
const char *talk_scheme_word(TalkScheme scheme);
gboolean talk_status_from_word(const char *word, TalkStatus *status);
gboolean talk_phase_from_word(const char *word, TalkPhase *phase);

/* Without anything but these two; phase PHASE_CONNECT, no TLS. */
TalkAnswer *talk_answer_new(const char *key, TalkStatus status);
void talk_answer_free(TalkAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TalkAnswer, talk_answer_free)
TalkAnswer *talk_answer_copy(const TalkAnswer *answer);

/* Appends `length` octets as one line, made safe and cut, with `mark` ('<' or '>') before it. */
void talk_answer_add_line(TalkAnswer *answer, char mark, const char *bytes, gsize length);

/* The recording's members after the key; see net_recording.h. */
void talk_write(GString *out, const TalkAnswer *answer, const char *nonce);
/* The name of the first member that cannot be read, or NULL: all are in `answer`. */
const char *talk_read(const JsonLine *object, TalkAnswer *answer, const char *nonce);

#endif
