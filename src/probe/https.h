/* An HTTPS request of a probe on its way: the address judged, the look-ups, the redirects.  Pulled like everything else:
 * https_ask() from scratch at each turn.
 *
 * Only https is spoken, and only to addresses that the Internet can reach: the URL may come from anybody, and what
 * answers inside our own network is nobody's business outside.  The addresses that were judged are the ones that are
 * connected to, so a name that leads elsewhere at the next look-up (DNS rebinding) gains nothing.  Addresses of the
 * documentation ranges stand for public ones in exercises.  Certificates must be good. */
#ifndef WB_PROBE_HTTPS_H
#define WB_PROBE_HTTPS_H

#include "net/talk.h"
#include "probe/finding.h"
#include "probe/host_look.h"

#define HTTPS_MAX_REDIRECTS 5

typedef struct HttpsRequest {
  const char *url;    /* "https://host/path" */
  const char *accept; /* the Accept field, or NULL */
  gsize max_body;     /* octets; 0: 64 KB */
  guint redirects;    /* how many to follow, at most HTTPS_MAX_REDIRECTS; 0: none, a redirect is the answer */
  gboolean padding;   /* asks for an answer whose length tells nothing (Add-Padding, of the one service that knows it) */
  gboolean secret;    /* never recorded */
} HttpsRequest;

typedef enum HttpsState {
  HTTPS_WAITS,
  HTTPS_ANSWERED,  /* with any status code: `answer->code` */
  HTTPS_NO_HOST,   /* proven: the name does not exist, or has no address */
  HTTPS_BAD_URL,   /* not asked: no URL, another scheme, a user name or an unfit port in it */
  HTTPS_PRIVATE,   /* not asked: the name leads to addresses that nobody outside can reach */
  HTTPS_TOO_MANY,  /* one redirect more than allowed */
  HTTPS_FAILED,    /* the server was there and it did not work: `answer->status` */
  HTTPS_UNKNOWN,   /* nobody could tell */
} HttpsState;

typedef struct HttpsHop {
  char *url, *host; /* `host` NULL: no URL that could be asked */
  HostLook look;    /* both NULL for an address in the URL */
  const TalkAnswer *answer;
} HttpsHop;

typedef struct Https {
  HttpsState state;
  HttpsHop hops[HTTPS_MAX_REDIRECTS + 1]; /* at least one */
  guint n_hops;
  const DnsAnswer *dns;     /* the look-up that decided, or NULL */
  const TalkAnswer *answer; /* of the last hop, or NULL: it was not asked, or is under way */
  const char *range;        /* HTTPS_PRIVATE: English message id */
  guint total, open;        /* look-ups and requests so far */
} Https;

Https *https_ask(Net *net, const HttpsRequest *request);
void https_free(Https *https);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Https, https_free)

/* TRUE for an answer with this code. */
gboolean https_has_code(const Https *https, int code);
/* TRUE for an answer that leads elsewhere. */
gboolean https_is_redirect(const Https *https);
/* The body as text up to its first NUL, never NULL. Caller frees. */
char *https_body_text(const Https *https);

/* "ok" (answered), "no_host", "bad_url", "private", "redirects", or a word of the talk ("certificate") or of the look-up
 * ("servfail"). */
const char *https_word(const Https *https);
/* The same for people, an English message id that fits behind a colon. */
const char *https_message(const Https *https);

/* Look-ups that decided and requests, as evidence. */
void https_add_evidence(Finding *finding, const Https *https, const char *reference);

#endif
