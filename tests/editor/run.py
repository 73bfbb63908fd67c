#!/usr/bin/env python3
"""run.py EXTENSION APPNETC FOLDER TEST: runs test/TEST.test.js of an editor's extension in a copy of it below FOLDER, beside the
packages of its lock file. README.md says more."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys

SKIPPED = 77
OLDEST_NODE = 18
# How npm says that it reached no registry that it trusts; anything else that fails is a mistake of ours.
UNREACHED = re.compile(r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|"
                       r"(?:DEPTH_ZERO_)?SELF_SIGNED_CERT(?:_IN_CHAIN)?|UNABLE_TO_\w*CERT\w*)\b")
PING = ("npm", "ping", "--fetch-retries=0")  # says so in seconds, where an installation tries each package for itself
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def find_node():
    missing = [name for name in ("node", "npm") if not shutil.which(name)]
    if missing:
        skip(f"no {' and no '.join(missing)} here")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        skip(f"Node.js {version} is older than {OLDEST_NODE}")


def copy(extension, folder):
    """The extension as it is now; packages that are there already stay."""
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        if name != "node_modules":
            path = os.path.join(folder, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    shutil.copytree(extension, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "*.vsix"))


def install(folder):
    """The packages of the lock file, no script of theirs run; nothing where they are there already."""
    with open(os.path.join(folder, "package-lock.json"), "rb") as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    stamp = os.path.join(folder, "node_modules", ".lock-file")
    if os.path.exists(stamp):
        with open(stamp, encoding="utf-8") as file:
            if file.read() == wanted:
                return
    for command in (PING, INSTALL):
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        said = (result.stdout + result.stderr).strip()
        if result.returncode != 0 and UNREACHED.search(said):
            skip(f"npm reaches no registry: {UNREACHED.search(said).group()}")
    if result.returncode != 0:
        print(said)
        sys.exit(1)
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(wanted)


def main():
    extension, appnetc, folder, name = sys.argv[1:]
    find_node()
    os.makedirs(folder, exist_ok=True)
    lock = open(os.path.join(folder, "lock"), "w", encoding="utf-8")
    fcntl.flock(lock, fcntl.LOCK_EX)  # until this process ends: another run would take the copy away
    place = os.path.join(folder, os.path.basename(extension))
    copy(extension, place)
    install(place)
    root = os.path.dirname(os.path.dirname(extension))
    settings = dict(os.environ, APPNET_SOURCE_DIR=root, APPNETC=os.path.abspath(appnetc))
    sys.exit(subprocess.run(["node", "--test", f"test/{name}.test.js"], cwd=place, env=settings, check=False).returncode)


if __name__ == "__main__":
    main()
