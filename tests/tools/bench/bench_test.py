#!/usr/bin/env python3
"""The benchmark's parts do what its numbers rest on, at a tiny size. Times nothing."""

import collections
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path[:0] = [os.path.join(ROOT, "bench"), os.path.join(ROOT, "tests", "kernel")]

import cost
import marks
import network
import structured
import writers
from table import Table


class Policies(unittest.TestCase):
    def test_the_seed_decides(self):
        self.assertEqual(structured.generate(500, 7), structured.generate(500, 7))
        self.assertNotEqual(structured.generate(500, 7), structured.generate(500, 8))
        self.assertEqual(structured.wide(50, 7), structured.wide(50, 7))

    def test_the_shape_is_what_is_said(self):
        rules = structured.generate(10_000)
        lengths = collections.Counter(rule.length for rule in rules)
        self.assertAlmostEqual(lengths[0], 500, delta=100)
        self.assertAlmostEqual(lengths[24], 4_000, delta=250)
        self.assertLessEqual(len({rule.address for rule in rules if rule.length == 24}), 250)
        self.assertLessEqual(len({rule.address >> 16 for rule in rules if rule.length}), 200)
        self.assertAlmostEqual(sum(rule.first == rule.last for rule in rules), 8_500, delta=200)
        self.assertAlmostEqual(sum(rule.protocol == "udp" for rule in rules), 2_000, delta=200)
        self.assertAlmostEqual(sum(not rule.interface for rule in rules), 2_500, delta=250)
        self.assertEqual(len({rule.domain for rule in rules}), 40)
        self.assertIn("10,000 rules", structured.shape(rules))

    def test_a_lost_flow_is_missed(self):
        rules = structured.generate(200)
        text = writers.linear(rules)
        self.assertEqual(writers.missing(rules, text), set())
        lines = text.splitlines()
        for drop in (3, 100, 202):
            self.assertEqual(len(writers.missing(rules, "\n".join(lines[:drop] + lines[drop + 1:]))), 1)
        self.assertEqual(len(writers.missing(rules, text.replace("--dport", "--sport"))), len(set(rules)))


class Tables(unittest.TestCase):
    def test_missed_goals_are_said(self):
        table = Table("t", "Title", ["rules", "s"])
        table.add("1,000", 0.25)
        table.goal("fast", "0.25 s", False)
        self.assertIn("goal MISSED  fast: 0.25 s", table.text())
        self.assertIn("| fast | 0.25 s | **no** |", table.markdown())


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("gcc") and os.path.exists("/dev/net/tun"), "needs root, gcc and tun devices")
class Packets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for program in ("cost", "storm"):
            subprocess.run(["gcc", "-O1", "-o", self.path(program), os.path.join(ROOT, "bench", f"{program}.c")], check=True)
        cost.PROGRAM, network.STORM = self.path("cost"), self.path("storm")

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_packets_meet_the_rules_as_often_as_said(self):
        rules = structured.generate(20)
        with open(self.path("rules"), "w", encoding="ascii") as file:
            file.write(marks.iptables(writers.linear(rules), marks.Marks()))
        flows = network.write_flows(self.path("flows"), rules, 64)
        with network.Namespace() as none, network.Namespace() as linear:
            self.assertEqual(linear.load(self.path("rules"), "iptables-legacy").status, 0)
            for mode, restored in (("first", 0), ("later", 0), ("answered", 64 * 4)):
                linear.listed("iptables-legacy", "-t", "mangle", "-Z")
                seen = network.storm(mode, flows, {"none": none, "linear": linear}, 64, 3)
                self.assertGreater(min(seen.values()), 0)
                listed = linear.listed("iptables-legacy", "-t", "mangle", "-nvxL", "POSTROUTING").splitlines()
                known = int(next(line for line in listed if " RETURN " in line).split()[0])
                # The kernel has something to say to those that answer.
                (self.assertGreaterEqual if restored else self.assertEqual)(known, restored, mode)


if __name__ == "__main__":
    unittest.main()
