#!/usr/bin/env python3
"""Every kind of diagnostic is reported somewhere in the compiler, and pinned by a golden test (its [slug]) or a unit test
(its kName)."""

import re

import tree

KIND = re.compile(r'^APPNET_(?:DIAGNOSTIC|LINT)\(\s*(\w+)\s*,\s*"([a-z0-9-]+)"', re.M)


def find_problems(root):
    kinds = []
    for path in tree.files(root, ".def", below=["compiler"]):
        kinds += [(path, name, slug) for name, slug in KIND.findall(tree.text(root, path))]
    problems = [] if kinds else ["no kind of diagnostic found in compiler/**/*.def"]
    sources = "\n".join(tree.text(root, path) for path in tree.files(root, ".cpp", ".h", below=["compiler"]))
    tests = "\n".join(
        tree.text(root, path) for path in tree.files(root, below=["tests"]) if not path.startswith("tests/checks/"))
    seen = set()
    for path, name, slug in kinds:
        if slug in seen or name in seen:
            problems.append(f"{path}: {slug} is registered twice")
        seen |= {slug, name}
        if not re.search(rf"\bk{name}\b", sources):
            problems.append(f"{path}: nothing in the compiler reports {slug}")
        if f"[{slug}]" not in tests and not re.search(rf"\bk{name}\b", tests):
            problems.append(f"{path}: no test pins {slug}")
    return problems


if __name__ == "__main__":
    tree.report(find_problems)
