#!/usr/bin/env python3
"""The appnet code in README.md and docs/ is what the compiler takes, and the output shown is what it prints. README.md of this
folder says how a block is read."""

import os
import re
import shlex
import subprocess
import tempfile

import tree

BLOCK = re.compile(r"(?:^<!-- appnetc: (?P<order>[^\n]*?) -->\n+)?^```(?:appnet|cil) *\n(?P<text>.*?)^``` *$", re.M | re.S)
# A command and what it prints, indented: the file it names is the appnet code before it.
SHOWN = re.compile(r"^    \$ build/appnetc (?P<command>[^\n]*)\n(?P<output>(?:    [^\n]*\n|\n(?=    ))*)", re.M)
SAID = re.compile(r"^(?:error|warning|note): .* \[([a-z0-9-]+)\]$", re.M)
# A file that the next block imports, or a module that is linked for it.
BESIDE = re.compile(r"^(file|module) (\S+)$")
HEADER = re.compile(r"^\s*policy\s", re.M)


def policy_file(name):
    if name == "reference":
        return name
    folder = f"/etc/selinux/{name}/policy"
    versions = [entry for entry in os.listdir(folder) if entry.startswith("policy.")]
    return os.path.join(folder, max(versions, key=lambda entry: int(entry.split(".")[1])))


def check(appnetc, root, place, order, text, beside=()):
    """The problem with one block, or None. Orders: `policy NAME`, `with FILE`, `fails KIND` (this kind alone), `says KIND`
    (the same, and no error), `warn KIND`, `skip REASON`; commas between. `beside`: files and modules of the blocks before it."""
    policy, others, kind, code = "reference", [], None, 0
    options = []
    for part in filter(None, (part.strip() for part in (order or "").split(","))):
        verb, _, argument = part.partition(" ")
        if verb == "skip" and argument:
            return None
        if verb == "policy":
            policy = argument
        elif verb == "with":
            others.append(os.path.join(root, argument))
        elif verb in ("fails", "says"):
            kind, code = argument, 1 if verb == "fails" else 0
        elif verb == "warn":
            options += ["--warn", argument]
        else:
            return f"{place}: no such order: {part}"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "block.appnet")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        for verb, name, more in beside:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(more)
            options += ["--module", os.path.join(folder, name)] if verb == "module" else []
        result = subprocess.run([appnetc, "check", "--policy", policy_file(policy), *options, *others, path],
                                capture_output=True, text=True, check=False)
    whole = bool(others) or HEADER.search(text)
    if kind:
        good = result.returncode == code and set(SAID.findall(result.stderr)) == {kind}
    elif whole:
        good = result.returncode == 0
    else:
        good = result.returncode in (0, 1) and "[syntax-error]" not in result.stderr
    return None if good else f"{place}: appnetc says (exit code {result.returncode})\n{result.stderr.strip()}"


def check_output(appnetc, place, command, output, text):
    """The problem with one command that is shown with its output, or None."""
    words = shlex.split(command)
    with tempfile.TemporaryDirectory() as folder:
        for number, word in enumerate(words):
            if word.endswith(".appnet"):
                with open(os.path.join(folder, word), "w", encoding="utf-8") as file:
                    file.write(text)
            elif word.startswith("/etc/selinux/"):
                words[number] = policy_file(word.split("/")[3])
        result = subprocess.run([appnetc, *words], capture_output=True, text=True, check=False, cwd=folder)
    shown = re.sub("^    ", "", output, flags=re.M)
    if (result.stdout + result.stderr).rstrip("\n") == shown.rstrip("\n"):
        return None
    return f"{place}: appnetc {command} prints\n{result.stdout}{result.stderr}"


def find_problems(root, appnetc):
    problems = []
    for path in tree.files(root, ".md"):
        if path != "README.md" and not path.startswith(("docs/", "stdlib/")):
            continue
        content = tree.text(root, path)
        fences = len(re.findall(r"^\s*```(?:appnet|cil)\b", content, re.M))
        blocks = list(BLOCK.finditer(content))
        if fences != len(blocks):
            problems.append(f"{path}: {fences} blocks begin with ```appnet, but only {len(blocks)} stand alone at the margin")
        beside = []
        for block in blocks:
            if part := BESIDE.match(block.group("order") or ""):
                beside.append((part[1], part[2], block.group("text")))
                continue
            line = content.count("\n", 0, block.start("text"))
            problems.append(check(appnetc, root, f"{path}:{line}", block.group("order"), block.group("text"),
                                  beside))
            beside = []
        for shown in SHOWN.finditer(content):
            before = [block.group("text") for block in blocks if block.end() <= shown.start()]
            line = content.count("\n", 0, shown.start()) + 1
            problems.append(check_output(appnetc, f"{path}:{line}", shown.group("command"), shown.group("output"),
                                         before[-1] if before else ""))
    return [problem for problem in problems if problem]


if __name__ == "__main__":
    tree.report(find_problems)
