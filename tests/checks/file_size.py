#!/usr/bin/env python3
"""No file is longer than 800 lines. One above 400 is listed in long_files.txt with the reason."""

import os

import tree

FORBIDDEN, LONG = 800, 400
SUFFIXES = (".cpp", ".h", ".def", ".g4", ".py", ".sh", ".ts", ".js", ".cmake", "CMakeLists.txt", "/run")
LIST = "tests/checks/long_files.txt"


def reasons(root):
    if not os.path.exists(os.path.join(root, LIST)):
        return {}
    lines = [line for line in tree.text(root, LIST).splitlines() if line and not line.startswith("#")]
    return {path.strip(): reason.strip() for path, _, reason in (line.partition(":") for line in lines)}


def find_problems(root):
    listed, long, problems = reasons(root), set(), []
    for path in tree.files(root):
        if not ("/" + path).endswith(SUFFIXES):
            continue
        lines = tree.text(root, path).count("\n")
        if lines > LONG:
            long.add(path)
        if lines > FORBIDDEN:
            problems.append(f"{path}: {lines} lines, more than {FORBIDDEN}: split it")
        elif lines > LONG and not listed.get(path):
            problems.append(f"{path}: {lines} lines, more than {LONG}: split it, or give the reason in {LIST}")
    return problems + [f"{LIST}: {path} is not that long any more: remove the line" for path in sorted(set(listed) - long)]


if __name__ == "__main__":
    tree.report(find_problems)
