#!/usr/bin/env python3
"""What changes from one policy to another, on the command line. diff_test.py APPNETC SCHEMA"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import jsonschema

APPNETC = None
SCHEMA = None
OLD = """policy shop;
unmatched deny;
host proxy = 10.20.0.7;
boolean direct = false;
domain mozilla_t {
    connect tcp/3128 to proxy via "eth0";
    if direct { connect tcp/443; }
}
domain sshd_t { accept tcp/22 from 10.0.0.0/8; }
"""


class Diff(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write("old.appnet", OLD)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def run_compiler(self, *arguments):
        return subprocess.run([APPNETC, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=300, cwd=self.folder, text=True)

    def diff(self, *options, old="old.appnet", new="new.appnet"):
        return self.run_compiler("diff", "--policy", "reference", *options, old, new)

    def build(self, name):
        built = self.run_compiler("build", "--policy", "reference", "-q", "-o", name + ".tar", name + ".appnet")
        self.assertEqual(built.returncode, 0, built.stderr)
        return name + ".tar"

    def test_nothing(self):
        # Other words, other lines, other names of packet types: the same meaning.
        self.write("new.appnet", OLD.replace("domain sshd_t", "interface lan = \"eth0\";\n\ndomain sshd_t")
                   .replace("via \"eth0\"", "via lan"))
        answer = self.diff()
        self.assertEqual((answer.returncode, answer.stdout, answer.stderr), (0, "no changes\n", ""))
        told = json.loads(self.diff("--format", "json").stdout)
        self.assertEqual(told, {"format_version": 1, "settings": [], "changes": []})

    def test_gains_and_losses(self):
        self.write("new.appnet", OLD.replace("via \"eth0\"", "via \"eth*\"").replace("10.0.0.0/8", "10.0.0.0/9"))
        answer = self.diff()
        self.assertEqual((answer.returncode, answer.stderr), (1, ""))
        self.assertEqual(answer.stdout, """\
gains mozilla_t
    connect tcp/3128 to 10.20.0.7 via ("eth*" except "eth0")
  before unmatched (appnet_unmatched_t)
  after  granted by new.appnet:6: connect tcp/3128 to proxy via "eth*"
loses sshd_t
    accept tcp/22 from 10.128.0.0/9
  before granted by old.appnet:9: accept tcp/22 from 10.0.0.0/8
  after  unmatched (appnet_unmatched_t)
""")
        self.assertEqual(self.diff("-q").stdout, "")

    def test_conditions_logs_and_settings(self):
        self.write("new.appnet", OLD.replace("if direct { connect tcp/443; }", "connect tcp/443;")
                   .replace("accept tcp/22", "audit accept tcp/22").replace("direct = false", "direct = true")
                   + "enforce always;\n")
        told = json.loads(self.diff("--format", "json").stdout)
        self.assertEqual(told["settings"], [{"setting": "enforce always", "before": "no", "after": "yes"},
                                            {"setting": "boolean direct", "before": "false", "after": "true"}])
        condition, logging = told["changes"]
        self.assertEqual((condition["change"], condition["domains"], condition["flows"], condition["all_flows"]),
                         ("condition", ["mozilla_t"], ["connect tcp/443"], True))
        self.assertEqual(condition["before"]["send"], "direct")
        self.assertEqual(condition["after"]["send"], "always")
        self.assertEqual(condition["after"]["rules"],
                         [{"file": "new.appnet", "line": 7, "text": "connect tcp/443", "column": 5}])
        self.assertEqual((logging["change"], logging["direction"]), ("logging", "accept"))
        self.assertEqual((logging["before"]["logged"], logging["after"]["logged"]), ("never", "always"))

    def test_modes_and_labels(self):
        self.write("old.appnet", "policy shop; unmatched base;\nlabel http_client_packet_t { connect tcp/80; }\n")
        self.write("new.appnet", "policy shop; unmatched base;\nlabel dns_client_packet_t { connect tcp/80; }\n")
        answer = self.diff()
        self.assertEqual(answer.returncode, 1)
        self.assertIn("label http_client_packet_t -> dns_client_packet_t\n    connect tcp/80\n"
                      "  before labelled by old.appnet:2: ", answer.stdout)
        self.write("old.appnet", "policy shop; unmatched deny; unmatched forward deny;\n")
        self.write("new.appnet", "policy shop; unmatched audit;\n")
        answer = self.diff()
        self.assertTrue(answer.stdout.startswith("setting unmatched: deny -> audit\n"
                                                 "setting unmatched forward: deny -> base\n"), answer.stdout)
        self.assertIn(" more: always, logged\n    connect any\n", answer.stdout)

    def test_artifacts(self):
        self.write("new.appnet", OLD.replace("10.20.0.7", "10.20.0.8"))
        sources = json.loads(self.diff("--format", "json").stdout)
        old, new = self.build("old"), self.build("new")
        for left, right in [(old, new), (old, "new.appnet"), ("old.appnet", new)]:
            answer = self.diff("--format", "json", old=left, new=right)
            self.assertEqual((answer.returncode, answer.stderr), (1, ""))
            read = json.loads(answer.stdout)
            for of_sources, of_artifacts in zip(sources["changes"], read["changes"], strict=True):
                for key in ("change", "domains", "flows", "all_flows"):
                    self.assertEqual(of_sources[key], of_artifacts[key])
        self.assertEqual(self.diff(new="old.appnet", old=old).stdout, "no changes\n")
        self.write("old.tar", "no archive")
        self.assertEqual(self.diff(old="old.tar").returncode, 3)

    def test_sarif(self):
        hostile = "](https:example.org){0}.appnet"
        self.write(hostile, OLD.replace("10.20.0.7", "10.20.0.8") + "enforce always;\n")
        answer = self.diff("--format", "sarif", new=hostile)
        self.assertEqual(answer.returncode, 1)
        log = json.loads(answer.stdout)
        with open(SCHEMA, encoding="utf-8") as file:
            jsonschema.Draft7Validator(json.load(file)).validate(log)
        run = log["runs"][0]
        self.assertEqual([result["ruleId"] for result in run["results"]],
                         ["changed-setting", "gained-flows", "lost-flows"])
        for result in run["results"]:
            self.assertEqual(run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"], result["ruleId"])
        gained = run["results"][1]["locations"][0]["physicalLocation"]
        self.assertEqual(gained["artifactLocation"]["uri"], "%5D%28https%3Aexample.org%29%7B0%7D.appnet")
        self.assertEqual(gained["region"]["startLine"], 6)

    def test_mistakes(self):
        self.write("new.appnet", OLD.replace("mozilla_t", "mozila_t"))
        answer = self.diff()
        self.assertEqual((answer.returncode, answer.stdout), (1, ""))
        self.assertIn("[unknown-domain]\n --> new.appnet:5:8\n", answer.stderr)
        self.assertEqual(self.diff(new="missing.appnet").returncode, 3)
        for arguments in [("diff",), ("diff", "old.appnet"), ("diff", "a", "b", "c")]:
            answer = self.run_compiler(*arguments)
            self.assertEqual((answer.returncode, answer.stdout), (2, ""), arguments)


if __name__ == "__main__":
    SCHEMA = os.path.abspath(sys.argv.pop(2))
    APPNETC = os.path.abspath(sys.argv.pop(1))
    unittest.main()
