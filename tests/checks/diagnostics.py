#!/usr/bin/env python3
"""Every kind of diagnostic is reported somewhere in the compiler, and pinned by a golden test (its [slug]) or a unit test
(its kName). The table in docs/language.md is the register, and each kind has its story in docs/kinds."""

import os
import re

import tree

KIND = re.compile(r'^APPNET_(?:DIAGNOSTIC|LINT)\(\s*(\w+)\s*,\s*"([a-z0-9-]+)"', re.M)
ROW = re.compile(r'^APPNET_DIAGNOSTIC\(\w+, "([a-z0-9-]+)", k(\w+), "(.*)"\)$', re.M)
TABLE = "docs/language.md"
STORIES = "docs/kinds/"


def find_undocumented(root, registers):
    """What the table of kinds and the stories lack, or have too much of."""
    rows = [row for register in registers for row in ROW.findall(register)]
    table = tree.text(root, TABLE)
    due = [f"| [`{slug}`](kinds/{slug}.md) | {severity.lower()} | {summary} |" for slug, severity, summary in rows]
    there = re.findall(r"^\| \[`[a-z0-9-]+`\]\(kinds/.*$", table, re.M)
    problems = [f"{TABLE}: the table of kinds lacks: {row}" for row in due if row not in there]
    problems += [f"{TABLE}: the table of kinds has what is no kind: {row}" for row in there if row not in due]
    if not problems and there != due:
        problems.append(f"{TABLE}: the table of kinds is in another order than the register")
    stories = {path: tree.text(root, path) for path in tree.files(root, ".md") if path.startswith(STORIES)}
    for slug, severity, _ in rows:
        path = f"{STORIES}{slug}.md"
        story = stories.pop(path, None)
        shown = f"<!-- appnetc: {'fails' if severity == 'Error' else 'says'} {slug}"
        if story is None:
            problems.append(f"{path}: the kind has no story")
        elif not story.startswith(f"# {slug}\n\n"):
            problems.append(f"{path}: a story begins with its kind")
        elif (shown in story) == bool(re.search(r"^<!-- appnetc: no example: .+ -->$", story, re.M)):
            problems.append(f"{path}: a story has an example that gives the kind, or says why there is none")
    return problems + [f"{path}: a story of no kind" for path in stories]


def find_problems(root):
    kinds = []
    for path in tree.files(root, ".def", below=["compiler"]):
        kinds += [(path, name, slug) for name, slug in KIND.findall(tree.text(root, path))]
    problems = [] if kinds else ["no kind of diagnostic found in compiler/**/*.def"]
    sources = "\n".join(tree.text(root, path) for path in tree.files(root, ".cpp", ".h", below=["compiler"]))
    tests = "\n".join(
        tree.text(root, path) for path in tree.files(root, below=["tests"]) if not path.startswith("tests/checks/"))
    registers = [tree.text(root, path) for path in tree.files(root, ".def", below=["compiler"])]
    if registers and os.path.exists(os.path.join(root, TABLE)):
        problems += find_undocumented(root, registers)
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
