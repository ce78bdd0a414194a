#!/usr/bin/env python3
"""Talks (src/net/talk.h) with servers that do whatever they like: every one ends in time, in little memory, with an answer
that says how far it went."""
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import certificates  # noqa: E402
import harness  # noqa: E402
import https_fake  # noqa: E402
import smtp_fake  # noqa: E402

tap = harness.Tap()
TALK = os.path.join(harness.BUILD, "tests/servers/talk")
HOST = "mx1.example.test"
RCPT = ("MAIL FROM:<>", "RCPT TO:<taro@example.test>")
# Where the end of time is waited for: a question takes 150 ms at most, so a connection 300, HTTPS 300 and a talk of lines 900.
LIMIT, CONNECT, LINES, WEB = 150, 300, 900, 300
sanitized = "asan" in harness.BUILD
MEMORY_KB = 25000  # the program itself takes half of that
LATE = 350
# What does not end by time has plenty of it, and does not use it.
PATIENT, SOON = 5000, 5000


class Said(dict):
    """What talk printed: the line of the recording, `took` in ms as we saw it."""

    def __init__(self, scheme, *commands, port, options=(), host=HOST, wrapper=(), limit=PATIENT):
        words = [*wrapper, TALK, "-t", str(limit), "-c", ca.file, "-p", str(port), *options, "--", scheme, host, *commands]
        begin = time.monotonic()
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = process.communicate(timeout=120)
        self.took = (time.monotonic() - begin) * 1000
        self.text = out + err
        first = out.splitlines()[0] if process.returncode == 0 and out else "{}"
        super().__init__(json.loads(first))
        self.lines = self.get("lines", [])


def fake(script, **how):
    how.setdefault("certificate", good)
    return smtp_fake.Fake(script, **how)


def expect(name, said, status, phase=None, late=None):
    good_one = said.get("status") == status and (phase is None or said.get("phase") == phase)
    in_time = late is None or (said.get("ms", 0) < late + LATE and said.took < late + SOON)
    tap.ok(good_one and in_time, name, f"{said.get('status')} {said.get('phase')} after {said.took:.0f} ms\n{said.text[:900]}")


def limit_of(status):
    return LIMIT if status == "timeout" else PATIENT


def stages():
    """Every stage, every misdeed: (stage, misdeed, status, phase)."""
    rows = []
    for stage, phase in (("greeting", "greeting"), ("EHLO", "hello"), ("STARTTLS", "starttls"), ("tls", "tls"),
                         ("MAIL", "commands"), ("RCPT", "commands")):
        rows += [(stage, "hang", "timeout", phase), (stage, "close", "tls_failed" if stage == "tls" else "closed", phase)]
        if stage != "tls":
            rows.append((stage, "drip 250 slow", "timeout", phase))
    for stage in ("greeting", "EHLO", "STARTTLS", "MAIL", "RCPT"):
        rows += [(stage, "flood", "garbage" if stage in ("MAIL", "RCPT") else "too_big", None),
                 (stage, "endless", "too_big", None),
                 (stage, "endless line", "garbage" if stage in ("MAIL", "RCPT") else "too_big", None),
                 (stage, "garbage", "garbage", None)]
    rows += [("tls", "garbage", "tls_failed", "tls"), ("tls", "flood", "tls_failed", "tls"),
             ("greeting", "554 5.7.1 go away", "declined", "greeting"),
             ("greeting", "421 4.3.2 too busy", "declined", "greeting"),
             ("EHLO", "421 4.3.2 shutting down", "declined", "hello"),
             ("STARTTLS", "454 4.7.0 not now", "ok", "over"),
             ("MAIL", "421 4.3.2 shutting down", "declined", "commands"),
             ("MAIL", "550 5.7.1 not from you", "declined", "commands"),
             ("RCPT", "421 4.7.0 closing", "declined", "commands"),
             ("RCPT", "550 5.1.1 no such user", "ok", "over"),
             ("RCPT", "250-several\r\n250 lines", "ok", "over"),
             ("QUIT", "hang", "ok", "over"), ("QUIT", "flood", "ok", "over"), ("QUIT", "close", "ok", "over")]

    def run(row):
        with fake({row[0]: row[1]}) as server:
            return Said("smtp", *RCPT, port=server.port, limit=limit_of(row[2]))
    with ThreadPoolExecutor(6) as pool:
        for (stage, misdeed, status, phase), said in zip(rows, pool.map(run, rows)):
            expect(f"{stage}: {misdeed!r} is {status}", said, status, phase, LINES if status == "timeout" else SOON)


def other_protocols():
    rows = []
    for protocol, hello, starttls in (("imap", "CAPABILITY", "STARTTLS"), ("pop3", "CAPA", "STLS")):
        rows += [(protocol, None, "go", "ok", "over"), (protocol, "greeting", "hang", "timeout", "greeting"),
                 (protocol, "greeting", "garbage", "garbage", "greeting"), (protocol, "greeting", "close", "closed", "greeting"),
                 (protocol, "greeting", "220 mx1.example.test ESMTP", "garbage", "greeting"),
                 (protocol, "greeting", "endless", "too_big", None), (protocol, "greeting", "endless line", "too_big", None),
                 (protocol, hello, "hang", "timeout", "hello"), (protocol, hello, "close", "closed", "hello"),
                 (protocol, starttls, "hang", "timeout", "starttls"), (protocol, "tls", "hang", "timeout", "tls"),
                 (protocol, "tls", "garbage", "tls_failed", "tls")]
    rows.append(("imap", "greeting", "* BYE not today", "declined", "greeting"))
    rows.append(("pop3", "greeting", "-ERR not today", "declined", "greeting"))

    def run(row):
        with fake({row[1]: row[2]}, protocol=row[0]) as server:
            return Said(row[0], port=server.port, limit=limit_of(row[3]))
    with ThreadPoolExecutor(6) as pool:
        for (protocol, stage, misdeed, status, phase), said in zip(rows, pool.map(run, rows)):
            expect(f"{protocol} {stage}: {misdeed!r} is {status}", said, status, phase, LINES if status == "timeout" else SOON)


def implicit():
    for scheme, protocol in (("smtps", "smtp"), ("imaps", "imap"), ("pop3s", "pop3")):
        with fake({}, protocol=protocol, implicit=True) as server:
            said = Said(scheme, port=server.port)
            expect(f"{scheme} is encrypted from the start", said, "ok", "over")
            tap.ok(said.get("verify") == 0 and len(said.get("chain", [])) == 2 and said.get("tls", "").startswith("TLSv1."),
                   f"{scheme}: the certificate is seen and found good", said.text[:400])
        with fake({"tls": "hang"}, protocol=protocol, implicit=True) as server:
            expect(f"{scheme}: silence instead of a handshake", Said(scheme, port=server.port, limit=LIMIT), "timeout", "tls", LINES)
        with fake({}, protocol=protocol) as server:
            said = Said(scheme, port=server.port)
            expect(f"{scheme}: a plain server", said, "tls_failed", "tls")


def certificates_are_looked_at():
    for name, pair, verify in (("good", good, 0), ("expired", expired, 10), ("self-signed", own, 18)):
        with fake({}, certificate=pair) as server:
            said = Said("smtp", port=server.port)
            tap.ok(said.get("status") == "ok" and said.get("verify") == verify, f"a certificate that is {name}: OpenSSL says {verify}",
                   said.text[:300])
    with fake({}) as server:
        said = Said("smtp", port=server.port, host="other.example.test")
        expect("another name is not looked at here", said, "ok", "over")
    for scheme in ("smtp", "smtps"):
        for name, pair, host in (("expired", expired, HOST), ("self-signed", own, HOST), ("for another name", good, "other.example.test")):
            with fake({}, certificate=pair, implicit=scheme == "smtps") as server:
                said = Said(scheme, port=server.port, host=host, options=("-u", "taro", "-w", "hunter2!"))
                tap.ok(said.get("status") == "certificate" and not any("AUTH" in c or "hunter2" in c for c in server.commands),
                       f"{scheme}: no password for a certificate that is {name}", f"{said.text[:300]}\n{server.commands}")


def login():
    password = "hunter2 sesame"

    def attempt(script, *, protocol="smtp", scheme=None, pair=None, certificate=True, limit=PATIENT):
        with fake(script, protocol=protocol, certificate=(pair or good) if certificate else None) as server:
            said = Said(scheme or protocol, port=server.port, options=("-u", "taro@example.test", "-w", password), limit=limit)
            said.commands = server.commands
            return said
    for protocol, verb, bad in (("smtp", "AUTH", "535 5.7.8 no"), ("imap", "AUTHENTICATE", "{tag} NO [AUTHENTICATIONFAILED] no"),
                                ("pop3", "AUTH", "-ERR [AUTH] no")):
        said = attempt({}, protocol=protocol)
        expect(f"{protocol}: logged in", said, "ok", "over")
        tap.ok(any(password in c for c in said.commands), f"{protocol}: the server got the password", said.commands)
        tap.ok(password not in said.text and "taHVudGVyMi" not in said.text, f"{protocol}: nobody else did", said.text)
        said = attempt({verb: bad}, protocol=protocol)
        expect(f"{protocol}: refused", said, "denied", "login")
        tap.ok(sum(password in c for c in said.commands) == 1, f"{protocol}: it is tried once", said.commands)
        said = attempt({verb: "hang"}, protocol=protocol, limit=LIMIT)
        expect(f"{protocol}: silence after the password", said, "timeout", "login", LINES)
        said = attempt({verb: "close"}, protocol=protocol)
        expect(f"{protocol}: closed after the password", said, "closed", "login")
        said = attempt({}, protocol=protocol, certificate=False)
        tap.ok(said.get("status") == "no_tls" and not any(password in c for c in said.commands),
               f"{protocol}: no password without encryption", said.text[:400])
    said = attempt({"EHLO": "250 mx1.example.test"}, protocol="smtp", scheme="smtp")
    tap.ok(said.get("status") == "no_tls", "no STARTTLS, no log-in", said.text[:300])
    said = attempt({"EHLO": ["250-mx1.example.test\r\n250 STARTTLS", "250-mx1.example.test\r\n250 SIZE 1"]})
    expect("no AUTH offered", said, "no_login")
    for echo in (f"535 5.7.8 wrong: {password}", "535 5.7.8 wrong: AHRhcm9AZXhhbXBsZS50ZXN0AGh1bnRlcjIgc2VzYW1l"):
        said = attempt({"AUTH": echo})
        tap.ok(said.get("status") == "denied" and password not in said.text and "AHRhcm9" not in said.text and
               any("wrong: ***" in line for line in said.lines), "a server that repeats the password is not quoted with it", said.text[:900])


def injection():
    with fake({"STARTTLS": b"220 go\r\n250-injected\r\n250 AUTH PLAIN\r\n"}) as server:
        said = Said("smtp", port=server.port)
        tap.ok(said.get("status") == "tls_failed", "what follows STARTTLS in plain text is not believed (RFC 3207 s6)",
               said.text[:400])


def hostile_bytes():
    with fake({"EHLO": b"250-\x1b]0;owned\x07\x1b[2J\r\n250-a\x00b\r\n250-\xe2\x80\xae\xff\r\n250 " + b"y" * 3000 + b"\r\n"}) as server:
        said = Said("smtp", port=server.port)
        text = "".join(said.lines)
        tap.ok(said.get("status") == "ok" and text.isprintable() and "\\x1B" in text and "\\u{202E}" in text, "escapes are made visible",
               said.text[:600])
        tap.ok("\\x00" in text or "250-a" in text, "NUL ends nothing", text[:300])
        tap.ok(max(map(len, said.lines)) < 1100, "lines are cut")


def addresses():
    port = harness.free_port()
    expect("nobody listens", Said("smtp", port=port), "refused", "connect")
    expect("HTTPS: nobody listens", Said("https", port=port), "refused", "connect")
    with fake({}) as server:
        said = Said("smtp", port=server.port, options=("-a", "127.0.0.2,127.0.0.1"))
        tap.ok(said.get("status") == "ok" and said.get("server") == f"127.0.0.1:{server.port}", "the address that answers is taken",
               said.text[:300])
    with socket.create_server(("127.0.0.1", 0), backlog=1) as full:
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        time.sleep(0.1)
        said = Said("smtp", port=full.getsockname()[1], limit=LIMIT)
        expect("a connection that nobody takes", said, "timeout", "connect", CONNECT)
        for one in crowd:
            one.close()
    own_network = ("unshare", "-n", "sh", "-c", 'ip link set lo up; ip route add blackhole 192.0.2.0/24; '
                   'ip route add unreachable 198.51.100.0/24; exec "$@"', "sh")
    if os.geteuid() != 0 or shutil.which("ip", path=harness.PATH) is None:
        tap.skip("no way there", "needs a network of its own")
        return
    for address in ("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"):
        said = Said("smtp", port=25, options=("-a", address), wrapper=own_network)
        expect(f"no way to {address}", said, "unreachable", "connect", SOON)


def web():
    rows = [("answer", https_fake.answer(), "ok"), ("hang", https_fake.hang, "timeout"), ("close", https_fake.close, "closed"),
            ("garbage", https_fake.garbage, "garbage"), ("endless headers", https_fake.endless_headers, "too_big"),
            ("one long header", https_fake.one_long_header, "too_big"), ("a gigabyte", https_fake.gigabyte, "too_big"),
            ("a body without end", https_fake.bottomless, "too_big"), ("one byte a second", https_fake.drip, "timeout"),
            ("half a body", https_fake.cut, "closed"), ("interim answers without end", https_fake.interim, "too_big"),
            ("404", https_fake.answer(status="404 Not Found"), "ok"),
            ("a redirect", https_fake.answer(status="302 Found", fields=("Location: https://192.0.2.1/x",)), "ok")]
    for name, treatment, status in rows:
        with https_fake.Fake(good, treatment) as server:
            said = Said("https", port=server.port, options=("-P", "/policy.txt"), limit=limit_of(status))
            expect(f"HTTPS: {name} is {status}", said, status, None, WEB if status == "timeout" else SOON)
            tap.ok(len(server.requests) == 1 and server.requests[0].startswith("GET /policy.txt HTTP/1.1\r\n") and
                   f"\r\nHost: {HOST}" in server.requests[0], f"HTTPS: {name}: asked once", server.requests)
            if name == "a redirect":
                tap.ok(said.get("location") == "https://192.0.2.1/x" and said.get("code") == 302, "redirects are told, not followed", said.text)
            if name == "a gigabyte":
                tap.ok(len(said.get("body", "")) == 65536, "no more is kept than asked for", len(said.get("body", "")))
    for tls, status in (("hang", "timeout"), ("close", "tls_failed"), ("garbage", "tls_failed")):
        with https_fake.Fake(good, https_fake.answer(), tls=tls) as server:
            said = Said("https", port=server.port, limit=limit_of(status))
            expect(f"HTTPS: {tls} instead of a handshake", said, status, "tls", WEB if status == "timeout" else SOON)
    for name, pair, host in (("expired", expired, HOST), ("self-signed", own, HOST), ("for another name", good, "other.example.test")):
        with https_fake.Fake(pair, https_fake.answer()) as server:
            said = Said("https", port=server.port, host=host)
            tap.ok(said.get("status") == "certificate" and not server.requests, f"HTTPS: a certificate that is {name}: nothing is asked",
                   said.text[:300])


def impatience():
    for stage, phase in (("greeting", "greeting"), ("EHLO", "hello"), ("tls", "tls"), ("RCPT", "commands")):
        with fake({stage: "hang"}) as server:
            said = Said("smtp", *RCPT, port=server.port, options=("-x", "1000"), limit=5000)
            expect(f"not waited for any longer: {stage} hangs", said, "cancelled", phase, 1000)
            tap.ok(said.get("server") == f"127.0.0.1:{server.port}", "it is known who hangs", said.text)
    with fake({"QUIT": "hang"}) as server:
        said = Said("smtp", *RCPT, port=server.port, options=("-x", "2000"), limit=5000)
        expect("the answer to QUIT is not waited for", said, "ok", "over", 1500)
    with fake({"EHLO": "hang"}) as server:
        said = Said("smtp", port=server.port, options=("-x", "1000"), limit=5000)
        tap.ok(said.lines[:1] == ["< 220 mx1.example.test ESMTP fake"], "what was said until then is kept", said.text)


def memory():
    if sanitized:
        tap.skip("memory", "the sanitizer takes its own")
        return
    for name, script in (("a greeting", "greeting"), ("EHLO", "EHLO"), ("RCPT", "RCPT")):
        for misdeed in ("flood", "endless", "endless line"):
            with fake({script: misdeed}) as server:
                said = Said("smtp", *RCPT, port=server.port, wrapper=("/usr/bin/env", "python3", "-c", PEAK))
                peak = int(said.text.rsplit("peak ", 1)[-1].split()[0])
                tap.ok(peak < MEMORY_KB, f"{misdeed} after {name}: {peak} KB", said.text[-200:])


# Runs a command and prints how much memory it took at most.
PEAK = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
sys.stdout.flush()
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, flush=True)
sys.exit(code)
"""


def many():
    """-n: the same talk again and again in one process, each anew."""
    with fake({"RCPT": "550 5.1.1 no"}) as server:
        said = Said("smtp", *RCPT, port=server.port, options=("-n", "200"), limit=3000)
        descriptors = said.text.rsplit("descriptors ", 1)[-1].split()
        tap.ok(said.get("status") == "ok" and server.connections == 200, "200 talks", f"{server.connections} {said.text[-300:]}")
        tap.ok(len(descriptors) >= 2 and descriptors[0] == descriptors[1], "no descriptor is left open", said.text[-100:])
        quits = server.commands.count("QUIT")
        tap.ok(quits >= 195, "each says good-bye", quits)


def idleness():
    """While a talk hangs the program sleeps."""
    with fake({"greeting": "hang"}) as server:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = Said("smtp", port=server.port, limit=500)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        tap.ok(said.took > 2900 and cpu < (400 if sanitized else 60), f"three seconds of silence cost {cpu:.0f} ms", said.text[-200:])


if not certificates.present:
    tap.skip("talks", "openssl is missing")
    sys.exit(tap.done())
with harness.Scratch() as scratch:
    ca = certificates.Authority(scratch)
    good = ca.issue(HOST, "IP:127.0.0.1")
    expired = ca.issue(HOST, days=-1)
    own = ca.issue(HOST, self_signed=True)
    for test in (stages, other_protocols, implicit, certificates_are_looked_at, login, injection, hostile_bytes, addresses, web,
                 impatience, memory, many, idleness):
        test()
sys.exit(tap.done())
