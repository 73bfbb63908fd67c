"""Policies, written once for each size, and what appnetc makes of them."""

import dataclasses
import json
import os
import re

import cost
import structured
import writers

NAME = "big"


@dataclasses.dataclass
class Inputs:
    """Where everything is: the folder for files, the compiler, Debian's policy, the source tree."""
    folder: str
    appnetc: str
    policy: str
    quick: bool = False

    def path(self, *words):
        path = os.path.join(self.folder, *words)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path


class Sized:
    """The structured policy of one size: its rules, its source, and its output."""
    _known = {}

    def __init__(self, inputs, count):
        self.inputs = inputs
        self.count = count
        self.rules = structured.generate(count)
        self.folder = inputs.path(str(count), "")
        inputs.path(str(count), "out", "")
        self.source = self.write(f"{NAME}.appnet", writers.appnet(self.rules))

    @classmethod
    def of(cls, inputs, count):
        if count not in cls._known:
            cls._known[count] = cls(inputs, count)
            print(f"  shape: {structured.shape(cls._known[count].rules)}", flush=True)
        return cls._known[count]

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def build(self, source=None, **options):
        """Builds all parts into the folder; gives what that cost."""
        return cost.once([self.inputs.appnetc, "build", source or self.source, "--policy", self.inputs.policy, "-o",
                          os.path.join(self.folder, "out") + "/"], **options)

    def part(self, name):
        path = os.path.join(self.folder, "out", NAME, name)
        if not os.path.exists(path):
            self.build()
        with open(path, encoding="utf-8") as file:
            return file.read()

    def sizes(self):
        """What the build made: packet types, entries of nft maps, iptables rules, bytes of the parts that are loaded."""
        nft, rules = self.part(f"{NAME}.nft"), self.part(f"{NAME}.rules.v4") + self.part(f"{NAME}.rules.v6")
        module = self.part(f"{NAME}.cil")
        return {"types": sum(label["own"] for label in json.loads(self.part("manifest.json"))["packet_types"]),
                "elements": sum(block.count(",") + 1 for block in re.findall(r"elements = \{(.*?)\}", nft, re.S)),
                "rules": len(re.findall(r"^-A ", rules, re.M)),
                "bytes": len(nft) + len(rules) + len(module)}
