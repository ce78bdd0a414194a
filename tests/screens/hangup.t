#!/usr/bin/env python3
"""The terminal goes away in mid-session: the program is gone within a second, its case is whole and can be taken up.

Also while a test is running.
"""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "servers"), os.path.join(HERE, "..", "cases")]
import dns_fake
from sections import Sections, environment
from terminal import PROGRAM, Terminal

LIMIT = 3.0 if "asan" in PROGRAM else 1.0  # the sanitizer looks for leaks first


def is_there(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def events(folder):
    cases = os.path.join(folder, "state/whybounce/cases")
    with open(os.path.join(cases, os.listdir(cases)[0]), encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def kill_window(terminal, _pid):
    terminal.tmux("kill-pane")


def kill_server(terminal, _pid):
    terminal.tmux("kill-server")


def resume(folder):
    return subprocess.run([PROGRAM, "--plain", "--resume", "--replay", "net.jsonl"], cwd=folder, capture_output=True,
                          stdin=subprocess.DEVNULL, env=environment(folder), timeout=20).stdout.decode()


def in_mid_session(stack, folder, end):
    args = Sections(os.path.join(HERE, "walk.txt")).lay_out(folder)
    terminal = Terminal(folder, "80x24", [PROGRAM] + args + ["unknown-user.eml"])
    stack.callback(terminal.close)
    terminal.press("wait:READ\nEnter\nwait:SPELLING\nEnter\nwait:COMPARE\n1\nwait:Where did you")
    pid = terminal.program()
    took = stop(terminal, pid, end)
    kinds = [(e.get("event"), e.get("step")) for e in events(folder) if "event" in e]
    assert ("answer", "compare") in kinds, f"the last answer is not in the case: {kinds}"
    assert "Where did you get this address" in resume(folder), "the case does not go on where it stopped"
    return took


def while_a_test_runs(stack, folder, end):
    Sections(os.path.join(HERE, "walk.txt")).lay_out(folder)
    fake = stack.enter_context(dns_fake.Fake(every="hang"))
    terminal = Terminal(folder, "80x24", [PROGRAM, "--resolver", fake.address, "--timeout", "60000"])
    stack.callback(terminal.close)
    terminal.press("wait:WHYBOUNCE\n2\nwait:ADDRESS\ntext:taro@example.com\nEnter\nwait:WAIT")
    took = stop(terminal, terminal.program(), end)
    assert any(e.get("event") == "answer" and e.get("text") == "taro@example.com" for e in events(folder))
    return took


def stop(terminal, pid, end):
    start = time.monotonic()
    end(terminal, pid)
    while is_there(pid):
        assert time.monotonic() - start < 10, "the program is still there"
        time.sleep(0.01)
    took = time.monotonic() - start
    assert took < LIMIT, f"{took:.2f} s until the program was gone"
    return took


TESTS = [
    ("the window is killed in mid-session", in_mid_session, kill_window),
    ("the whole terminal is killed in mid-session", in_mid_session, kill_server),
    ("the window is killed while a test runs", while_a_test_runs, kill_window),
]


def main():
    if not shutil.which("tmux"):
        print("1..0 # SKIP tmux is missing")
        return
    print(f"1..{len(TESTS)}")
    for number, (name, test, end) in enumerate(TESTS, 1):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            try:
                took = test(stack, folder, end)
                print(f"ok {number} - {name}")
                print(f"# gone after {took * 1000:.0f} ms", flush=True)
            except AssertionError as error:
                print(f"not ok {number} - {name}\n# {error}", flush=True)


main()
