#!/usr/bin/env python3
"""Whole sessions in line mode over recordings: tests/cases/*.txt, one session a file.

UPDATE=1 writes what the program says now into the files: read the difference before you commit it.
"""
import difflib
import glob
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sections import Sections, environment, normalise

PROGRAM = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "whybounce"))


def run(test, folder):
    args = [PROGRAM, "--plain"] + test.lay_out(folder)
    result = subprocess.run(args, input=test.get("in", "").encode("utf-8", "surrogateescape"), capture_output=True,
                            cwd=folder, env=environment(folder), timeout=60)
    out = normalise(result.stdout.decode("utf-8", "replace").replace(folder, "DIR"))
    err = normalise(result.stderr.decode("utf-8", "replace").replace(folder, "DIR"))
    if err:
        out += "\n== stderr ==\n" + err
    return result.returncode, out.rstrip("\n") + "\n"


def main():
    files = sys.argv[1:] or sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "*.txt")))
    print(f"1..{len(files)}")
    for number, path in enumerate(files, 1):
        test = Sections(path)
        with tempfile.TemporaryDirectory() as folder:
            code, out = run(test, folder)
        wanted_code = int(test.settings.get("exit", "0"))
        if os.environ.get("UPDATE"):
            test.set("out", out)
            test.save()
        wanted = test.get("out", "")
        good = out == wanted and code == wanted_code
        print(("ok" if good else "not ok"), number, test.title())
        if not good:
            print(f"# exit code {code}, wanted {wanted_code}")
            for line in difflib.unified_diff(wanted.splitlines(), out.splitlines(), "wanted", "got", lineterm="", n=2):
                print("# " + line)


main()
