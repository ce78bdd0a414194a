#!/usr/bin/env python3
"""Every choice and every branch of the checks is taken by some transcript of tests/cases.

The program itself says which ones it takes (G_MESSAGES_DEBUG); a check that gets a branch nobody walks fails here by
name, with the line of its flow.
"""
import glob
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from sections import Sections
from session import play, sessions

FLOWS = os.path.join(HERE, "..", "..", "flows")
CHECKS = ["check-address", "autocomplete", "forwarding", "compromise", "backscatter", "mx", "dnsbl", "authentication"]

# An item of a `choices` or `next` list. In one line, or with its keys in lines of their own.
ITEM = re.compile(r"^ +- (\{ *)?(label|when|else) *:")
STEP = re.compile(r"^  (\w+):")


def branches(path):
    """Line number to (step, text) of all branches and choices in a flow file."""
    found, step = {}, "?"
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            step = STEP.match(line)[1] if STEP.match(line) else step
            if ITEM.match(line):
                found[number] = (step, line.strip().removeprefix("- "))
    return found


def main():
    taken = set()
    for path in sorted(glob.glob(os.path.join(HERE, "*.txt"))):
        test = Sections(path)
        with tempfile.TemporaryDirectory() as folder:
            args = test.lay_out(folder)
            for part in sessions(test):
                for flow, line in play(test, part[0], part[1], folder, args, trace=True).taken:
                    taken.add((os.path.basename(flow), int(line)))
    checks = sys.argv[1:] or CHECKS
    print(f"1..{len(checks)}")
    for number, check in enumerate(checks, 1):
        wanted = branches(os.path.join(FLOWS, check + ".yaml"))
        missing = [line for line in wanted if (check + ".yaml", line) not in taken]
        good = wanted and not missing
        print("ok" if good else "not ok", number, f"{check}: all of {len(wanted)} branches and choices are taken")
        for line in missing:
            print(f"# flows/{check}.yaml:{line}: {wanted[line][0]}: {wanted[line][1]}")


main()
