#!/usr/bin/env python3
"""SPF, DKIM, DMARC and ARC by the sections of their RFCs, by way of `check`, against nsd behind a resolver.

One row a rule: what stands in the zone, what is asked, and which facts must come out ("?": could not be told).  The same
rules over recordings, with every look-up made to fail, are in tests/unit.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402

tap = harness.Tap()
PROGRAM = os.path.join(harness.BUILD, "whybounce")
SOA = "$ORIGIN test.\n$TTL 300\n@ SOA ns.test. hostmaster.test. 1 3600 600 86400 60\n@ NS ns.test.\nns A 127.0.0.1\n"
# A part of the zone whose name server does not exist: the resolver answers that it failed.
LAME = "lame NS ns.lame\nns.lame A 127.0.0.9\n"

# Public keys that belong to nobody.
RSA2048 = ("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA70flqLzjLnDccqG8rjBSsY3GLqIDb8CUoY/vEhiqyvmH0XxCLqCv4c2yG0Y7Ehnufz/6"
           "QydVhCOk15Jpp7+QgCVvF/MMaVD+z+0ZQoWNInawIem534a0wsRB2XViY86e4O8VV/ysPHZHYmbmkoONTxO8z+PbxfCnhAxlevlYq7SnM4it1q6I"
           "B1NiJykvX7+0m3tG5xFeqVy0dcXytm9H1qhVJqZx7SWKhp+NexVWZ2uZVK77igvPu0G0zCsNlAQUo0Pg7HaUDjX1xLNF434KL9hdLSunNb1NDsxO"
           "mxCQR34vzgRC1qmR/Z5i7IGFSIP1dLmzTLcotuxrajBBzXxVPwIDAQAB")
RSA1024 = ("MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDG13/EZ+ZTeRZLKEv3mz/fbBOrkO/G3U13FEj/WbfqSOQxLgQeHm6bhrTD9AdG1MKl8j27qGSpoAyQ"
           "FHZCHe1N/btAmApCf/0n9KiY0FHPz0i5UFIcrVQE2Yp0/34QMV/iIiiESHnwvc6R3wuLfMErc8OqizXePapD3T1Fg3IM3QIDAQAB")
RSA512 = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANMUTbwKHJpRZmgvdVaIETr+I9F8T+Gl46VU7myakHYBE7p/LbB3TGslaZ2ZH+XQyrW2H14PRv+BshfKicgmWhUCAwEAAQ=="
ED25519 = "FzVOv5vWqhLSSsfClXJVqJ8csKDTP9kZbm6Inhdclk8="


def txt(name, *strings):
    pieces = [s[i:i + 255] for s in strings for i in range(0, max(len(s), 1), 255)]
    return f"{name} TXT " + " ".join('"' + p.replace('"', '\\"') + '"' for p in pieces) + "\n"


def dmarc(name, *records):
    return "".join(txt("_dmarc." + name, r) for r in records)


FILLER = "".join(txt("big", f"verification-{i}=" + "x" * 200) for i in range(8))

# --- DMARC: RFC 9989 ---

PASS = {"spf_domain": "x.invalid", "spf_result": "none", "dkim_result": "pass"}
FAIL = {"spf_domain": "x.invalid", "spf_result": "none", "dkim_result": "none"}
DMARC = [
    ("s4.7 p", dmarc("d1", "v=DMARC1; p=reject"), "d1.test", {}, {"policy": "reject", "policy_tag": "p"}),
    ("s4.7 sp for a name that exists", dmarc("d2", "v=DMARC1; p=reject; sp=none; np=quarantine") + "www.d2 A 192.0.2.1\n", "www.d2.test", {},
     {"policy": "none", "policy_tag": "sp", "record_domain": "d2.test"}),
    ("s4.7 np for a name that does not", "", "gone.d2.test", {}, {"policy": "quarantine", "policy_tag": "np"}),
    ("s3.2.13 a name with names below it exists", "deep.ent.d2 A 192.0.2.1\n", "ent.d2.test", {}, {"policy_tag": "sp"}),
    ("s3.2.13 a name with another type exists", "mail.d2 MX 10 mail.d2\n", "mail.d2.test", {}, {"policy_tag": "sp"}),
    ("s4.7 t=y: one level softer", dmarc("d3", "v=DMARC1; p=reject; t=y"), "d3.test", {},
     {"policy": "quarantine", "declared_policy": "reject", "testing": True}),
    ("s4.7 missing p: none", dmarc("d4", "v=DMARC1; sp=reject; rua=mailto:a@d4.test"), "d4.test", {}, {"policy": "none"}),
    ("s4.7 v is exact", dmarc("d5", "v=dmarc1; p=reject"), "d5.test", {}, {"status": "none", "faults": ["not_a_record"]}),
    ("s4.8 blanks and capitals", dmarc("d6", "V = DMARC1 ; P = Reject ; pct=0"), "d6.test", {}, {"policy": "reject", "faults": ["old_tag"]}),
    ("s4.8 strings are joined without a blank", txt("_dmarc.d7", "v=DMARC1; p=re", "ject"), "d7.test", {}, {"policy": "reject"}),
    ("s4.10 several records are none", dmarc("d8", "v=DMARC1; p=reject", "v=DMARC1; p=none"), "d8.test", {},
     {"status": "none", "policy": None, "faults": ["several_records"]}),
    ("s4.10 other texts beside it", dmarc("d9", "v=DMARC1; p=quarantine", "unrelated"), "d9.test", {}, {"policy": "quarantine"}),
    ("s4.10 eight labels and more", dmarc("d10", "v=DMARC1; p=reject"), "a.b.c.d.e.f.g.h.i.j.d10.test", {},
     {"policy": "reject", "organizational_domain": "d10.test"}),
    ("s4.10.1 the own record before the organizational domain's", dmarc("a.d11", "v=DMARC1; p=none") + dmarc("d11", "v=DMARC1; p=reject"),
     "a.d11.test", {}, {"policy": "none", "organizational_domain": "d11.test"}),
    ("s4.10.1 not what lies between", "", "b.a.d11.test", {}, {"policy": "reject", "record_domain": "d11.test"}),
    ("s4.10.1 a broken p with rua: none", dmarc("d12", "v=DMARC1; p=block; rua=mailto:a@d12.test"), "d12.test", {}, {"policy": "none"}),
    ("s4.10.1 a broken p without rua: no DMARC", dmarc("d13", "v=DMARC1; p=block"), "d13.test", {}, {"status": "unusable", "policy": None}),
    ("s4.10.2 psd=n ends the walk", dmarc("n.d14", "v=DMARC1; p=quarantine; psd=n") + dmarc("d14", "v=DMARC1; p=reject"), "x.n.d14.test", {},
     {"organizational_domain": "n.d14.test", "policy": "quarantine"}),
    ("s4.10.2 one below psd=y", dmarc("bank", "v=DMARC1; p=reject; sp=quarantine; psd=y"), "mail.giant.bank.test", {},
     {"organizational_domain": "giant.bank.test", "record_domain": "bank.test", "policy": "quarantine"}),
    ("s4.10.2 psd=y where the walk began", "", "bank.test", {}, {"organizational_domain": "bank.test", "policy": "reject"}),
    ("s4.10.2 no record", "d15 A 192.0.2.1\n", "d15.test", {}, {"status": "none", "organizational_domain": "d15.test"}),
    ("s4.4.1 DKIM, relaxed", "", "d1.test", {**PASS, "dkim_domain": "mail.d1.test"}, {"dkim_aligned": True, "result": "pass"}),
    ("s4.4.1 DKIM, strict", dmarc("d16", "v=DMARC1; p=reject; adkim=s"), "d16.test", {**PASS, "dkim_domain": "mail.d16.test"},
     {"dkim_aligned": False, "result": "fail"}),
    ("s4.4.2 SPF, relaxed", "", "mail.d1.test", {"spf_domain": "bounce_1.d1.test", "spf_result": "pass"}, {"spf_aligned": True, "result": "pass"}),
    ("s4.4.2 SPF, strict", dmarc("d17", "v=DMARC1; p=reject; aspf=s"), "d17.test",
     {"spf_domain": "mail.d17.test", "spf_result": "pass", "dkim_result": "none"}, {"spf_aligned": False, "result": "fail"}),
    ("s4.4 a stranger", "", "d1.test", {**PASS, "dkim_domain": "mailer.test"}, {"dkim_aligned": False, "result": "fail"}),
    ("s4.4 two below one public suffix", "", "giant.bank.test", {**PASS, "dkim_domain": "mega.bank.test"}, {"dkim_aligned": False, "result": "fail"}),
    ("s4.4 aligned, but it did not pass", "", "d1.test", {**FAIL, "dkim_domain": "d1.test"}, {"dkim_aligned": True, "result": "fail"}),
    ("s4.10.1 a failed look-up is no absence", "", "lame.test", {}, {"policy": "?", "organizational_domain": "?"}),
    ("s4.10.1 nor does it decide about this mail", "", "lame.test", {**FAIL, "dkim_domain": "x.invalid"}, {"result": "?"}),
    ("RFC 9990 s4 reports to others, agreed", dmarc("d18", "v=DMARC1; p=none; rua=mailto:r@yes.test") + txt("d18.test._report._dmarc.yes", "v=DMARC1"),
     "d18.test", {}, {"unauthorised": [], "faults": []}),
    ("RFC 9990 s4 reports to others, not agreed", dmarc("d19", "v=DMARC1; p=none; rua=mailto:r@no.test"), "d19.test", {},
     {"unauthorised": ["no.test"], "faults": ["report_not_authorised"]}),
    ("RFC 9990 s4 a wildcard agrees", txt("*._report._dmarc.all", "v=DMARC1") + dmarc("d20", "v=DMARC1; p=none; rua=mailto:r@all.test"), "d20.test", {},
     {"unauthorised": []}),
]

# --- DKIM: RFC 6376, 8301, 8463 ---

DKIM = [
    ("RFC 6376 s3.6.1 a key of two strings", "v=DKIM1; k=rsa; p=" + RSA2048, {"status": "ok", "key_type": "rsa", "bits": 2048, "faults": []}),
    ("RFC 6376 s3.6.1 p= alone", "p=" + RSA2048, {"status": "ok", "bits": 2048}),
    ("RFC 6376 s3.6.1 revoked", "v=DKIM1; p=", {"status": "revoked", "bits": None}),
    ("RFC 6376 s3.6.1 p is missing", "v=DKIM1; k=rsa", {"status": "unusable", "faults": ["no_key"]}),
    ("RFC 6376 s3.6.1 v is not first", "k=rsa; v=DKIM1; p=" + RSA2048, {"status": "unusable", "faults": ["bad_version"]}),
    ("RFC 6376 s3.6.1 testing, strict", "v=DKIM1; t=y:s; p=" + RSA2048, {"status": "ok", "testing": True, "strict": True}),
    ("RFC 6376 s3.6.1 not for mail", "v=DKIM1; s=other; p=" + RSA2048, {"status": "unusable", "faults": ["not_for_mail"]}),
    ("RFC 6376 s3.6.1 cut off", "v=DKIM1; p=" + RSA2048[:180], {"status": "unusable", "faults": ["damaged"]}),
    ("RFC 6376 s3.6.1 unknown k", "v=DKIM1; k=dsa; p=AAAA", {"status": "unusable", "faults": ["unknown_type"]}),
    ("RFC 6376 s3.2 a tag twice", "v=DKIM1; p=" + RSA2048 + "; p=", {"status": "unusable", "faults": ["duplicate_tag"]}),
    ("RFC 8301 s3.1 sha1 alone", "v=DKIM1; h=sha1; p=" + RSA2048, {"status": "unusable", "faults": ["no_sha256"]}),
    ("RFC 8301 s3.2 under 1024 bits", "v=DKIM1; p=" + RSA512, {"status": "unusable", "bits": 512, "faults": ["too_short"]}),
    ("RFC 8301 s3.2 1024 bits", "v=DKIM1; p=" + RSA1024, {"status": "ok", "bits": 1024, "faults": ["short"]}),
    ("RFC 8463 s4 Ed25519", "v=DKIM1; k=ed25519; p=" + ED25519, {"status": "ok", "key_type": "ed25519", "bits": 256}),
    ("a text that is none", "v=spf1 -all", {"status": "none", "faults": ["not_a_key"]}),
]

# --- SPF: RFC 7208 ---

OWN = "192.0.2.10"
SPF = [
    ("s4.4 no record", "s1 A 192.0.2.1\n", "s1", OWN, {"result": "none"}),
    ("s4.4 no such name", "", "s-gone", OWN, {"result": "none"}),
    ("s4.4 a failed look-up", "", "lame", OWN, {"result": "temperror"}),
    ("s4.5 several records", txt("s2", "v=spf1 -all") + txt("s2", "v=spf1 +all"), "s2", OWN, {"result": "permerror", "problem": "several_records"}),
    ("s3.3 strings are joined without a blank", txt("s3", "v=spf1 ip4:192.0.", "2.10 -all"), "s3", OWN, {"result": "pass"}),
    ("s3.4 an answer that needs TCP", FILLER + txt("big", "v=spf1 ip4:192.0.2.10 -all"), "big", OWN, {"result": "pass"}),
    ("s5.1 all", txt("s4", "v=spf1 ~all"), "s4", OWN, {"result": "softfail", "decided_by": "~all"}),
    ("s5.2 include", txt("s5", "v=spf1 include:s5i.test -all") + txt("s5i", "v=spf1 ip4:192.0.2.10 -all"), "s5", OWN,
     {"result": "pass", "decided_by": "include:s5i.test", "lookups": 1}),
    ("s5.2 include of nothing", txt("s6", "v=spf1 include:s-gone.test -all"), "s6", OWN, {"result": "permerror", "problem": "include_none"}),
    ("s5.2 an included record that failed", txt("s7", "v=spf1 include:lame.test +all"), "s7", OWN, {"result": "temperror"}),
    ("s5.3 a, by way of an alias", txt("s8", "v=spf1 a:s8a.test -all") + "s8a CNAME s8b\ns8b A 192.0.2.10\n", "s8", OWN, {"result": "pass"}),
    ("s5.3 a, IPv6", txt("s9", "v=spf1 a//64 -all") + "s9 AAAA 2001:db8::1\n", "s9", "2001:db8::99", {"result": "pass"}),
    ("s5.4 mx", txt("s10", "v=spf1 mx -all") + "s10 MX 10 m10\nm10 A 192.0.2.10\n", "s10", OWN, {"result": "pass"}),
    ("s5.4 a null MX", txt("s11", "v=spf1 mx -all") + "s11 MX 0 .\n", "s11", OWN, {"result": "fail", "void_lookups": 0}),
    ("s5.5 ptr", txt("s12", "v=spf1 ptr -all") + "m.s12 A 192.0.2.12\n", "s12", "192.0.2.12", {"result": "pass"}),
    ("s5.7 exists with macros", txt("s13", "v=spf1 exists:%{ir}.%{l}.x.%{d} -all") + "10.2.0.192.taro.x.s13 A 127.0.0.2\n", "s13", OWN, {"result": "pass"}),
    ("s6.1 redirect", txt("s14", "v=spf1 redirect=s5i.test"), "s14", OWN, {"result": "pass", "decided_in": "s5i.test"}),
    ("s6.2 explanation", txt("s15", "v=spf1 -all exp=s15e.test") + txt("s15e", "%{i} is none of ours"), "s15", OWN,
     {"result": "fail", "explanation": "192.0.2.10 is none of ours"}),
    ("s4.6.4 three void look-ups", txt("s16", "v=spf1 a:g1.test a:g2.test a:g3.test -all"), "s16", OWN, {"result": "permerror", "problem": "too_many_voids"}),
    ("s4.6.4 eleven terms", txt("s17", "v=spf1 " + " ".join(["a:ns.test"] * 11) + " -all"), "s17", OWN, {"result": "permerror", "problem": "too_many_terms"}),
    ("s4.6.4 ten terms", txt("s18", "v=spf1 " + " ".join(["a:ns.test"] * 10) + " -all"), "s18", OWN, {"result": "fail", "lookups": 10}),
]

ARC = ("ARC-Seal: i=1; a=rsa-sha256; cv=none; d=arc.test; s=k1; b=x\nARC-Message-Signature: i=1; a=rsa-sha256; d=arc.test; s=k1\n"
       "ARC-Authentication-Results: i=1; mx.arc.test; spf=pass; dkim=pass\n")
REVERSE = ("$TTL 300\n@ SOA ns.test. hostmaster.test. 1 3600 600 86400 60\n@ NS ns.test.\n12 PTR m.s12.test.\n")


def zone():
    text = SOA + LAME + "".join(row[1] for row in DMARC) + "".join(row[1] for row in SPF)
    text += "".join(txt(f"k{i}._domainkey.keys", row[1]) for i, row in enumerate(DKIM))
    text += "alias._domainkey.keys CNAME k0._domainkey.keys\ndangling._domainkey.keys CNAME gone\n"
    text += txt("two._domainkey.keys", "p=" + RSA1024) + txt("two._domainkey.keys", "p=" + RSA2048)
    return text + txt("k1._domainkey.arc", "v=DKIM1; k=ed25519; p=" + ED25519)


def check(resolver, probe, inputs):
    arguments = [word for name, value in inputs.items() for word in ("--set", f"{name}={value}")]
    patience = "1000" if "lame" in str(inputs) else "4000"
    done = subprocess.run([PROGRAM, "check", "--json", "--resolver", resolver, "--timeout", patience, "--probe", probe, *arguments],
                          capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout.splitlines()[0])["probes"][probe]


def expect(resolver, probe, name, inputs, wanted):
    found = check(resolver, probe, inputs)
    have = {key.split(".", 1)[1]: value for key, value in found["facts"].items()}
    have.update({key.split(".", 1)[1]: "?" for key in found.get("unknown", [])})
    wrong = [f"{key} is {have.get(key)!r}, not {value!r}" for key, value in wanted.items() if have.get(key) != value]
    bad = found["status"] in ("ok", "fail") and "?" in wanted.values() and "result" not in wanted
    tap.ok(not wrong and not bad, f"{probe.upper()} {name}", "\n".join(wrong + [found["status"]]))


def main():
    with harness.Scratch() as scratch:
        nsd = harness.Nsd(scratch, {"test": zone(), "2.0.192.in-addr.arpa": REVERSE})
        unbound = harness.Unbound(scratch, {"test": nsd.port, "2.0.192.in-addr.arpa": nsd.port},
                                  ['local-zone: "2.0.192.in-addr.arpa." nodefault'])
        for server in (nsd, unbound):
            if not server.start():
                tap.skip("SPF, DKIM and DMARC over real servers", server.missing)
                return
        resolver = f"127.0.0.1:{unbound.port}"
        for name, _, domain, inputs, wanted in DMARC:
            expect(resolver, "dmarc", name, {"domain": domain, **inputs}, wanted)
        for i, (name, _, wanted) in enumerate(DKIM):
            expect(resolver, "dkim", name, {"selector": f"k{i}", "domain": "keys.test"}, wanted)
        for selector, name, wanted in (
                ("alias", "RFC 6376 s3.6.2 by way of an alias", {"status": "ok", "alias": "k0._domainkey.keys.test", "bits": 2048}),
                ("dangling", "an alias of nothing", {"status": "none", "alias": "gone.test"}),
                ("two", "RFC 6376 s3.6.2.2 two keys", {"status": "several", "bits": "?"}),
                ("nobody", "no key of this name", {"status": "none", "record": None})):
            expect(resolver, "dkim", name, {"selector": selector, "domain": "keys.test"}, wanted)
        expect(resolver, "dkim", "a failed look-up", {"selector": "s1", "domain": "lame.test"}, {"bits": "?", "record": "?"})
        for name, _, host, ip, wanted in SPF:
            expect(resolver, "spf", name, {"ip": ip, "sender": f"taro@{host}.test"}, wanted)
        expect(resolver, "spf", "s2.3 the HELO name beside it", {"ip": OWN, "sender": "taro@s5.test", "helo": "s11.test"},
               {"result": "pass", "helo_result": "fail"})
        expect(resolver, "spf", "s2.4 the HELO name in place of an empty sender", {"ip": OWN, "sender": "<>", "helo": "s5i.test"},
               {"result": "pass", "identity": "helo"})
        expect(resolver, "arc", "RFC 8617 s4.1.3 the key of a seal", {"header": ARC, "spf_result": "fail"},
               {"status": "complete", "keys": "ok", "forwarding_broke_spf": True})


main()
sys.exit(tap.done())
