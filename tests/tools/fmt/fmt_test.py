#!/usr/bin/env python3
"""appnetc fmt on the command line. fmt_test.py APPNETC"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

APPNETC = None
UNTIDY = "policy  shop;\nunmatched deny ; # all of it\ndomain d{connect any;}\n"
TIDY = "policy shop;\nunmatched deny;  # all of it\ndomain d {\n    connect any;\n}\n"
BROKEN = "policy shop;\nhost  h = ;\n"


class Fmt(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name, text in (("untidy", UNTIDY), ("tidy", TIDY), ("broken", BROKEN)):
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
            os.utime(self.path(name), (1, 1))

    def path(self, name):
        return os.path.join(self.folder, name + ".appnet")

    def text(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def touched(self, name):
        return os.stat(self.path(name)).st_mtime != 1

    def fmt(self, *arguments, text=""):
        told = subprocess.run([APPNETC, "fmt", *arguments], input=text, capture_output=True, check=False, timeout=60,
                              cwd=self.folder, text=True)
        left = sorted(os.listdir(self.folder))
        self.assertEqual(left, ["broken.appnet", "tidy.appnet", "untidy.appnet"])
        return told

    def expect(self, told, code, out="", err=""):
        self.assertEqual((told.returncode, told.stdout, told.stderr), (code, out, err))

    def test_files_are_changed_in_place_and_only_if_needed(self):
        os.chmod(self.path("untidy"), 0o640)
        self.expect(self.fmt("untidy.appnet", "tidy.appnet"), 0)
        self.assertEqual(self.text("untidy"), TIDY)
        self.assertEqual(os.stat(self.path("untidy")).st_mode & 0o777, 0o640)
        self.assertFalse(self.touched("tidy"))
        self.expect(self.fmt("--check", "untidy.appnet", "tidy.appnet"), 0)

    def test_check_names_what_would_change_and_writes_nothing(self):
        self.expect(self.fmt("--check", "tidy.appnet", "untidy.appnet"), 1, "untidy.appnet\n")
        self.expect(self.fmt("-q", "--check", "untidy.appnet"), 1)
        self.expect(self.fmt("--check", "-", text=UNTIDY), 1, "standard input\n")
        self.expect(self.fmt("--check", "-", text=TIDY), 0)
        self.assertEqual(self.text("untidy"), UNTIDY)
        self.assertFalse(self.touched("untidy"))

    def test_standard_input_goes_to_standard_output(self):
        self.expect(self.fmt("-", text=UNTIDY), 0, TIDY)
        self.expect(self.fmt("-", text=""), 0)

    def test_a_file_with_errors_is_left_and_the_others_are_done(self):
        told = self.fmt("broken.appnet", "untidy.appnet")
        self.assertEqual((told.returncode, told.stdout), (1, ""))
        self.assertIn("broken.appnet:2:11", told.stderr)
        self.assertIn("[syntax-error]", told.stderr)
        self.assertFalse(self.touched("broken"))
        self.assertEqual(self.text("untidy"), TIDY)
        told = self.fmt("-", text=BROKEN)
        self.assertEqual((told.returncode, told.stdout), (1, ""))
        self.assertIn("standard input", told.stderr)
        told = self.fmt("--check", "--format", "json", "broken.appnet")
        self.assertEqual(told.returncode, 1)
        self.assertEqual(json.loads(told.stderr)["errors"], 1)

    def test_failures(self):
        told = self.fmt("none.appnet")
        self.assertEqual((told.returncode, told.stdout), (3, ""))
        self.assertIn("none.appnet", told.stderr)
        self.assertEqual(self.fmt().returncode, 2)
        with open("/dev/full", "w", encoding="utf-8") as full:
            told = subprocess.run([APPNETC, "fmt", "-"], input=UNTIDY, stdout=full, stderr=subprocess.PIPE,
                                  check=False, timeout=60, text=True)
        self.assertEqual(told.returncode, 3)
        told = subprocess.run([APPNETC, "fmt", "-"], stdin=None, preexec_fn=lambda: os.close(0), capture_output=True,
                              check=False, timeout=60)
        self.assertEqual(told.returncode, 3)


if __name__ == "__main__":
    APPNETC = sys.argv.pop(1)
    unittest.main()
