#!/usr/bin/env python3
"""Prints "PASSED FAILED SKIPPED" of a ctest JUnit report, for tests/run. A test that could not be run has failed."""

import sys
import xml.etree.ElementTree as ElementTree


def count(report):
    passed = failed = skipped = 0
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        status = case.get("status")
        message = " ".join(node.get("message", "") for node in case.findall("skipped"))
        if status == "run" and case.find("failure") is None:
            passed += 1
        elif status == "disabled" or (status == "notrun" and message.startswith("SKIP_")):
            skipped += 1
        else:
            failed += 1
    return passed, failed, skipped


if __name__ == "__main__":
    try:
        print(*count(sys.argv[1]))
    except (OSError, ElementTree.ParseError) as error:
        sys.exit(f"error: {sys.argv[1]}: {error}")
