"""One policy's rules, loaded by one program on a machine of their own, and the judgement of what was sent through it."""

import json
import os
import re
import subprocess
import tempfile

import marks
import probe
from machine import Machine
from traffic import Traffic

INTERFACES = ("eth0", "eth1", "enp3s0", "wan0", "enp7", "ens5")
LOADERS = ("nft", "iptables-legacy", "iptables-nft")


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
    """`change` alters the text of each part of the rules before they are loaded."""

    def __init__(self, compiler, source, folder, loader, change=None):
        self.compiler, self.source, self.loader = compiler, source, loader
        parts, name = compiler.build(source, folder)
        self.module = os.path.join(parts, f"{name}.cil")
        self.marks = marks.Marks({"carried from elsewhere": probe.CARRIED})
        # The rules with marks, where the artifact's own program to load them finds them.
        self.name, self.rules = name, tempfile.TemporaryDirectory()
        self.program = os.path.join(parts, "appnet-rules")
        for part in ("nft", "rules.v4", "rules.v6"):
            with open(os.path.join(parts, f"{name}.{part}"), encoding="utf-8") as text:
                text = text.read()
            text = marks.nft(text, self.marks) if part == "nft" else marks.iptables(text, self.marks)
            with open(os.path.join(self.rules.name, f"{name}.{part}"), "w", encoding="utf-8") as file:
                file.write(change(part, text) if change else text)
        self.machine = Machine(INTERFACES)
        self.traffic = Traffic(self.machine)
        self.probe, self.loaded = None, False
        self.fresh, self.problems = [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.traffic.close()
        if self.probe:
            self.probe.close()
        self.machine.close()
        self.rules.cleanup()

    def track(self):
        """Connection tracking begins, without rules."""
        probe.load(self.machine)
        self.probe = probe.Probe(self.machine)

    def load(self):
        """The rules; with them begins what is judged. Again, they are replaced, and judging goes on."""
        kind = "nft" if self.loader == "nft" else "iptables"
        # The lock is the machine's, the rules are this namespace's.
        self.machine.here.run("env", f"IPTABLES={self.loader}", f"XTABLES_LOCKFILE={self.rules.name}/lock", "sh", self.program, "load", kind, self.rules.name, self.name)
        if self.probe is None:
            self.track()
        if not self.loaded:
            self.probe.start()
            self.loaded = True

    def seen(self, wait=0.0):
        """The packets' journeys since the last time."""
        self.fresh = self.probe.take(wait)
        return self.fresh

    def expect(self, what, label, place, **fields):
        """Some packet of those last seen was there, and each such carries the label. Written by hand, besides the reference's
        word. Fields: of the visit or its packet."""
        def fits(visit):
            return visit.place == place and all(getattr(visit, name, getattr(visit.packet, name, None)) == value
                                                for name, value in fields.items())

        for _ in range(40):
            found = [visit for journey in self.fresh for visit in journey if fits(visit)]
            if found:
                break
            self.fresh += self.probe.take(0.05)  # a busy machine
        else:
            self.problems.append(f"{what}: no packet was seen in {place} with {fields}, only\n    " +
                                 "\n    ".join(str(visit) for journey in self.fresh for visit in journey))
        for visit in found:
            if type_of(self.marks.context(visit.mark)) != label:
                self.problems.append(f"{what}: should carry {label}, carries {self.marks.context(visit.mark)}: {visit}")

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
