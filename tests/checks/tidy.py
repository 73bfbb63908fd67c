#!/usr/bin/env python3
"""clang-tidy finds nothing in the compiler and the tests. Reads the compile commands of the build folder, and keeps a stamp
there for each file that was clean: it is looked at again when it, a header of ours below it, its command or a
.clang-tidy changes."""

import concurrent.futures
import hashlib
import json
import os
import re
import subprocess

import tree

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def closure(root, path, seen):
    """The file and every file of ours that it includes."""
    seen.add(path)
    for name in INCLUDE.findall(tree.text(root, path)):
        for folder in ("compiler", "tests", os.path.dirname(path)):
            found = os.path.normpath(os.path.join(folder, name))
            if found not in seen and os.path.isfile(os.path.join(root, found)):
                closure(root, found, seen)
    return seen


def stamp_of(root, path, command):
    digest = hashlib.sha256(command.encode())
    for part in sorted(closure(root, path, set())) + [".clang-tidy", "tests/.clang-tidy"]:
        digest.update(f"\n{part}\n{tree.text(root, part)}".encode())
    return digest.hexdigest()


def find_problems(root, build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = {os.path.relpath(entry["file"], root): entry["command"] for entry in json.load(file)}
    stamps = os.path.join(build, "clang-tidy")
    os.makedirs(stamps, exist_ok=True)
    wanted = {path: stamp_of(root, path, commands[path]) for path in tree.files(root, ".cpp", below=["compiler", "tests"])
              if path in commands}
    for old in set(os.listdir(stamps)) - set(wanted.values()):
        os.remove(os.path.join(stamps, old))

    def look(path):
        stamp = os.path.join(stamps, wanted[path])
        if os.path.exists(stamp):
            return []
        result = subprocess.run(["clang-tidy", "-quiet", "-p", build, os.path.join(root, path)],
                                capture_output=True, text=True, check=False)
        if result.returncode == 0:
            with open(stamp, "w", encoding="utf-8") as file:
                file.write(path + "\n")
            return []
        return [result.stdout.strip() or result.stderr.strip() or f"{path}: clang-tidy failed"]

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [problem for problems in pool.map(look, sorted(wanted)) for problem in problems]
    return found if wanted else ["no compile command for any file of the compiler"]


if __name__ == "__main__":
    tree.report(find_problems)
