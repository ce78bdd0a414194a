#!/usr/bin/env python3
"""terminal.py [--size 80x24] [--idle S] KEYS -- COMMAND...   what a full-screen program costs its terminal.

Starts COMMAND on a pseudo-terminal, sends each of the comma-separated KEYS (escapes as in Python), and prints one line a step:
bytes written, milliseconds to the first and to the last of them.  The first line is the first screen, with the resident
memory at that moment.  --idle S afterwards counts the system calls made in S seconds without any key (needs strace).
"""
import argparse
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

QUIET = 0.25  # a step is over when nothing has come for this long


def read_until_quiet(fd, start):
    count, first, last = 0, None, None
    while True:
        ready, _, _ = select.select([fd], [], [], QUIET if first is not None else 2)
        if not ready:
            return count, first, last
        try:
            data = os.read(fd, 65536)
        except OSError:
            data = b""
        if not data:
            return count, first, last
        last = (time.monotonic() - start) * 1000
        first = last if first is None else first
        count += len(data)


def resident_kb(pid):
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith("VmHWM"):
                return int(line.split()[1])
    return 0


def idle_calls(pid, seconds):
    """System calls in `seconds`; None without strace."""
    with tempfile.NamedTemporaryFile() as out:
        try:
            tracer = subprocess.Popen(["strace", "-f", "-o", out.name, "-p", str(pid)], stderr=subprocess.DEVNULL)
        except FileNotFoundError:
            return None
        time.sleep(seconds)
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        # The call that was under way when strace came and the one it leaves in are not the program's doing.
        lines = [l for l in out.read().decode().splitlines() if "detached" not in l and "restart_syscall" not in l
                 and "exited" not in l]
        return max(0, len(lines) - 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--idle", type=float, default=0)
    parser.add_argument("keys")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    command = args.command[1:] if args.command[0] == "--" else args.command
    cols, rows = map(int, args.size.split("x"))
    size = struct.pack("HHHH", rows, cols, 0, 0)
    start = time.monotonic()
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
        os.execvp(command[0], command)
    count, first, last = read_until_quiet(fd, start)
    if first is None:
        sys.exit("the program wrote nothing")
    print(f"first-screen bytes {count} first-ms {first:.1f} last-ms {last:.1f} resident-kb {resident_kb(pid)}")
    for key in args.keys.split(",") if args.keys else []:
        start = time.monotonic()
        os.write(fd, key.encode().decode("unicode_escape").encode("latin1"))
        count, first, last = read_until_quiet(fd, start)
        print(f"key {key} bytes {count} first-ms {first or 0:.1f} last-ms {last or 0:.1f}")
    if args.idle:
        calls = idle_calls(pid, args.idle)
        print(f"idle {args.idle:g} s: " + ("strace is missing" if calls is None else f"{calls} system calls"))
    os.kill(pid, signal.SIGTERM)
    os.close(fd)
    os.waitpid(pid, 0)


main()
