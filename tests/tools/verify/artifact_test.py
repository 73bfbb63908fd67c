#!/usr/bin/env python3
"""`appnetc verify`: an artifact as it was built is well; changed in any way it is not. artifact_test.py APPNETC"""

import io
import json
import os
import random
import re
import shutil
import subprocess
import tarfile

import sealed
from sealed import DOES_NOT_HOLD, ENVIRONMENT, OK, USAGE, run

SEED = 3
REFERENCE = os.path.join(os.path.dirname(__file__), "../../../compiler/sepolicy/reference")


class Artifact(sealed.Sealed):
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

    def test_changed_rules_are_noticed(self):
        self.build()
        for name, before, after, says in [
            ("kiosk.nft", "th dport", "th sport", "the source port"),
            ("kiosk.nft", "ct direction reply", "ct direction original", "which has no part in it"),
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

    def test_rules_changed_alike(self):
        self.build()
        for name, before, after in (("kiosk.nft", "443", "444"), ("kiosk.rules.v4", "--dport 443", "--dport 444"),
                                    ("kiosk.rules.v6", "--dport 443", "--dport 444")):
            text = self.read(name)
            self.assertIn(before, text)
            self.change(name, text.replace(before, after))
        self.verify(DOES_NOT_HOLD, says=["the nftables rules give connect tcp/443", "the iptables rules give forward tcp/443",
                                         "the ip6tables rules give forward tcp/443"])

    def test_rules_of_one_backend(self):
        for backend, name in (("iptables", "kiosk.rules.v4"), ("nft", "kiosk.nft")):
            with self.subTest(backend=backend):
                self.build(sealed.POLICY, "--backend", backend)
                self.verify(OK)
                text = self.read(name)
                changed = text.replace("443", "444")
                self.assertNotEqual(text, changed)
                self.change(name, changed)
                self.verify(DOES_NOT_HOLD, says=["connect tcp/44"])
                shutil.rmtree(self.path("kiosk"))

    def test_a_changed_flow_table(self):
        self.build()
        table = self.read("kiosk.flows")
        connect = next(line for line in table.splitlines() if line.startswith("connect "))
        for changed, says in (
                (table.replace("1bb 2", "1bc 2"), "connect tcp/44"),
                (table.replace("\nforward ", "\nforward 0", 1), "form"),
                (table.replace(connect + "\n", ""), "roots"),
                (table.replace(connect, "connect 0"), "form"),
                (table.replace("flows 1", "flows 2"), "line 1: it does not begin with"),
                (table + "\n", "form"),
                (table[:-1], "no roots"),
                (table.replace("label ", "label a", 1), "of manifest.json is due"),
                ("", "does not begin with")):
            self.assertNotEqual(changed, table)
            self.change("kiosk.flows", changed)
            self.verify(DOES_NOT_HOLD, says=[says])

    def test_changed_installers(self):
        self.build()
        restore = self.copy()
        for name in ("Makefile", "install.sh", "transition.awk", "appnet-rules", "appnet.service",
                     "nftables-drop-in.conf", "modules-load.conf"):
            self.change(name, self.read(name) + "# more\n")
            self.verify(DOES_NOT_HOLD, says=[name + " is not what this version of appnetc puts"])
            restore()
        self.write("kiosk/more", "")
        manifest = json.loads(self.read("manifest.json"))
        manifest["parts"].append({"name": "more", "size": 0, "sha256": sealed.sha256(b"")})
        manifest["parts"].sort(key=lambda part: part["name"])
        self.seal(manifest)
        self.verify(DOES_NOT_HOLD, says=["more is no file of an artifact"])

    def test_a_program_that_is_none(self):
        self.build()
        for name, mode, says in (("install.sh", 0o644, "install.sh must be a program"),
                                 ("kiosk.cil", 0o755, "kiosk.cil is a program, and must be none")):
            buffer = io.BytesIO()
            with tarfile.open(fileobj=buffer, mode="w") as archive:
                for part in sorted(os.listdir(self.path("kiosk"))):
                    archive.add(self.path("kiosk", part), "kiosk/" + part,
                                filter=lambda entry: sealed.with_mode(entry, {"kiosk/" + name: mode}))
            result = run("verify", self.write("kiosk.tar", buffer.getvalue()))
            self.assertEqual(result.returncode, DOES_NOT_HOLD, result.stderr)
            self.assertIn(says, result.stderr)

    def test_links_and_what_stands_behind(self):
        self.build()
        target = self.write("elsewhere", self.read("kiosk.nft"))
        os.remove(self.path("kiosk", "kiosk.nft"))
        os.symlink(target, self.path("kiosk", "kiosk.nft"))
        self.verify(ENVIRONMENT, says=["`kiosk.nft` is a link"])
        tar = self.path("kiosk.tar")
        self.assertEqual(run("build", self.path("kiosk.appnet"), "--policy", "reference", "-o", tar).returncode, OK)
        with open(tar, "ab") as file:
            file.write(bytes(512))
        self.assertEqual(run("verify", tar).returncode, OK)
        with open(tar, "ab") as file:
            file.write(b"more")
        result = run("verify", tar)
        self.assertEqual(result.returncode, ENVIRONMENT)
        self.assertIn("behind the archive's end", result.stderr)

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
        module = self.write("more.cil", "(type moused_t)(typeattributeset domain moused_t)(roletype system_r moused_t)"
                                        "(boolean mice true)(type mouse_packet_t)(roletype object_r mouse_packet_t)"
                                        "(typeattributeset packet_type mouse_packet_t)")
        self.build("policy kiosk; unmatched base; domain moused_t { connect tcp/443; if mice { connect tcp/80; } }"
                   "label mouse_packet_t { connect tcp/22; }", "--module", module)
        self.verify(OK, "--policy", "reference", "--module", module)
        self.verify(DOES_NOT_HOLD, "--policy", "reference",
                    says=["no type `moused_t`", "no type `mouse_packet_t`", "no boolean `mice`"])
        self.verify(ENVIRONMENT, "--policy", self.path("kiosk.appnet"))

    def test_a_policy_with_other_words(self):
        if shutil.which("secilc") is None:
            self.skipTest("needs secilc")
        self.build()
        texts = ""
        for name in sorted(os.listdir(REFERENCE)):
            if name.endswith(".cil"):
                with open(os.path.join(REFERENCE, name), encoding="utf-8") as file:
                    texts += file.read()
        source = self.write("other.cil", re.sub(r"\bforward_in\b", "forward_inn", re.sub(r"\bdomain\b", "dom", texts)))
        subprocess.run(["secilc", "-o", self.path("other.33"), "-f", self.path("contexts"), "-c", "33", source],
                       check=True, capture_output=True, timeout=120)
        self.verify(DOES_NOT_HOLD, "--policy", self.path("other.33"),
                    says=["no attribute `domain`", "no permission of class `packet`: `forward_in`"])

    def test_a_module_that_gets_in(self):
        self.build()
        module = self.write("wide.cil", "(typeattribute rest)(typeattributeset rest (not (file_type)))"
                                        "(allow ftpd_t rest (packet (recv)))")
        self.verify(OK, "--policy", "reference", "--link")
        self.verify(DOES_NOT_HOLD, "--policy", "reference", "--module", module,
                    says=["`ftpd_t` may `recv` on `appnet_mozilla_packet_t`", "through `rest`"])

    def test_a_module_that_logs(self):
        self.build()
        module = self.write("loud.cil", "(typeattribute rest)(typeattributeset rest (not (file_type)))"
                                        "(auditallow mozilla_t rest (packet (send)))")
        self.verify(DOES_NOT_HOLD, "--policy", "reference", "--module", module,
                    says=["`mozilla_t` is logged for `send` on `appnet_mozilla_packet_t` (always)"])


if __name__ == "__main__":
    sealed.main()
