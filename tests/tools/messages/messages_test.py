#!/usr/bin/env python3
"""Messages as other programs read them. messages_test.py APPNETC ROOT"""

import glob
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import unittest

import jsonschema

APPNETC = None
ROOT = None
BROKEN = """policy shop;
host proxy = 10.20.0.7;
domain mozila_t { connect tcp/3128 to proxy; }
unmatched deny;
"""
WARNED = """policy shop;
host proxy = 10.20.0.0/24 except 10.30.0.1;
domain mozilla_t { connect tcp/3128 to proxy; }
unmatched deny;
"""
CLEAN = """policy shop;
domain mozilla_t { connect tcp/3128 to 10.20.0.7; }
unmatched deny;
"""


def schemas():
    paths = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "sarif.schema.json")]
    paths += filter(None, [os.environ.get("APPNET_SARIF_SCHEMA")])
    for path in paths:
        with open(path, encoding="utf-8") as file:
            yield json.load(file)


def hold_against_schema(log):
    for schema in schemas():
        jsonschema.Draft7Validator(schema).validate(log)
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def input_of(case):
    """The input of a golden case of one file, as bytes; or None."""
    with open(case, "rb") as file:
        sections = re.split(rb"^--- (.*)\n", file.read(), flags=re.M)
    titles = dict(zip(sections[1::2], sections[2::2]))
    if b"escapes" in titles.get(b"options", b"") and b"input" in titles:
        return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), titles[b"input"])
    return titles.get(b"input")


class Messages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name, text in (("broken", BROKEN), ("warned", WARNED), ("clean", CLEAN)):
            with open(os.path.join(self.folder, name + ".appnet"), "w", encoding="utf-8") as file:
                file.write(text)

    def run_compiler(self, command, *arguments, policy="reference"):
        return subprocess.run([APPNETC, command, "--policy", policy, *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, check=False, timeout=120, cwd=self.folder, text=True)

    def test_the_document_of_check_is_its_answer(self):
        for name, code, count in (("broken", 1, 1), ("warned", 0, 1), ("clean", 0, 0)):
            told = self.run_compiler("check", "--format", "json", name + ".appnet")
            self.assertEqual((told.returncode, told.stderr), (code, ""))
            document = json.loads(told.stdout)
            self.assertEqual(document["format_version"], 1)
            self.assertEqual(len(document["messages"]), count)
            told = self.run_compiler("check", "--format", "sarif", name + ".appnet")
            self.assertEqual((told.returncode, told.stderr), (code, ""))
            log = json.loads(told.stdout)
            hold_against_schema(log)
            self.assertEqual(len(log["runs"][0]["results"]), count)

    def test_the_document_of_build_is_on_standard_error(self):
        told = self.run_compiler("build", "--format", "json", "warned.appnet")
        self.assertEqual(told.returncode, 0)
        self.assertTrue(told.stdout.startswith("wrote shop.appnet.tar\n"), told.stdout)
        self.assertEqual(json.loads(told.stderr)["messages"][0]["kind"], "except-removes-nothing")
        told = self.run_compiler("build", "-v", "--format", "sarif", "broken.appnet")
        self.assertEqual((told.returncode, told.stdout), (1, ""))
        hold_against_schema(json.loads(told.stderr))

    def test_a_query_answers_in_json_and_says_the_rest_beside(self):
        told = self.run_compiler("query", "--format", "json", "clean.appnet", "who can connect tcp/3128")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        self.assertEqual(json.loads(told.stdout)["answer"][0]["domain"], "mozilla_t")
        told = self.run_compiler("query", "--format", "json", "warned.appnet", "who can connect tcp/3128")
        self.assertEqual(told.returncode, 0)
        self.assertEqual(json.loads(told.stdout)["answer"][0]["domain"], "mozilla_t")
        self.assertEqual(json.loads(told.stderr)["warnings"], 1)
        told = self.run_compiler("query", "--format", "sarif", "clean.appnet", "who can jump")
        self.assertEqual((told.returncode, told.stdout), (2, ""))
        log = json.loads(told.stderr)
        hold_against_schema(log)
        location = log["runs"][0]["results"][0]["locations"][0]
        self.assertEqual(location, {"logicalLocations": [{"name": "the question"}]})

    def test_failures_are_in_the_document(self):
        for command, code in (("check", 3), ("build", 3)):
            told = self.run_compiler(command, "--format", "sarif", "none.appnet")
            self.assertEqual(told.returncode, code)
            log = json.loads(told.stdout if command == "check" else told.stderr)
            hold_against_schema(log)
            invocation = log["runs"][0]["invocations"][0]
            self.assertFalse(invocation["executionSuccessful"])
            self.assertIn("none.appnet", invocation["toolExecutionNotifications"][0]["message"]["text"])
        told = self.run_compiler("check", "--format", "json", "clean.appnet", policy="none")
        self.assertEqual(told.returncode, 3)
        self.assertIn("none", json.loads(told.stdout)["failure"])
        self.assertIn("appnetc: ", told.stderr)

    def test_verify_says_what_is_broken(self):
        os.mkdir(os.path.join(self.folder, "made"))
        self.assertEqual(self.run_compiler("build", "-o", "made/", "clean.appnet").returncode, 0)
        told = self.run_compiler("verify", "--format", "json", "made/shop")
        self.assertEqual((told.returncode, json.loads(told.stderr)["messages"]), (0, []))
        with open(os.path.join(self.folder, "made/shop/shop.nft"), "a", encoding="utf-8") as file:
            file.write("\n")
        told = self.run_compiler("verify", "--format", "json", "made/shop")
        self.assertEqual((told.returncode, told.stdout), (1, ""))
        self.assertEqual({message["kind"] for message in json.loads(told.stderr)["messages"]}, {"broken-artifact"})
        told = self.run_compiler("verify", "--format", "sarif", "made/none")
        self.assertEqual(told.returncode, 3)
        hold_against_schema(json.loads(told.stderr))

    def test_explain(self):
        def explain(*arguments):
            return subprocess.run([APPNETC, "explain", *arguments], capture_output=True, check=False, text=True)

        told = explain()
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        with open(os.path.join(ROOT, "compiler/diag/kind.def"), encoding="utf-8") as file:
            kinds = re.findall(r'^APPNET_DIAGNOSTIC\(\w+, "([a-z0-9-]+)"', file.read(), re.M)
        self.assertEqual([line.split()[0] for line in told.stdout.splitlines()], kinds)
        for kind in kinds:
            told = explain(kind)
            self.assertEqual((told.returncode, told.stderr), (0, ""), kind)
            self.assertNotIn("<!--", told.stdout)
            self.assertGreater(len(told.stdout.splitlines()), 3, kind)
        self.assertIn("domain mozila_t {", explain("unknown-domain").stdout)
        told = explain("unkown-domain")
        self.assertEqual((told.returncode, told.stdout), (2, ""))
        self.assertIn("did you mean `unknown-domain`?", told.stderr)

    def test_lines_go_to_standard_error(self):
        told = self.run_compiler("check", "--format", "short", "broken.appnet")
        self.assertEqual((told.returncode, told.stdout), (1, ""))
        self.assertEqual(told.stderr, "broken.appnet:3:8: error: unknown SELinux domain `mozila_t` [unknown-domain]\n")
        told = self.run_compiler("check", "--format", "github", "warned.appnet")
        self.assertEqual(told.returncode, 0)
        self.assertRegex(told.stderr, r"\A::warning file=warned\.appnet,line=2,endLine=2,col=34,endColumn=43,"
                                      r"title=except-removes-nothing::[^\n]*\n\Z")
        self.assertIn("policy shop", told.stdout)

    def test_a_fix_mends(self):
        told = self.run_compiler("check", "--format", "sarif", "broken.appnet")
        fix = json.loads(told.stdout)["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]
        place, text = fix["replacements"][0]["deletedRegion"], fix["replacements"][0]["insertedContent"]["text"]
        lines = BROKEN.splitlines(keepends=True)
        line = lines[place["startLine"] - 1]
        lines[place["startLine"] - 1] = line[:place["startColumn"] - 1] + text + line[place["endColumn"] - 1:]
        with open(os.path.join(self.folder, "mended.appnet"), "w", encoding="utf-8") as file:
            file.write("".join(lines))
        self.assertEqual(self.run_compiler("check", "mended.appnet").returncode, 0)

    def test_severities(self):
        kind = "except-removes-nothing"
        self.assertEqual(self.run_compiler("check", "--deny", kind, "warned.appnet").returncode, 1)
        self.assertEqual(self.run_compiler("check", "--deny", "warnings", "warned.appnet").returncode, 1)
        self.assertEqual(self.run_compiler("check", "--deny", "warnings", "clean.appnet").returncode, 0)
        quiet = self.run_compiler("check", "--deny", "warnings", "--allow", kind, "warned.appnet")
        self.assertEqual((quiet.returncode, quiet.stderr), (0, ""))
        again = self.run_compiler("check", "--allow", kind, "--deny", "warnings", "--warn", kind, "warned.appnet")
        self.assertEqual(again.returncode, 0)
        self.assertIn("warning: ", again.stderr)
        built = self.run_compiler("build", "--deny", kind, "warned.appnet")
        self.assertEqual(built.returncode, 1)
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".tar")], [])

    def test_severities_of_no_kind(self):
        told = self.run_compiler("check", "--deny", "except-removes-noting", "clean.appnet")
        self.assertEqual((told.returncode, told.stdout), (2, ""))
        self.assertEqual(told.stderr, "appnetc: --deny: there is no kind of message `except-removes-noting`; "
                                      "did you mean `except-removes-nothing`?\n")
        for option in ("--allow", "--warn"):
            told = self.run_compiler("check", option, "syntax-error", "clean.appnet")
            self.assertEqual(told.returncode, 2)
            self.assertIn("`syntax-error` is an error", told.stderr)
        self.assertEqual(self.run_compiler("check", "--deny", "syntax-error", "clean.appnet").returncode, 0)
        told = self.run_compiler("check", "--format", "json", "--as-of", "never", "clean.appnet")
        self.assertEqual((told.returncode, told.stdout), (2, ""))
        self.assertTrue(told.stderr.startswith("appnetc: --as-of: "), told.stderr)
        self.assertEqual(self.run_compiler("check", "--format", "xml", "clean.appnet").returncode, 2)

    def on_terminal(self, *arguments, **environment):
        """What a run prints that has a terminal for standard error."""
        ours, theirs = pty.openpty()
        try:
            variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | environment
            subprocess.run([APPNETC, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs,
                           check=False, timeout=120, cwd=self.folder, env=variables)
        finally:
            os.close(theirs)
        text = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:
                more = b""
            if not more:
                break
            text += more
        os.close(ours)
        return text.decode()

    def test_colours(self):
        check = ("check", "--policy", "reference", "broken.appnet")
        coloured = "\x1b[1;31merror\x1b[0m"
        self.assertIn(coloured, self.on_terminal(*check))
        self.assertNotIn("\x1b", self.on_terminal(*check, NO_COLOR="1"))
        self.assertIn(coloured, self.on_terminal(*check, NO_COLOR=""))
        self.assertIn(coloured, self.on_terminal(*check, "--color", "always", NO_COLOR="1"))
        self.assertNotIn("\x1b", self.on_terminal(*check, "--color", "never"))
        self.assertNotIn("\x1b", self.run_compiler("check", "broken.appnet").stderr)
        self.assertIn(coloured, self.run_compiler("check", "--color", "always", "broken.appnet").stderr)
        self.assertNotIn("\x1b", self.on_terminal(*check, "--format", "short"))

    def test_progress_of_a_long_run(self):
        rules = "".join(f"connect tcp/{1024 + i % 60000} to 10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255};" for i in range(60000))
        with open(os.path.join(self.folder, "long.appnet"), "w", encoding="utf-8") as file:
            file.write(f"policy long; domain mozilla_t {{ {rules} }} unmatched deny;")
        check = ("check", "--policy", "reference", "--allow", "warnings", "long.appnet")
        line = "\rappnetc: "
        told = self.on_terminal(*check)
        self.assertIn(line, told)
        self.assertRegex(told, r" \r\Z")  # and the line is gone
        self.assertEqual(self.on_terminal(*check, "-q"), "")
        self.assertNotIn(line, self.on_terminal(*check, "--format", "json"))
        self.assertNotIn("\r", self.run_compiler(*check[:1], *check[3:]).stderr)
        self.assertNotIn(line, self.on_terminal("check", "--policy", "reference", "clean.appnet"))

    def test_sarif_of_every_golden_case(self):
        cases = 0
        for case in sorted(glob.glob(os.path.join(ROOT, "tests/golden/*/*.golden"))):
            text = input_of(case)
            if text is None:
                continue
            with open(os.path.join(self.folder, "main.appnet"), "wb") as file:
                file.write(text)
            told = self.run_compiler("check", "--format", "sarif", "main.appnet")
            self.assertIn(told.returncode, (0, 1), case)
            hold_against_schema(json.loads(told.stdout))
            cases += 1
        self.assertGreater(cases, 100)


if __name__ == "__main__":
    APPNETC, ROOT = sys.argv[1:3]
    del sys.argv[1:3]
    unittest.main()
