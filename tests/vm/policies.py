"""Binary policies for the guest: Debian's own as CIL, the tests' module, and ours, linked by secilc."""

import glob
import hashlib
import json
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def newest_policy(store):
    found = glob.glob(f"/etc/selinux/{store}/policy/policy.[0-9]*")
    return max(found, key=lambda path: int(path.rsplit(".", 1)[1])) if found else None


def digest(*parts):
    found = hashlib.sha256()
    for part in parts:
        found.update(hashlib.sha256(part if isinstance(part, bytes) else part.encode()).digest())
    return found.hexdigest()[:16]


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Base:
    """One of Debian's policies."""

    def __init__(self, store, folder):
        self.store = store
        self.path = newest_policy(store)
        self.folder = os.path.join(folder, "policies")
        os.makedirs(self.folder, exist_ok=True)
        self.key = digest(read(self.path))
        self.cil = os.path.join(self.folder, f"{store}-{self.key}.cil")
        if not os.path.exists(self.cil):
            # A binary policy has lost its neverallow rules and some attributes that no rule uses; all else is there.
            subprocess.run(["checkpolicy", "-M", "-C", "-b", "-o", self.cil + "~", self.path], check=True, capture_output=True)
            os.rename(self.cil + "~", self.cil)
        self.harness = [os.path.join(HERE, "harness.cil")]
        extra = os.path.join(HERE, f"harness.{store}.cil")
        if os.path.exists(extra):
            self.harness.append(extra)
        if any(re.search(r"\(packet\b", read(path).decode()) for path in self.harness):
            raise AssertionError("the tests' own modules must leave packets alone")

    def linked(self, *modules):
        """The path of the binary policy of the base, the tests' module and more. Made once."""
        key = digest(self.key, *map(read, [*self.harness, *modules]))
        path = os.path.join(self.folder, f"linked-{key}")
        if os.path.exists(path):
            os.utime(path)
            return path
        version = self.path.rsplit(".", 1)[1]
        result = subprocess.run(["secilc", "-c", version, "-N", "-f", "/dev/null", "-o", path + "~", self.cil,
                                 *self.harness, *modules], capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise AssertionError(f"secilc: {result.stderr}")
        os.rename(path + "~", path)
        return path


class Artifact:
    """A policy built by the compiler, for one of Debian's policies."""

    def __init__(self, appnetc, source, base, folder):
        result = subprocess.run([appnetc, "build", source, "--policy", base.path, "-o", folder + "/"], capture_output=True,
                                text=True, check=False)
        if result.returncode != 0:
            raise AssertionError(f"appnetc build {source}: {result.stderr}")
        self.name = os.listdir(folder)[0]
        self.folder = os.path.join(folder, self.name)
        self.module = os.path.join(self.folder, f"{self.name}.cil")
        self.manifest = json.loads(read(os.path.join(self.folder, "manifest.json")))
