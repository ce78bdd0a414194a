#!/usr/bin/env python3
"""`check` over many targets, against a real name server: order, shared answers, memory, and going on after a kill."""
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dns_fake  # noqa: E402
import harness  # noqa: E402

tap = harness.Tap()
PROGRAM = os.path.join(harness.BUILD, "whybounce")
MANY = 8000
ZONE = "$TTL 300\n@ SOA ns.test. hostmaster.test. 1 3600 600 86400 60\n@ NS ns.test.\nns A 127.0.0.1\n" + \
    "".join(f"mx{k} A 192.0.2.{k + 1}\n" for k in range(5)) + "".join(f"d{i} MX 10 mx{i % 5}\n" for i in range(MANY))


def names(n):
    return [f"d{i}.test" for i in range(n)]


def command(port, *options):
    return [PROGRAM, "check", "--json", "--probe", "mx", "--resolver", f"127.0.0.1:{port}", *options, "-"]


def run(arguments, targets):
    return subprocess.run(arguments, input="\n".join(targets), capture_output=True, text=True)


def results(text):
    return [json.loads(line) for line in text.splitlines()]


def most_memory(arguments, targets):
    """The most that was resident, in KB."""
    # The address sanitizer keeps what was freed for a while, unless it is told not to.
    env = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0")
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=env)
    process.stdin.write("\n".join(targets).encode())
    process.stdin.close()
    most = 0
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status") as status:
            most = next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), most)
        time.sleep(0.005)
    return most


def shared(port, scratch):
    record = os.path.join(scratch.dir, "record.jsonl")
    done = run(command(port, "--record", record), names(MANY))
    got = results(done.stdout)
    tap.ok([r["target"] for r in got] == names(MANY), f"{MANY} targets, in their order")
    tap.ok(all(r["probes"]["mx"]["facts"]["mx.status"] == "ok" for r in got), "each found out")
    tap.ok(all(r["probes"]["mx"]["facts"]["mx.hosts"] == [f"mx{i % 5}.test"] for i, r in enumerate(got)), "each with its own answer")
    with open(record) as lines:
        asked = sum('"dns":"mx' in line for line in lines)
    tap.ok(asked == 2 * 5, "what targets share is asked once", f"{asked} questions about the mail servers")


def memory(port):
    # How far the window of questions widens differs from run to run, and with it up to six megabytes; a hundred octets
    # kept of each target would be nine more.
    few, many = (most_memory(command(port), names(MANY) * times) for times in (1, 12))
    tap.ok(many < few + 8000, "twelve times the targets take no more memory", f"{few} KB, {many} KB")


def killed(port, scratch):
    path = os.path.join(scratch.dir, "results.jsonl")
    arguments = command(port, "--out", path)
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    process.stdin.write(("\n".join(names(MANY)[:-1]) + "\n").encode())  # the input stays open: it waits for more
    process.stdin.flush()
    deadline = time.monotonic() + 20
    while not (os.path.exists(path) and os.path.getsize(path) > 100000) and time.monotonic() < deadline:
        time.sleep(0.002)
    second = run(arguments, names(3))
    tap.ok(second.returncode == 4 and "another run" in second.stderr, "one run at a time writes a file", second.stderr)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with open(path, "r+") as out:  # as if it had been stopped in the middle of a line
        size = os.path.getsize(path)
        out.truncate(size - 37)
    before = open(path).read().count("\n")
    tap.ok(0 < before < MANY, "killed on the way", f"{before} lines")
    done = run(arguments, names(MANY))
    got = results(open(path).read())
    tap.ok(done.returncode == 0 and [r["target"] for r in got] == names(MANY), "the same again goes on where it was: every target "
           "once, in order", f"{len(got)} lines")
    again = time.monotonic()
    run(arguments, names(MANY))
    tap.ok(len(results(open(path).read())) == MANY, "once more: nothing is left to do", f"{time.monotonic() - again:.2f} s")


def slow_one_first():
    with dns_fake.Fake() as fake:
        targets = ["slow900.first.x"] + [f"fine.n{i}.x" for i in range(300)]
        begin = time.monotonic()
        done = subprocess.run([PROGRAM, "check", "--json", "--probe", "host", "--resolver", fake.address, "-"],
                              input="\n".join(targets), capture_output=True, text=True)
        seconds = time.monotonic() - begin
        tap.ok([r["target"] for r in results(done.stdout)] == targets, "a slow target keeps its place")
        tap.ok(seconds < 2.5, "the others do not wait to be asked", f"{seconds:.2f} s")


slow_one_first()
with harness.Scratch() as scratch:
    server = harness.Knot(scratch, {"test": ZONE})
    if not server.start():
        tap.skip("many targets", server.missing)
    else:
        shared(server.port, scratch)
        memory(server.port)
        killed(server.port, scratch)
sys.exit(tap.done())
