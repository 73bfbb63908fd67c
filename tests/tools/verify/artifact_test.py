#!/usr/bin/env python3
"""`appnetc verify`: an artifact as it was built is well; changed in any way it is not. artifact_test.py APPNETC"""

import copy
import io
import json
import os
import random
import tarfile

import sealed
from sealed import run

OK, DOES_NOT_HOLD, USAGE, ENVIRONMENT = 0, 1, 2, 3
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
    """A copy with something else at a place; `new` is a function of what is there, None removes it."""
    value = copy.deepcopy(value)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    if new is None:
        del parent[path[-1]]
    else:
        parent[path[-1]] = new(parent[path[-1]])
    return value


class Artifact(sealed.Sealed):
    def verify(self, code, *options, says=()):
        result = run("verify", self.path("kiosk"), *options)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(bool(result.stderr), code != OK)
        for words in says:
            self.assertIn(words, result.stderr)
        return result

    def test_as_built(self):
        self.build()
        self.verify(OK)
        self.verify(OK, "--policy", "reference")
        self.verify(OK, "--policy", "reference", "--link")
        tar = self.path("kiosk.tar")
        result = run("build", self.path("kiosk.appnet"), "--policy", "reference", "-o", tar)
        self.assertEqual(result.returncode, OK)
        result = run("verify", tar, "--policy", "reference")
        self.assertEqual(result.returncode, OK, result.stderr)
        self.assertIn("all is well", result.stdout)
        self.assertEqual(run("verify", tar, "-q").stdout, "")

    def test_every_mode_verifies(self):
        for mode in ("base", "inherit", "audit", "deny"):
            for forward in ("", "unmatched forward base;", "unmatched forward audit;", "unmatched forward deny;"):
                with self.subTest(mode=mode, forward=forward):
                    self.build(f"policy kiosk; unmatched {mode}; {forward} domain mozilla_t {{ connect tcp/443; }}"
                               "forward tcp/80;")
                    self.verify(OK, "--policy", "reference", "--link")

    def test_unsealed_changes(self):
        self.build()
        restore = self.copy()
        for name in sorted(os.listdir(self.path("kiosk"))):
            with open(self.path("kiosk", name), "ab") as file:
                file.write(b"\n")
            self.verify(DOES_NOT_HOLD, says=[name if name != "SHA256SUMS" else "no digest and name"])
            os.remove(self.path("kiosk", name))
            self.verify(DOES_NOT_HOLD, says=[name, "missing"])
            restore()
        self.write("kiosk/more", "")
        self.verify(DOES_NOT_HOLD, says=["more is not in SHA256SUMS"])
        self.seal()
        self.verify(DOES_NOT_HOLD, says=["more is not in manifest.json"])

    def test_a_changed_module_is_named(self):
        self.build()
        module = self.read("kiosk.cil")
        web = "appnet_mozilla_packet_t"
        cases = [
            (module + f"(allow unconfined_t {web} (packet (recv)))", ["`unconfined_t` may `recv` on `" + web]),
            (module.replace(f"(allow mozilla_t {web} (packet (send recv)))", ""), ["`mozilla_t` may `send`", "never"]),
            (module.replace(f"(allow mozilla_t {web}", f"(allow ssh_t {web}"), ["`ssh_t` may `send`"]),
            (module.replace("(not squid_connect_any)", "squid_connect_any"), ["guests and squid_connect_any"]),
            (module.replace("(boolean guests false)", "(boolean guests true)"), ["`guests` is true"]),
            (module.replace("(policycap always_check_network)", ""), ["`always_check_network` is missing"]),
            (module.replace("appnet_loader (apt_t ", "appnet_loader ("), ["`apt_t` may `relabelto`"]),
            (module.replace("(auditallow sshd_t", "(allow sshd_t"), ["is logged for `recv`"]),
            (module + "(typeattributeset packet_type (appnet_unmatched_t))", ["adds to `packet_type`"]),
            (module + "(((", ["a `(` is not closed"]),
            ("", ["is missing"]),
        ]
        for text, says in cases:
            self.assertNotEqual(text, module)
            self.change("kiosk.cil", text)
            self.verify(DOES_NOT_HOLD, says=["kiosk.cil: "] + says)

    def test_rules_with_other_contexts(self):
        self.build()
        restore = self.copy()
        web = "system_u:object_r:appnet_mozilla_packet_t:s0"
        for part in ("kiosk.nft", "kiosk.rules.v4"):
            text = self.read(part)
            self.assertIn(web, text)
            self.change(part, text.replace(web, "system_u:object_r:unconfined_t:s0", 1))
            self.verify(DOES_NOT_HOLD, says=["puts `system_u:object_r:unconfined_t:s0` on packets"])
            restore()
        for part in ("kiosk.nft", "kiosk.rules.v4", "kiosk.rules.v6"):
            self.change(part, self.read(part).replace(web, "system_u:object_r:appnet_transit_t:s0"))
        self.verify(DOES_NOT_HOLD, says=["kiosk.nft puts `" + web + "` on no packet",
                                         "kiosk.rules.* puts `" + web + "` on no packet"])

    def test_conditions_too_large(self):
        self.build()
        manifest = json.loads(self.read("manifest.json"))
        grant = next(one for one in manifest["packet_types"] if one["kind"] == "class")["grants"][0]
        names = [f"a{i}" for i in range(40)]
        pairs = " or ".join(f"(a{i} and b{i})" for i in range(40))
        grant["when"] = f"({' and '.join(names)}) or {pairs}"
        self.seal(manifest)
        self.verify(DOES_NOT_HOLD, says=["no condition of at most 12 booleans"])

    def test_changed_rules_are_noticed(self):
        self.build()
        for name, before, after, says in [
            ("kiosk.nft", "th dport", "th sport", "the source port"),
            ("kiosk.nft", "ct direction reply", "ct direction original", "the label"),
            ("kiosk.nft", '"system_u:object_r:appnet_mozilla', '"user_u:object_r:appnet_mozilla', "the context"),
            ("kiosk.rules.v4", "--dport 443", "--dport 444", "tcp/44"),
            ("kiosk.rules.v6", "--ctdir REPLY", "--ctdir ORIGINAL", "ip6tables rules"),
            ("kiosk.rules.v6", "-j MARK", "-j DROP", "cannot be read back"),
        ]:
            with self.subTest(name=name, before=before):
                text = self.read(name)
                self.assertIn(before, text)
                self.change(name, text.replace(before, after))
                self.verify(DOES_NOT_HOLD, says=[says])
                self.change(name, text)
        self.verify(OK)

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
        ]
        for path, new in cases:
            with self.subTest(path=path):
                self.seal(replaced(manifest, path, new))
                self.verify(DOES_NOT_HOLD)

    def test_any_manifest_is_survived(self):
        self.build()
        manifest = json.loads(self.read("manifest.json"))
        rules = {"sources", "rules", "compiler", "base_policy", "modules", "unmatched"}
        places = [path for path in walk(manifest) if path and path[0] not in rules]
        generator = random.Random(SEED)
        values = [None, True, 7, -1, 1.5, "", "x", [], {}, [[]], [{}], 2**70, "a and", "\u0000"]
        for path in generator.sample(places, min(len(places), 120)):
            value = generator.choice(values)
            self.seal(replaced(manifest, path, None if generator.random() < 0.3 else lambda old, new=value: new))
            result = run("verify", self.path("kiosk"), "--policy", "reference")
            self.assertIn(result.returncode, (OK, DOES_NOT_HOLD), (path, value, result.stderr))
        text = json.dumps(manifest)
        for cut in generator.sample(range(len(text)), 20):
            self.seal(text[:cut])
            self.verify(DOES_NOT_HOLD, says=["manifest.json is no JSON, or is cut short"])
        for text in ("[" * 100000, "null", "[]", "{}", b"\xff\xfe", '{"format_version":1}'):
            self.seal(text)
            self.verify(DOES_NOT_HOLD, says=["manifest.json"])

    def test_what_is_no_artifact(self):
        self.build()
        tar = self.path("kiosk.tar")
        self.assertEqual(run("build", self.path("kiosk.appnet"), "--policy", "reference", "-o", tar).returncode, OK)
        with open(tar, "rb") as file:
            whole = file.read()
        generator = random.Random(SEED)

        def expect(content, codes):
            result = run("verify", self.write("what.tar", content))
            self.assertIn(result.returncode, codes, result.stderr)
            self.assertTrue(result.stderr)

        for cut in [0, 1, 511, 512, 513, *generator.sample(range(len(whole) - 2048), 20)]:
            expect(whole[:cut], (DOES_NOT_HOLD, ENVIRONMENT))
        for size in (1, 100, 512, 10240):
            expect(generator.randbytes(size), (ENVIRONMENT,))
        for _ in range(40):
            damaged = bytearray(whole)
            at = generator.randrange(len(whole) - 2048)
            damaged[at] ^= 1 << generator.randrange(8)
            # Padding between files may change without harm.
            result = run("verify", self.write("what.tar", bytes(damaged)))
            self.assertIn(result.returncode, (OK, DOES_NOT_HOLD, ENVIRONMENT), result.stderr)
        for name, kind in (("kiosk/../x", tarfile.REGTYPE), ("/etc/x", tarfile.REGTYPE), ("kiosk/x", tarfile.SYMTYPE),
                           ("kiosk/x", tarfile.FIFOTYPE), ("kiosk/x/y", tarfile.REGTYPE), ("x", tarfile.REGTYPE)):
            buffer = io.BytesIO()
            with tarfile.open(fileobj=buffer, mode="w") as archive:
                entry = tarfile.TarInfo(name)
                entry.type, entry.linkname = kind, "/etc/passwd"
                archive.addfile(entry)
            expect(buffer.getvalue(), (ENVIRONMENT,))
        self.assertEqual(run("verify", self.path("nothing")).returncode, ENVIRONMENT)
        self.assertEqual(run("verify", "/dev/null").returncode, ENVIRONMENT)
        self.assertEqual(run("verify").returncode, USAGE)
        self.assertEqual(run("verify", tar, tar).returncode, USAGE)

    def test_a_policy_that_does_not_fit(self):
        self.build()
        manifest = json.loads(self.read("manifest.json"))
        requires = manifest["requires"]
        requires["types"].append("missing_t")
        requires["attributes"].append("missing_attribute")
        requires["booleans"].append("missing_boolean")
        requires["classes"]["packet"].append("missing_permission")
        self.seal(manifest)
        self.verify(OK)
        self.verify(DOES_NOT_HOLD, "--policy", "reference",
                    says=["no type `missing_t`", "no attribute `missing_attribute`", "no boolean `missing_boolean`",
                          "`missing_permission`"])
        self.verify(ENVIRONMENT, "--policy", self.path("kiosk.appnet"))

    def test_a_module_that_gets_in(self):
        self.build()
        module = self.write("wide.cil", "(typeattribute rest)(typeattributeset rest (not (file_type)))"
                                        "(allow ftpd_t rest (packet (recv)))")
        self.verify(OK, "--policy", "reference", "--link")
        self.verify(DOES_NOT_HOLD, "--policy", "reference", "--module", module,
                    says=["`ftpd_t` may `recv` on `appnet_mozilla_packet_t`", "through `rest`"])


if __name__ == "__main__":
    sealed.main()
