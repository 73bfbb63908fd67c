"""One policy's rules, loaded by one program on a machine of their own, and the judgement of what was sent through it."""

import json
import os
import re
import subprocess

import marks
import packets
import probe
from machine import Machine
from traffic import Traffic

INTERFACES = ("eth0", "eth1", "enp3s0", "wan0", "enp7", "ens5")
LOADERS = ("nft", "iptables-legacy", "iptables-nft")
TRANSIT = "appnet_transit_t"


class Compiler:
    """The programs under test, and the base policy that all policies are built against."""

    def __init__(self, appnetc, reference, base):
        self.appnetc, self.reference, self.base = appnetc, reference, base

    def build(self, source, folder):
        """The folder of the parts."""
        result = subprocess.run([self.appnetc, "build", source, "--policy", self.base, "-o", folder + "/"], capture_output=True,
                                text=True, check=False)
        if result.returncode != 0:
            raise AssertionError(f"appnetc build {source}: {result.stderr}")
        with open(source, encoding="utf-8") as file:
            name = re.search(r"^policy (\w+);", file.read(), re.M).group(1)
        return os.path.join(folder, name), name

    def random(self, seed, number, flows, path):
        return json.loads(subprocess.run([self.reference, "random", self.base, str(seed), str(number), str(flows), path],
                                         check=True, capture_output=True, text=True).stdout)

    def judge(self, source, module, told):
        result = subprocess.run([self.reference, "judge", self.base, source, module], input=json.dumps(told), text=True,
                                capture_output=True, check=False)
        if result.returncode != 0:
            raise AssertionError(f"kernel_reference: {result.stderr}")
        return json.loads(result.stdout)


def type_of(context):
    return context.split(":")[2] if context.count(":") > 1 else context


class Session:
    """`change` alters the rules before they are loaded: {"nft": f, "v4": f, "v6": f}, each from text to text."""

    def __init__(self, compiler, source, folder, loader, change=None):
        self.compiler, self.source, self.loader = compiler, source, loader
        parts, name = compiler.build(source, folder)
        self.module = os.path.join(parts, f"{name}.cil")
        self.marks = marks.Marks({"carried from elsewhere": probe.CARRIED})
        self.rules = {}
        for part, file in (("nft", f"{name}.nft"), ("v4", f"{name}.rules.v4"), ("v6", f"{name}.rules.v6")):
            with open(os.path.join(parts, file), encoding="utf-8") as text:
                text = text.read()
            text = marks.nft(text, self.marks)[0] if part == "nft" else marks.iptables(text, self.marks)
            self.rules[part] = change(part, text) if change else text
        self.machine = Machine(INTERFACES)
        self.traffic = Traffic(self.machine)
        self.expected = []  # (what, journeys, place, label)
        self.problems = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.traffic.close()
        if self.probe:
            self.probe.close()
        self.machine.close()

    probe = None

    def track(self):
        """Connection tracking begins, without rules."""
        probe.load(self.machine)

    def load(self, before=()):
        """The rules and the probe."""
        if self.loader == "nft":
            self.machine.here.run("nft", "-f", "-", text=self.rules["nft"])
        else:
            for family, program in (("v4", self.loader), ("v6", self.loader.replace("iptables", "ip6tables"))):
                self.machine.here.run(f"{program}-restore", "--noflush", text=self.rules[family])
        if self.probe is None:
            if "probe" not in self.machine.here.run("nft", "list", "tables"):
                probe.load(self.machine)
            self.probe = probe.Probe(self.machine)
        self.probe.start()

    def seen(self, settle=0.0):
        return self.probe.take(settle)

    def expect(self, what, label, place, settle=0.002, **fields):
        """At least one packet since the last `seen` was there, and each one carries the label: written by hand, besides the
        reference's word. Fields: of the visit or its packet."""
        found = [visit for journey in self.journeys_since for visit in journey if visit.place == place and
                 all(getattr(visit, name, getattr(visit.packet, name, None)) == value for name, value in fields.items())]
        if not found:
            self.problems.append(f"{what}: no packet was seen in {place} with {fields}, only\n    " +
                                 "\n    ".join(str(visit) for journey in self.journeys_since for visit in journey))
        for visit in found:
            if type_of(self.marks.context(visit.mark)) != label:
                self.problems.append(f"{what}: should carry {label}, carries {self.marks.context(visit.mark)}: {visit}")

    journeys_since = ()

    def settle(self, wait=0.002):
        self.journeys_since = self.seen(wait)
        return self.journeys_since

    def judge(self):
        """Every difference between what packets carried and what the reference says; and how packets were judged, counted."""
        told = self.probe.told("nft" if self.loader == "nft" else "iptables", self.marks)
        result = self.compiler.judge(self.source, self.module, told)
        counts = {}
        for journey, judgements in zip(self.probe.journeys, result["judgements"]):
            for visit, judgement in zip(journey, judgements):
                if judgement:
                    kind = ("v6" if visit.packet.v6 else "v4", "lo" if "lo" in (visit.into, visit.out) else visit.hook,
                            judgement[0])
                    counts[kind] = counts.get(kind, 0) + 1
        differences = [text for _, _, text in result["differences"]]
        differences += [f"changed before SELinux sees it: {text}" for text in self.probe.moved]
        return self.problems + differences, counts
