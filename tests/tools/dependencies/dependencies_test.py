#!/usr/bin/env python3
"""build -MD -MF: make and ninja rebuild when an input changes, and only then. dependencies_test.py APPNETC"""

import glob
import os
import subprocess
import sys
import tempfile
import time
import unittest

APPNETC = None
POLICY = """policy shop;
import std.services;
import "{library}";
domain mozilla_t {{ connect https to proxy; }}
unmatched deny;
"""
LIBRARY = "library names;\nhost proxy = 10.20.0.7;\n"
MODULE = "(type extra_t)\n(roletype object_r extra_t)\n"
ODD = "caf\u00e9 (all), #1 for $5: {yes}!"
MAKE = """all: shop.tar
shop.tar:
	"$$APPNETC" build --policy "$$POLICY" --module "$$MODULE" -MD -MF shop.d -o $@ "$$SOURCE"
-include shop.d
"""
NINJA = """rule policy
  command = "$$APPNETC" build --policy "$$POLICY" --module "$$MODULE" -MD -MF shop.d -o $out "$$SOURCE"
  depfile = shop.d
  DEPS
build shop.tar: policy
"""


class Dependencies(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.source = self.write("shop.appnet", POLICY.format(library="names.appnet"))
        self.library = self.write("names.appnet", LIBRARY)
        self.module = self.write("extra.cil", MODULE)
        self.policy = "reference"

    def write(self, path, text):
        whole = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_tool(self, *command):
        environment = dict(os.environ, APPNETC=APPNETC, POLICY=self.policy, MODULE=self.module, SOURCE=self.source)
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=120,
                              cwd=self.folder, env=environment, text=True)

    def build(self, *options):
        return self.run_tool(APPNETC, "build", "--policy", self.policy, *options, self.source)

    def text(self, path):
        with open(os.path.join(self.folder, path), encoding="utf-8") as file:
            return file.read()

    def test_the_rule(self):
        told = self.build("-MD", "-MF", "shop.d", "--module", "extra.cil")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        rule, *alone = self.text("shop.d").split("\n\n")
        target, *inputs = rule.split(" \\\n  ")
        self.assertEqual(target, "shop.appnet.tar:")
        self.assertEqual(inputs[1:], ["extra.cil", "names.appnet", "shop.appnet"])
        self.assertTrue(inputs[0].endswith("/std/services.appnet") and os.path.isfile(inputs[0]), inputs[0])
        self.assertEqual([line.strip() for line in alone], [name + ":" for name in inputs])

    def test_where_it_goes(self):
        self.assertEqual(self.build("-MD").returncode, 0)
        self.assertTrue(self.text("shop.appnet.tar.d").startswith("shop.appnet.tar: "))
        self.assertEqual(self.build("-MD", "-o", "out/").returncode, 3)  # no such folder
        os.mkdir(os.path.join(self.folder, "out"))
        self.assertEqual(self.build("-MD", "-o", "out/").returncode, 0)
        self.assertTrue(self.text("out/shop.d").startswith("out/shop: "))
        self.assertEqual(self.build("--dependencies", "--dependencies-file=long.d").returncode, 0)
        self.assertTrue(self.text("long.d").startswith("shop.appnet.tar: "))
        self.assertEqual(self.build("-MF", "shop.d").returncode, 2)

    def test_the_base_policy_is_an_input(self):
        stores = sorted(glob.glob("/etc/selinux/default/policy/policy.*"))
        if not stores:
            self.skipTest("no policy under /etc/selinux/default")
        self.policy = stores[-1]
        self.assertEqual(self.build("-MD", "-MF", "shop.d").returncode, 0)
        self.assertIn(f" {stores[-1]}", self.text("shop.d"))

    def test_nothing_is_written_after_an_error(self):
        self.write("names.appnet", "library names;\n")
        self.assertEqual(self.build("-MD", "-MF", "shop.d").returncode, 1)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "shop.d")))

    def test_a_name_that_make_cannot_read_is_an_error_before_anything_is_written(self):
        for name in ("a;b", "a%b", "a=b", "a|b", "a*b", "a\nb", "~a", "a\\b", "it's", "R&D"):
            self.source = self.write(name + ".appnet", POLICY.format(library="names.appnet"))
            told = self.build("-MD", "-MF", "shop.d")
            self.assertEqual((told.returncode, told.stdout), (3, ""), name)
            self.assertIn("make", told.stderr)
        self.assertEqual(glob.glob(os.path.join(self.folder, "shop.*")), [os.path.join(self.folder, "shop.appnet")])

    def expect_rebuilds(self, *tool):
        """Runs the tool after each change of an input: it builds once, and then has nothing to do."""
        inputs = [self.source, self.library, self.module]
        for step, path in enumerate([None, *inputs]):
            if path:
                time.sleep(0.05)  # coarser clocks than ours
                os.utime(os.path.join(self.folder, path))
            told = self.run_tool(*tool)
            self.assertEqual(told.returncode, 0, told.stdout + told.stderr)
            self.assertIn("wrote shop.tar", told.stdout, path)
            told = self.run_tool(*tool)
            self.assertEqual(told.returncode, 0)
            self.assertNotIn("wrote", told.stdout, (step, told.stderr))
        # A library that is neither there nor needed any more stops nothing.
        self.write(self.source, POLICY.format(library="x").replace('import "x";', "host proxy = 10.0.0.1;"))
        os.remove(os.path.join(self.folder, self.library))
        told = self.run_tool(*tool)
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)
        self.assertIn("wrote shop.tar", told.stdout)

    def use_odd_names(self):
        self.library = self.write(f"lib {ODD}/names.appnet", LIBRARY)
        self.module = self.write(f"{ODD}.cil", MODULE)
        self.source = self.write(f"{ODD}.appnet", POLICY.format(library=self.library))

    def test_make(self):
        self.write("Makefile", MAKE)
        self.expect_rebuilds("make")

    def test_make_with_odd_names(self):
        self.use_odd_names()
        self.write("Makefile", MAKE)
        self.expect_rebuilds("make")

    def test_ninja(self):
        self.write("build.ninja", NINJA.replace("DEPS\n", "\n"))
        self.expect_rebuilds("ninja", "-v", "-d", "explain")

    def test_ninja_with_odd_names_and_its_log(self):
        self.use_odd_names()
        self.write("build.ninja", NINJA.replace("DEPS\n", "deps = gcc\n"))
        self.expect_rebuilds("ninja", "-v", "-d", "explain")


if __name__ == "__main__":
    APPNETC = sys.argv.pop(1)
    unittest.main()
