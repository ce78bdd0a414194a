"""A terminal of our own: a tmux server with one window that runs the program."""
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cases"))
from sections import environment, normalise

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "whybounce"))


CLOCK = re.compile(r"\d+\.\d(?=( s|秒))")


class Terminal:
    """Runs `command` in a window of `size`; with `shell` from an interactive shell, which can take it up again after
    Ctrl-Z."""

    def __init__(self, folder, size, command, shell=False):
        self.folder = folder
        self.socket = os.path.join(folder, "tmux")
        self.env = environment(folder, TERM="xterm-256color", ESCDELAY="50")
        cols, rows = size.split("x")
        self.write("tmux.conf", "set -g status off\nset -s escape-time 0\nset -g default-terminal screen-256color\n")
        env = [f"{k}={v}" for k, v in self.env.items() if k != "TERM"]
        self.write("run", "exec " + " ".join("'" + c.replace("'", "'\\''") + "'" for c in ["env"] + env + command) + "\n")
        self.tmux("-u", "-f", os.path.join(folder, "tmux.conf"), "new-session", "-d", "-x", cols, "-y", rows, "-c", folder,
                  "exec sh -i" if shell else 'sh ./run; echo "exit code $?"; sleep 600')
        if shell:
            self.settle()
            self.press("text:PS1='ready> '; clear; sh ./run\nEnter\nwait:WHYBOUNCE")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as f:
            f.write(text)

    def tmux(self, *args):
        return subprocess.run(["tmux", "-S", self.socket, *args], capture_output=True, env=self.env, timeout=20)

    def program(self):
        """Process id of whybounce in the window."""
        todo = [int(self.tmux("list-panes", "-F", "#{pane_pid}").stdout)]
        while todo:
            pid = todo.pop()
            with open(f"/proc/{pid}/comm") as f:
                if f.read().strip() == "whybounce":
                    return pid
            with open(f"/proc/{pid}/task/{pid}/children") as f:
                todo += [int(child) for child in f.read().split()]
        raise AssertionError("the program does not run")

    def raw_screen(self):
        return self.tmux("capture-pane", "-p").stdout.decode("utf-8", "replace")

    def screen(self):
        return normalise(self.raw_screen()).rstrip("\n") + "\n"

    def wait_for(self, text, seconds=20):
        """TRUE once `text` is on the screen."""
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if text in self.raw_screen():
                return True
            time.sleep(0.03)
        return False

    def settle(self):
        """The screen after it has stayed the same for a while, but for a clock that runs on it."""
        now, last, since, start = None, None, time.monotonic(), time.monotonic()
        while time.monotonic() - start < 10:
            now = self.screen()
            still = CLOCK.sub("", now)
            if still != last:
                last, since = still, time.monotonic()
            elif now.strip() and time.monotonic() - since > 0.3:
                break
            time.sleep(0.04)
        return now

    def press(self, keys):
        """`keys` as in the sections of screens.t. FALSE: what was waited for did not come."""
        for line in keys.splitlines():
            if line.startswith("text:"):
                self.tmux("send-keys", "-l", line[5:])
            elif line.startswith("size:"):
                cols, rows = line[5:].split("x")
                self.tmux("resize-window", "-x", cols, "-y", rows)
            elif line.startswith("paste:"):
                self.tmux("load-buffer", os.path.join(self.folder, line[6:].strip()))
                self.tmux("paste-buffer", "-p", "-r")
            elif line.startswith("bare:"):
                self.tmux("load-buffer", os.path.join(self.folder, line[5:].strip()))
                self.tmux("paste-buffer")
            elif line.startswith("wait:"):
                if not self.wait_for(line[5:]):
                    return False
            else:
                for key in line.split():
                    self.tmux("send-keys", key)
                    time.sleep(0.12 if key == "Escape" else 0.02)
        return True

    def close(self):
        self.tmux("kill-server")
