#!/usr/bin/env python3
"""Each header of the compiler opens with `#pragma once` and its contract."""

import tree


def find_problems(root):
    problems = []
    for path in tree.files(root, ".h", below=["compiler"]):
        lines = [line for line in tree.text(root, path).splitlines() if line.strip()]
        if not lines or lines[0] != "#pragma once":
            problems.append(f"{path}: the first line is not #pragma once")
        elif len(lines) < 2 or not lines[1].startswith("// Contract: "):
            problems.append(f"{path}: no `// Contract: ` after #pragma once")
    return problems


if __name__ == "__main__":
    tree.report(find_problems)
