#!/usr/bin/env python3
"""Whole sessions in line mode over recordings: tests/cases/*.txt, see session.py for how they are written.

UPDATE=1 writes what the program says now into the files: read the difference before you commit it.
"""
import difflib
import glob
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from sections import Sections
from session import play, sessions

UPDATE = bool(os.environ.get("UPDATE"))


def run(test, folder):
    notes = []
    args = test.lay_out(folder)
    for part in sessions(test):
        played = play(test, part[0], part[1], folder, args, update=UPDATE)
        notes += played.faults
        if UPDATE and not played.faults:
            part[1] = played.text
        if played.text != part[1]:
            notes += difflib.unified_diff(part[1].splitlines(), played.text.splitlines(), "wanted", "got", lineterm="",
                                          n=2)
    return notes


def main():
    files = sys.argv[1:] or sorted(glob.glob(os.path.join(HERE, "*.txt")))
    print(f"1..{len(files)}")
    for number, path in enumerate(files, 1):
        test = Sections(path)
        with tempfile.TemporaryDirectory() as folder:
            notes = run(test, folder)
        if UPDATE:
            test.save()
        print("not ok" if notes else "ok", number, test.title(), flush=True)
        for note in notes:
            print("# " + note)


main()
