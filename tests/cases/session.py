"""Sessions in line mode as transcripts.

A `session` section is a dialogue as it went: what was typed stands behind "> ", everything else is what the program said.
Behind `session` may stand arguments of its own; several sections of one file share their folder, so that a case can be
taken up again.  The end of the section is the end of the input; then come what went to stderr and the exit code:

    == session bounce.eml
    Step 1. ...
      1. Yes, it is mine
      2. No, I did not send it
    Type 1-2 ...:
    > 2. No, I did not send it
    ...
    [stderr] ...
    [exit 0]

"> 2. LABEL" types 2, and is wrong if choice 2 reads otherwise.  "> | LINE" is a line of a pasted text, which gets no prompt
of its own; "> @FILE" are all lines of a file.  In the others \\xNN stands for a byte and \\u{NNNN} for a character.

With update=True the answers are typed again and the rest is written anew; a label whose number has changed is looked up.  A
new transcript is written as "> =. LABEL" (the beginning is enough) or "> 2".
"""
import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time

from sections import environment, normalise, unescape

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "whybounce"))
SECONDS = 30
CHOICE = re.compile(r"^  (\d+)\. (?:\[[ x]\] )?(.*)$")
TAKEN = re.compile(r"^\(whybounce:\d+\): whybounce-DEBUG: .* taken (.*):(\d+)$")

# Characters that change what a terminal shows around them, or that nobody sees (ux rules: bidi, zero width, tags).
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
                       "\U000e0000-\U000e007f]")


class Wrong(Exception):
    """A transcript that cannot be played."""


def squeeze(text):
    return re.sub(r"\s+", "", text)


def choices(said):
    """Number to label, as printed last."""
    found, number = {}, None
    for line in said.split("\n"):
        match = CHOICE.match(line)
        if match:
            number = match[1]
            found[number] = match[2]
        elif number and line.startswith("     "):
            found[number] += " " + line.strip()
        else:
            number = None
    return found


class Player:
    """One run of the program, line by line."""

    def __init__(self, folder, args, trace=False, env=None):
        more = {"G_MESSAGES_DEBUG": "whybounce"} if trace else {}
        more.update(env or {})
        self.folder = folder
        self.process = subprocess.Popen([PROGRAM, "--plain"] + args, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, cwd=folder, env=environment(folder, **more), bufsize=0)
        self.raw = b""
        self.since = 0  # where the answer to what was typed last begins
        self.end = time.monotonic() + SECONDS
        os.set_blocking(self.process.stdout.fileno(), False)

    def pull(self, wait):
        """Takes what has been said. FALSE: there is no more."""
        out = self.process.stdout.fileno()
        if not select.select([out], [], [], wait)[0]:
            return True
        data = os.read(out, 1 << 16)
        self.raw += data
        return bool(data)

    def is_waiting(self):
        """TRUE if all that was typed is read, a prompt was said, and the program sleeps."""
        unread = struct.unpack("i", fcntl.ioctl(self.process.stdin.fileno(), termios.FIONREAD, b"\0\0\0\0"))[0]
        said = self.raw[self.since:]
        if unread or not said.endswith((b":\n", "：\n".encode())):
            return False
        try:
            with open(f"/proc/{self.process.pid}/stat") as f:
                return f.read().rsplit(")", 1)[1].split()[0] == "S"
        except OSError:
            return True

    def listen(self):
        """Up to the next prompt. FALSE: the program has ended."""
        while not self.is_waiting():
            if time.monotonic() > self.end:
                raise Wrong(f"no prompt came within {SECONDS} s")
            if not self.pull(0.002 if self.raw[self.since:] else 0.01):
                return False
        return self.pull(0)

    def said(self):
        """What was said since the last call."""
        text = self.raw[self.since:].decode("utf-8", "replace")
        self.since = len(self.raw)
        return text

    def type(self, data):
        try:
            self.process.stdin.write(data)
        except BrokenPipeError:
            raise Wrong("the program ended before this was typed: %r" % data)

    def finish(self):
        self.process.stdin.close()
        while self.pull(1):
            if time.monotonic() > self.end:
                self.process.kill()
        err = self.process.stderr.read().decode("utf-8", "replace")
        self.process.stdout.close()
        self.process.stderr.close()
        return self.process.wait(), err


def resolve(line, said, update):
    """What is typed for a line, and the line as it should stand."""
    match = re.match(r"^(\d+|=)\. (.*)$", line)
    if update and line in choices(said):
        return line.encode(), f"{line}. {choices(said)[line]}"
    if not match:
        return unescape(line), line
    number, label = match.groups()
    now = choices(said)
    if squeeze(now.get(number, "")) == squeeze(label):
        return number.encode(), line
    if update:
        for fits in (str.__eq__, str.startswith):
            for other, text in now.items():
                if fits(squeeze(text), squeeze(label)):
                    return other.encode(), f"{other}. {text}"
    raise Wrong(f'no choice "{line}" here, but: ' + " / ".join(said.strip().split("\n")[-14:]))


class Played:
    """What came out: the transcript, and what must hold for every one."""

    def __init__(self):
        self.text, self.raw, self.faults, self.taken = "", b"", [], set()


def play(test, name, text, folder, args, trace=False, update=False):
    """Plays the section `name` with its `text` in `folder`, where the files lie already."""
    own = name.split()[1:]
    env = dict(pair.split("=", 1) for pair in test.settings.get("env", "").split())
    player = Player(folder, args + (own or test.settings.get("args", "").split()), trace, env)
    played = Played()
    said = ""

    def take():
        nonlocal said
        new = player.said()
        lines = new.split("\n")
        for line in lines:
            if TAKEN.match(line):
                played.taken.add(TAKEN.match(line).groups())
        new = "\n".join(line for line in lines if not TAKEN.match(line))
        # After an answer that is none only the prompt comes again.
        said = said + new if new and not new.startswith("\n") else new or said
        played.text += normalise(new.replace(folder, "DIR"))

    try:
        player.listen()
        take()
        for line in [line[2:] if line.startswith("> ") else "" for line in text.split("\n") if line[:2] in (">", "> ")]:
            typed, shown = resolve(line, said, update)
            played.text += f"> {shown}".rstrip() + "\n"
            if line.startswith("@"):
                with open(os.path.join(folder, line[1:]), "rb") as f:
                    player.type(f.read().rstrip(b"\n") + b"\n")
            elif line.startswith("|"):
                player.type(typed[2:] + b"\n")
            else:
                player.type(typed + b"\n")
                player.listen()
                take()
    except Wrong as wrong:
        played.faults.append(str(wrong))
    code, err = player.finish()
    take()
    played.raw = player.raw
    if played.text and not played.text.endswith("\n"):
        played.text += "\n"
    for line in normalise(err.replace(folder, "DIR")).split("\n"):
        if line:
            played.text += f"[stderr] {line}\n"
    played.text += f"[exit {code}]\n"
    if not trace:
        check(played, err)
    return played


def check(played, err):
    try:
        text = played.raw.decode("utf-8")
    except UnicodeDecodeError as error:
        played.faults.append(f"the output is no UTF-8: {error}")
        return
    for where, words in (("output", text), ("stderr", err)):
        match = FORBIDDEN.search(words)
        if match:
            line = words.count("\n", 0, match.start()) + 1
            played.faults.append(f"U+{ord(match[0]):04X} in line {line} of the {where}")


def sessions(test):
    """The parts of a test that are sessions."""
    return [part for part in test.parts if part[0].split()[0] == "session"]
