#!/usr/bin/env python3
"""Completions and manual pages. shells_test.py APPNETC"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

APPNETC = None
BASH_DRIVER = """source ./completions
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_appnetc
printf '%s\\n' "${COMPREPLY[@]}"
"""


def appnetc(*arguments):
    return subprocess.run([APPNETC, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60,
                          text=True)


def commands_of_help():
    lines = appnetc("--help").stdout.split("Subcommands:\n")[1].splitlines()
    return [line.split()[0] for line in lines if re.match(r"  \w", line)]


def options_of_help(command):
    return set(re.findall(r"^  (?:-\w,)?(--?[\w-]+)", appnetc(command, "--help").stdout, re.M))


class Shells(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write_completions(self, shell):
        told = appnetc("completions", shell)
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        with open(os.path.join(self.folder, "completions"), "w", encoding="utf-8") as file:
            file.write(told.stdout)
        return told.stdout

    def run_shell(self, *command):
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60,
                              cwd=self.folder, text=True)

    def bash_offers(self, *words):
        told = self.run_shell("bash", "-c", BASH_DRIVER, "bash", *words)
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        return told.stdout.split()

    def test_bash(self):
        self.write_completions("bash")
        self.assertEqual(self.run_shell("bash", "-n", "completions").stderr, "")
        self.assertEqual(self.bash_offers("appnetc", "ver"), ["verify"])
        self.assertLessEqual(set(commands_of_help()), set(self.bash_offers("appnetc", "")))
        self.assertEqual(self.bash_offers("appnetc", "build", "--pol"), ["--policy"])
        self.assertEqual(self.bash_offers("appnetc", "build", "-M"), ["-MD", "-MF"])
        self.assertEqual(self.bash_offers("appnetc", "check", "--format", "s"), ["short", "sarif"])
        self.assertEqual(self.bash_offers("appnetc", "check", "x.appnet", "--format", "=", "g"), ["github"])
        self.assertEqual(len(self.bash_offers("appnetc", "check", "--format", "=")), 5)
        self.assertEqual(self.bash_offers("appnetc", "build", "--policy", ""), [])  # bash itself offers files
        for command in commands_of_help():
            offered = set(self.bash_offers("appnetc", command, "-"))
            self.assertLessEqual(options_of_help(command), offered, command)

    def test_zsh(self):
        text = self.write_completions("zsh")
        for command in commands_of_help():
            self.assertIn(f"'{command}:", text)
        if not shutil.which("zsh"):
            self.skipTest("zsh is not installed")
        self.assertEqual(self.run_shell("zsh", "-f", "-n", "completions").stderr, "")

    def test_fish(self):
        text = self.write_completions("fish")
        for command in commands_of_help():
            self.assertIn(f"__fish_use_subcommand -f -a {command} ", text)
        if not shutil.which("fish"):
            self.skipTest("fish is not installed")
        self.assertEqual(self.run_shell("fish", "--no-config", "-n", "completions").stderr, "")

        def offers(line):
            told = self.run_shell("fish", "--no-config", "-c", f"source completions; complete -C '{line}'")
            self.assertEqual(told.stderr, "")
            return [found.split("\t")[0] for found in told.stdout.splitlines()]

        self.assertEqual(offers("appnetc ver"), ["verify"])
        self.assertEqual(offers("appnetc build --pol"), ["--policy"])
        self.assertEqual(offers("appnetc check --format s"), ["sarif", "short"])

    def test_shells_that_are_not(self):
        self.assertEqual(appnetc("completions", "tcsh").returncode, 2)
        self.assertEqual(appnetc("man", "appnetc-none").returncode, 2)
        self.assertNotIn("completions", appnetc("--help").stdout)

    def pages(self):
        names = appnetc("man").stdout.split()
        self.assertEqual(set(names), {"appnetc", *(f"appnetc-{command}" for command in commands_of_help())})
        for name in names:
            path = os.path.join(self.folder, name + ".1")
            with open(path, "w", encoding="utf-8") as file:
                file.write(appnetc("man", name).stdout)
            yield name, path

    def test_man(self):
        if not shutil.which("man"):
            self.skipTest("man is not installed")
        for name, path in self.pages():
            told = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path], capture_output=True,
                                  check=False, timeout=60, env=dict(os.environ, LC_ALL="C.UTF-8", MANROFFSEQ=""))
            self.assertEqual((told.returncode, told.stderr), (0, b""), name)
            told = subprocess.run(["man", "-P", "cat", "-l", path], capture_output=True, check=False, timeout=60,
                                  text=True, env=dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="200"))
            shown = re.sub("\x1b\\[[0-9;]*m|.\x08", "", told.stdout)
            if name != "appnetc":
                for option in options_of_help(name.removeprefix("appnetc-")):
                    self.assertIn(option, shown, name)

    def test_mandoc(self):
        if not shutil.which("mandoc"):
            self.skipTest("mandoc is not installed")
        for name, path in self.pages():
            told = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", path], capture_output=True, check=False,
                                  timeout=60, text=True)
            # They carry no date, so that two builds are the same.
            complaints = [line for line in told.stdout.splitlines() if "missing date" not in line]
            self.assertEqual(complaints, [], name)


if __name__ == "__main__":
    APPNETC = sys.argv.pop(1)
    unittest.main()
