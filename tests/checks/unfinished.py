#!/usr/bin/env python3
"""No word that marks unfinished work, and no place of the machine it was written on."""

import re

import tree

# In brackets, so that this file does not hold the words itself.
WORDS = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b|/h[o]me/|/w[o]rk/")
SUFFIXES = (".cpp", ".h", ".def", ".g4", ".py", ".sh", ".ts", ".js", ".json", ".md", ".txt", ".cmake", ".appnet", ".service", "/run")


def find_problems(root):
    problems = []
    for path in tree.files(root):
        if ("/" + path).endswith(SUFFIXES):
            for number, line in enumerate(tree.text(root, path).splitlines(), 1):
                found = WORDS.search(line)
                if found:
                    problems.append(f"{path}:{number}: `{found.group(0)}`")
    return problems


if __name__ == "__main__":
    tree.report(find_problems)
