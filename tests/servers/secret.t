#!/usr/bin/env python3
"""A password typed into the wizard: it reaches the mail server, and nothing else holds it afterwards, neither the screen nor
any file."""
import os
import re
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../screens")]
import certificates  # noqa: E402
import harness  # noqa: E402
import smtp_fake  # noqa: E402
from terminal import PROGRAM, Terminal  # noqa: E402

tap = harness.Tap()
HOST = "127.0.0.2"
PASSWORD = "hunter2 sesame"
# Also what it looks like on its way: base64 of it, and of AUTH PLAIN's whole; its digest.
TRACES = [rb"hunter2", rb"aHVudGVyMiBzZXNhbWU", rb"AHRhcm8AaHVudGVy", rb"5638d6dd60eadc42"]
FLOW = """format: 1
id: mailbox
title: Look at a mailbox
lang: en
menu: 1
steps:
  user:
    ask: Which user name?
    next: pw
  pw:
    ask: Which password?
    as: secret
    next: look
  look:
    probe: imap
    with: {{host: {host}, port: "{port}", encryption: tls, user: "{{user}}", password: "{{pw}}"}}
    next:
      - when: {{look.login: ok}}
        go: repeat
      - else: refused
  repeat:
    ask: Is this right?
    default: "{{pw}}"
    next: done
  refused:
    finish: escalate
    say: "The sign-in was {{look.login}}; {{pw}}"
  done:
    finish: fixed
    say: "The sign-in was {{look.login}}; {{pw}}"
"""


def files_with_traces(folder):
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, "rb") as f:
                text = f.read()
            found += [f"{path}: {trace!r}" for trace in TRACES if re.search(trace, text)]
    return found


class Session:
    def __init__(self, scratch, port, *options):
        folder = os.path.join(scratch.dir, f"session{len(os.listdir(scratch.dir))}")
        os.makedirs(os.path.join(folder, "config/whybounce/flows"))
        with open(os.path.join(folder, "config/whybounce/flows/mailbox.yaml"), "w", encoding="utf-8") as f:
            f.write(FLOW.format(host=HOST, port=port))
        self.folder = folder
        self.seen = ""
        self.plain = "--plain" in options
        self.secret = True  # a password is typed
        self.start(*options)

    def start(self, *options):
        self.terminal = Terminal(self.folder, "80x24", [PROGRAM, "--resolver", "127.0.0.1:1", "--ca", ca.file, "--timeout", "2000",
                                                        "--record", os.path.join(self.folder, "record.jsonl"), *options])

    def wait(self, text):
        good = self.terminal.wait_for(text)
        self.seen += self.terminal.raw_screen()
        if not good:
            tap.ok(False, f"waited for: {text}", self.terminal.screen())
        return good

    def type(self, text):
        self.terminal.tmux("send-keys", "-l", text)
        self.terminal.settle()
        self.seen += self.terminal.raw_screen()
        self.terminal.tmux("send-keys", "Enter")

    def key(self, *keys):
        self.terminal.tmux("send-keys", *keys)

    def open_guide(self):
        self.wait("Look at a mailbox")
        if self.plain:
            self.type(re.search(r"(\d+)\. Look at", self.terminal.raw_screen())[1])
        else:
            self.key(*["Down"] * 9, "Enter")

    def consent(self):
        self.wait("never the" if self.secret else "somebody else")
        self.type("y") if self.plain else self.key("1", "Enter")

    def close(self):
        self.terminal.close()


def walk(mode, script, wanted):
    with smtp_fake.Fake(script, good, protocol="imap", implicit=True, address=HOST) as fake:
        session = Session(scratch, fake.port, *mode)
        name = "in lines" if session.plain else "on screens"
        session.open_guide()
        session.wait("Which user name?")
        session.type("taro")
        session.wait("Which password?")
        session.type(PASSWORD)
        session.consent()
        tap.ok(session.wait(wanted), f"{name}: {wanted}", session.terminal.screen())
        session.key("d", *(["Enter"] if session.plain else []))
        session.terminal.settle()
        session.seen += session.terminal.raw_screen()
        tap.ok(any(PASSWORD in c for c in fake.commands), f"{name}: the server got the password", fake.commands)
        return session, name


def finish(session, name):
    session.terminal.settle()
    session.seen += session.terminal.raw_screen()
    tap.ok(not any(re.search(t, session.seen.encode()) for t in TRACES), f"{name}: nothing of it was ever on the screen",
           session.seen[-1500:])
    session.close()
    shutil.rmtree(os.path.join(session.folder, "config"))
    cases = os.path.join(session.folder, "state/whybounce/cases")
    names = os.listdir(cases)
    with open(os.path.join(cases, names[0]), encoding="utf-8") as f:
        case = f.read()
    with open(os.path.join(session.folder, "record.jsonl"), encoding="utf-8") as f:
        record = f.read()
    tap.ok("(not stored)" in case and '"talk":"imaps' in case and " login taro" not in case, f"{name}: the case has the rest", case[:600])
    tap.ok('"talk":"imaps' in record and " login taro" not in record, f"{name}: the recording too", record[:600])
    found = files_with_traces(session.folder)
    tap.ok(not found, f"{name}: no file holds it", "\n".join(found))


def refused():
    for mode in ([], ["--plain"]):
        session, name = walk(mode, {"AUTHENTICATE": "{tag} NO [AUTHENTICATIONFAILED] no"}, "user name or password is wrong")
        session.key(*([] if session.plain else ["Escape"]))
        session.terminal.settle()
        session.key("Enter")
        session.wait("p print")
        finish(session, name)


def accepted_and_offered():
    """A step that offers the answer of another as its own default shows stars."""
    session, name = walk(["--plain"], {}, "took user name and password")
    session.key("Enter")
    session.wait("Is this right?")
    tap.ok("********" in session.terminal.raw_screen(), "offered again it is stars", session.terminal.screen())
    session.key("Enter")
    session.wait("p print")
    finish(session, name)


def resumed():
    """The case does not have the password, so it is not there when the case is taken up again: nobody is asked with it."""
    with smtp_fake.Fake({"AUTHENTICATE": "{tag} NO [AUTHENTICATIONFAILED] no"}, good, protocol="imap", implicit=True, address=HOST) as fake:
        session = Session(scratch, fake.port, "--plain")
        session.open_guide()
        session.wait("Which user name?")
        session.type("taro")
        session.wait("Which password?")
        session.type(PASSWORD)
        session.wait("somebody else")
        session.close()
        time.sleep(0.3)
        session.start("--plain", "--resume")
        tap.ok(session.wait("Please type it again"), "a case with a password is taken up again where it was typed", session.terminal.screen())
        session.terminal.settle()
        tap.ok(not fake.connections, "nobody is contacted by that", fake.commands)
        session.wait("Which password?")
        session.type(PASSWORD)
        session.consent()
        tap.ok(session.wait("user name or password is wrong"), "typed again it is tried", session.terminal.screen())
        tap.ok(any(PASSWORD in c for c in fake.commands), "at the server", fake.commands)
        tap.ok(not re.search("hunter2", session.terminal.raw_screen()), "and it is not on the screen", session.terminal.screen())
        session.close()
        tap.ok(not files_with_traces(session.folder), "and in no file")


def talk_in_a_case():
    """What was said is in the case: taken up again, it is shown, and nobody is contacted once more."""
    with smtp_fake.Fake({}, good, protocol="imap", implicit=True, address=HOST) as fake:
        session = Session(scratch, fake.port, "--plain")
        session.open_guide()
        session.wait("Which user name?")
        session.type("taro")
        session.wait("Which password?")
        session.type("")
        session.secret = False
        session.consent()
        session.wait("encrypted (TLSv1.3)")
        before = fake.connections
        session.close()
        time.sleep(0.3)
        session.start("--plain", "--resume")
        tap.ok(session.wait("encrypted (TLSv1.3)") and before == 1, "a talk in a case is shown again", session.terminal.screen())
        session.terminal.settle()
        tap.ok(fake.connections == before, "and not led again", fake.commands)
        session.close()


if shutil.which("tmux") is None or not certificates.present:
    tap.skip("passwords in the wizard", "tmux or openssl is missing")
    sys.exit(tap.done())
with harness.Scratch() as scratch:
    ca = certificates.Authority(scratch)
    good = ca.issue("mail.example.test", "IP:" + HOST)
    for test in (refused, accepted_and_offered, resumed, talk_in_a_case):
        test()
sys.exit(tap.done())
