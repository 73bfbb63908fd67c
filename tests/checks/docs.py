#!/usr/bin/env python3
"""The appnet code in README.md and docs/ is what the compiler takes. README.md of this folder says how a block is read."""

import os
import re
import subprocess
import tempfile

import tree

BLOCK = re.compile(r"(?:^<!-- appnetc: (?P<order>[^\n]*?) -->\n+)?^```appnet *\n(?P<text>.*?)^``` *$", re.M | re.S)
HEADER = re.compile(r"^\s*policy\s", re.M)


def policy_file(name):
    if name == "reference":
        return name
    folder = f"/etc/selinux/{name}/policy"
    versions = [entry for entry in os.listdir(folder) if entry.startswith("policy.")]
    return os.path.join(folder, max(versions, key=lambda entry: int(entry.split(".")[1])))


def check(appnetc, root, place, order, text):
    """The problem with one block, or None. Orders: `policy NAME`, `with FILE`, `fails KIND`, `skip REASON`; commas between."""
    policy, others, kind = "reference", [], None
    for part in filter(None, (part.strip() for part in (order or "").split(","))):
        verb, _, argument = part.partition(" ")
        if verb == "skip" and argument:
            return None
        if verb == "policy":
            policy = argument
        elif verb == "with":
            others.append(os.path.join(root, argument))
        elif verb == "fails":
            kind = argument
        else:
            return f"{place}: no such order: {part}"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "block.appnet")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        result = subprocess.run([appnetc, "check", "--policy", policy_file(policy), *others, path],
                                capture_output=True, text=True, check=False)
    whole = bool(others) or HEADER.search(text)
    if kind:
        good = result.returncode == 1 and f"[{kind}]" in result.stderr
    elif whole:
        good = result.returncode == 0
    else:
        good = result.returncode in (0, 1) and "[syntax-error]" not in result.stderr
    return None if good else f"{place}: appnetc says (exit code {result.returncode})\n{result.stderr.strip()}"


def find_problems(root, appnetc):
    problems = []
    for path in tree.files(root, ".md"):
        if path != "README.md" and not path.startswith(("docs/", "stdlib/")):
            continue
        content = tree.text(root, path)
        fences = len(re.findall(r"^\s*```appnet\b", content, re.M))
        blocks = list(BLOCK.finditer(content))
        if fences != len(blocks):
            problems.append(f"{path}: {fences} blocks begin with ```appnet, but only {len(blocks)} stand alone at the margin")
        for block in blocks:
            line = content.count("\n", 0, block.start("text"))
            problems.append(check(appnetc, root, f"{path}:{line}", block.group("order"), block.group("text")))
    return [problem for problem in problems if problem]


if __name__ == "__main__":
    tree.report(find_problems)
