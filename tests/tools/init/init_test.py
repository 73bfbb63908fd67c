#!/usr/bin/env python3
"""appnetc init: what it writes builds, says the truth, and replaces nothing. init_test.py APPNETC"""

import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

APPNETC = None


class Init(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "machine.appnet")

    def run_compiler(self, *arguments):
        return subprocess.run([APPNETC, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=120, cwd=os.path.dirname(self.path), text=True)

    def text(self):
        with open(self.path, encoding="utf-8") as file:
            return file.read()

    def write(self, text):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)

    def expect_truth(self, policy):
        told = self.run_compiler("init", "--policy", policy)
        self.assertEqual((told.returncode, told.stdout, told.stderr), (0, "wrote machine.appnet\n", ""))
        self.assertEqual(self.run_compiler("fmt", "--check", "machine.appnet").returncode, 0)
        self.assertEqual(self.run_compiler("build", "--policy", policy, "machine.appnet").returncode, 0)
        text = self.text()
        for mode in ("base", "inherit", "audit", "deny"):
            self.write(re.sub(r"^unmatched \w+;", f"unmatched {mode};", text, flags=re.M))
            told = self.run_compiler("check", "--policy", policy, "machine.appnet").stdout
            said = re.search(rf"^#   {mode} .*\n#  +open to (\d+).*, cuts off (\d+), of which (\d+)", text, re.M)
            self.assertEqual(said[1], re.search(r"open to +(\d+)", told)[1])
            self.assertEqual(list(said.groups()[1:]), list(re.search(r"cuts off +(\d+) .* of which (\d+)", told).groups()))
        # The example, with the signs of comments gone.
        example, rest = text.split("# What becomes of", 1)
        self.write(re.sub(r"^#     ", "", example, flags=re.M) + "#" + rest)
        told = self.run_compiler("check", "--policy", policy, "machine.appnet")
        self.assertEqual(told.returncode, 0, told.stderr)

    def test_the_reference_policy(self):
        self.expect_truth("reference")

    def test_debian(self):
        stores = sorted(glob.glob("/etc/selinux/default/policy/policy.*"))
        if not stores:
            self.skipTest("no policy under /etc/selinux/default")
        self.expect_truth(stores[-1])
        self.assertIn("policy `default`", self.text())

    def test_nothing_is_replaced(self):
        self.write("mine")
        told = self.run_compiler("init", "--policy", "reference")
        self.assertEqual((told.returncode, told.stdout), (3, ""))
        self.assertIn("is there already", told.stderr)
        self.assertEqual(self.text(), "mine")


if __name__ == "__main__":
    APPNETC = sys.argv.pop(1)
    unittest.main()
