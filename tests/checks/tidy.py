#!/usr/bin/env python3
"""clang-tidy finds nothing in the compiler and the tests. Reads the compile commands of the build folder, and keeps a stamp
in the user's cache folder for each file that was clean, whichever clone it stood in: it is looked at again when it, a
header of ours below it, its command, clang-tidy or a .clang-tidy changes."""

import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import time

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


def stamp_of(root, path, command, version):
    digest = hashlib.sha256((version + command.replace(root, ".")).encode())
    for part in sorted(closure(root, path, set())) + [".clang-tidy", "tests/.clang-tidy"]:
        digest.update(f"\n{part}\n{tree.text(root, part)}".encode())
    return digest.hexdigest()


def drop_old_stamps(stamps):
    """Those that no run has needed for a month."""
    for name in os.listdir(stamps):
        stamp = os.path.join(stamps, name)
        if time.time() - os.stat(stamp).st_mtime > 30 * 24 * 3600:
            os.remove(stamp)


def find_problems(root, build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = {os.path.relpath(entry["file"], root): entry["command"] for entry in json.load(file)}
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    stamps = os.path.join(cache, "appnet", "clang-tidy")
    os.makedirs(stamps, exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    wanted = {path: stamp_of(root, path, commands[path], version)
              for path in tree.files(root, ".cpp", below=["compiler", "tests"]) if path in commands}
    drop_old_stamps(stamps)

    def look(path):
        stamp = os.path.join(stamps, wanted[path])
        if os.path.exists(stamp):
            os.utime(stamp)
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
