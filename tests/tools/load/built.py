"""What the tests of this folder share: the examples, built against one of Debian's policies, part by part."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.append(os.path.join(ROOT, "tests", "kernel"))
import marks  # for the tests that need it

# FOLDER/FILE.appnet; each folder's policies have its name.
EXAMPLES = sorted(os.path.join(name, file) for name in os.listdir(os.path.join(ROOT, "examples"))
                  if os.path.isdir(os.path.join(ROOT, "examples", name))
                  for file in os.listdir(os.path.join(ROOT, "examples", name)) if file.endswith(".appnet"))
STORES = ("default", "mls")
APPNETC = None  # set by main()


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def newest_policy(store):
    folder = f"/etc/selinux/{store}/policy"
    versions = [name for name in os.listdir(folder) if re.fullmatch(r"policy\.\d+", name)]
    return os.path.join(folder, max(versions, key=lambda name: int(name.split(".")[1])))


def source_of(example):
    return os.path.join(ROOT, "examples", example)


class Built:
    """One example, built: the folder of its parts."""

    def __init__(self, test, example, store):
        self.name = os.path.dirname(example)
        out = tempfile.TemporaryDirectory()
        test.addCleanup(out.cleanup)
        result = run(APPNETC, "build", source_of(example), "--policy", newest_policy(store), "-o", out.name + "/")
        test.assertEqual(result.returncode, 0, result.stderr)
        self.folder = os.path.join(out.name, self.name)
        self.manifest = json.loads(self.part("manifest.json"))

    def path(self, part):
        return os.path.join(self.folder, part)

    def part(self, part):
        with open(self.path(part), encoding="utf-8") as file:
            return file.read()


def cases():
    """Each example with one of the policies, in turn: linking takes seconds."""
    return [(example, STORES[number % len(STORES)]) for number, example in enumerate(EXAMPLES)]


def main(arguments):
    """The first argument is the compiler; the others are unittest's."""
    global APPNETC
    APPNETC = os.path.abspath(arguments.pop(1))
    unittest.main(module="__main__", argv=arguments)
