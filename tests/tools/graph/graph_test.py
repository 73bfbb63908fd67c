#!/usr/bin/env python3
"""The graph of a policy: its text, and whether dot draws it. graph_test.py APPNETC EXAMPLES"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

APPNETC = None
EXAMPLES = None
POLICY = """policy shop;
unmatched deny;
host proxy = 10.20.0.7;
interface lan = "eth0";
service squid = tcp/3128;
boolean direct = false;
domain mozilla_t, chromium_t {
    connect squid to proxy via lan;
    if direct { audit connect tcp/443 to any except proxy; }
}
domain sshd_t { accept tcp/22 from 10.0.0.0/8; }
label http_client_packet_t { connect tcp/80; }
template t(host there) { domain ping_t { connect icmp/echo-request to there; } }
use t(proxy);
forward tcp/443 from 10.0.0.0/8 via lan -> "wan0";
"""
DRAWN = r'''digraph "shop" {
  rankdir=LR;
  node [fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=10];
  n1 [label="chromium_t", shape=box, style=filled, fillcolor=lightblue];
  n2 [label="mozilla_t", shape=box, style=filled, fillcolor=lightblue];
  n3 [label="ping_t", shape=box, style=filled, fillcolor=lightblue];
  n4 [label="sshd_t", shape=box, style=filled, fillcolor=lightblue];
  n5 [label="labelled http_client_packet_t", shape=box, style=filled, fillcolor=lightblue];
  n6 [label="10.0.0.0/8", shape=ellipse];
  n7 [label="10.20.0.7", shape=ellipse];
  n8 [label="any", shape=ellipse];
  n9 [label="any except proxy", shape=ellipse];
  n10 [label="proxy", shape=ellipse];
  n1 -> n9 [label="tcp/443\nif direct\nlogged", style=dashed];
  n1 -> n10 [label="squid via lan"];
  n2 -> n9 [label="tcp/443\nif direct\nlogged", style=dashed];
  n2 -> n10 [label="squid via lan"];
  n3 -> n7 [label="icmp/8"];
  n6 -> n4 [label="tcp/22"];
  n6 -> n8 [label="tcp/443 via lan -> \"wan0\"", color=gray40, arrowhead=vee];
  n5 -> n8 [label="tcp/80", style=dotted];
}
'''


class Graph(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def graph(self, text, *options):
        with open(os.path.join(self.folder, "p.appnet"), "w", encoding="utf-8") as file:
            file.write(text)
        return subprocess.run([APPNETC, "graph", "--policy", "reference", *options, "p.appnet"], check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120, cwd=self.folder, text=True)

    def draw(self, dot):
        if not shutil.which("dot"):
            self.skipTest("no dot (graphviz)")
        drawn = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, check=False, timeout=300, text=True)
        self.assertEqual((drawn.returncode, drawn.stderr), (0, ""))
        return drawn.stdout

    def test_text(self):
        answer = self.graph(POLICY)
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        self.assertEqual(answer.stdout, DRAWN)

    def test_drawn(self):
        svg = self.draw(self.graph(POLICY).stdout)
        for text in ("mozilla_t", "squid via lan", "if direct"):
            self.assertIn(text, svg)

    def many(self):
        rules = "".join(f"domain mozilla_t {{ connect tcp/{1000 + i} to 10.0.{i}.0/24; }}\n" for i in range(30))
        rules += "".join(f"domain sshd_t, ftpd_t {{ accept tcp/22 from 10.1.{i}.0/24; }}\n" for i in range(40))
        return "policy shop; unmatched deny;\n" + rules

    def test_grouped_past_fifty_rules(self):
        dot = self.graph(self.many()).stdout
        self.assertIn('[label="ftpd_t\\nsshd_t", shape=box', dot)
        self.assertIn("\\nand 34 more\", shape=ellipse]", dot)    # forty networks that the same daemons answer
        self.assertEqual(len(re.findall("shape=ellipse", dot)), 31)
        self.assertIn("ftpd_t", self.draw(dot))

    def test_order_changes_nothing(self):
        lines = self.many().splitlines(keepends=True)
        turned = lines[0] + "".join(reversed(lines[1:]))
        self.assertEqual(self.graph(turned).stdout, self.graph(self.many()).stdout)

    def test_hostile_names(self):
        answer = self.graph('policy shop; unmatched deny;\ninterface x = "a\\"];b";\n'
                            'domain mozilla_t { connect tcp/80 via "e\\\\];n99"; }\n')
        if answer.returncode == 0:
            self.assertNotIn("n99 ->", answer.stdout)
            self.draw(answer.stdout)
        answer = self.graph('policy shop; unmatched deny;\ndomain mozilla_t { connect tcp/80 via "a\\];n9", "<b>&"; }\n')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn(r'[label="tcp/80 via \"a\\];n9\", \"<b>&\""]', answer.stdout)
        self.draw(answer.stdout)

    def test_examples(self):
        policies = sorted(glob.glob(os.path.join(EXAMPLES, "*", "*.appnet")))
        self.assertTrue(policies)
        drawn = 0
        for policy in policies:
            with open(policy, encoding="utf-8") as file:
                if not re.search(r"^policy ", file.read(), re.M):
                    continue
            answer = subprocess.run([APPNETC, "graph", "--policy", "reference", policy], check=False, text=True,
                                    stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
            if answer.returncode == 1:    # made for another base policy
                continue
            self.assertEqual(answer.returncode, 0, answer.stderr)
            self.draw(answer.stdout)
            drawn += 1
        self.assertGreater(drawn, 0)

    def test_mistakes(self):
        answer = self.graph(POLICY.replace("sshd_t", "shd_t"))
        self.assertEqual((answer.returncode, answer.stdout), (1, ""))
        self.assertEqual(self.graph(POLICY, "--frmat").returncode, 2)


if __name__ == "__main__":
    EXAMPLES = os.path.abspath(sys.argv.pop(2))
    APPNETC = os.path.abspath(sys.argv.pop(1))
    unittest.main()
