#!/usr/bin/env python3
"""The probes that talk to mail servers, against real ones and against those that misbehave at every stage: in a network of
the test's own, where port 25 and public-looking addresses can be had."""
import concurrent.futures
import contextlib
import hashlib
import json
import os
import resource
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import certificates  # noqa: E402
import harness  # noqa: E402
import smtp_fake  # noqa: E402

tap = harness.Tap()
PROGRAM = os.path.join(harness.BUILD, "whybounce")
ASAN = "asan" in harness.BUILD
MX, MX2, PLAIN, REFERENCE = "203.0.113.25", "203.0.113.26", "203.0.113.27", "203.0.113.99"
PLAIN6 = "2001:db8::27"
RESOLVER = "203.0.113.53"
SILENT = "198.51.100.25"   # nothing comes back from there
PATIENT = 2000             # ms for a DNS question, where all is well; a talk has six times as long, a connection twice
TIMEOUT = 300              # the same where somebody hangs
TALK = TIMEOUT * 6 / 1000

HEAD = "$TTL 300\n@ SOA ns.test. h.test. 1 3600 600 86400 60\n@ NS ns.{0}.\nns A 203.0.113.53\n"


def zones(tlsa, wrong):
    """Three domains: signed with right records, signed with faults in them, not signed at all."""
    return {
        "signed.test": HEAD.format("signed.test") + f"""
@ MX 10 mx1
mx1 A {MX}
_25._tcp.mx1 TLSA 3 1 1 {tlsa}
""",
        "faults.test": HEAD.format("faults.test") + f"""
wrong MX 10 mx1
mx1 A {MX}
_25._tcp.mx1 TLSA 3 1 1 {wrong}
half MX 10 mxa
half MX 20 mxb
mxa A {MX}
_25._tcp.mxa TLSA 3 1 1 {tlsa}
mxb A {MX2}
one MX 10 mxa
one MX 20 mxc
mxc A {MX2}
_25._tcp.mxc TLSA 3 1 1 {tlsa}
usage MX 10 mxu
mxu A {MX}
_25._tcp.mxu TLSA 1 1 1 {tlsa}
alias MX 10 mxalias
mxalias CNAME mxa
bare MX 10 mxplain
mxplain A {PLAIN}
_25._tcp.mxplain TLSA 3 1 1 {tlsa}
""",
        "plain.test": HEAD.format("plain.test") + f"""
@ MX 10 mx1
mx1 A {MX}
_25._tcp.mx1 TLSA 3 1 1 {tlsa}
silent MX 10 silent.mx
silent.mx A {SILENT}
shut MX 10 shut.mx
shut.mx A {REFERENCE[:-2]}77
inside MX 10 inside.mx
inside.mx A 127.0.0.1
dual MX 10 dual.mx
dual.mx A {PLAIN}
dual.mx AAAA {PLAIN6}
three MX 10 hang1
three MX 10 hang2
three MX 10 hang3
hang1 A 203.0.113.101
hang2 A 203.0.113.102
hang3 A 203.0.113.103
"""}


def key_digest(certificate):
    public = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], capture_output=True, check=True)
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public.stdout, capture_output=True, check=True)
    return hashlib.sha256(der.stdout).hexdigest()


class Found:
    """What check said of one target: exit code, facts, findings, seconds, and what it came to in memory (kB)."""

    def __init__(self, probe, target, *options, timeout=PATIENT):
        before = time.monotonic()
        targets = [target] if target else []
        done = subprocess.run([PROGRAM, "check", "--json", "--contacts", "--timeout", str(timeout), "--probe", probe,
                               *options, *targets], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              check=False)
        self.seconds = time.monotonic() - before
        self.memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.code, self.text = done.returncode, done.stdout + done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        found = lines[0]["probes"][probe] if lines else {"facts": {}, "findings": []}
        self.facts = {name.split(".", 1)[1]: value for name, value in found["facts"].items()}
        self.level = found.get("status")
        self.findings = found["findings"]

    def says(self, words):
        return any(words in finding["text"] for finding in self.findings)


def expect(name, found, level=None, **facts):
    wrong = [f"{key} is {found.facts.get(key)!r}, not {value!r}" for key, value in facts.items()
             if found.facts.get(key) != value]
    if level is not None and found.level != level:
        wrong.append(f"the level is {found.level}, not {level}")
    tap.ok(not wrong, name, "\n".join(wrong + [found.text]))


# --- Postfix ---

def postfix_talks(options):
    found = Found("smtp", "signed.test", *options)
    expect("Postfix answers", found, "ok", status="ok", servers=["mx1.signed.test"], reached=[MX], starttls="all",
           certificate="ok", size_limit=10485760, tls=["TLSv1.3"])
    tap.ok({"SIZE", "PIPELINING", "8BITMIME", "SMTPUTF8"} <= set(found.facts["features"]), "and names its features", found.text)
    found = Found("smtp", "plain.test", *options)
    expect("a certificate for another name", found, "note", status="ok", certificate_faults=["name"])
    found = Found("smtp", "signed.test", *[o for o in options if o not in ("--ca", options[-1])])
    expect("an authority that nobody knows", found, "note", certificate_faults=["untrusted"])
    for size, fits in (("7662000", True), ("7700000", False)):
        found = Found("smtp", "signed.test", "--set", f"size={size}", *options)
        expect(f"common mistake: {size} octets of files, without base64's part", found, None, size_fits=fits)


def postfix_knows(options, postfix):
    for local, level, status in (("ok", "ok", "accepted"), ("nobody", "fail", "unknown_user"), ("full", "fail", "full"),
                                 ("grey", "unknown", "greylisted"), ("block", "unknown", "refused_us")):
        found = Found("rcpt", f"{local}@signed.test", *options)
        expect(f"Postfix on {local}@", found, level, status=status)
    with open(postfix.path("maillog"), encoding="utf-8", errors="replace") as log:
        said = log.read()
    tap.ok("mail=" in said and "data=" not in said, "DATA was never sent", said[-2000:])


def dane(options, far):
    for domain, level, facts in (
            ("signed.test", "ok", {"status": "ok", "hosts": ["mx1.signed.test"]}),
            ("wrong.faults.test", "ok", {"status": "ok"}),
            ("half.faults.test", "warn", {"status": "partial", "without": ["mxb.faults.test"]}),
            ("usage.faults.test", "warn", {"status": "unusable"}),
            ("alias.faults.test", "ok", {"status": "ok"}),
            ("plain.test", "warn", {"status": "insecure"})):
        expect(f"TLSA records of {domain}", Found("dane", domain, *options), level, **facts)
    found = Found("dane", "signed.test", *far)
    expect("common mistake: to believe the AD flag of a resolver on the path", found, "unknown", status="untrusted")
    found = Found("dane", "signed.test", *far, "--set", "trust_resolver=yes")
    expect("unless the user vouches for it", found, "ok", status="ok")
    for domain, level, facts in (
            ("signed.test", "ok", {"status": "ok", "matched": [f"mx1.signed.test {MX}"], "exchange_code": None}),
            ("wrong.faults.test", "fail", {"status": "mismatch", "exchange_code": "4.7.323"}),
            ("one.faults.test", "fail", {"status": "mismatch", "matched": [f"mxa.faults.test {MX}"],
                                         "mismatched": [f"mxc.faults.test {MX2}"]}),
            ("alias.faults.test", "ok", {"status": "ok"}),
            ("bare.faults.test", "fail", {"status": "mismatch", "exchange_code": "4.7.321"}),
            ("plain.test", "warn", {"status": "insecure"})):
        expect(f"certificates of {domain}", Found("dane_chain", domain, *options), level, **facts)


# --- port 25 ---

def port_25(options):
    # Once in patience, so that the resolver knows the names.
    for name in ("silent", "shut", "inside"):
        Found("mx", f"{name}.plain.test", *options)
    silent = "198.51.100.7,198.51.100.8"
    found = Found("smtp", "silent.plain.test", "--set", f"reference={silent}", *options, timeout=TIMEOUT)
    expect("common mistake: port 25 blocked here is not the server's fault", found, "unknown", status="blocked",
           unreached=[SILENT])
    tap.ok(found.code == 3 and found.seconds < TALK + 1, "and that is told soon", f"{found.code} {found.seconds}")
    found = Found("smtp", "silent.plain.test", "--set", f"reference=198.51.100.7,{REFERENCE}", *options, timeout=TIMEOUT)
    expect("others can be reached: this one is down", found, "fail", status="down")
    found = Found("smtp", "shut.plain.test", "--set", f"reference={REFERENCE}", *options, timeout=TIMEOUT)
    expect("refused", found, "fail", status="down")
    found = Found("smtp", "inside.plain.test", *options, timeout=TIMEOUT)
    expect("the DNS leads nobody inside", found, "warn", status="no_address", private=["127.0.0.1"], reached=[])


# --- servers that misbehave ---

# Stage and behaviour, the status and level of smtp, and of rcpt.
FAULTS = [
    ({"greeting": "hang"}, ("no_answer", "unknown"), ("no_answer", "unknown")),
    ({"EHLO": "hang"}, ("no_answer", "unknown"), ("no_answer", "unknown")),
    ({"STARTTLS": "hang"}, ("no_answer", "unknown"), ("no_answer", "unknown")),
    ({"tls": "hang"}, ("no_answer", "unknown"), ("no_answer", "unknown")),
    ({"MAIL": "hang"}, ("ok", "ok"), ("no_answer", "unknown")),
    ({"RCPT": "hang"}, ("ok", "ok"), ("no_answer", "unknown")),
    ({"greeting": "drip 220 mx1.example.test ESMTP and many words more"}, ("no_answer", "unknown"), ("no_answer", "unknown")),
    ({"RCPT": "drip 250 2.1.5 ok"}, ("ok", "ok"), ("no_answer", "unknown")),
    ({"greeting": "flood"}, ("broken", "warn"), ("no_answer", "unknown")),
    ({"greeting": "endless line"}, ("broken", "warn"), ("no_answer", "unknown")),
    ({"EHLO": "endless"}, ("broken", "warn"), ("no_answer", "unknown")),
    ({"RCPT": "endless"}, ("ok", "ok"), ("no_answer", "unknown")),
    ({"greeting": "garbage"}, ("broken", "warn"), ("no_answer", "unknown")),
    ({"greeting": "close"}, ("broken", "warn"), ("no_answer", "unknown")),
    ({"RCPT": "close"}, ("ok", "ok"), ("no_answer", "unknown")),
    ({"tls": "garbage"}, ("ok", "warn"), ("accepted", "ok")),
    ({"STARTTLS": "454 4.7.0 not now"}, ("ok", "warn"), ("accepted", "ok")),
    ({"greeting": "554 5.7.1 blocked"}, ("declined", "warn"), ("declined", "unknown")),
    ({"greeting": "521 no mail here"}, ("declined", "fail"), ("declined", "unknown")),
    ({"greeting": "421 4.3.2 later"}, ("declined", "unknown"), ("declined", "unknown")),
    ({"RCPT": ["250 ok", "421 4.3.2 closing"]}, ("ok", "ok"), ("perhaps", "unknown")),
    ({"RCPT": "421 4.3.2 closing"}, ("ok", "ok"), ("later", "unknown")),
    ({"RCPT": ["250 ok", "250 ok"]}, ("ok", "ok"), ("catch_all", "unknown")),
]


def one_fault(probe, script, options, certificate):
    usual = {"RCPT": ["250 2.1.5 ok", "550 5.1.1 no such user"]}
    with smtp_fake.Fake({**usual, **script}, certificate, address=PLAIN) as fake:
        target = None if probe == "smtp" else "taro@plain.test"
        found = Found(probe, target, "--set", f"server={PLAIN}", "--set", f"port={fake.port}", *options, timeout=TIMEOUT)
        found.commands = list(fake.commands)
    return found


def misbehaviour(options, certificate):
    memory = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        runs = [(probe, script, wanted, pool.submit(one_fault, probe, script, options, certificate))
                for script, *both in FAULTS for probe, wanted in zip(("smtp", "rcpt"), both)]
    for probe, script, (status, level), run in runs:
        found = run.result()
        stage, what = next(iter(script.items()))
        name = f"{probe}: {stage}: {what if isinstance(what, str) else ', '.join(what)}"
        # That the certificate is made out for another name is a note.
        expect(name, found, "note" if (probe, level) == ("smtp", "ok") else level, status=status)
        tap.ok(found.seconds < TALK * 2 + 2, f"{name}: in time", f"{found.seconds} s")
        if any(command.upper().startswith("DATA") for command in found.commands):
            tap.ok(False, f"{name}: DATA was sent", found.commands)
        memory = max(memory, found.memory)
    tap.ok(memory < 80000 or ASAN, "none of them takes much memory", f"{memory} kB")


def in_parallel(options):
    with contextlib.ExitStack() as stack:
        for address in ("203.0.113.101", "203.0.113.102", "203.0.113.103"):
            stack.enter_context(smtp_fake.Fake({"greeting": "hang"}, None, address=address, port=25))
        found = Found("smtp", "three.plain.test", *options, timeout=TIMEOUT)
        expect("three servers that hang", found, "unknown", status="no_answer")
        tap.ok(found.seconds < TALK * 1.6 + 0.5, "take as long as one", f"{found.seconds} s, {TALK} s each")


def greetings(options):
    """RFC 5321 s4.1.4: the own name, or an address literal where there is none."""
    own = socket.gethostname() if "." in socket.gethostname() else None
    with smtp_fake.Fake({}, None, address=PLAIN, port=25) as four, smtp_fake.Fake({}, None, address=PLAIN6, port=25) as six:
        found = Found("smtp", "dual.plain.test", *options)
        expect("both kinds of addresses are tried", found, "note", status="ok", reached=[PLAIN, PLAIN6])
        for fake, address in ((four, PLAIN), (six, "IPv6:" + PLAIN6)):
            tap.ok(fake.commands[:1] in ([f"EHLO [{address}]"], [f"EHLO {own}"]), f"greeted with a name of ours: {address}",
                   fake.commands)
        Found("smtp", "dual.plain.test", "--set", "helo=pc.example.net", *options)
        tap.ok("EHLO pc.example.net" in four.commands, "or with the one that is given", four.commands)
        said = len(four.commands)
        found = Found("smtp", "dual.plain.test", "--set", "helo=x y", *options)
        tap.ok(found.code == 1 and len(four.commands) == said, "which must be one", found.text)


def consent(options):
    done = subprocess.run([PROGRAM, "check", "--json", *options, "signed.test"], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, check=False)
    probes = json.loads(done.stdout)["probes"]
    tap.ok("dane" in probes and not {"smtp", "rcpt", "dane_chain"} & set(probes), "nobody is contacted without --contacts",
           list(probes))


def main():
    names = [MX, MX2, PLAIN, PLAIN6, REFERENCE, RESOLVER, "203.0.113.101", "203.0.113.102", "203.0.113.103", "203.0.113.77"]
    with harness.Scratch() as scratch, harness.Namespace(*names) as network:
        if network.missing or not certificates.present:
            tap.skip("mail servers", network.missing or "openssl missing")
            return
        # A way that leads nowhere: what goes there is lost, as behind a firewall.
        for line in ("link add void0 type veth peer name void1", "link set void0 up", "link set void1 up", "addr add 198.51.100.1/24 dev void0",
                     "neigh add 198.51.100.25 lladdr 02:00:00:00:00:01 dev void0",
                     "neigh add 198.51.100.7 lladdr 02:00:00:00:00:01 dev void0",
                     "neigh add 198.51.100.8 lladdr 02:00:00:00:00:01 dev void0"):
            if subprocess.run(["ip", *line.split()], capture_output=True, check=False).returncode != 0:
                tap.skip("mail servers", "no veth network device")
                return
        ca = certificates.Authority(scratch)
        good, other = ca.issue("mx1.signed.test"), ca.issue("elsewhere.test")
        signed = zones(key_digest(good[0]), "ab" * 32)
        plain = signed.pop("plain.test")
        knot, unsigned = harness.Knot(scratch, signed, signed=True), harness.Knot(scratch, {"plain.test": plain})
        postfix = harness.Postfix(scratch, "signed.test", good, {"full@signed.test": "452 4.2.2 Mailbox full",
                                  "grey@signed.test": "450 4.7.1 Greylisted, try again later",
                                  "block@signed.test": "554 5.7.1 Service unavailable; Client host blocked using zen.spamhaus.org"},
                                  MX)
        for server in (knot, unsigned):
            if not server.start():
                tap.skip("mail servers", server.missing)
                return
        real = postfix.start()
        resolver = harness.Unbound(scratch, {"signed.test": knot.port, "faults.test": knot.port, "plain.test": unsigned.port},
                                   ['module-config: "validator iterator"', f"interface: {RESOLVER}@5353",
                                    "access-control: 0.0.0.0/0 allow",
                                    *harness.trust_anchors(knot, "signed.test"), *harness.trust_anchors(knot, "faults.test")])
        if not resolver.start():
            tap.skip("mail servers", resolver.missing)
            return
        options = ["--resolver", f"127.0.0.1:{resolver.port}", "--ca", ca.file]
        far = ["--resolver", f"{RESOLVER}:5353", "--ca", ca.file]
        with contextlib.ExitStack() as stack, smtp_fake.Fake({}, other, address=MX2, port=25), \
             smtp_fake.Fake({}, None, address=REFERENCE, port=25):
            if real:
                postfix_talks(options)
                postfix_knows(options, postfix)
            else:
                tap.skip("Postfix", postfix.missing)
                standing_in = smtp_fake.Fake({}, good, address=MX, port=25)
                stack.enter_context(standing_in)
            with smtp_fake.Fake({}, None, address=PLAIN, port=25):
                dane(options, far)
            port_25(options)
            consent(options)
            greetings(options)
        misbehaviour(options, good)
        in_parallel(options)


main()
sys.exit(tap.done())
