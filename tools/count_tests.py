#!/usr/bin/env python3
"""Adds up what the test programs reported and prints the one closing line, "N passed, N failed, N skipped".

usage: count_tests.py CTEST_JUNIT_DIR BUILD_DIR
CTEST_JUNIT_DIR/<preset>.xml is ctest's own report. Each entry counts by the JUnit file that its program wrote
(BUILD_DIR/<preset>/results/<entry>.xml) or, where it wrote none, as one test. A program that failed although its file shows no
failure (a crash, a sanitizer report at exit) counts as one failure.
"""
import pathlib
import sys
import xml.etree.ElementTree as ET


def totals(file):
    cases = list(ET.parse(file).getroot().iter("testcase"))
    failed = sum(1 for c in cases if c.find("failure") is not None or c.find("error") is not None)
    skipped = sum(1 for c in cases
                  if c.find("skipped") is not None or c.get("result") == "skipped" or c.get("status") == "notrun")
    return len(cases) - failed - skipped, failed, skipped


def entry_totals(case, own):
    failed_entry = case.get("status") == "fail" or case.find("failure") is not None
    if own.exists():
        passed, failed, skipped = totals(own)
    elif case.get("status") in ("notrun", "disabled"):
        passed, failed, skipped = 0, 0, 1
    else:
        passed, failed, skipped = 1, 0, 0
    if failed_entry and failed == 0:
        passed, failed = max(0, passed - 1), 1
    return passed, failed, skipped


def main(junit_dir, build_dir):
    sums = [0, 0, 0]
    for summary in sorted(pathlib.Path(junit_dir).glob("*.xml")):
        results = pathlib.Path(build_dir) / summary.stem / "results"
        for case in ET.parse(summary).getroot().iter("testcase"):
            counted = entry_totals(case, results / (case.get("name") + ".xml"))
            if counted[1]:
                print(f"failed: {summary.stem} {case.get('name')}", file=sys.stderr)
            sums = [a + b for a, b in zip(sums, counted)]
    passed, failed, skipped = sums
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
