#!/usr/bin/env python3
"""Nobody presses a key: the program sleeps, without a single system call, on the menu and at a question; and it is small."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cases")]
from sections import Sections
from terminal import PROGRAM, Terminal

SECONDS = 5
MOST_KB = 20 * 1024


def system_calls(pid, folder):
    """What strace sees in SECONDS, without the call that the program sleeps in."""
    log = os.path.join(folder, "strace")
    tracer = subprocess.Popen(["strace", "-f", "-p", str(pid), "-o", log], stderr=subprocess.PIPE)
    tracer.stderr.readline()  # "strace: Process 1 attached"
    time.sleep(SECONDS)
    tracer.terminate()
    tracer.wait(10)
    tracer.stderr.close()
    with open(log) as f:
        lines = [line for line in f if "restart_syscall(" not in line]
    return lines[1:] if lines and re.search(r"poll|select|epoll_wait", lines[0]) else lines


def resident_kb(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])


def main():
    for tool in ("tmux", "strace"):
        if not shutil.which(tool):
            print(f"1..0 # SKIP {tool} is missing")
            return
    print("1..3")
    with tempfile.TemporaryDirectory() as folder:
        args = Sections(os.path.join(HERE, "walk.txt")).lay_out(folder)
        terminal = Terminal(folder, "80x24", [PROGRAM] + args)
        try:
            terminal.press("wait:WHYBOUNCE")
            terminal.settle()
            pid = terminal.program()
            results = [("on the start menu", system_calls(pid, folder))]
            terminal.press("2\nwait:ADDRESS\ntext:taro@exmaple.co.jp\nEnter\nwait:SPELLING\nEnter\nwait:SIMILAR")
            terminal.settle()
            results.append(("at a question, after look-ups", system_calls(pid, folder)))
            memory = resident_kb(pid)
        finally:
            terminal.close()
    for number, (name, calls) in enumerate(results, 1):
        print("not ok" if calls else "ok", number, f"- no system call in {SECONDS} s {name}")
        for call in calls[:10]:
            print("# " + call.strip())
    if "asan" in PROGRAM:
        print("ok 3 - memory # SKIP the sanitizer takes its own")
    else:
        print("ok" if memory < MOST_KB else "not ok", f"3 - {memory} KB of memory, at most {MOST_KB}")


main()
