#!/usr/bin/env python3
"""The rules of the house, as a test: who may include whom, which library may be touched where, what is banned.

The README's chapter "Hacking" says why.  Prints TAP."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")

FLOORS = ["base", "net", "mail", "probe", "flow", "report", "ui"]

# Header, and the places (folder or file under src/) where it may be included.
LIBRARIES = [
    (r"yaml\.h", ["base/yaml.c"]),
    (r"uni(str|lbrk|width|types|norm|case|conv|ctype|gbrk)\.h", ["base"]),
    (r"ares.*\.h", ["net"]),
    (r"resolv\.h|arpa/nameser.*\.h", ["net"]),
    (r"sys/socket\.h|netdb\.h|netinet/.*|sys/un\.h", ["net"]),
    (r"gmime/.*", ["mail/mime.c"]),
    (r"idn2\.h", ["mail"]),
    (r"openssl/.*", ["mail", "net/transfer_tls.c"]),
    (r"json-glib/.*", ["base/json_module.c"]),
    (r"(n?curses.*|term|panel|form|menu)\.h|ncursesw/.*", ["ui/curses.c"]),
    (r"curl/.*", ["net/transfer_private.h"]),
    (r"(pthread|threads|ctype|alloca)\.?h?", []),
]

BANNED = [
    "sprintf", "vsprintf", "strcpy", "stpcpy", "strcat", "strncat", "strtok", "atoi", "atol", "atoll", "atof", "gets",
    "alloca", "g_alloca", "g_newa", "system", "popen", "tmpnam", "mktemp", "isalnum", "isalpha", "iscntrl", "isdigit",
    "isgraph", "islower", "isprint", "ispunct", "isspace", "isupper", "isxdigit", "tolower", "toupper", "g_thread_new",
    "pthread_create", "setjmp", "longjmp",
]

MAX_LINES = 600

# State that outlives a call, outside the session: each with a reason in its file.  Logging, the catalogue in force,
# the data directory of the command line, the signal flag, what a library wants to be initialised once.
STATE = {
    "base/catalogue.c": ["in_force"],
    "base/paths.c": ["data_override"],
    "ui/signals.c": ["noted", "pipe_ends"],
}

count = 0
failed = False


def report(name, faults):
    global count, failed
    count += 1
    print(f"{'not ok' if faults else 'ok'} {count} - {name}")
    for fault in faults[:30]:
        print(f"#   {fault}")
    if len(faults) > 30:
        print(f"#   and {len(faults) - 30} more")
    failed = failed or bool(faults)


def files(*patterns):
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def name(path):
    return str(path.relative_to(ROOT))


def under_src(path):
    return str(path.relative_to(ROOT / "src"))


def lines(path):
    return path.read_text(encoding="utf-8").split("\n")


def bare(text):
    """The code without comments and string literals; line numbers stay."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.S)


def rank(folder):
    return FLOORS.index(folder) if folder in FLOORS else None


def floor_faults(path):
    folder = under_src(path).split("/")[0]
    own = len(FLOORS) if folder == "main.c" else rank(folder)
    for number, line in enumerate(lines(path), 1):
        match = re.match(r'\s*#\s*include\s+"([^"]*)"', line)
        if not match:
            continue
        other = rank(match.group(1).split("/")[0]) if "/" in match.group(1) else None
        if own is None or other is None:
            yield f'{name(path)}:{number}: "{match.group(1)}" is on no floor; includes are written "folder/file.h"'
        elif other > own:
            yield f"{name(path)}:{number}: {folder} may not include {match.group(1)}, which is above it"


def library_faults(path):
    place = under_src(path)
    for number, line in enumerate(lines(path), 1):
        match = re.match(r"\s*#\s*include\s+<([^>]*)>", line)
        for pattern, allowed in LIBRARIES if match else []:
            if re.fullmatch(pattern, match.group(1)) and place not in allowed and place.split("/")[0] not in allowed:
                yield f"{name(path)}:{number}: <{match.group(1)}> may only be used in {', '.join(allowed) or 'no file'}"


def banned_faults(path):
    words = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
    for number, line in enumerate(bare(path.read_text(encoding="utf-8")).split("\n"), 1):
        for match in words.finditer(line):
            yield f"{name(path)}:{number}: {match.group(1)}() is banned"


def size_faults(path):
    text = lines(path)
    if len(text) - 1 > MAX_LINES:
        yield f"{name(path)}: {len(text) - 1} lines: these are two ideas, split it"
    for number, line in enumerate(text, 1):
        if line != line.rstrip() or "\t" in line:
            yield f"{name(path)}:{number}: a tab, or a blank at the end of the line"


def comment_faults(path):
    text = path.read_text(encoding="utf-8")
    if not re.match(r"/\*.{40,}?\*/", text, flags=re.S):
        yield f"{name(path)}: begins without a comment that says what it is for"


def state_faults(path):
    """Variables of an object file that can be written to: everything in .data and .bss."""
    source = str(path.relative_to(BUILD / "src"))[:-2] + ".c"
    listing = subprocess.run(["nm", "-f", "sysv", path], capture_output=True, text=True, check=True).stdout
    for line in listing.split("\n"):
        fields = [field.strip() for field in line.split("|")]
        if len(fields) != 7 or not re.match(r"\.(data|bss|tdata|tbss)(\.(?!rel\.ro)|$)", fields[6]):
            continue
        variable = re.sub(r"\.\d+$", "", fields[0])
        # GLib's quarks, made at their first use.
        if variable in ("q", "quark") or variable in STATE.get(source, []):
            continue
        yield f"src/{source}: {variable} can be written to: pass state along, or name it in tests/floors/floors.t"


def readme_faults(path):
    """The C of the README's chapters is real: each block stands so in a file under src/; and so is its screen."""
    text = path.read_text(encoding="utf-8")
    for block in re.findall(r"^```c\n(.*?)^```", text, flags=re.S | re.M):
        if not any(block in source.read_text(encoding="utf-8") for source in files("src/*/*.c")):
            yield f"{path.name}: a block of C that is in no source: {block.splitlines()[0]}"
    for block in re.findall(r"^```\n( WHYBOUNCE.*?)^```", text, flags=re.S | re.M):
        if not any(block in golden.read_text(encoding="utf-8") for golden in files("tests/screens/*.txt")):
            yield f"{path.name}: a screen that no test shows: {block.splitlines()[2]}"
    for name, count in re.findall(r"`(src/\S+\.c)`[^`]*?\((\d+) lines\)", text):
        if len(lines(ROOT / name)) - 1 != int(count):
            yield f"{path.name}: {name} has {len(lines(ROOT / name)) - 1} lines, not {count}"


def manual_faults(path):
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", path], capture_output=True, text=True, check=False)
    yield from (line.split(str(ROOT) + "/", 1)[-1] for line in done.stdout.splitlines())


def gather(check, paths):
    return [fault for path in paths for fault in check(path)]


sources = files("src/*.c", "src/*/*.c", "src/*/*.h")
headers = files("src/*/*.h")
everything = sources + files("i18n/*.c", "tests/unit/*.c", "tests/fuzz/*.c")

report("each floor includes only what is below it", gather(floor_faults, sources))
report("libraries are used where they belong", gather(library_faults, sources))
report("no banned function", gather(banned_faults, everything))
report("files are small and tidy", gather(size_faults, everything))
report("the README shows real code", gather(readme_faults, [ROOT / "README.md"]))
report("every header says what it is for", gather(comment_faults, headers))

manuals = files("man/*")
if shutil.which("mandoc"):
    report("the manual pages are well formed", gather(manual_faults, manuals))
else:
    count += 1
    print(f"ok {count} - the manual pages are well formed # SKIP mandoc missing")

objects = sorted(path for path in BUILD.glob("src/**/*.o") if (ROOT / path.relative_to(BUILD).with_suffix(".c")).exists())
instrumented = any(b"__asan" in path.read_bytes() for path in objects)
if objects and not instrumented:
    report("no state outside of objects", gather(state_faults, objects))
else:
    count += 1
    print(f"ok {count} - no state outside of objects # SKIP no plain object files in {BUILD}")

if not sources:
    report("there are sources", [f"no src/ in {ROOT}"])
print(f"1..{count}")
sys.exit(failed)
