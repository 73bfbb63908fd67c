#!/usr/bin/env python3
"""Every shell script parses in the shell its first line names (files ending in .sh without one: bash), and can be run."""

import os
import re
import subprocess

import tree

SHEBANG = re.compile(r"^#!\s*(?:/usr)?/bin/(?:env\s+)?(sh|bash|dash)\b")


def find_problems(root):
    problems = []
    for path in tree.files(root):
        full = os.path.join(root, path)
        with open(full, "rb") as file:
            first = file.readline(200).decode("utf-8", "replace")
        shebang = SHEBANG.match(first)
        if not shebang and not path.endswith(".sh"):
            continue
        shell = shebang.group(1) if shebang else "bash"
        result = subprocess.run([shell, "-n", full], capture_output=True, text=True, check=False)
        if result.returncode:
            problems.append(f"{path}: {result.stderr.strip()}")
        if shebang and not os.access(full, os.X_OK):
            problems.append(f"{path}: names an interpreter but has no run bit")
    return problems


if __name__ == "__main__":
    tree.report(find_problems)
