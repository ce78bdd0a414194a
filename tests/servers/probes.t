#!/usr/bin/env python3
"""The probes, by way of `check`, against real name servers: a resolver in front of authoritative servers and lists."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402

tap = harness.Tap()
PROGRAM = os.path.join(harness.BUILD, "whybounce")
SOA = "$TTL 300\n@ SOA ns.test. hostmaster.test. 1 3600 600 86400 60\n@ NS ns.test.\n"

# A public key that belongs to nobody, longer than one string of a TXT record.
KEY = ("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA70flqLzjLnDccqG8rjBSsY3GLqIDb8CUoY/vEhiqyvmH0X"
       "xCLqCv4c2yG0Y7Ehnufz/6QydVhCOk15Jpp7+QgCVvF/MMaVD+z+0ZQoWNInawIem534a0wsRB2XViY86e4O8VV/ys"
       "PHZHYmbmkoONTxO8z+PbxfCnhAxlevlYq7SnM4it1q6IB1NiJykvX7+0m3tG5xFeqVy0dcXytm9H1qhVJqZx7SWKhp"
       "+NexVWZ2uZVK77igvPu0G0zCsNlAQUo0Pg7HaUDjX1xLNF434KL9hdLSunNb1NDsxOmxCQR34vzgRC1qmR/Z5i7IGF"
       "SIP1dLmzTLcotuxrajBBzXxVPwIDAQAB")

TEST_ZONE = SOA + """
ns A 127.0.0.1
example MX 20 mx2.example
example MX 10 mx1.example
mx1.example A 192.0.2.25
mx1.example AAAA 2001:db8::25
mx2.example A 192.0.2.26
web A 192.0.2.80
null MX 0 .
filtered MX 10 mx0a-1.pphosted.com.
autodiscover.filtered CNAME autodiscover.outlook.com.
empty TXT nothing
lint MX 10 alias.lint
lint MX 20 private.lint
lint MX 30 gone.lint
alias.lint CNAME mx1.example
private.lint A 10.0.0.25
www CNAME web
dangling 30 CNAME gone
twin MX 10 mx1.example
twin MX 20 mx1.example
null2 MX 0 .
null2 MX 10 .
local MX 10 localhost.
under_score MX 10 mx1.example
other CNAME example
both MX 10 both
both A 10.0.0.25
both A 192.0.2.25
many MX 25 m25
many MX 24 m24
many MX 23 m23
many MX 22 m22
many MX 21 m21
many MX 20 m20
many MX 19 m19
many MX 18 m18
many MX 17 m17
many MX 16 m16
many MX 15 m15
many MX 14 m14
many MX 13 m13
many MX 12 m12
many MX 11 m11
many MX 10 m10
many MX 9 m9
many MX 8 m8
many MX 7 m7
many MX 6 m6
many MX 5 m5
many MX 4 m4
many MX 3 m3
many MX 2 m2
many MX 1 m1
m1 A 192.0.2.25
_dmarc.example TXT "v=DMARC1; p=reject; sp=none; " "np=quarantine; aspf=s"
_dmarc.two TXT "v=DMARC1; p=none"
_dmarc.two TXT "v=DMARC1; p=reject"
s1._domainkey.example TXT "v=DKIM1; k=rsa; p=%s" "%s"
s2._domainkey.example CNAME s1._domainkey.example
s3._domainkey.example TXT "v=DKIM1; p="
evil MX 10 \\027evil.test.
""" % (KEY[:200], KEY[200:])

# Of the addresses 192.0.2.x.
REVERSE_ZONE = SOA + """
13 CNAME 13.sub
13.sub PTR web.test.
80 PTR web.test.
25 PTR mx1.example.test.
26 PTR mx1.example.test.
"""

EVERYTHING = SOA.replace("ns.test.", "ns.invalid.").replace("hostmaster.test.", "h.invalid.") + "* A 203.0.113.80\n"

HEAD = "$SOA 3600 ns.bl.test hostmaster.bl.test 0 3600 600 86400 60\n$NS 3600 ns.bl.test\n"
LISTS = {
    "clean.bl.test": HEAD + ":127.0.0.2:x\n127.0.0.2\n",
    "listed.bl.test": HEAD + ":127.0.0.2:Listed, see http://listed.bl.test/?$\n127.0.0.2\n192.0.2.10\n",
    "wild.bl.test": HEAD + ":127.0.0.2:all\n0.0.0.0/1\n128.0.0.0/1\n",
    "error.bl.test": HEAD + ":127.255.255.254:Error, open resolver\n0.0.0.0/1\n128.0.0.0/1\n",
    "parked.bl.test": HEAD + ":203.0.113.80:for sale\n0.0.0.0/1\n128.0.0.0/1\n",
    "zen.spamhaus.org": HEAD + ":127.255.255.254:Error, open resolver\n0.0.0.0/1\n128.0.0.0/1\n",
}


def check(resolver, *arguments, stdin=""):
    """Exit code, and one object a line."""
    done = subprocess.run([PROGRAM, "check", "--json", "--resolver", resolver, "--timeout", "1500", *arguments],
                          input=stdin, capture_output=True, text=True, timeout=60)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def facts(line, probe):
    return line["probes"][probe]["facts"]


def expect(name, have, wanted):
    wrong = [f"{key} is {have.get(key)!r}, not {value!r}" for key, value in wanted.items() if have.get(key) != value]
    tap.ok(not wrong, name, "\n".join(wrong))


def mail_servers(resolver):
    code, lines, _ = check(resolver, "--probe", "mx", "example.test")
    tap.ok(code == 0, "a domain in order is fine", f"{code} {lines}")
    expect("its servers", facts(lines[0], "mx"),
           {"mx.status": "ok", "mx.hosts": ["mx1.example.test", "mx2.example.test"], "mx.count": 2, "mx.faults": [],
            "mx.addresses": ["192.0.2.25", "2001:db8::25", "192.0.2.26"], "mx.ttl": 300})
    for domain, status, code_wanted in (("web.test", "implicit", 0), ("null.test", "null_mx", 1), ("empty.test", "no_data", 1),
                                        ("gone.test", "nxdomain", 1)):
        code, lines, _ = check(resolver, "--probe", "mx", domain)
        expect(f"{domain}: {status}", {"code": code, **facts(lines[0], "mx")}, {"code": code_wanted, "mx.status": status})
    code, lines, _ = check(resolver, "--probe", "mx", "lint.test")
    expect("mistakes in records", {"code": code, "faults": sorted(facts(lines[0], "mx")["mx.faults"])},
           {"code": 1, "faults": ["alias", "no_address", "special_address"]})
    for domain, wanted in (("twin.test", {"mx.status": "ok", "mx.faults": ["named_twice"], "mx.hosts": ["mx1.example.test"], "mx.count": 1}),
                           ("null2.test", {"mx.status": "null_mx", "mx.faults": ["several_null"]}),
                           ("local.test", {"mx.status": "ok", "mx.faults": ["placeholder"], "mx.hosts": ["localhost"]}),
                           ("under_score.test", {"mx.status": "ok", "mx.faults": [], "mx.hosts": ["mx1.example.test"]}),
                           ("other.test", {"mx.status": "ok", "mx.faults": [], "mx.count": 2}),
                           ("dangling.test", {"mx.status": "nxdomain", "mx.faults": ["dangling_alias"], "mx.ttl": 30}),
                           ("both.test", {"mx.status": "ok", "mx.faults": ["special_address"]}),
                           ("many.test", {"mx.hosts": [f"m{i}.test" for i in range(1, 21)], "mx.count": 25})):
        _, lines, _ = check(resolver, "--probe", "mx", domain)
        expect(f"{domain}, a rare case", facts(lines[0], "mx"), wanted)
    _, lines, _ = check(resolver, "--probe", "mx", "evil.test")
    tap.ok("\x1b" not in json.dumps(lines, ensure_ascii=False), "a name with an escape in it is made safe", lines)


def providers(resolver):
    for domain, wanted in (("example.test", {"provider.id": "own", "provider.kind": "own", "provider.acts": "administrator"}),
                           ("filtered.test", {"provider.id": "proofpoint", "provider.kind": "gateway", "provider.mailboxes": "microsoft365",
                                              "provider.mailboxes_by": "autodiscover"}),
                           ("null.test", {"provider.id": None, "provider.acts": None})):
        _, lines, _ = check(resolver, "--probe", "provider", domain)
        expect(f"the provider of {domain}", facts(lines[0], "provider"), wanted)


def hosts(resolver):
    for host, wanted in (("web.test", {"code": 0, "host.status": "ok", "host.addresses": ["192.0.2.80"], "host.alias": None}),
                         ("www.test", {"code": 0, "host.status": "ok", "host.alias": "web.test"}),
                         ("dangling.test", {"code": 1, "host.status": "no_data", "host.alias": "gone.test"}),
                         ("gone.test", {"code": 1, "host.status": "nxdomain", "host.addresses": None}),
                         ("private.lint.test", {"code": 1, "host.special": ["10.0.0.25"]})):
        code, lines, _ = check(resolver, "--probe", "host", host)
        expect(f"host {host}", {"code": code, **facts(lines[0], "host")}, wanted)
    for address, wanted in (("192.0.2.80", {"code": 0, "ptr.status": "ok", "ptr.confirmed": ["web.test"]}),
                            ("192.0.2.26", {"code": 1, "ptr.status": "mismatch", "ptr.names": ["mx1.example.test"]}),
                            ("192.0.2.13", {"code": 1, "ptr.status": "mismatch", "ptr.names": ["web.test"]}),
                            ("192.0.2.99", {"code": 1, "ptr.status": "none", "ptr.names": None})):
        code, lines, _ = check(resolver, "--probe", "ptr", address)
        expect(f"the name of {address}", {"code": code, **facts(lines[0], "ptr")}, wanted)


def proofs(resolver):
    for domain, wanted in (
            ("example.test", {"code": 0, "dmarc.policy": "reject", "dmarc.record_domain": "example.test", "dmarc.spf_mode": "strict",
                              "dmarc.organizational_domain": "example.test"}),
            ("mx1.example.test", {"code": 0, "dmarc.policy": "none", "dmarc.policy_tag": "sp", "dmarc.record_domain": "example.test"}),
            ("lost.example.test", {"code": 0, "dmarc.policy": "quarantine", "dmarc.policy_tag": "np"}),
            ("two.test", {"code": 1, "dmarc.status": "none", "dmarc.policy": None, "dmarc.faults": ["several_records"]}),
            ("web.test", {"code": 0, "dmarc.status": "none", "dmarc.organizational_domain": "web.test"})):
        code, lines, _ = check(resolver, "--probe", "dmarc", domain)
        expect(f"DMARC of {domain}", {"code": code, **facts(lines[0], "dmarc")}, wanted)
    for selector, wanted in (("s1", {"code": 0, "dkim.status": "ok", "dkim.bits": 2048, "dkim.alias": None}),
                             ("s2", {"code": 0, "dkim.status": "ok", "dkim.alias": "s1._domainkey.example.test"}),
                             ("s3", {"code": 1, "dkim.status": "revoked"}),
                             ("s4", {"code": 1, "dkim.status": "none"})):
        code, lines, _ = check(resolver, "--probe", "dkim", "--set", f"selector={selector}", "example.test")
        expect(f"DKIM key {selector}", {"code": code, **facts(lines[0], "dkim")}, wanted)


def addresses(resolver):
    code, lines, _ = check(resolver, "taro@exmaple.test")
    expect("a slip of the finger", {"code": code, **facts(lines[0], "address")},
           {"code": 1, "address.valid": True, "address.takes_mail": False, "address.suggestion": "taro@example.test"})
    code, lines, _ = check(resolver, "taro@dangling.test")
    words = lines[0]["probes"]["address"]["findings"][1]["text"]
    tap.ok(code == 1 and facts(lines[0], "address")["address.takes_mail"] is False and "alias (CNAME) of gone.test" in words,
           "an alias of nothing is no domain that does not exist", words)
    code, lines, _ = check(resolver, "taro@under_score.test")
    expect("an underscore breaks the rules, and the DNS holds it", {"code": code, **facts(lines[0], "address"), **facts(lines[0], "mx")},
           {"code": 1, "address.valid": False, "address.takes_mail": True, "mx.hosts": ["mx1.example.test"]})
    code, lines, _ = check(resolver, "under_score.test")
    wrong = [name for name, found in lines[0]["probes"].items() if found["status"] in ("warn", "fail")]
    tap.ok(wrong == [], "no probe takes a domain with an underscore for a fault", wrong)
    code, lines, _ = check(resolver, "--probe", "address", " taro@example.test")
    expect("a blank before it", {"code": code, **facts(lines[0], "address")},
           {"code": 1, "address.valid": False, "address.reason": "space", "address.position": 1,
            "address.cleaned": "taro@example.test", "address.takes_mail": True, "address.suggestion": None})


def bulk(resolver):
    targets = ["example.test", "gone.test", "taro@example.test"] * 100
    code, lines, _ = check(resolver, "--probe", "mx", stdin="\n".join(targets))
    tap.ok([line["target"] for line in lines] == targets and code == 1, "three hundred targets, in their order", len(lines))
    tap.ok([facts(line, "mx")["mx.status"] for line in lines] == ["ok", "nxdomain", "ok"] * 100, "each with its own answer")


def blocklists(resolver, scratch):
    path = scratch.write("lists", "".join(f"{zone}\n" for zone in LISTS if zone.endswith("bl.test")) + "nobody.bl.test\n")
    code, lines, _ = check(resolver, "--probe", "dnsbl", "--set", "ip=192.0.2.10", "--set", f"lists={path}")
    expect("one of six lists", {"code": code, **facts(lines[0], "dnsbl")},
           {"code": 1, "dnsbl.status": "listed", "dnsbl.listed": ["listed.bl.test"], "dnsbl.wildcard": ["wild.bl.test"],
            "dnsbl.refused": ["error.bl.test"], "dnsbl.address": "192.0.2.10", "dnsbl.clean": 1})
    tap.ok(set(facts(lines[0], "dnsbl")["dnsbl.unanswered"]) ==
           {"wild.bl.test", "error.bl.test", "parked.bl.test", "nobody.bl.test"}, "what told us nothing is named", lines)
    row = next(f for f in lines[0]["probes"]["dnsbl"]["findings"] if f["subject"] == "listed.bl.test")
    tap.ok(row["quote"] == "Listed, see http://listed.bl.test/?192.0.2.10", "with the list's own words", row)
    tap.ok([e["asked"] for e in row["evidence"]] ==
           ["10.2.0.192.listed.bl.test A", "1.0.0.127.listed.bl.test A", "10.2.0.192.listed.bl.test TXT"],
           "and what it rests on", row)
    code, lines, _ = check(resolver, "192.0.2.25", "--set", f"lists={scratch.write('one', 'clean.bl.test')}")
    expect("on none", {"code": code, **facts(lines[0], "dnsbl")}, {"code": 0, "dnsbl.status": "clean", "dnsbl.listed": []})
    code, lines, _ = check(resolver, "example.test")
    expect("nor a name that is not public", {"code": code, "mx": facts(lines[0], "mx")["mx.status"], **facts(lines[0], "dnsbl")},
           {"code": 3, "mx": "ok", "dnsbl.status": "not_public"})
    code, lines, _ = check(resolver, "192.168.1.1")
    expect("a private address is not sent out", {"code": code, **facts(lines[0], "dnsbl")},
           {"code": 3, "dnsbl.status": "not_public"})


def vantage(resolver, liar):
    code, lines, _ = check(resolver, "--probe", "vantage")
    expect("a list that refuses this resolver", {"code": code, **facts(lines[0], "vantage")},
           {"code": 1, "vantage.status": "ok", "vantage.public": True, "vantage.resolver": resolver})
    code, lines, _ = check(liar, "--probe", "vantage")
    expect("a resolver that invents answers", {"code": code, **facts(lines[0], "vantage")},
           {"code": 1, "vantage.status": "rewrites"})


def nobody_there():
    dead = f"127.0.0.1:{harness.free_port()}"
    code, lines, _ = check(dead, "--probe", "vantage")
    expect("no resolver", {"code": code, **facts(lines[0], "vantage")}, {"code": 1, "vantage.status": "no_dns"})
    code, lines, _ = check(dead, "taro@example.test")
    tap.ok(code == 3, "then nothing is known of an address", f"{code} {lines}")
    mx = lines[0]["probes"]["mx"]
    tap.ok(mx["status"] == "unknown" and "mx.hosts" in mx["unknown"] and "mx.hosts" not in mx["facts"] and
           mx["facts"]["mx.status"] in ("timeout", "unreachable"), "nor of its mail servers", mx)
    tap.ok(facts(lines[0], "address")["address.valid"] is True, "but its form needs no resolver")


def main():
    with harness.Scratch() as scratch:
        knot = harness.Knot(scratch, {"test": TEST_ZONE, "2.0.192.in-addr.arpa": REVERSE_ZONE})
        liar = harness.Knot(scratch, {".": EVERYTHING})
        lists = harness.Rbldnsd(scratch, LISTS)
        servers = [knot, liar, lists]
        unbound = harness.Unbound(scratch, {"test": knot.port, "2.0.192.in-addr.arpa": knot.port, "bl.test": lists.port,
                                            "spamhaus.org": lists.port},
                                  ['local-zone: "2.0.192.in-addr.arpa." nodefault'])
        for server in servers + [unbound]:
            if not server.start():
                tap.skip("probes over real servers", server.missing)
                return
        resolver = f"127.0.0.1:{unbound.port}"
        mail_servers(resolver)
        hosts(resolver)
        providers(resolver)
        proofs(resolver)
        addresses(resolver)
        bulk(resolver)
        blocklists(resolver, scratch)
        vantage(resolver, f"127.0.0.1:{liar.port}")
    nobody_there()


main()
sys.exit(tap.done())
