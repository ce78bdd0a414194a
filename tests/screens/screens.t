#!/usr/bin/env python3
"""Golden screens in a real terminal (tmux): tests/screens/*.txt.

After the usual settings and sections (see tests/cases/sections.py) a file holds pairs of

    == keys            tmux key names, blank-separated; "text:..." types the rest of the line; "size:60x16" resizes;
                       "paste:NAME" pastes a file section by bracketed paste; "wait" only waits
    == screen          what must then be on the screen, without trailing blanks

UPDATE=1 writes what is on the screen now: read the difference before you commit it.
"""
import difflib
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cases"))
from sections import Sections, environment, normalise

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "whybounce"))


class Terminal:
    """One tmux server of our own with one window."""

    def __init__(self, folder, size, command):
        self.socket = os.path.join(folder, "tmux")
        self.env = environment(folder, TERM="xterm-256color", ESCDELAY="50")
        cols, rows = size.split("x")
        config = os.path.join(folder, "tmux.conf")
        with open(config, "w") as f:
            f.write("set -g status off\nset -s escape-time 0\nset -g default-terminal screen-256color\n")
        env = [f"{k}={v}" for k, v in self.env.items() if k != "TERM"]
        line = " ".join("'" + c.replace("'", "'\\''") + "'" for c in ["env"] + env + command)
        self.tmux("-f", config, "new-session", "-d", "-x", cols, "-y", rows, "-c", folder,
                  line + "; echo \"exit code $?\"; sleep 600")

    def tmux(self, *args, data=None):
        return subprocess.run(["tmux", "-S", self.socket, *args], input=data, capture_output=True, env=self.env, timeout=20)

    def screen(self):
        text = self.tmux("capture-pane", "-p").stdout.decode("utf-8", "replace")
        return normalise(text).rstrip("\n") + "\n"

    def settle(self):
        """The screen after it has stayed the same for a while."""
        last, since, start = None, time.monotonic(), time.monotonic()
        while time.monotonic() - start < 10:
            now = self.screen()
            if now != last:
                last, since = now, time.monotonic()
            elif now.strip() and time.monotonic() - since > 0.35:
                break
            time.sleep(0.05)
        return last

    def press(self, keys, test):
        for line in keys.splitlines():
            if line.startswith("text:"):
                self.tmux("send-keys", "-l", line[5:])
            elif line.startswith("size:"):
                cols, rows = line[5:].split("x")
                self.tmux("resize-window", "-x", cols, "-y", rows)
            elif line.startswith("paste:"):
                data = test.get("file " + line[6:]).encode("utf-8", "surrogateescape")
                self.tmux("load-buffer", "-", data=data)
                self.tmux("paste-buffer", "-p", "-r")
            elif line != "wait" and line.strip():
                for key in line.split():
                    self.tmux("send-keys", key)
                    time.sleep(0.12 if key == "Escape" else 0.02)

    def close(self):
        self.tmux("kill-server")


def run(path):
    test = Sections(path)
    good, notes = True, []
    with tempfile.TemporaryDirectory() as folder:
        args = test.lay_out(folder)
        terminal = Terminal(folder, test.settings.get("size", "80x24"), [PROGRAM] + args)
        try:
            for part in test.parts:
                if part[0] == "keys":
                    terminal.settle()
                    terminal.press(part[1], test)
                elif part[0] == "screen":
                    got = terminal.settle().replace(folder, "DIR")
                    if os.environ.get("UPDATE"):
                        part[1] = got
                    if got != part[1]:
                        good = False
                        notes += difflib.unified_diff(part[1].splitlines(), got.splitlines(), "wanted", "got",
                                                      lineterm="", n=1)
        finally:
            terminal.close()
    if os.environ.get("UPDATE"):
        test.save()
    return test, good, notes


def main():
    if not shutil.which("tmux"):
        print("1..0 # SKIP tmux is missing")
        return
    files = sys.argv[1:] or sorted(glob.glob(os.path.join(HERE, "*.txt")))
    print(f"1..{len(files)}")
    for number, path in enumerate(files, 1):
        test, good, notes = run(path)
        print(("ok" if good else "not ok"), number, test.title(), flush=True)
        for note in notes:
            print("# " + note)


main()
