#!/usr/bin/env python3
"""Input that is missing, broken, hostile or too much; disks that are full; what the exit code says about it.

Every call here must end by itself, with the exit code that whybounce(1) promises, with a sentence that says what is wrong,
and without a control character.
"""
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "servers")]
import dns_fake
from sections import WORLD, environment
from session import FORBIDDEN, PROGRAM

DONE, PROBLEM, USAGE, NO_ANSWER, BAD_FILE = range(5)
REPLAY = ["--replay", "net.jsonl", "--set", "lists=lists.yaml"]

tests = []


def test(function):
    tests.append(function)
    return function


class Skip(Exception):
    pass


class Room:
    """A folder with the files of world/, and the program in it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        for name in os.listdir(WORLD):
            shutil.copy(os.path.join(WORLD, name), self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        return self.path(name)

    def start(self, *args, env=None, **more):
        return subprocess.Popen([PROGRAM, *args], stdin=subprocess.PIPE, stdout=more.pop("stdout", subprocess.PIPE),
                                stderr=subprocess.PIPE, cwd=self.folder, env=environment(self.folder, **(env or {})),
                                **more)

    def run(self, *args, typed="", seconds=20, **more):
        """Exit code, what was said, what was complained."""
        process = self.start(*args, **more)
        typed = typed if isinstance(typed, bytes) else typed.encode()
        try:
            out, err = process.communicate(typed, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError(f"{args} did not end within {seconds} s")
        self.raw = out or b""
        out, err = self.raw.decode("utf-8"), err.decode("utf-8")
        for words in (out, err):
            match = FORBIDDEN.search(words)
            assert not match, f"{args}: U+{ord(match[0]):04X} in: {words[max(0, match.start() - 60):match.end()]!r}"
        return process.returncode, out, err

    def wizard(self, *args, **more):
        return self.run("--plain", *REPLAY, *args, **more)

    def cases(self):
        folder = self.path("state/whybounce/cases")
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder))] if os.path.isdir(folder) else []


def expect(result, code, *words):
    got, out, err = result
    said = squeeze(out + err)
    assert got == code, f"exit code {got}, wanted {code}: {(out + err)[-400:]}"
    for word in words:
        assert squeeze(word) in said, f"\"{word}\" is not in: {(out + err)[-1200:]}"


def squeeze(text):
    return " ".join(text.split())


# --- the file with the bounce ---


@test
def a_file_that_is_not_there(room):
    expect(room.wizard("nothing.eml"), BAD_FILE, "nothing.eml")


@test
def an_empty_file(room):
    room.write("empty.eml", b"")
    expect(room.wizard("empty.eml"), BAD_FILE, "empty.eml", "empty")


@test
def a_file_of_outlook(room):
    room.write("saved.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + b"hello")
    expect(room.wizard("saved.msg"), BAD_FILE, "saved.msg is in Outlook's own format", "Text only")
    expect(room.run("explain", "saved.msg"), DONE, "This is a file in Outlook's own format", "Text only")


@test
def a_folder_in_place_of_a_file(room):
    os.mkdir(room.path("folder"))
    expect(room.wizard("folder"), BAD_FILE, "folder")


@test
def a_file_that_may_not_be_read(room):
    room.write("secret.eml", b"x")
    os.chmod(room.path("secret.eml"), 0)
    more = {}
    if os.geteuid() == 0:
        try:
            subprocess.run([PROGRAM, "--version"], user=65534, group=65534, check=True, capture_output=True)
        except (OSError, subprocess.SubprocessError):
            raise Skip("nobody but root can run the program here")
        os.chmod(room.folder, 0o755)
        more = {"user": 65534, "group": 65534}
    expect(room.wizard("secret.eml", **more), BAD_FILE, "secret.eml")


@test
def two_files(room):
    expect(room.wizard("blocklist.eml", "delay.eml"), USAGE, "explain")


@test
def bytes_that_are_no_text(room):
    room.write("binary.eml", bytes(range(256)) * 400)
    expect(room.wizard("binary.eml", typed="\nq\n"), DONE, "could not find a bounce")


@test
def a_name_with_an_escape_sequence(room):
    expect(room.wizard("no\x1b[2Jthing\u202e.eml"), BAD_FILE, r"no\x1B[2Jthing\u{202E}.eml")


@test
def a_name_that_is_no_utf8(room):
    expect(room.wizard(b"no\xffthing.eml"), BAD_FILE, "thing.eml")


@test
def fifty_megabytes(room):
    with open(room.path("blocklist.eml"), "rb") as f:
        mail = f.read()
    room.write("huge.eml", mail + b"A line of an attachment that never ends.\r\n" * (50 * 1024 * 1024 // 42))
    start = time.monotonic()
    expect(room.wizard("huge.eml", typed="\n\nq\n"), DONE, "4 MB", "taro@example.com")
    assert time.monotonic() - start < 15, f"{time.monotonic() - start:.1f} s"
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    assert largest < 400 or "asan" in PROGRAM, f"{largest} MB of memory"


@test
def a_bounce_without_line_ends(room):
    room.write("one.eml", b"550 5.1.1 " + b"x" * 3_000_000)
    expect(room.wizard("one.eml", typed="\n"), DONE, "550")


@test
def a_bounce_from_standard_input(room):
    with open(room.path("blocklist.eml"), "rb") as f:
        expect(room.wizard("-", typed=f.read()), DONE, "Not finished")


@test
def nothing_from_standard_input(room):
    expect(room.wizard("-"), BAD_FILE, "standard input")


@test
def a_bounce_from_a_command_that_takes_its_time(room):
    """explain <(ssh mailhost cat bounce.eml)"""
    slow = subprocess.Popen(["sh", "-c", "sleep 0.3; cat blocklist.eml"], stdout=subprocess.PIPE, cwd=room.folder)
    expect(room.run("explain", f"/dev/fd/{slow.stdout.fileno()}", pass_fds=[slow.stdout.fileno()]), DONE, "Not delivered")
    slow.stdout.close()
    slow.wait()


@test
def a_recording_without_end(room):
    expect(room.run("check", "--replay", "/dev/zero", "example.com"), BAD_FILE, "too large")


def closed(*descriptors):
    return {"preexec_fn": lambda: [os.close(fd) for fd in descriptors]}


@test
def standard_input_is_closed(room):
    expect(room.wizard("-", **closed(0)), BAD_FILE, "standard input")
    expect(room.run("explain", **closed(0)), BAD_FILE, "standard input")
    expect(room.run("check", *REPLAY, "-", **closed(0)), BAD_FILE, "cannot be read")


@test
def standard_output_is_closed(room):
    """What is printed must not go into a file that is opened later."""
    expect(room.run("check", *REPLAY, "--record", "record.jsonl", "example.com", **closed(1)), BAD_FILE, "cannot be written")
    with open(room.path("record.jsonl"), encoding="utf-8") as f:
        assert all(line.startswith("{") for line in f), "the page is in the recording"


@test
def targets_out_of_a_folder(room):
    folder = os.open(room.folder, os.O_RDONLY)
    more = {"preexec_fn": lambda: os.dup2(folder, 0)}
    expect(room.run("check", *REPLAY, "-", **more), BAD_FILE, "cannot be read")
    os.close(folder)


# --- what is typed ---


@test
def no_input_at_all(room):
    expect(room.wizard(), DONE, "What do you have in front of you?")
    assert not room.cases(), "a case without a session"


@test
def a_line_of_a_megabyte(room):
    expect(room.wizard(typed="2\n" + "x" * 1_000_000 + "\ntaro@example.com\n"), DONE, "longer than 4096", "well formed")


@test
def random_bytes(room):
    import random
    random.seed(5782)
    for _ in range(3):
        room.wizard(typed=b"1\n" + bytes(random.randrange(256) for _ in range(20000)) + b"\n.\n", seconds=30)


@test
def thousands_of_answers(room):
    expect(room.wizard(typed="9\n" + "\n<\n9\n" * 3000, seconds=60), DONE)


# --- recordings and lists ---


@test
def a_recording_that_is_not_there(room):
    expect(room.run("--plain", "--replay", "nothing.jsonl"), BAD_FILE, "nothing.jsonl")


@test
def a_broken_recording(room):
    room.write("broken.jsonl", '{"dns":"example.com MX","status":"nxdomain"}\n{"dns":\n')
    expect(room.run("--plain", "--replay", "broken.jsonl"), BAD_FILE, "broken.jsonl:2")


@test
def lists_that_are_not_there(room):
    args = ["--plain", "--replay", "net.jsonl", "--set", "lists=nothing.txt"]
    expect(room.run(*args, typed="4\n2\n1\n192.0.2.10\nq\n"), DONE, "The lists cannot be read", "nothing.txt")


@test
def broken_lists(room):
    room.write("lists.yaml", "format: 1\nlists:\n  bl.example: {ask: sometimes, kinds: ip4}\n")
    expect(room.wizard(typed="4\n2\n1\n192.0.2.10\nq\n"), DONE, "The lists cannot be read", "lists.yaml:3")


@test
def a_recording_that_cannot_be_written(room):
    args = ["--record", "/dev/full", *REPLAY]
    expect(room.run("check", *args, "example.com"), BAD_FILE, "/dev/full could not be written: the disk is full")
    expect(room.run("--plain", *args, "blocklist.eml", typed="\n\nq\n"), BAD_FILE, "/dev/full could not be written", "Step 2")


# --- guides of one's own ---


def own_guide(room, text):
    room.write("config/whybounce/flows/own.yaml", text)


@test
def a_guide_that_is_no_yaml(room):
    own_guide(room, "format: 1\nid: own\ntitle: [Own\n")
    expect(room.wizard(typed="w\n2\nq\n"), DONE, "w shows what is wrong", "own.yaml:", "Which address did the message")


@test
def a_guide_with_an_unknown_probe(room):
    own_guide(room, "format: 1\nid: own\ntitle: Own\nlang: en\nmenu: 1\nsteps:\n  look:\n    probe: mxx\n    next: done\n"
                    "  done:\n    finish: fixed\n    say: Done.\n")
    result = room.wizard(typed="w\n2\nq\n")
    expect(result, DONE, "own.yaml:8:", "mxx", "Which address did the message")
    assert "10. Own" not in result[1], "a guide with a fault is in the menu"


@test
def a_guide_full_of_escape_sequences(room):
    own_guide(room, "format: 1\nid: own\ntitle: \"\\e[2J\\u202eOwn\"\nlang: en\nmenu: 1\nsteps:\n  a:\n    finish: fixed\n"
                    "    say: \"\\e]0;x\\a\"\n")
    expect(room.wizard(typed="w\n10\nq\n"), DONE)


@test
def a_guide_of_random_bytes(room):
    room.write("config/whybounce/flows/own.yaml", bytes(range(256)) * 50)
    expect(room.wizard(typed="w\n2\nq\n"), DONE, "own.yaml", "Which address did the message")


@test
def data_that_are_not_there(room):
    expect(room.run("--plain", "--data", room.path("nowhere")), BAD_FILE, "nowhere")


# --- cases ---


@test
def no_case_to_resume(room):
    expect(room.wizard("--resume"), BAD_FILE, "no unfinished case")
    expect(room.wizard("--resume", "HD-1"), BAD_FILE, "HD-1")


@test
def a_case_that_is_none(room):
    path = room.write("state/whybounce/cases/HD-1.jsonl", b"\x7fELF\x00\x1b[2J\n")
    expect(room.wizard("--resume", "HD-1"), BAD_FILE, "HD-1.jsonl:1")
    expect(room.wizard(typed="q\n"), DONE)
    with open(path, "rb") as f:
        assert f.read() == b"\x7fELF\x00\x1b[2J\n", "a file that is no case was written to"


@test
def a_name_that_is_taken(room):
    expect(room.wizard("--case", "HD-1", "blocklist.eml", typed="\n"), DONE, "case HD-1")
    expect(room.wizard("--case", "HD-1", "blocklist.eml", typed="\n"), DONE, "not being saved", "HD-1")


@test
def a_name_that_leaves_the_folder(room):
    expect(room.wizard("--case", "../../HD-1", "blocklist.eml"), USAGE)
    assert not os.path.exists(room.path("state/HD-1.jsonl"))


@test
def a_case_cut_off_by_a_crash(room):
    expect(room.wizard("--case", "HD-1", "blocklist.eml", typed="3\ntaro@example.net\n"), DONE)
    path = room.cases()[0]
    with open(path, "rb+") as f:
        f.truncate(os.path.getsize(path) - 20)
    expect(room.wizard("--resume", "HD-1", typed=""), DONE, "Which address did the message bounce from?")


@test
def a_folder_for_cases_that_cannot_be(room):
    room.write("state", b"a file")
    expect(room.wizard("blocklist.eml", typed="3\n\nq\n"), DONE, "not being saved", "Which IP address")


def fill_disk(room):
    """Mounts a small disk for the cases; or limits the size of files."""
    state = room.path("state")
    os.makedirs(state)
    if os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", state],
                                            capture_output=True).returncode == 0:
        return {}, lambda: subprocess.run(["umount", state], check=True)

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))

    return {"preexec_fn": limit}, lambda: None


@test
def a_full_disk(room):
    more, release = fill_disk(room)
    try:
        with open(room.path("blocklist.eml"), "rb") as f:
            room.write("big.eml", f.read() + b"x" * 200_000)
        result = room.wizard("big.eml", typed="\n\n\nq\n", **more)
        expect(result, DONE, "case", "192.0.2.10 is on the list that the bounce names")
        assert "cannot be saved at the moment" in squeeze(result[1]), "nobody was told: " + result[1][:1500]
    finally:
        release()


# --- output that goes nowhere ---


@test
def a_full_output(room):
    with open("/dev/full", "wb") as full:
        expect(room.run("--version", stdout=full), BAD_FILE, "disk is full")
        expect(room.run("explain", "blocklist.eml", stdout=full), BAD_FILE, "disk is full")
    # The session is saved, whoever listens.
    with open("/dev/full", "wb") as full:
        room.wizard("blocklist.eml", typed="\n", stdout=full)
    assert room.cases()


@test
def nobody_listens(room):
    process = room.start("--plain", *REPLAY, "blocklist.eml")
    process.stdout.close()
    process.stdin.write(b"\n\n\n")
    process.stdin.close()
    process.wait(timeout=10)
    process.stderr.close()
    assert process.returncode >= 0, f"ended by signal {-process.returncode}"


# --- signals ---


def case_events(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def stop_by(room, number):
    process = room.start("--plain", *REPLAY, "blocklist.eml")
    process.stdin.write(b"3\n")
    process.stdin.flush()
    wait_for(process, b"Which address")
    start = time.monotonic()
    process.send_signal(number)
    process.wait(timeout=10)
    took = time.monotonic() - start
    process.stdin.close()
    process.stdout.close()
    process.stderr.close()
    assert process.returncode == 128 + number, f"exit code {process.returncode}"
    assert took < 1, f"{took:.1f} s until the end"
    assert any(event.get("event") == "bounce" for event in case_events(room.cases()[0]))
    expect(room.wizard("--resume", typed=""), DONE, "Which address did the message bounce from?")


def wait_for(process, words, seconds=10):
    os.set_blocking(process.stdout.fileno(), False)
    said, end = b"", time.monotonic() + seconds
    while words not in said:
        assert time.monotonic() < end, f"{words!r} was never said, but: {said[-600:]!r}"
        time.sleep(0.01)
        said += process.stdout.read() or b""
    return said


@test
def told_to_end(room):
    stop_by(room, signal.SIGTERM)


@test
def hung_up(room):
    stop_by(room, signal.SIGHUP)


# --- the network ---


@test
def a_resolver_that_is_not_there(room):
    result = room.run("--plain", "--resolver", "127.0.0.1:1", "--timeout", "400",
                      typed="2\ntaro@example.com\n\n\n\n\n\n\nq\n")
    expect(result, DONE, "No name can be looked up from here", "could not be found out")
    assert "[FAIL] example.com" not in result[1], "what nobody could tell is called bad"


@test
def a_resolver_that_is_no_address(room):
    expect(room.run("--plain", "--resolver", "not an address"), USAGE, "not an address")


@test
def a_resolver_that_never_answers(room):
    with dns_fake.Fake(every="hang") as fake:
        process = room.start("--plain", "--resolver", fake.address, "--timeout", "60000")
        process.stdin.write(b"2\ntaro@example.com\n")
        process.stdin.flush()
        wait_for(process, b"still waiting", 15)
        process.send_signal(signal.SIGINT)  # ends the waiting, not the program
        wait_for(process, b"Enter next")
        process.stdin.write(b"\ns\n")
        process.stdin.flush()
        process.stdin.close()
        process.stdout.read()
        assert process.wait(timeout=10) == DONE
        process.stdout.close()
        process.stderr.close()


# --- exit codes ---


@test
def wrong_usage(room):
    for args in (["--nonsense"], ["--timeout", "-1"], ["--timeout", "soon"], ["--lang", "xx"], ["--color", "pink"],
                 ["--set", "lists"], ["--replay", "net.jsonl", "--resolver", "192.0.2.53"]):
        code, out, err = room.run(*args)
        assert code == USAGE, f"{args}: exit code {code}, {out[-200:]} {err}"
        assert err.startswith("whybounce: "), f"{args}: {err!r}"


@test
def help_and_version(room):
    expect(room.run("--version"), DONE, "whybounce ")
    expect(room.run("--help"), DONE, "--replay", "explain")


@test
def what_check_says(room):
    def mx(domain):
        return room.run("check", "--replay", "net.jsonl", "--probe", "mx", "--set", "domain=" + domain)

    def lists(ip):
        return room.run("check", *REPLAY, "--probe", "dnsbl", "--set", "ip=" + ip)

    expect(room.run("check", *REPLAY, "--probe", "mx", "example.com"), USAGE)
    expect(mx("example.com"), DONE)
    expect(mx("null.example"), PROBLEM)
    expect(mx("slow.example"), NO_ANSWER)
    expect(lists("192.0.2.10"), PROBLEM, "major.bl.example")
    expect(lists("192.0.2.13"), DONE)
    expect(lists("192.0.2.15"), NO_ANSWER)


@test
def what_explain_says(room):
    expect(room.run("explain", "blocklist.eml"), DONE, "major.bl.example")
    expect(room.run("explain", "nothing.eml"), BAD_FILE, "nothing.eml")


@test
def what_lint_says(room):
    own_guide(room, "format: 1\nid: own\n")
    expect(room.run("lint", "config/whybounce/flows/own.yaml"), PROBLEM, "own.yaml:")
    expect(room.run("lint", "nothing.yaml"), BAD_FILE, "nothing.yaml")


def main():
    chosen = [t for t in tests if not sys.argv[1:] or t.__name__ in sys.argv[1:]]
    print(f"1..{len(chosen)}")
    for number, function in enumerate(chosen, 1):
        name = function.__name__.replace("_", " ")
        with Room() as room:
            try:
                function(room)
                print(f"ok {number} - {name}", flush=True)
            except Skip as why:
                print(f"ok {number} - {name} # SKIP {why}", flush=True)
            except (AssertionError, OSError, UnicodeDecodeError, subprocess.SubprocessError) as error:
                print(f"not ok {number} - {name}", flush=True)
                print("# " + str(error).replace("\n", "\n# "))


main()
