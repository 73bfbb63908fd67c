#!/usr/bin/env python3
"""`appnetc verify` on artifacts whose manifest says something else. manifest_test.py APPNETC"""

import copy
import json
import random

import sealed
from sealed import DOES_NOT_HOLD, OK, run

# What the manifest says of sources and such has nothing in the artifact to be compared with.
FREE = {"sources", "rules", "base_policy", "modules", "compiler"}
SEED = 3


def walk(value, path=()):
    """Every place in a JSON value."""
    yield path
    if isinstance(value, dict):
        for key, child in value.items():
            yield from walk(child, path + (key,))
    elif isinstance(value, list):
        for index, child in enumerate(value[:3]):
            yield from walk(child, path + (index,))


def replaced(value, path, new):
    """A copy with something else at a place; `new` is a function of what is there, None removes it, "put" is a new list."""
    value = copy.deepcopy(value)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    if new is None:
        del parent[path[-1]]
    elif new == "put":
        parent[path[-1]] = []
    else:
        parent[path[-1]] = new(parent[path[-1]])
    return value


class Manifest(sealed.Sealed):
    def test_conditions_too_large(self):
        self.build()
        manifest = json.loads(self.read("manifest.json"))
        grant = next(one for one in manifest["packet_types"] if one["kind"] == "class")["grants"][0]
        names = [f"a{i}" for i in range(40)]
        pairs = " or ".join(f"(a{i} and b{i})" for i in range(40))
        grant["when"] = f"({' and '.join(names)}) or {pairs}"
        self.seal(manifest)
        self.verify(DOES_NOT_HOLD, says=["no condition of at most 12 booleans"])

    def test_another_kernel_than_the_policys(self):
        self.build()
        manifest = json.loads(self.read("manifest.json"))
        self.assertEqual(manifest["module"]["kernel_type"], "kernel_t")
        manifest["module"]["kernel_type"] = "mozilla_t"
        text = self.read("kiosk.cil")
        self.change("kiosk.cil", text.replace("(typeattributeset appnet_kernel (kernel_t))",
                                              "(typeattributeset appnet_kernel (mozilla_t))"))
        manifest["parts"] = json.loads(self.read("manifest.json"))["parts"]
        self.seal(manifest)
        self.verify(OK)
        self.verify(DOES_NOT_HOLD, "--policy", "reference", says=["the kernel's type is `kernel_t`"])

    def test_another_version(self):
        self.build()
        manifest = json.loads(self.read("manifest.json"))
        manifest["compiler"]["version"] = "99.0"
        self.change("install.sh", "#!/bin/sh\n")
        manifest["parts"] = json.loads(self.read("manifest.json"))["parts"]
        self.seal(manifest)
        result = run("verify", self.path("kiosk"))
        self.assertEqual(result.returncode, OK, result.stderr)
        self.assertIn("note: it says that appnetc 99.0 built it", result.stderr)
        self.change("kiosk.nft", self.read("kiosk.nft").replace("443", "444"))
        self.verify(DOES_NOT_HOLD, says=["connect tcp/44"])

    def test_a_changed_manifest_is_noticed(self):
        self.build()
        manifest = json.loads(self.read("manifest.json"))

        def label(kind):
            return next(i for i, one in enumerate(manifest["packet_types"]) if one["kind"] == kind)

        cases = [
            (("packet_types", label("class"), "grants", 0, "domain"), lambda old: "ssh_t"),
            (("packet_types", label("class"), "grants"), lambda old: []),
            (("packet_types", label("forward-class"), "kind"), lambda old: "class"),
            (("packet_types", label("transit")), None),
            (("provides", "booleans", "guests"), lambda old: True),
            (("enforce_always",), lambda old: False),
            (("module", "loaders"), lambda old: old[1:]),
            (("name",), lambda old: "other"),
            (("format_version",), lambda old: 2),
            (("backends",), lambda old: ["ipfw"]),
            (("parts", 0), None),
            (("backends",), lambda old: ["nft"]),
            (("backends",), lambda old: ["iptables", "nft"]),
            (("requires", "types"), lambda old: []),
            (("requires", "types"), lambda old: old[1:]),
            (("requires", "attributes"), lambda old: []),
            (("requires", "booleans"), lambda old: []),
            (("requires", "classes", "packet"), lambda old: old[1:]),
            (("requires", "classes", "file"), "put"),
            (("requires", "mls_level"), lambda old: None),
            (("provides", "types"), lambda old: old[1:]),
            (("provides", "types"), lambda old: old + ["mozilla_t"]),
            (("provides", "attribute"), lambda old: "domain"),
            (("rules", 0, "id"), lambda old: 1),
            (("rules",), lambda old: old[1:]),
            (("rules", 0, "at"), lambda old: "somewhere"),
            (("packet_types", 0, "rules"), lambda old: [77]),
            (("packet_types", 0, "rules"), lambda old: old + old),
            (("packet_types", 0, "own"), lambda old: False),
            (("packet_types", 0, "context"), lambda old: old.replace(":s0", ":s0:c1")),
            (("packet_types", 0, "context"), lambda old: old.replace("system_u", "user_u")),
            (("packet_types",), lambda old: old + old[:1]),
            (("packet_types",), lambda old: old[::-1]),
            (("packet_types", label("base"), "grants"), lambda old: manifest["packet_types"][0]["grants"]),
            (("module", "transit_types"), lambda old: old[1:]),
            (("module", "kernel_sends_unlabeled"), lambda old: not old),
            (("module", "domains"), lambda old: old[1:]),
            (("unmatched", "local"), lambda old: manifest["packet_types"][0]["type"]),
            (("unmatched", "forward"), lambda old: manifest["unmatched"]["local"]),
            (("unmatched", "transit"), lambda old: manifest["unmatched"]["forward"]),
            (("base_policy", "mls"), lambda old: False),
            (("compiler", "name"), lambda old: "other"),
            (("surprise",), "put"),
        ]
        for path, new in cases:
            with self.subTest(path=path):
                self.seal(replaced(manifest, path, new))
                self.verify(DOES_NOT_HOLD)

    def test_any_manifest_is_survived(self):
        self.build()
        manifest = json.loads(self.read("manifest.json"))
        places = [path for path in walk(manifest) if path]
        generator = random.Random(SEED)
        values = [None, True, 7, -1, 1.5, "", "x", [], {}, [[]], [{}], 2**70, "a and", "\u0000"]
        for path in generator.sample(places, min(len(places), 120)):
            value = generator.choice(values)
            self.seal(replaced(manifest, path, None if generator.random() < 0.3 else lambda old, new=value: new))
            result = run("verify", self.path("kiosk"), "--policy", "reference")
            same = path[0] in FREE or json.loads(self.read("manifest.json")) == manifest
            self.assertIn(result.returncode, (OK, DOES_NOT_HOLD) if same else (DOES_NOT_HOLD,),
                          (path, value, result.stderr))
        text = json.dumps(manifest)
        for cut in generator.sample(range(len(text)), 20):
            self.seal(text[:cut])
            self.verify(DOES_NOT_HOLD, says=["manifest.json is no JSON, or is cut short"])
        for text in ("[" * 100000, "null", "[]", "{}", b"\xff\xfe", '{"format_version":1}'):
            self.seal(text)
            self.verify(DOES_NOT_HOLD, says=["manifest.json"])


if __name__ == "__main__":
    sealed.main()
