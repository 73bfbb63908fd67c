#!/usr/bin/env python3
"""Questions on the command line: text, JSON, exit codes. query_test.py APPNETC"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

APPNETC = None
POLICY = """policy shop;
import std.services;
unmatched inherit;
host proxy = 10.20.0.7;
service squid = tcp/3128;
boolean direct = false;
domain mozilla_t {
    connect squid to proxy;
    if direct { connect tcp/9443; }
}
assert ssh_t can connect squid to proxy;    # false: questions are answered all the same
"""


class Query(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        with open(os.path.join(self.folder, "shop.appnet"), "w", encoding="utf-8") as file:
            file.write(POLICY)

    def run_compiler(self, *arguments):
        return subprocess.run([APPNETC, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=120, cwd=self.folder, text=True)

    def ask(self, sentence, *options, policy="reference"):
        return self.run_compiler("query", "--policy", policy, *options, "shop.appnet", sentence)

    def test_who(self):
        answer = self.ask("who can connect squid to proxy")
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        self.assertEqual(answer.stdout, "mozilla_t  shop.appnet:8:5: connect squid to proxy\n")

    def test_who_in_json(self):
        answer = self.ask("who can connect squid, tcp/9443 to proxy", "--format", "json")
        self.assertEqual(answer.returncode, 0)
        told = json.loads(answer.stdout)
        self.assertEqual(told["format_version"], 1)
        self.assertEqual([(line["domain"], line["permissions"], line["when"], line["from"], line["at"])
                          for line in told["answer"]],
                         [("mozilla_t", ["recv", "send"], None, "rule", "shop.appnet:8:5"),
                          ("mozilla_t", ["recv", "send"], "direct", "rule", "shop.appnet:9:17")])

    def test_can(self):
        self.assertEqual(self.ask("mozilla_t can connect squid to proxy").stdout, "yes\n")
        no = self.ask("mozilla_t can connect tcp/9443")
        self.assertEqual(no.returncode, 1)
        self.assertEqual(no.stdout, "no\n  mozilla_t can't connect tcp/9443 to 0.0.0.1; it could if direct\n")
        told = json.loads(self.ask("ssh_t can connect squid to proxy", "--format", "json").stdout)
        self.assertEqual(told["answer"], False)

    def test_what(self):
        answer = self.ask("what can mozilla_t connect")
        self.assertEqual(answer.returncode, 0)
        self.assertIn("    connect tcp/3128 to 10.20.0.7\n", answer.stdout)
        self.assertIn("mozilla_t if direct  shop.appnet:9:17: connect tcp/9443\n    connect tcp/9443\n", answer.stdout)
        self.assertIn("base policy: (allow mozilla_t", answer.stdout)

    def test_names_in_sight_and_names_that_are_not(self):
        self.assertEqual(self.ask("who can connect services.https to proxy").returncode, 0)
        answer = self.ask("who can connect squid to prox")
        self.assertEqual((answer.returncode, answer.stdout), (2, ""))    # 1 would look like the answer no
        self.assertIn("[unknown-name]\n --> the question:1:26\n", answer.stderr)
        self.assertIn("did you mean `proxy`?", answer.stderr)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def test_when_it_is_logged(self):
        self.write("shop.appnet", """policy shop; unmatched deny; boolean loud = false; boolean open = false;
domain mozilla_t { connect tcp/443; if loud { audit connect tcp/443; } if open { audit connect tcp/80; } }
""")
        told = json.loads(self.ask("who can connect tcp/443", "--format", "json").stdout)["answer"]
        self.assertEqual([(line["when"], line["logged"], line["logged_when"]) for line in told], [(None, True, "loud")])
        self.assertIn("connect tcp/443, logged if loud\n", self.ask("who can connect tcp/443").stdout)
        told = json.loads(self.ask("who can connect tcp/80", "--format", "json").stdout)["answer"]
        self.assertEqual([(line["when"], line["logged"], line["logged_when"]) for line in told], [("open", True, None)])
        self.assertTrue(self.ask("who can connect tcp/80").stdout.endswith("audit connect tcp/80, logged\n"))

    def test_a_permissive_domain_with_a_rule(self):
        self.write("more.cil", "(typepermissive mozilla_t)")
        told = json.loads(self.ask("who can connect squid to proxy", "--format", "json", "--module", "more.cil").stdout)
        self.assertEqual([(line["domain"], line["from"], line["reason"], line["also"]) for line in told["answer"]],
                         [("mozilla_t", "base", "permissive",
                           [{"at": "shop.appnet:8:5", "reason": "connect squid to proxy"}])])

    def test_what_is_unmatched(self):
        self.write("shop.appnet", "policy shop;\nunmatched audit;\n  unmatched forward audit;\nforward tcp/443;\n")
        for sentence, at in (("who can connect tcp/80", "shop.appnet:2:1"), ("who can forward tcp/80", "shop.appnet:3:3")):
            told = json.loads(self.ask(sentence, "--format", "json").stdout)["answer"]
            self.assertEqual({(line["from"], line["at"], line["logged_when"]) for line in told}, {("rule", at, None)})

    def test_sentences_that_are_none(self):
        for sentence, says in (
                ("", "the sentence is empty [syntax-error]"),
                ("  # nothing", "the sentence is empty [syntax-error]"),
                ("who can connect", "found the end of the sentence"),
                ("who can connect tcp/80\x01", "[forbidden-character]"),
                ("who can forward tcp/80 as mozilla_t", "ask `mozilla_t can forward ...`"),
                ("http_port_t can forward tcp/80", "the type `http_port_t` is no domain [not-a-domain]")):
            answer = self.ask(sentence)
            self.assertEqual((answer.returncode, answer.stdout), (2, ""), sentence)
            self.assertIn(says, answer.stderr)
            self.assertNotIn("the file", answer.stderr)

    def test_labels_of_peers(self):
        policy = """policy shop; unmatched deny; unmatched forward deny; forward tcp/443; forward tcp/443 as mozilla_t;
assert unlabeled_t, mozilla_t cannot forward tcp/80;
"""
        self.write("shop.appnet", policy)
        answer = self.ask("unlabeled_t, mozilla_t can forward tcp/443")
        self.assertEqual((answer.returncode, answer.stdout), (0, "yes\n"), answer.stderr)
        self.assertEqual(self.run_compiler("check", "--policy", "reference", "-q", "shop.appnet").returncode, 0)
        for more, says in (("group g = unlabeled_t;", "stands in `as`, and in assertions and questions about `forward`"),
                           ("assert http_port_t cannot forward tcp/80;", "the type `http_port_t` is no domain"),
                           ("assert unlabeled_t, http_port_t cannot forward tcp/80;", "`http_port_t` is no domain"),
                           ("forward tcp/80 as http_port_t;", "`as` names the label of the peers")):
            self.write("shop.appnet", policy + more)
            answer = self.run_compiler("check", "--policy", "reference", "-q", "shop.appnet")
            self.assertEqual(answer.returncode, 1)
            self.assertIn("[not-a-domain]", answer.stderr)
            self.assertIn(says, answer.stderr)

    def test_wrong_command_lines(self):
        for arguments in [("query",), ("query", "shop.appnet"), ("query", "--format", "xml", "shop.appnet", "x")]:
            answer = self.run_compiler(*arguments)
            self.assertEqual((answer.returncode, answer.stdout), (2, ""), arguments)
            self.assertTrue(answer.stderr.startswith("appnetc: "), answer.stderr)
        self.assertEqual(self.ask("").returncode, 2)
        self.assertEqual(self.ask("who can connect any" + " to (" * 300).returncode, 2)
        self.assertEqual(self.ask("what can mozilla_t").returncode, 2)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def test_every_rule_is_named(self):
        self.write("shop.appnet", "policy shop; unmatched deny; domain mozilla_t {\n"
                                  "connect tcp/22 to 10.0.0.0/8;\nconnect tcp/25 to 11.0.0.0/8;\nconnect tcp/53; }\n")
        answer = self.ask("what can mozilla_t connect")
        self.assertTrue(answer.stdout.startswith(
            "mozilla_t  shop.appnet:2:1: connect tcp/22 to 10.0.0.0/8\n"
            "           also shop.appnet:3:1: connect tcp/25 to 11.0.0.0/8\n"
            "           also shop.appnet:4:1: connect tcp/53\n"), answer.stdout)
        told = json.loads(self.ask("who can connect tcp/25 to 11.0.0.1", "--format", "json").stdout)
        self.assertEqual([(line["at"], line["also"]) for line in told["answer"]], [("shop.appnet:3:1", [])])

    def test_mistakes_of_the_policy(self):
        self.write("shop.appnet", POLICY.replace("mozilla_t", "mozila_t"))
        self.assertEqual(self.ask("who can connect squid to proxy").returncode, 1)

    def test_modules(self):
        self.write("more.cil", "(allow ssh_t http_cache_client_packet_t (packet (send recv)))")
        asked = ("ssh_t can connect tcp/8080", "--module", "more.cil")
        self.assertEqual(self.ask(*asked[:1]).returncode, 1)
        self.assertEqual(self.ask(*asked).stdout, "yes\n")
        self.write("more.cil", "(typeattribute rest)(typeattributeset rest (not (mozilla_t)))"
                               "(allow ssh_t rest (packet (send recv)))")
        answer = self.ask(*asked)
        self.assertEqual((answer.returncode, answer.stdout), (1, ""))
        self.assertIn("[foreign-access]", answer.stderr)

    def test_what_is_permissive(self):
        self.write("more.cil", "(typepermissive unlabeled_t)")
        self.write("shop.appnet", "policy shop; unmatched deny; unmatched forward deny;")
        self.assertIn("unlabeled_t", self.ask("who can forward any", "--module", "more.cil").stdout)
        self.assertEqual(self.ask("who can forward any").stdout, "nobody\n")

    def test_debian(self):
        if not os.path.exists("/etc/selinux/default/policy/policy.33"):
            self.skipTest("no policy of Debian")
        for store in ("default", "mls"):
            answer = self.ask("who can connect tcp/80", policy=f"/etc/selinux/{store}/policy/policy.33")
            self.assertEqual(answer.returncode, 0, answer.stderr)
            self.assertIn("httpd_t if httpd_can_network_connect or httpd_can_network_relay", answer.stdout)


if __name__ == "__main__":
    APPNETC = os.path.abspath(sys.argv.pop(1))
    unittest.main()
