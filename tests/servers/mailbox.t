#!/usr/bin/env python3
"""submission, imap and pop3 against real servers and fakes, with passwords that nobody else gets to see."""
import json
import os
import pty
import select
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import certificates  # noqa: E402
import harness  # noqa: E402
import smtp_fake  # noqa: E402

tap = harness.Tap()
PROGRAM = os.path.join(harness.BUILD, "whybounce")
HOST = "127.0.0.2"


def arguments(probe, port, *sets, options=(), timeout=10000):  # patience for busy machines; who waits for silence says how long
    words = [PROGRAM, "check", "--contacts", "--json", "--ca", ca.file, "--resolver", "127.0.0.1:1", "--timeout", str(timeout),
             *options, "--probe", probe]
    for text in (f"host={HOST}", f"port={port}", *sets):
        words += ["--set", text]
    return words


def check(probe, port, *sets, given=None, **how):
    """The facts of the probe without its name; `code`, `text` and `rows` beside them."""
    done = subprocess.run(arguments(probe, port, *sets, **how), input=given or "", capture_output=True, text=True, timeout=150)
    try:
        one = json.loads(done.stdout)["probes"][probe]
    except (ValueError, KeyError):
        one = {"facts": {}, "findings": []}
    facts = {name.split(".", 1)[1]: value for name, value in one["facts"].items()}
    return {**facts, "code": done.returncode, "text": done.stdout + done.stderr, "rows": one["findings"]}


def expect(name, got, **wanted):
    wrong = {key: got.get(key) for key, value in wanted.items() if got.get(key) != value}
    tap.ok(not wrong, name, f"{wrong}\n{got['text'][:1500]}")


def real():
    server = harness.Dovecot(scratch, good)
    if not server.start():
        tap.skip("real mailboxes", server.missing)
        return
    ports = server.ports
    for probe, name, how in (("imap", "imaps", "tls"), ("imap", "imap", "starttls"), ("pop3", "pop3s", "tls"),
                             ("pop3", "pop3", "starttls"), ("submission", "submission", "starttls")):
        if name == "submission" and not os.path.exists("/usr/lib/dovecot/submission-login"):
            tap.skip("submission", "dovecot-submissiond missing")
            continue
        got = check(probe, ports[name], f"encryption={how}")
        expect(f"dovecot, {name}", got, code=0, status="ok", certificate="good", tls="TLSv1.3", unprotected=False,
               encrypted_ports=[str(ports[name])])
        tap.ok("PLAIN" in got.get("mechanisms", []), f"dovecot, {name}: the mechanisms are told", got.get("mechanisms"))
        for password, login, code in ((server.password, "ok", 0), ("hunter2", "wrong", 1)):
            record = os.path.join(scratch.dir, f"{name}-{login}.jsonl")
            got = check(probe, ports[name], f"encryption={how}", "user=taro@example.test", "password=-", given=password + "\nrest\n",
                        options=("--record", record))
            expect(f"dovecot, {name}: the password is {login}", got, code=code, login=login)
            with open(record, encoding="utf-8") as f:
                everything = f.read() + got["text"]
            tap.ok(password not in everything and '"talk"' in everything and " login taro" not in everything.split('"probes"')[0] and
                   "> ***" not in everything,
                   f"{name}: the password is in no recording and no output", everything[:600])
    typed(server)
    core(server)


def submission():
    """Postfix, which asks Dovecot about passwords."""
    auth = os.path.join(scratch.dir, "auth")
    mailboxes = harness.Dovecot(scratch, good, [harness.Submission.asks(auth)])
    server = harness.Submission(scratch, "example.test", good, auth)
    if not mailboxes.present() or not server.root or not mailboxes.start() or not server.start():
        tap.skip("postfix for mail programs", server.missing)
        return
    for name, how in (("submissions", "tls"), ("submission", "starttls")):
        got = check("submission", server.ports[name], f"encryption={how}")
        expect(f"postfix, {name}", got, code=0, status="ok", certificate="good", unprotected=False, mechanisms=["PLAIN", "LOGIN"])
        for password, login, code in ((mailboxes.password, "ok", 0), ("hunter2", "wrong", 1)):
            got = check("submission", server.ports[name], f"encryption={how}", "user=taro@example.test", "password=-",
                        given=password + "\n")
            expect(f"postfix, {name}: the password is {login}", got, code=code, login=login)
            tap.ok(password not in got["text"], f"postfix, {name}: not in the output")


def typed(server):
    """At a terminal the password is asked for and not shown."""
    words = arguments("imap", server.ports["imaps"], "encryption=tls", "user=taro", "password=-")
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(words[0], words)
    seen = b""
    sent = False
    arguments_seen = ""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if select.select([fd], [], [], 0.2)[0]:
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        if not sent and b"not shown" in seen:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                arguments_seen = f.read().decode()
            os.write(fd, b"wrongx\x7f\x15" + server.password.encode() + b"\r")
            sent = True
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(fd)
    text = seen.decode()
    tap.ok(sent and status == 0 and '"imap.login":"ok"' in text, "typed at a terminal, with corrections", f"{status} {text[:800]}")
    tap.ok(server.password not in text and "wrong" not in text and server.password not in arguments_seen,
           "nothing of it is shown, nor in the process table", text[:300])
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(words[0], words)
    time.sleep(0.5)
    os.write(fd, b"\x03")
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    tap.ok(code == 2, "Ctrl-C instead of a password: nothing is asked", code)
    os.close(fd)


def core(server):
    """While it waits for the server: no core dump, and nobody of the same user may look into its memory."""
    with smtp_fake.Fake({"AUTH": "hang"}, good, implicit=True, address=HOST) as fake:
        words = arguments("submission", fake.port, "encryption=tls", "user=taro", "password=-")
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process.stdin.write(b"hunter2\n")
        process.stdin.flush()
        for _ in range(100):
            if any("hunter2" in command for command in fake.commands):
                break
            time.sleep(0.05)
        with open(f"/proc/{process.pid}/limits", encoding="ascii") as f:
            limit = [line for line in f if line.startswith("Max core file size")]
        with open(f"/proc/{process.pid}/cmdline", "rb") as f:
            command_line = f.read()
        tap.ok(limit and limit[0].split()[4:6] == ["0", "0"], "no core dump is written", limit)
        if os.geteuid() != 0:
            tap.ok(os.stat(f"/proc/{process.pid}/environ").st_uid == 0, "its memory belongs to root alone")
        tap.ok(b"hunter2" not in command_line, "the arguments do not have it")
        process.kill()
        process.wait()


def refused():
    """What servers say to a password, and what that means."""
    for probe, protocol, verb, reply, login, code in (
            ("submission", "smtp", "AUTH", "535 5.7.8 bad", "wrong", 1),
            ("submission", "smtp", "AUTH", "534 5.7.9 Application-specific password required", "app_password", 1),
            ("submission", "smtp", "AUTH", "550 5.7.30 Basic authentication is not supported for Client Submission.", "retired", 1),
            ("submission", "smtp", "AUTH", "538 5.7.11 encrypt first", "encryption", 1),
            ("submission", "smtp", "AUTH", "454 4.7.0 try later", "temporary", 3),
            ("imap", "imap", "AUTHENTICATE", "{tag} NO [UNAVAILABLE] later", "temporary", 3),
            ("imap", "imap", "AUTHENTICATE", "{tag} NO [CONTACTADMIN] ask", "administrator", 1),
            ("pop3", "pop3", "AUTH", "-ERR [SYS/TEMP] later", "temporary", 3)):
        with smtp_fake.Fake({verb: reply}, good, protocol=protocol, implicit=True, address=HOST) as fake:
            got = check(probe, fake.port, "encryption=tls", "user=taro", "password=-", given="hunter2\n")
            expect(f"{probe}: {reply}", got, login=login, code=code)
            tap.ok(sum("hunter2" in command for command in fake.commands) == 1, f"{probe}: it is tried once", fake.commands)
    with smtp_fake.Fake({"AUTH": "535 5.7.8 not hunter2"}, good, implicit=True, address=HOST) as fake:
        got = check("submission", fake.port, "encryption=tls", "user=taro", "password=-", given="hunter2\n")
        tap.ok("hunter2" not in got["text"] and "not ***" in got["text"], "a server that repeats it is not quoted with it", got["text"])


def never_unsafe():
    for name, pair, implicit in (("expired", expired, True), ("another name", other, True), ("self-signed", own, False), ("none", None, False)):
        with smtp_fake.Fake({}, pair, implicit=implicit, address=HOST) as fake:
            got = check("submission", fake.port, f"encryption={'tls' if implicit else 'starttls'}", "user=taro", "password=-",
                        given="hunter2\n")
            expect(f"certificate: {name}: not tried", got, login="not_tried")
            tap.ok(not any("hunter2" in c or "AUTH" in c for c in fake.commands), f"certificate: {name}: not sent", fake.commands)
    got = check("imap", 993, "password=hunter2")
    expect("a password among the arguments is refused", got, code=2)
    tap.ok("hunter2" not in got["text"] and "password=-" in got["text"], "and not repeated", got["text"])
    got = check("imap", 993, "user=taro", "password=-", given="")
    expect("no password, nothing asked", got, code=2)


def plain_servers():
    with smtp_fake.Fake({"EHLO": "250-mx1.example.test\r\n250 AUTH PLAIN LOGIN"}, address=HOST) as fake:
        got = check("submission", fake.port, "encryption=starttls")
        expect("passwords without encryption", got, status="plain", unprotected=True, code=1)
    with smtp_fake.Fake({"greeting": "hang"}, address=HOST) as fake:
        got = check("submission", fake.port, timeout=150)
        expect("common mistake: silence is no fault of the server", got, status="timeout", code=3)


if not certificates.present:
    tap.skip("mailboxes", "openssl is missing")
    sys.exit(tap.done())
with harness.Scratch() as scratch:
    ca = certificates.Authority(scratch)
    good = ca.issue("mail.example.test", "IP:" + HOST)
    expired = ca.issue("mail.example.test", "IP:" + HOST, days=-1)
    other = ca.issue("www.example.net")
    own = ca.issue("mail.example.test", "IP:" + HOST, self_signed=True)
    for test in (real, submission, refused, never_unsafe, plain_servers):
        test()
sys.exit(tap.done())
