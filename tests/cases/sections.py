"""Test files made of sections.

    # what this is about, up to the first section
    args: --lang ja bounce.eml
    == net
    {"dns":"example.com MX","answer":["10 mx1.example.com"]}
    == file bounce.eml
    ...
    == session
    ...

Sections keep their order; a name may come more than once.  `key: value` lines before the first section are settings.
The program runs in a folder of its own that holds the files of world/ and is given its recording and its blocklists, unless
a setting says `world: no`, or `lists: ours` for the blocklists that ship.  `net` are lines that are added to the
recording, `file NAME` is another file in the folder; in `escaped NAME`
\\xNN stands for a byte and \\u{NNNN} for a character that an editor would not show.
"""
import os
import re
import shutil

WORLD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "world")


class Sections:
    def __init__(self, path):
        self.path = path
        self.settings = {}
        self.comment = []
        self.parts = []  # [name, text]
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            for line in f:
                if line.startswith("== "):
                    self.parts.append([line[3:].strip(), ""])
                elif self.parts:
                    self.parts[-1][1] += line
                elif line.startswith("#"):
                    self.comment.append(line)
                elif line.strip():
                    key, value = line.split(":", 1)
                    self.settings[key.strip()] = value.strip()

    def get(self, name, otherwise=None):
        for part in self.parts:
            if part[0] == name:
                return part[1]
        return otherwise

    def set(self, name, text):
        for part in self.parts:
            if part[0] == name:
                part[1] = text
                return
        self.parts.append([name, text])

    def save(self):
        with open(self.path, "w", encoding="utf-8", errors="surrogateescape") as f:
            f.writelines(self.comment)
            for key, value in self.settings.items():
                f.write(f"{key}: {value}\n")
            for name, text in self.parts:
                f.write(f"== {name}\n{text}")

    def title(self):
        name = os.path.splitext(os.path.basename(self.path))[0]
        return name + (" - " + self.comment[0].lstrip("# ").strip() if self.comment else "")

    def lay_out(self, folder):
        """Writes the recording and the files of the test into `folder`; returns the arguments for whybounce."""
        args = []
        if self.settings.get("world") != "no":
            for name in sorted(os.listdir(WORLD)):
                shutil.copy(os.path.join(WORLD, name), folder)
            with open(os.path.join(folder, "net.jsonl"), "a", encoding="utf-8") as f:
                f.write(self.get("net", ""))
            args = ["--replay", "net.jsonl"]
            if self.settings.get("lists") != "ours":
                args += ["--set", "lists=lists.yaml"]
        for name, data in self.files().items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        return args

    def files(self):
        """Name to bytes."""
        files = {}
        for name, text in self.parts:
            kind, _, rest = name.partition(" ")
            if kind == "file":
                files[rest] = text.encode("utf-8", "surrogateescape")
            elif kind == "escaped":
                files[rest] = unescape(text)
        return files


def unescape(text):
    data = re.sub(r"\\u\{([0-9A-Fa-f]+)\}", lambda m: chr(int(m[1], 16)), text).encode("utf-8", "surrogateescape")
    return re.sub(rb"\\x([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), data)


# What differs from run to run: dates, times, case names, the version.
VOLATILE = [
    (re.compile(r"\d{8}-\d{4}-\d+"), "CASE"),
    (re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d(:\d\d)?"), "DATE TIME"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "TIME"),
    (re.compile(r"\bv\d+\.\d+[-.\w]*"), "vN"),
    (re.compile(r"\bwhybounce \d+\.\d+[-.\w]*"), "whybounce VERSION"),
]


def normalise(text):
    for pattern, word in VOLATILE:
        text = pattern.sub(word, text)
    return "\n".join(line.rstrip() for line in text.split("\n"))


def environment(folder, **more):
    """A clean environment: nothing of the person who runs the tests."""
    build = os.environ.get("BUILD", "build")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": folder,
        "XDG_STATE_HOME": os.path.join(folder, "state"),
        "XDG_CONFIG_HOME": os.path.join(folder, "config"),
        "TZ": "UTC",
        "WHYBOUNCE_PRINT": "no-printer-here",
        "LANG": "C.UTF-8",
        # Leaks are the unit tests' business: the leak checker's own tracer crashes at the end of some whole sessions.
        "ASAN_OPTIONS": "detect_leaks=0:exitcode=99",
        "LSAN_OPTIONS": "suppressions=" + os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lsan.supp") + ":print_suppressions=0",
        "BUILD": build,
    }
    env.update(more)
    return env
