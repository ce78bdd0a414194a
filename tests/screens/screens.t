#!/usr/bin/env python3
"""Golden screens in a real terminal (tmux): tests/screens/*.txt.

After the usual settings and sections (see tests/cases/sections.py) a file holds pairs of

    == keys            tmux key names, blank-separated; "text:..." types the rest of the line; "size:60x16" resizes;
                       "paste:NAME" pastes a file by bracketed paste, "bare:NAME" without the marks;
                       "wait:TEXT" waits until TEXT is on the screen
    == screen          what must then be on the screen, without trailing blanks

Settings besides those of sessions: `size: 80x24`; `fake: hang` asks a name server that treats all questions so (see
tests/servers/dns_fake.py) instead of the recording; `shell: yes` starts the program from an interactive shell.

UPDATE=1 writes what is on the screen now: read the difference before you commit it.
"""
import contextlib
import difflib
import glob
import os
import re
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "servers"), os.path.join(HERE, "..", "cases")]
import dns_fake
from sections import Sections
from terminal import PROGRAM, Terminal

# Seconds that a screen may take.
PATIENCE = 5

# What differs from run to run, besides what normalise() knows.
VOLATILE = [
    (re.compile(r"\d+\.\d(?=( s|秒))"), "N.N"),  # how long a probe has been running
    (re.compile(r"^ This was found out \d+ .*$", re.M), ""),  # only after a few seconds
    (re.compile(r"(?<= of )\d+(?=: PgUp)|\d+(?=行中)"), "N"),  # how long a page is that goes on below
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
]


def plain(screen):
    for pattern, word in VOLATILE:
        screen = pattern.sub(word, screen)
    return screen


def arguments(test, folder, stack):
    own = test.settings.get("args", "").split()
    replay = test.lay_out(folder)
    if "fake" not in test.settings:
        return replay + own
    fake = stack.enter_context(dns_fake.Fake(every=test.settings["fake"]))
    return ["--resolver", fake.address, "--set", "lists=lists.yaml"] + own


def see(terminal, folder, wanted):
    """What is on the screen: a busy machine may need longer than it stands still for what is wanted."""
    end = time.monotonic() + (0 if os.environ.get("UPDATE") else PATIENCE)
    while True:
        got = plain(terminal.settle().replace(folder, "DIR"))
        if got == wanted or time.monotonic() > end:
            return got


def play(test):
    notes = []
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        args = arguments(test, folder, stack)
        terminal = Terminal(folder, test.settings.get("size", "80x24"), [PROGRAM] + args, "shell" in test.settings)
        stack.callback(terminal.close)
        terminal.settle()
        for part in test.parts:
            if part[0] == "keys":
                if not terminal.press(part[1]):
                    notes.append("not on the screen in time: " + part[1].strip())
            elif part[0] == "screen":
                got = see(terminal, folder, part[1])
                if os.environ.get("UPDATE"):
                    part[1] = got
                if got != part[1]:
                    notes += difflib.unified_diff(part[1].splitlines(), got.splitlines(), "wanted", "got", lineterm="",
                                                  n=1)
    return notes


def main():
    if not shutil.which("tmux"):
        print("1..0 # SKIP tmux is missing")
        return
    files = sys.argv[1:] or sorted(glob.glob(os.path.join(HERE, "*.txt")))
    print(f"1..{len(files)}")
    for number, path in enumerate(files, 1):
        test = Sections(path)
        notes = play(test)
        if os.environ.get("UPDATE"):
            test.save()
        print("not ok" if notes else "ok", number, test.title(), flush=True)
        for note in notes:
            print("# " + note)


main()
