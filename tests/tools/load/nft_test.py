#!/usr/bin/env python3
"""The kernel takes the nftables rules, in a network namespace of their own. A kernel without SELinux has no packet labels to
give, so a packet mark stands in for each (tests/kernel/marks.py): the same look-ups, the same chains."""

import os
import re
import sys
import tempfile
import unittest

import built
from built import marks, run


class Nft(unittest.TestCase):
    def rules(self, example, store):
        part = built.Built(self, example, store)
        marked = marks.Marks()
        text = marks.nft(part.part(f"{part.name}.nft"), marked)
        self.assertNotIn("secmark", re.sub(r"#.*", "", text))
        self.assertEqual(set(marked), {label["context"] for label in part.manifest["packet_types"]})
        file = tempfile.NamedTemporaryFile("w", suffix=".nft", encoding="utf-8")
        self.addCleanup(file.close)
        file.write(text)
        file.flush()
        return file.name

    def in_namespace(self, script, *arguments):
        result = run("unshare", "-n", "sh", "-euc", script, "sh", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_the_kernel_takes_them(self):
        for example, store in built.cases():
            with self.subTest(example=example, store=store):
                listed = self.in_namespace('nft -f "$1"; nft list ruleset', self.rules(example, store))
                for hook in ("prerouting", "input", "forward", "postrouting"):
                    self.assertIn(f"hook {hook} priority mangle", listed)

    def test_loading_twice_is_loading_once(self):
        for example in built.EXAMPLES:
            with self.subTest(example=example):
                once, twice = self.in_namespace(
                    'nft -f "$1"; nft list ruleset; echo =====; nft -f "$1"; nft list ruleset',
                    self.rules(example, "default")).split("=====\n")
                self.assertEqual(once, twice)

    def test_other_tables_stay(self):
        listed = self.in_namespace(
            'nft add table inet theirs; nft add chain inet theirs c; nft -f "$1"; nft list tables',
            self.rules(built.EXAMPLES[0], "default"))
        self.assertEqual(listed.split("\n")[:2], ["table inet theirs", "table inet appnet"])


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("skipped: a network namespace needs root")
        sys.exit(77)
    built.main(sys.argv)
