#!/usr/bin/env python3
"""The installed program finds what it needs, from any prefix, and CMake projects find the program. Needs a finished build.
packaging_test.py CMAKE BUILD"""

import os
import subprocess
import sys
import tempfile
import time
import unittest

CMAKE = None
BUILD = None
POLICY = """policy shop;
import std.services;
import "names.appnet";
domain mozilla_t { connect https to proxy; }
unmatched deny;
"""
LIBRARY = "library names;\nhost proxy = 10.20.0.7;\n"
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(shop LANGUAGES NONE)
find_package(appnet 0.1 REQUIRED)
appnet_add_policy(shop SOURCES shop.appnet POLICY reference MODULES extra.cil OPTIONS --backend nft)
get_target_property(artifact shop APPNET_ARTIFACT)
message(STATUS "artifact ${artifact}")
"""


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def run(*command, cwd=None, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=300, cwd=cwd,
                          text=True, **more)


class Packaging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # pylint: disable=consider-using-with
        cls.kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.kept.cleanup)
        cls.prefix = os.path.join(cls.kept.name, "opt", "appnet")
        told = run(CMAKE, "--install", BUILD, "--prefix", cls.prefix)
        if told.returncode:
            raise RuntimeError(told.stdout + told.stderr)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        write(self.folder, "shop.appnet", POLICY)
        write(self.folder, "names.appnet", LIBRARY)
        write(self.folder, "extra.cil", "(type extra_t)\n(roletype object_r extra_t)\n")

    def must(self, *command, **more):
        told = run(*command, **more)
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)
        return told.stdout

    def test_everything_is_in_its_place(self):
        for path in ("bin/appnetc", "share/appnet/std/services.appnet", "share/appnet/std/net.appnet",
                     "share/bash-completion/completions/appnetc", "share/zsh/site-functions/_appnetc",
                     "share/fish/vendor_completions.d/appnetc.fish", "share/man/man1/appnetc.1",
                     "share/man/man1/appnetc-build.1", "share/doc/appnet/README.md", "share/doc/appnet/language.md",
                     "share/doc/appnet/LICENSE", "share/doc/appnet/examples/echo/echo.appnet"):
            self.assertTrue(os.path.isfile(os.path.join(self.prefix, path)), path)
        found = [name for _, _, names in os.walk(self.prefix) for name in names]
        self.assertIn("appnetConfig.cmake", found)
        self.assertNotIn("CMakeLists.txt", found)

    def test_what_is_installed_is_what_the_program_says(self):
        program = os.path.join(self.prefix, "bin/appnetc")
        for path, command in (("bash-completion/completions/appnetc", ["completions", "bash"]),
                              ("man/man1/appnetc-fmt.1", ["man", "appnetc-fmt"])):
            with open(os.path.join(self.prefix, "share", path), encoding="utf-8") as file:
                self.assertEqual(file.read(), self.must(program, *command))

    def test_a_policy_is_built_anywhere(self):
        program = os.path.join(self.prefix, "bin/appnetc")
        self.must(program, "build", "-MD", "--policy", "reference", "shop.appnet", cwd=self.folder)
        with open(os.path.join(self.folder, "shop.appnet.tar.d"), encoding="utf-8") as file:
            self.assertIn(os.path.join(self.prefix, "share/appnet/std/services.appnet"), file.read())
        os.symlink(program, os.path.join(self.folder, "linked"))
        self.must("./linked", "check", "--policy", "reference", "shop.appnet", cwd=self.folder)

    def test_destdir(self):
        image = os.path.join(self.folder, "image")
        self.must(CMAKE, "--install", BUILD, "--prefix", "/usr", env=dict(os.environ, DESTDIR=image))
        self.must(os.path.join(image, "usr/bin/appnetc"), "check", "--policy", "reference", "shop.appnet",
                  cwd=self.folder)
        self.assertEqual(os.listdir(image), ["usr"])

    def expect_builds(self, generator):
        write(self.folder, "CMakeLists.txt", PROJECT)
        build = os.path.join(self.folder, "build")
        told = self.must(CMAKE, "-S", self.folder, "-B", build, "-G", generator, f"-DCMAKE_PREFIX_PATH={self.prefix}")
        artifact = os.path.join(build, "shop.appnet.tar")
        self.assertIn(f"artifact {artifact}", told)
        made = None
        for path in (None, "shop.appnet", "names.appnet", "extra.cil"):
            if path:
                time.sleep(0.05)  # coarser clocks than ours
                os.utime(os.path.join(self.folder, path))
            self.must(CMAKE, "--build", build)
            self.assertNotEqual(os.stat(artifact).st_mtime_ns, made, path)
            made = os.stat(artifact).st_mtime_ns
            self.must(CMAKE, "--build", build)
            self.assertEqual(os.stat(artifact).st_mtime_ns, made, path)
        write(self.folder, "names.appnet", "library names;\n")
        told = run(CMAKE, "--build", build)
        self.assertNotEqual(told.returncode, 0)
        self.assertIn("[unknown-name]", told.stdout + told.stderr)

    def test_cmake_with_make(self):
        self.expect_builds("Unix Makefiles")

    def test_cmake_with_ninja(self):
        self.expect_builds("Ninja")

    def test_cmake_says_what_is_missing(self):
        write(self.folder, "CMakeLists.txt", PROJECT.replace("SOURCES shop.appnet ", ""))
        told = run(CMAKE, "-S", self.folder, "-B", os.path.join(self.folder, "build"),
                   f"-DCMAKE_PREFIX_PATH={self.prefix}")
        self.assertNotEqual(told.returncode, 0)
        self.assertIn("SOURCES are missing", told.stderr)


if __name__ == "__main__":
    CMAKE, BUILD = sys.argv[1:3]
    del sys.argv[1:3]
    unittest.main()
