#!/usr/bin/env python3
"""The live net against a fake that misbehaves and against real name servers."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dns_fake  # noqa: E402
import harness  # noqa: E402
from harness import ask  # noqa: E402

tap = harness.Tap()


def check(name, line, /, **wanted):
    """Every wanted member is equal, or in the range that a pair gives."""
    for key, value in wanted.items():
        have = line.get(key)
        good = have is not None and value[0] <= have <= value[1] if isinstance(value, tuple) else have == value
        if not good:
            tap.ok(False, name, f"{key} is {have!r}, not {value!r}\n{line}")
            return
    tap.ok(True, name)


def status_of_each():
    with dns_fake.Fake() as fake:
        got = ask(fake.address, [f"{t}.x A" for t in ("fine", "nxdomain", "servfail", "refused", "notimp", "formerr",
                                                      "ede", "broken", "echo", "wrongid", "wrongname")])
    check("an answer", got["fine.x A"], status="ok", tries=1, server=fake.address, ms=(0, 140),
          answer=["fine.x 300 A 192.0.2.1"])
    check("NXDOMAIN", got["nxdomain.x A"], status="nxdomain", tries=1)
    for word in ("servfail", "refused"):
        check(f"{word} of the only resolver is final at once", got[f"{word}.x A"], status=word, tries=1, ms=(0, 140))
    for word in ("notimp", "formerr"):
        check(f"{word} is asked again without EDNS", got[f"{word}.x A"], status=word, ms=(0, 140))
        sent = [q.edns for q in fake.packets(word + ".x")]  # c-ares does it once by itself
        tap.ok(sent[0] and len(sent) <= 3 and not any(sent[1:]), f"{word}: not for ever", sent)
    check("an extended error is kept and safe", got["ede.x A"], status="servfail", ede=22,
          ede_text="no \\x1B[31mreachable server")
    check("a record that breaks its bounds", got["broken.x A"], status="garbage")
    check("the question sent back is no answer", got["echo.x A"], status="garbage")
    for word in ("wrongid", "wrongname"):
        check(f"a forged answer is passed over: {word}", got[f"{word}.x A"], answer=[f"{word}.x 300 A 192.0.2.1"])


def patience():
    with dns_fake.Fake() as fake:
        got = ask(fake.address, [f"{t}.x A" for t in ("drop1", "drop2", "drop3", "slow220", "slow650", "mutetoedns")])
        check("one lost packet costs 150 ms", got["drop1.x A"], status="ok", tries=2, ms=(150, 300))
        check("two lost packets", got["drop2.x A"], status="ok", tries=3, ms=(320, 600))
        check("three lost packets", got["drop3.x A"], status="ok", tries=4, ms=(1000, 1500))
        check("a slow answer to the first try counts", got["slow220.x A"], status="ok", tries=2, ms=(220, 319))
        check("a very slow one too", got["slow650.x A"], status="ok", tries=3, ms=(650, 799))
        check("the last try goes without EDNS", got["mutetoedns.x A"], status="ok", tries=4, ms=(1000, 1500))
        got = ask(fake.address, ["hang.x A", "noise.x A"], "-t", "1400")
        check("silence is a time-out", got["hang.x A"], status="timeout", tries=4, ms=(1400, 1900))
        tap.ok("server" not in got["hang.x A"], "nobody answered, nobody is named")
        check("noise is not an answer", got["noise.x A"], status="timeout")
        got = ask(fake.address, ["hang.x A"], "-t", "100")
        check("a short time-out is kept", got["hang.x A"], status="timeout", tries=1, ms=(100, 200))


def without_edns():
    with dns_fake.Fake() as fake:
        got = ask(fake.address, [f"noedns.n{i}.x A" for i in range(240)])
        tap.ok(all(a["status"] == "ok" for a in got.answers.values()) and len(got.answers) == 240,
               "240 questions to a server that answers FORMERR to EDNS", got.text)
        tap.ok(max(a["ms"] for a in got.answers.values()) < 1000, "none of them waits for a later try")
        tap.ok(sum(q.edns for q in fake.queries) < 240, "what is learnt is kept",
               f"{sum(q.edns for q in fake.queries)} with EDNS")


    # Two questions with EDNS are under way when the first comes back; the second answer says nothing new.
    with dns_fake.Fake() as fake:
        got = ask(fake.address, [f"farnoedns.n{i}.x A" for i in range(10)])
        tap.ok([a["status"] for a in got.answers.values()] == ["ok"] * 10, "and to one that is 200 ms away", got.text)


def truncation():
    with dns_fake.Fake() as fake:
        got = ask(fake.address, ["truncate.x TXT"])
        check("truncated: asked again by TCP", got["truncate.x TXT"], status="ok", tries=2)
        tap.ok(len(got["truncate.x TXT"]["answer"][0]) > 3000, "the answer is whole")
        got = ask(fake.address, [f"truncate.n{i}.x TXT" for i in range(60)])
        tap.ok(all(a["status"] == "ok" for a in got.answers.values()) and fake.connections == 2,
               "60 at once share one connection", f"{fake.connections} connections\n{got.text[:300]}")
    with dns_fake.Fake(close_after=1) as fake:
        got = ask(fake.address, [f"truncate.n{i}.x TXT" for i in range(12)])
        tap.ok([a["status"] for a in got.answers.values()] == ["ok"] * 12,
               "a server that closes after each answer", got.text[-300:])
    with dns_fake.Fake(tcp=False) as fake:
        got = ask(fake.address, ["truncate.x A", "slow220.x A"])
        check("truncated without TCP: nobody could tell", got["truncate.x A"], status="unreachable",
              server=fake.address, ms=(0, 140))
        tap.ok("answer" not in got["truncate.x A"], "half an answer is none")
        check("a refused connection harms no other question", got["slow220.x A"], status="ok", tries=2)


def pacing():
    with dns_fake.Fake() as fake:
        got = ask(fake.address, [f"slow20.n{i}.x A" for i in range(240)])
        tap.ok(all(a["status"] == "ok" for a in got.answers.values()), "240 questions, 20 ms away")
        tap.ok(115 <= fake.most_open <= 128, "at most 128 in flight at first", fake.most_open)
        tap.ok(got.ms < 400, "side by side: one after the other they take 5 s", got.ms)
        tap.ok(len(fake.queries) == 240, "no packet is lost in a burst", len(fake.queries))
        tap.ok(len({q.ident for q in fake.queries}) > 200, "ids are not counted up")
        got = ask(fake.address, [f"hang.n{i}.x A" for i in range(100)] + ["fine.x A"], "-t", "400")
        check("the queue goes on after time-outs", got["fine.x A"], status="ok", ms=(0, 140))


def window():
    with dns_fake.Fake() as fake:
        got = ask(fake.address, [f"slow20.n{i}.x A" for i in range(1000)])
        tap.ok(all(a["status"] == "ok" for a in got.answers.values()), "1000 questions, 20 ms away")
        tap.ok(140 < fake.most_open <= 768, "more in flight while it goes well", fake.most_open)
    with dns_fake.Fake() as fake:
        got = ask(fake.address, [f"drop1.n{i}.x A" for i in range(400)])
        tap.ok(all(a["status"] == "ok" for a in got.answers.values()), "every first packet is lost, no question")
        tap.ok(fake.most_open <= 128, "no more in flight while packets are lost", fake.most_open)


def several_resolvers():
    with dns_fake.Fake() as one, dns_fake.Fake() as two:
        dead = f"127.0.0.1:{harness.free_port()}"
        both = f"{one.address}, {two.address}"
        for word in ("servfail", "refused", "notimp", "broken"):
            dns_fake.treatments["split"] = lambda q, w=word: (
                dns_fake.treatments[w](q) if q in one.queries else dns_fake.fine(q))
            got = ask(both, ["split.x A"])
            check(f"{word} of the first: the second is asked at once", got["split.x A"], status="ok",
                  server=two.address, ms=(0, 140))
        got = ask(both, ["servfail.x A"])
        check("both fail", got["servfail.x A"], status="servfail", tries=2, server=two.address, ms=(0, 140))
        dns_fake.treatments["split"] = lambda q: [] if q in one.queries else dns_fake.fine(q)
        got = ask(both, ["split.x A"])
        check("silence of the first: the second after 150 ms", got["split.x A"], server=two.address, tries=2,
              ms=(150, 300))
        dns_fake.treatments["split"] = lambda q: dns_fake.failing(5)(q) if q in one.queries else []
        got = ask(both, ["split.x A"], "-t", "500")
        check("refused by one, silence of the other", got["split.x A"], status="refused", server=one.address,
              ms=(500, 900))
        got = ask(f"{dead},{two.address}", ["fine.x A"])
        check("nobody at the first address: the second at once", got["fine.x A"], status="ok", server=two.address,
              ms=(0, 140))
        dns_fake.treatments["split"] = lambda q: [] if q in one.queries else dns_fake.fine(q)
        before = len(one.queries)
        got = ask(both, [f"split.n{i}.x A" for i in range(300)])
        tap.ok(all(a["status"] == "ok" for a in got.answers.values()) and len(one.queries) - before < 150,
               "a silent resolver is not asked first for ever", len(one.queries) - before)
        got = ask(dead, ["fine.x A"])
        check("nobody there at all", got["fine.x A"], status="unreachable", tries=4, ms=(1000, 1500))
        tap.ok("server" not in got["fine.x A"], "and nobody is named")
        tap.ok(got.lines[0] == {"whybounce-recording": 1, "resolvers": dead}, "the header names the resolvers")


def environment():
    with dns_fake.Fake() as fake, harness.Scratch() as scratch:
        aliases = scratch.write("aliases", "fine evil.example\n")
        got = ask(fake.address, ["fine A", "fine.x A"], env={
            "RES_OPTIONS": "ndots:9 timeout:30 attempts:9 use-vc", "LOCALDOMAIN": "evil.example",
            "HOSTALIASES": aliases})
        tap.ok(sorted(q.name for q in fake.queries) == ["fine", "fine.x"] and not any(q.tcp for q in fake.queries),
               "the environment does not change what is asked", [q.name for q in fake.queries])
        check("a single label is absolute", got["fine A"], status="ok")


def resolver_texts():
    program = os.path.join(harness.BUILD, "tests/servers/ask")
    for text in ("192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]", "[2001:db8::53]:5353",
                 "192.0.2.53, [2001:db8::53]:5353"):
        done = subprocess.run([program, "-r", text], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        shown = text.strip("[]") if text == "[2001:db8::53]" else text
        tap.ok(done.returncode == 0 and f'"resolvers":"{shown}"' in done.stdout, f"resolver {text}",
               done.stdout + done.stderr)
    for text in ("", "localhost", "192.0.2", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536", "192.0.2.53:x",
                 "[192.0.2.53", "[2001:db8::53]x", "2001:db8::53:x", "192.0.2.53,", "fe80::1%lo", "192.0.2.53;rm"):
        done = subprocess.run([program, "-r", text], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        tap.ok(done.returncode == 2 and "no address" in done.stderr, f"no resolver: '{text}'", done.stderr)


def idle():
    """Nothing but one sleep once everything is answered, even with late answers under way."""
    if shutil.which("strace") is None:
        tap.skip("idle", "strace missing")
        return
    with dns_fake.Fake() as fake, harness.Scratch() as scratch:
        trace = os.path.join(scratch.dir, "trace")
        try:
            ask(fake.address, ["fine.x A", "slow300.x A"], "-i", "700", wrapper=("strace", "-f", "-o", trace))
        except RuntimeError as fault:
            tap.skip("idle", f"strace does not work: {str(fault).splitlines()[-1]}")
            return
        with open(trace, encoding="utf-8") as f:
            calls = f.read().splitlines()
    names = [line.split(None, 1)[1].split("(")[0] for line in calls]
    after = names[len(names) - names[::-1].index("write"):]  # the last thing it printed
    after = after[:after.index("exit_group")]
    tap.ok(after in (["poll"], ["close", "poll"]), "idle: no system call but one poll", "\n".join(calls[-20:]))


ZONE = """$TTL 300
@ SOA ns1 hostmaster 1 7200 3600 1209600 60
@ NS ns1
@ MX 10 mx1
@ MX 20 mx2.example.net.
@ TXT "v=spf1 " "mx -all"
ns1 A 127.0.0.1
mx1 A 192.0.2.25
mx1 AAAA 2001:db8::25
www CNAME mx1
null MX 0 .
big TXT """ + " ".join('"' + chr(97 + i) * 250 + '"' for i in range(20)) + """
*.wild A 192.0.2.99
sub NS ns.sub
ns.sub A 127.0.0.1
"""


def authoritative(server, what):
    if not server.start():
        tap.skip(what, server.missing)
        return
    got = ask(f"127.0.0.1:{server.port}", [
        "example.test MX", "example.test TXT", "example.test SOA", "example.test NS", "mx1.example.test AAAA",
        "www.example.test A", "null.example.test MX", "big.example.test TXT", "no.example.test A",
        "www.example.test TXT", "x.sub.example.test A", "other.example A", "_a\\.b.wild.example.test A"])
    check(f"{what}: MX", got["example.test MX"], status="ok", ttl=300)
    tap.ok(sorted(got["example.test MX"]["answer"]) == ["example.test 300 MX 10 mx1.example.test",
                                                        "example.test 300 MX 20 mx2.example.net"], f"{what}: both")
    check(f"{what}: TXT joined", got["example.test TXT"], answer=['example.test 300 TXT "v=spf1 mx -all"'])
    check(f"{what}: SOA", got["example.test SOA"], answer=[
        "example.test 300 SOA ns1.example.test hostmaster.example.test 1 7200 3600 1209600 60"])
    check(f"{what}: AAAA", got["mx1.example.test AAAA"], answer=["mx1.example.test 300 AAAA 2001:db8::25"])
    check(f"{what}: CNAME", got["www.example.test A"], answer=["www.example.test 300 CNAME mx1.example.test",
                                                              "mx1.example.test 300 A 192.0.2.25"])
    check(f"{what}: null MX", got["null.example.test MX"], answer=["null.example.test 300 MX 0 ."])
    check(f"{what}: 5 KB by TCP", got["big.example.test TXT"], status="ok", tries=2)
    check(f"{what}: NXDOMAIN with the TTL of RFC 2308", got["no.example.test A"], status="nxdomain", ttl=60)
    check(f"{what}: alias without such a record", got["www.example.test TXT"], status="nodata", ttl=60)
    check(f"{what}: a referral tells nothing", got["x.sub.example.test A"], status="refused")
    check(f"{what}: not its zone", got["other.example A"], status="refused")
    check(f"{what}: a dot inside a label", got["_a\\.b.wild.example.test A"], status="ok")


def real_servers():
    with harness.Scratch() as scratch:
        knot = harness.Knot(scratch, {"example.test": ZONE})
        authoritative(knot, "knot")
        authoritative(harness.Nsd(scratch, {"example.test": ZONE}), "nsd")
        unbound = harness.Unbound(scratch, {"example.test": knot.port, "lame.test": knot.port},
                                  ['local-zone: "no.test." always_refuse', 'local-zone: "nx.test." always_nxdomain'])
        if knot.process is None or not unbound.start():
            tap.skip("unbound", knot.missing if knot.process is None else unbound.missing)
            return
        got = ask(f"127.0.0.1:{unbound.port}", ["www.example.test A", "big.example.test TXT", "a.no.test A",
                                                "a.nx.test A", "a.lame.test A"])
        check("unbound: recursion", got["www.example.test A"], status="ok")
        check("unbound: by TCP", got["big.example.test TXT"], status="ok")
        check("unbound: refuses", got["a.no.test A"], status="refused")
        check("unbound: NXDOMAIN", got["a.nx.test A"], status="nxdomain")
        check("unbound: a lame name server", got["a.lame.test A"], status="servfail")


def validation():
    """AD: asked for in every question (RFC 6840 s5.7), set by a resolver that validates, for what is signed."""
    records = ("_25._tcp.mx1 TLSA 3 1 1 " + "ab" * 32 + "\n_imaps._tcp SRV 10 5 993 imap\n_pop3._tcp SRV 0 0 0 .\n")
    with harness.Scratch() as scratch:
        signed = harness.Knot(scratch, {"signed.test": ZONE + records}, signed=True)
        plain = harness.Knot(scratch, {"plain.test": ZONE + records})
        if not signed.start() or not plain.start():
            tap.skip("validation", signed.missing)
            return
        unbound = harness.Unbound(scratch, {"signed.test": signed.port, "plain.test": plain.port},
                                  ['module-config: "validator iterator"', *harness.trust_anchors(signed, "signed.test")])
        if not unbound.start():
            tap.skip("validation", unbound.missing)
            return
        got = ask(f"127.0.0.1:{unbound.port}", [
            "_25._tcp.mx1.signed.test TLSA", "_25._tcp.mx1.plain.test TLSA", "_imaps._tcp.signed.test SRV",
            "_pop3._tcp.plain.test SRV", "_25._tcp.none.signed.test TLSA"])
        check("TLSA of a signed zone", got["_25._tcp.mx1.signed.test TLSA"], status="ok", ad=True,
              answer=["_25._tcp.mx1.signed.test 300 TLSA 3 1 1 " + "ab" * 32])
        check("TLSA of one that is not", got["_25._tcp.mx1.plain.test TLSA"], status="ok", ad=False)
        check("SRV", got["_imaps._tcp.signed.test SRV"], status="ok", ad=True,
              answer=["_imaps._tcp.signed.test 300 SRV 10 5 993 imap.signed.test"])
        check("SRV: no such service", got["_pop3._tcp.plain.test SRV"], answer=["_pop3._tcp.plain.test 300 SRV 0 0 0 ."])
        check("absence is proven too", got["_25._tcp.none.signed.test TLSA"], status="nxdomain", ad=True)
        got = ask(f"127.0.0.1:{signed.port}", ["_25._tcp.mx1.signed.test TLSA"])
        check("a server that does not validate", got["_25._tcp.mx1.signed.test TLSA"], status="ok", ad=False)


def directly():
    """Name servers asked themselves, at addresses of their own, without recursion."""
    with harness.Scratch() as scratch:
        knot = harness.Knot(scratch, {"example.test": ZONE}, address="127.0.0.11")
        if not knot.start():
            tap.skip("directly", knot.missing)
            return
        others = [harness.Knot(scratch, {"example.test": ZONE.replace("mx1", "mx9")}, address="127.0.0.12", port=knot.port),
                  harness.Unbound(scratch, {"example.test": f"127.0.0.11@{knot.port}"})]
        if not all(server.start() for server in others):
            tap.skip("directly", others[1].missing)
            return
        questions = ["127.0.0.11 example.test MX", "127.0.0.12 example.test MX", "example.test MX",
                     "127.0.0.11 x.sub.example.test A", "127.0.0.11 other.example MX", "127.0.0.11 big.example.test TXT",
                     "127.0.0.13 example.test MX", "127.0.0.11 no.example.test MX"]
        resolver = f"127.0.0.1:{others[1].port}"
        got = ask(resolver, questions, "-p", str(knot.port), "-t", "1500")
        check("the one", got[questions[0]], status="ok", aa=True, ra=False, server=f"127.0.0.11:{knot.port}", tries=1)
        tap.ok("mx1" in str(got[questions[0]]["answer"]), "says what it says", got[questions[0]])
        tap.ok("mx9" in str(got[questions[1]]["answer"]), "the other says something else", got[questions[1]])
        check("the resolver says its own", got[questions[2]], status="ok", server=resolver)
        check("a referral", got[questions[3]], status="refused", aa=False)
        tap.ok(got[questions[3]].get("beside") == ["sub.example.test 300 NS ns.sub.example.test",
                                                   "ns.sub.example.test 300 A 127.0.0.1"], "with the names it refers to",
               got[questions[3]])
        check("not its zone", got[questions[4]], status="refused", aa=False)
        check("5 KB by TCP", got[questions[5]], status="ok", tries=2, aa=True)
        tap.ok(got[questions[6]]["status"] in ("unreachable", "timeout"), "nobody is there", got[questions[6]])
        check("absent: the SOA beside it", got[questions[7]], status="nxdomain", aa=True, ttl=60, beside=[
            "example.test 60 SOA ns1.example.test hostmaster.example.test 1 7200 3600 1209600 60"])
        got = ask(resolver, [f"127.0.0.{10 + i} a{k}.example.test MX" for i in (1, 2) for k in range(300)],
                  "-p", str(knot.port), "-t", "1500")
        tap.ok([a["status"] for a in got.answers.values()] == ["nxdomain"] * 600, "600 questions at two of them", got.text[:300])
        got = ask(resolver, ["127.0.0.11 example.test MX", "10.1.1.1 example.test MX", "fe80::1 example.test MX",
                             "192.168.1.1 example.test MX", "::1 example.test MX", "2002:7f00:1:: example.test MX"])
        tap.ok(all(a["status"] == "unreachable" and a["tries"] == 0 for a in got.answers.values()),
               "addresses that nobody outside has are not asked", got.text)


def blocklists():
    zones = {f"bl{i:03}.test": ":127.0.0.2:Listed, see https://bl.example/?ip=$\n127.0.0.2\n" +
             ("192.0.2.10\n" if i % 7 == 0 else "") for i in range(120)}
    with harness.Scratch() as scratch:
        server = harness.Rbldnsd(scratch, zones)
        if not server.start():
            tap.skip("rbldnsd", server.missing)
            return
        got = ask(f"127.0.0.1:{server.port}", [f"10.2.0.192.{zone} A" for zone in zones])
        words = [a["status"] for a in got.answers.values()]
        tap.ok((words.count("ok"), words.count("nxdomain")) == (18, 102), "rbldnsd: 120 lists, 18 hits", words)
        tap.ok(all(a["tries"] == 1 for a in got.answers.values()), "rbldnsd: one packet each")
        got = ask(f"127.0.0.1:{server.port}", ["10.2.0.192.bl007.test TXT"])
        check("rbldnsd: TXT", got["10.2.0.192.bl007.test TXT"],
              answer=['10.2.0.192.bl007.test 2100 TXT "Listed, see https://bl.example/?ip=192.0.2.10"'])


for part in (status_of_each, patience, without_edns, truncation, pacing, window, several_resolvers, environment,
             resolver_texts, idle, real_servers, validation, directly, blocklists):
    part()
sys.exit(tap.done())
