/* Facts that a bounce gives: what stands inside rewritten addresses, and whether the mail was passed on. */
#include "flow/session.h"

#include <string.h>

static char *fact_of(const char *text, const char *name) {
  g_autoptr(Bounce) bounce = bounce_read(text, strlen(text));
  g_autoptr(Facts) facts = facts_new();
  g_autofree char *full = g_strconcat("bounce.", name, NULL);
  bounce_set_facts(bounce, facts);
  return g_strdup(facts_text(facts, full));
}

#define DSN(recipient, original) "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n\
Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
--b\nContent-Type: text/plain\n\nNot delivered.\n\
--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; out.example.org\n\n\
Final-Recipient: rfc822; " recipient "\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n\n\
--b\nContent-Type: message/rfc822\n\n" original "\n\nhello\n--b--\n"

#define INTERNAL "IMCEAEX-_O=EXAMPLE_OU=FIRST+20GROUP_CN=RECIPIENTS_CN=hanako@example.org"
#define SIGNED "prvs=2054bd7c6b=hanako@example.net"
#define FORWARDED "SRS0=Hs7d=TT=example.com=taro@forwarder.example"

#define FROM_TARO "From: =?utf-8?q?Taro_=40_example?= <taro@Mail.example.com>"
#define SIGNATURES                                                                                                     \
  "\nDKIM-Signature: v=1; a=rsa-sha256; d=mailer.example; s=m1; b=x\nDKIM-Signature: v=1; s=own; d=example.com; b=y"  \
  "\nDKIM-Signature: v=1; s=evil; d=notexample.com; b=z"

static const struct {
  const char *text, *name, *value;
} rows[] = {
    {DSN(INTERNAL, "To: hanako@example.org"), "x500", "/O=EXAMPLE/OU=FIRST GROUP/CN=RECIPIENTS/CN=hanako"},
    {DSN(INTERNAL, "To: hanako@example.org"), "imceaex", "yes"},
    {DSN(INTERNAL, "To: hanako@example.org"), "inner", NULL},
    {DSN(SIGNED, "To: hanako@example.net"), "inner", "hanako@example.net"},
    {DSN(SIGNED, "To: hanako@example.net"), "x500", NULL},
    /* The address written to, only signed: nobody forwarded it. */
    {DSN(SIGNED, "To: hanako@example.net"), "redirected", "no"},
    {DSN(SIGNED, "To: jiro@example.net"), "redirected", "yes"},
    {DSN("hanako@example.net", "To: hanako@example.net"), "inner", NULL},
    {DSN("hanako@example.net", "Return-Path: <" FORWARDED ">\nTo: jiro@example.com"), "forwarder", "forwarder.example"},
    {DSN("hanako@example.net", "Return-Path: <taro@example.com>\nTo: jiro@example.com"), "forwarder", NULL},
    /* What the servers on the way go by. */
    {DSN("hanako@example.net", FROM_TARO), "from_domain", "mail.example.com"},
    {DSN("hanako@example.net", "From: hanako"), "from_domain", NULL},
    {DSN("hanako@example.net", "Return-Path: <bounce+1=x@b_1.example.org>\n" FROM_TARO), "return_path",
     "bounce+1=x@b_1.example.org"},
    {DSN("hanako@example.net", "Return-Path: <>\n" FROM_TARO), "return_path", "<>"},
    {DSN("hanako@example.net", FROM_TARO), "return_path", NULL},
    {DSN("hanako@example.net", FROM_TARO "\nDKIM-Signature: v=1; d=mailer.example; s=m1; b=x"), "dkim_domain",
     "mailer.example"},
    {DSN("hanako@example.net", FROM_TARO "\nDKIM-Signature: v=1; l=20;\n a=rsa-sha1; d=mailer.example; s=m1; b=x; h=from:to"),
     "dkim_signature", "a=rsa-sha1; d=mailer.example; l=20; s=m1"},
    /* Of several signatures the one that may speak for the From field. */
    {DSN("hanako@example.net", FROM_TARO SIGNATURES), "dkim_domain", "example.com"},
    {DSN("hanako@example.net", FROM_TARO SIGNATURES), "dkim_selector", "own"},
    {DSN("hanako@example.net", FROM_TARO SIGNATURES "\nDKIM-Signature: v=1; d=Mail.Example.COM; s=best"),
     "dkim_selector", "best"},
    {DSN("hanako@example.net", FROM_TARO "\nARC-Seal: i=1; a=rsa-sha256; cv=none; d=list.example;\n s=k1; b=abc=="),
     "arc", "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=list.example; s=k1"},
    {DSN("hanako@example.net", FROM_TARO), "arc", NULL},
};

static void test_facts(void) {
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *value = fact_of(rows[i].text, rows[i].name);
    g_test_message("row %u: %s", i, rows[i].name);
    g_assert_cmpstr(value, ==, rows[i].value);
  }
}

/* Names for lists of domains: as A-labels, each once; links by themselves. */
static const struct {
  const char *text, *name, *values;
} lists[] = {
    {DSN("hanako@example.net", FROM_TARO), "sender_domains", "mail.example.com"},
    {DSN("hanako@example.net", "Return-Path: <b@B_1.Example.ORG>\n" FROM_TARO), "sender_domains", "mail.example.com"},
    {DSN("hanako@example.net", "Return-Path: <b@Bounce.Example.ORG>\n" FROM_TARO), "sender_domains",
     "mail.example.com bounce.example.org"},
    {DSN("hanako@example.net", "Return-Path: <b@MAIL.example.com>\n" FROM_TARO), "sender_domains", "mail.example.com"},
    {DSN("hanako@example.net", "Return-Path: <>\nSubject: x"), "sender_domains", NULL},
    {DSN("hanako@example.net", "Return-Path: <b@example.org>\nFrom: hanako"), "sender_domains", "example.org"},
    {DSN("hanako@example.net", FROM_TARO), "url_hosts", NULL},
    {DSN("hanako@example.net", FROM_TARO "\n\nhttps://Shop.example.org/ http://b.example.org"), "url_hosts",
     "shop.example.org b.example.org"},
};

static void test_lists(void) {
  for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
    g_autoptr(Bounce) bounce = bounce_read(lists[i].text, strlen(lists[i].text));
    g_autoptr(Facts) facts = facts_new();
    g_autofree char *full = g_strconcat("bounce.", lists[i].name, NULL);
    bounce_set_facts(bounce, facts);
    const Fact *fact = facts_get(facts, full);
    g_autofree char *values = fact->state == FACT_KNOWN ? g_strjoinv(" ", fact->list) : NULL;
    g_test_message("row %u: %s", i, lists[i].name);
    g_assert_cmpstr(values, ==, lists[i].values);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bounce-facts/wrapped", test_facts);
  g_test_add_func("/bounce-facts/lists", test_lists);
  return g_test_run();
}
