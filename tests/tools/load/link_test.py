#!/usr/bin/env python3
"""The module, linked by secilc into Debian's policies, gives each packet type to exactly the domains that the manifest names,
under exactly the same booleans, besides the kernel's `send` and the loaders' `relabelto`; read back by setools."""

import itertools
import os
import re
import subprocess
import sys
import tempfile
import unittest

import built
from built import run

RULE = re.compile(r"^allow (\S+) (\S+):packet (?:\{ ([^}]*) \}|(\w+));(?: \[ (.*) \]:(True|False))?$")
LOCAL, FORWARDED = {"send", "recv"}, {"forward_in", "forward_out"}
GRANTED = {"class": LOCAL, "forward-class": FORWARDED}
ALWAYS = "always"


def packet_rules(policy):
    """(source, target, permission, condition) of each allow rule of class packet; sources and targets may be attributes."""
    rules = []
    for line in run("sesearch", "-A", "-c", "packet", policy).stdout.splitlines():
        match = RULE.match(line)
        if not match:
            raise ValueError(f"sesearch printed {line!r}")
        source, target, many, one, condition, branch = match.groups()
        if condition is None:
            condition = ALWAYS
        elif branch == "False":
            condition = f"!( {condition} )"
        rules += [(source, target, permission, condition) for permission in (many or one).split()]
    return rules


def attributes(policy):
    """{attribute: its types}"""
    found, current = {}, None
    for line in run("seinfo", "-a", "-x", policy).stdout.splitlines():
        head = re.match(r"^\s+attribute (\S+?);", line)
        if head:
            current = found.setdefault(head.group(1), set())
        elif current is not None and line.strip():
            current.add(line.strip())
    return found


class Base:
    """What a test needs to know of a base policy, read once."""

    def __init__(self, store, folder):
        self.path = built.newest_policy(store)
        self.cil = os.path.join(folder, f"{store}.cil")
        subprocess.run(["checkpolicy", "-M", "-C", "-b", "-o", self.cil, self.path], check=True, capture_output=True)
        self.rules = set(packet_rules(self.path))
        types = attributes(self.path)
        self.loaders = set().union(*(types.get(rule[0], {rule[0]}) for rule in self.rules if rule[2] == "relabelto"))


def as_python(condition):
    """A condition of the manifest (`a and not b`) or of sesearch (`a && ! b`) as a Python expression over V."""
    text = condition.replace("&&", " and ").replace("||", " or ").replace("!=", "^").replace("!", " not ").replace("^", "!=")
    return re.sub(r"[A-Za-z_][\w.-]*", lambda word: word.group() if word.group() in ("and", "or", "not") else
                  f"V[{word.group()!r}]", text)


def truth(conditions):
    """Under which settings of the booleans one of the conditions holds: a set of frozensets, or ALWAYS."""
    conditions = set(conditions)
    if ALWAYS in conditions:
        return ALWAYS
    names = sorted({word for text in conditions for word in re.findall(r"[A-Za-z_][\w.-]*", text)} - {"and", "or", "not"})
    code = [compile(as_python(text).strip(), text, "eval") for text in conditions]
    holds = set()
    for values in itertools.product((False, True), repeat=len(names)):
        setting = dict(zip(names, values))
        if any(eval(part, {"V": setting}) for part in code):  # names and three words only, see as_python
            holds.add(frozenset(setting.items()))
    return holds


class Link(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.bases = {store: Base(store, cls.folder) for store in built.STORES}

    def link(self, example, base):
        linked = os.path.join(self.folder, "linked")
        # A policy that was read from a binary has lost its neverallow rules, so there is nothing to check for -N.
        result = run("secilc", "-c", "33", "-N", "-f", "/dev/null", "-o", linked, base.cil, example.path(f"{example.name}.cil"))
        self.assertEqual(result.returncode, 0, result.stderr)
        return linked

    def expected(self, label, forwarders, loaders, everybody):
        """{(domain, permission): settings}. `everybody` is who may use what `unmatched audit` leaves open."""
        wanted = {("kernel_t", "send"): ALWAYS}
        wanted.update({(loader, "relabelto"): ALWAYS for loader in loaders})
        if label["kind"] == "transit":
            wanted.update({(peer, "forward_in"): ALWAYS for peer in forwarders})
        if label["kind"] == "unmatched-audit":
            wanted.update({(domain, permission): ALWAYS for domain in everybody for permission in LOCAL})
        if label["kind"] == "forward-audit":
            wanted.update({(peer, permission): ALWAYS for peer in everybody | {"unlabeled_t"} for permission in FORWARDED})
        for grant in label["grants"]:
            for permission in GRANTED[label["kind"]]:
                if (grant["domain"], permission) not in wanted:
                    wanted[grant["domain"], permission] = truth([grant["when"] or ALWAYS])
        return wanted

    def test_each_packet_type_is_held_by_whom_the_manifest_names(self):
        for example, store in built.cases():
            with self.subTest(example=example, store=store):
                self.check(built.Built(self, example, store), self.bases[store])

    def test_the_compilers_own_link_agrees(self):
        for example, store in built.cases():
            with self.subTest(example=example, store=store):
                source = built.source_of(example)
                result = run(built.APPNETC, "check", source, "--policy", built.newest_policy(store), "--link", "-q")
                self.assertEqual(result.returncode, 0, result.stderr)
                artifact = built.Built(self, example, store)
                result = run(built.APPNETC, "verify", artifact.folder, "--policy", built.newest_policy(store), "--link")
                self.assertEqual(result.returncode, 0, result.stderr)

    def check(self, example, base):
        linked = self.link(example, base)
        linked_rules, linked_attributes = packet_rules(linked), attributes(linked)
        held = {}
        for source, target, permission, condition in linked_rules:
            for one_target in linked_attributes.get(target, {target}):
                for one_source in linked_attributes.get(source, {source}):
                    held.setdefault(one_target, {}).setdefault((one_source, permission), []).append(condition)

        own = [label for label in example.manifest["packet_types"] if label["own"]]
        self.assertTrue(own)
        # Before its class is known a forwarded packet serves whoever may forward anything.
        forwarders = {grant["domain"] for label in own if label["kind"] == "forward-class" for grant in label["grants"]}
        everybody = linked_attributes[example.manifest["module"]["domain_attribute"]]
        for label in own:
            found = {access: truth(conditions) for access, conditions in held.get(label["type"], {}).items()}
            self.assertEqual(found, self.expected(label, forwarders, base.loaders, everybody), label["type"])

        # Nothing is taken from the base policy and nothing is added to its packet types, but for the loaders' relabelto.
        attribute = example.manifest["provides"]["attribute"]
        ours = {label["type"] for label in own} | {attribute}
        base_types = {label["type"] for label in example.manifest["packet_types"] if not label["own"]}
        for rule in set(linked_rules) - base.rules:
            self.assertTrue(rule[1] in ours or (rule[1] in base_types | {"unlabeled_t"} and rule[2] in ("relabelto", "send")),
                            f"the module adds {rule}")


if __name__ == "__main__":
    built.main(sys.argv)
