#!/usr/bin/env python3
"""The kernel takes the iptables rules, by both variants of iptables-restore, in a network namespace of their own. A packet mark
stands in for each label, as in nft_test.py."""

import os
import re
import sys
import tempfile
import unittest

import built
from built import marks, run

VARIANTS = {"rules.v4": ("iptables-legacy", "iptables-nft"), "rules.v6": ("ip6tables-legacy", "ip6tables-nft")}


class Iptables(unittest.TestCase):
    def rules(self, built_example, part):
        marked = marks.Marks()
        text = marks.iptables(built_example.part(f"{built_example.name}.{part}"), marked)
        self.assertNotIn("SECMARK", re.sub(r"#.*", "", text))
        self.assertLessEqual(set(marked), {label["context"] for label in built_example.manifest["packet_types"]})
        file = tempfile.NamedTemporaryFile("w", encoding="utf-8")
        self.addCleanup(file.close)
        file.write(text)
        file.flush()
        return file.name

    def in_namespace(self, script, *arguments):
        result = run("unshare", "-n", "sh", "-euc", script, "sh", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def each(self, stores=built.STORES):
        for example in built.EXAMPLES:
            for store in stores:
                one = built.Built(self, example, store)
                for part, variants in VARIANTS.items():
                    for variant in variants:
                        yield f"{example} {store} {variant}", variant, self.rules(one, part)

    def test_the_kernel_takes_them(self):
        for case, variant, file in self.each():
            with self.subTest(case):
                listed = self.in_namespace('"$1"-restore --noflush "$2"; "$1"-save', variant, file)
                self.assertIn(":appnet-", listed)

    def test_loading_again_after_removing_the_jumps_is_loading_once(self):
        """iptables-restore has no way to say "unless it is there": the loader removes the old jumps first, and so does this."""
        for case, variant, file in self.each(("default",)):
            with self.subTest(case):
                load = '"$1"-restore --noflush "$2"; "$1"-save'
                once, twice = self.in_namespace(f"{load}; echo =====; {self.without_jumps(file)}; {load}", variant,
                                                file).split("=====\n")
                self.assertEqual(*(re.sub(r"#.*|\[\d+:\d+\]", "", text) for text in (once, twice)))

    def without_jumps(self, file):
        with open(file, encoding="utf-8") as rules:
            text = rules.read()
        commands, table = [], None
        for line in text.splitlines():
            if line.startswith("*"):
                table = line[1:]
            jump = re.fullmatch(r"-I ([A-Z]+) 1 -j (appnet-\S+)", line)
            if jump:
                commands.append(f'"$1" -t {table} -D {jump.group(1)} -j {jump.group(2)}')
        self.assertEqual(len(commands), len({command for command in commands}))
        self.assertTrue(commands, "no jump into our chains")
        return "; ".join(commands)

    def test_other_rules_stay(self):
        for case, variant, file in self.each(("default",)):
            with self.subTest(case):
                listed = self.in_namespace(
                    '"$1" -t mangle -N theirs; "$1" -t mangle -A INPUT -j theirs; "$1" -t mangle -A theirs -p tcp -j RETURN;'
                    '"$1"-restore --noflush "$2"; "$1"-save -t mangle', variant, file)
                self.assertIn("-A INPUT -j theirs", listed)
                self.assertIn("-A theirs -p tcp -j RETURN", listed)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("skipped: a network namespace needs root")
        sys.exit(77)
    built.main(sys.argv)
