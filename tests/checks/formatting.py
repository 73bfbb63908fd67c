#!/usr/bin/env python3
"""clang-format would change nothing."""

import os
import re
import subprocess

import tree

PLACE = re.compile(r"^(.*?):\d+:\d+: error: code should be clang-formatted", re.M)


def find_problems(root):
    paths = [os.path.join(root, path) for path in tree.files(root, ".cpp", ".h", below=["compiler", "tests", "bench"])]
    result = subprocess.run(["clang-format", "--dry-run", "-Werror", "--style=file", *paths],
                            capture_output=True, text=True, check=False)
    changed = sorted({os.path.relpath(path, root) for path in PLACE.findall(result.stderr)})
    if result.returncode and not changed:
        return [result.stderr.strip() or "clang-format failed"]
    return [f"{path}: run clang-format -i on it" for path in changed]


if __name__ == "__main__":
    tree.report(find_problems)
