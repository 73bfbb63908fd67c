#!/usr/bin/env python3
"""`--module`: CIL and packages on top of a base policy, whatever is in them. module_test.py APPNETC"""

import json
import os
import random
import shutil
import struct
import subprocess

import sealed
from sealed import run

OK, POLICY, ENVIRONMENT = 0, 1, 3
SEED = 5
DEBIAN = "/usr/share/selinux/default"

SOURCE = """module tiny 1.0;
require {
    type httpd_t; type http_client_packet_t; attribute domain; role system_r; bool squid_connect_any;
    class packet { send recv };
}
type tinyd_t, domain;
role system_r types tinyd_t;
bool tiny_on false;
if (tiny_on && !squid_connect_any) { allow tinyd_t http_client_packet_t:packet { send recv }; }
neverallow httpd_t tinyd_t:packet recv;
"""


class Module(sealed.Sealed):
    def package(self):
        if shutil.which("checkmodule") is None:
            self.skipTest("needs checkmodule")
        self.write("tiny.te", SOURCE)
        subprocess.run(["checkmodule", "-M", "-m", "-o", self.path("tiny.mod"), self.path("tiny.te")], check=True,
                       capture_output=True)
        with open(self.path("tiny.mod"), "rb") as file:
            module = file.read()
        # What semodule_package -m writes: magic, version, one section, where it begins.
        return struct.pack("<IIII", 0xF97CFF8F, 1, 1, 16) + module

    def check(self, policy, *modules):
        options = [word for module in modules for word in ("--module", module)]
        return run("check", self.write("kiosk.appnet", policy), "--policy", "reference", *options)

    def test_a_module_of_ours(self):
        self.build()
        result = run("check", self.path("kiosk.appnet"), "--policy", "reference", "--module",
                     self.path("kiosk", "kiosk.cil"))
        self.assertEqual(result.returncode, ENVIRONMENT)
        self.assertIn("kiosk.cil` is a module that appnetc made; give the modules of applications only", result.stderr)
        named = self.write("named.cil", "; (typeattribute appnet_packet_type)\n(type x_t)(roletype object_r x_t)")
        result = run("check", self.path("kiosk.appnet"), "--policy", "reference", "--module", named)
        self.assertEqual(result.returncode, OK, result.stderr)

    def test_what_is_said_often_is_said_once(self):
        self.build()
        result = run("check", self.path("kiosk.appnet"), "--policy", "reference", "--module",
                     self.write("deep.cil", "(block a\n" * 3000))
        self.assertEqual(result.returncode, ENVIRONMENT)
        self.assertEqual(result.stderr.count("Open parenthesis without matching close"), 1, result.stderr)
        result = run("check", self.path("kiosk.appnet"), "--policy", "reference", "--module",
                     self.write("deep.cil", "(block a" * 3000 + ")" * 3000))
        self.assertEqual(result.returncode, ENVIRONMENT)
        self.assertLess(len(result.stderr), 600, result.stderr)

    def test_a_package_brings_its_domain(self):
        package = self.write("tiny.pp", self.package())
        policy = "policy kiosk; unmatched deny; domain tinyd_t { if tiny_on { connect tcp/443; } }"
        self.assertEqual(self.check(policy).returncode, POLICY)
        result = self.check(policy, package)
        self.assertEqual(result.returncode, OK, result.stderr)
        result = run("check", self.path("tiny.te"), "--module", self.path("tiny.mod"), "--policy", "reference")
        self.assertEqual(result.returncode, ENVIRONMENT)
        self.assertIn("semodule_package", result.stderr)

    def test_the_manifest_names_modules(self):
        app = self.write("app.cil", "(type app_t)(roletype system_r app_t)(typeattributeset domain (app_t))")
        other = self.write("b.cil", "(type b_t)")
        policy = "policy kiosk; unmatched deny; domain app_t { connect tcp/443; }"
        self.build(policy, "--module", other, "--module", app)
        manifest = json.loads(self.read("manifest.json"))
        self.assertEqual([module["name"] for module in manifest["modules"]], ["app.cil", "b.cil"])
        with open(app, "rb") as file:
            self.assertEqual(manifest["modules"][0]["sha256"], sealed.sha256(file.read()))
        first = self.read("kiosk.cil")
        base = manifest["base_policy"]
        self.build(policy, "--module", app, "--module", other)
        self.assertEqual(self.read("kiosk.cil"), first)
        self.build("policy kiosk; unmatched deny;")
        self.assertEqual(json.loads(self.read("manifest.json"))["base_policy"], base)

    def test_what_does_not_link(self):
        cases = {
            b"(type mozilla_t)": "Re-declaration of type mozilla_t",
            b"\n(allow app_t mozilla_t (packet (send)))": "m.cil:2",
            b"(type a": "m.cil",
            b"plain text": "m.cil",
            b"": "the file is empty",
            b"\x00\xff\x12": "neither CIL text nor a policy package",
            b"BZh91AY": "bunzip2",
            b"(portcon tcp 443 (system_u object_r ssh_port_t ((s0) (s0))))": "portcon",
            b"(" * 100000: "m.cil",
        }
        for content, says in cases.items():
            result = self.check("policy kiosk; unmatched deny;", self.write("m.cil", content))
            self.assertEqual(result.returncode, ENVIRONMENT, (content[:40], result.stderr))
            self.assertIn(says, result.stderr)
        for path in (self.path("nothing.pp"), self.root, "/dev/null"):
            self.assertEqual(self.check("policy kiosk; unmatched deny;", path).returncode, ENVIRONMENT)

    def test_damaged_packages(self):
        whole = self.package()
        generator = random.Random(SEED)
        for _ in range(40):
            damaged = bytearray(whole)
            if generator.random() < 0.3:
                damaged = damaged[:generator.randrange(len(damaged))]
            else:
                for _ in range(generator.choice((1, 2, 5))):
                    damaged[generator.randrange(16, len(damaged))] = generator.choice((0, 1, 127, 255))
            result = self.check("policy kiosk; unmatched deny;", self.write("tiny.pp", bytes(damaged)))
            self.assertIn(result.returncode, (OK, POLICY, ENVIRONMENT), result.stderr)

    def test_neverallow(self):
        policy = "policy kiosk; unmatched deny; domain mozilla_t { connect tcp/443; }"
        module = self.write("limits.cil", "(typeattribute all_but)(typeattributeset all_but (not (file_type)))\n"
                                          "(neverallow mozilla_t all_but (packet (relabelto)))\n")
        self.assertEqual(self.check(policy, module).returncode, OK)
        module = self.write("limits.cil", "(typeattribute all_but)(typeattributeset all_but (not (file_type)))\n"
                                          "(neverallow mozilla_t all_but (packet (recv)))\n")
        result = self.check(policy, module)
        self.assertEqual(result.returncode, POLICY)
        self.assertIn("limits.cil:2", result.stderr)
        self.assertIn("(allow mozilla_t appnet_mozilla_packet_t (packet (send recv)))", result.stderr)
        self.assertIn("kiosk.appnet:1:", result.stderr)

    def test_packages_of_debian(self):
        if not os.path.isdir(DEBIAN) or shutil.which("bunzip2") is None:
            self.skipTest("needs the packages of Debian's policy, and bunzip2")
        policy = max((name for name in os.listdir("/etc/selinux/default/policy")), default=None)
        package = subprocess.run(["bunzip2", "-c", f"{DEBIAN}/cockpit.pp.bz2"], check=True, capture_output=True).stdout
        source = self.write("kiosk.appnet", "policy kiosk; unmatched deny;")
        result = run("check", source, "--policy", f"/etc/selinux/default/policy/{policy}", "--module",
                     self.write("cockpit.pp", package))
        # It is in the policy already: read as a whole, and then refused for that alone.
        self.assertEqual(result.returncode, ENVIRONMENT)
        self.assertIn("Re-declaration of ", result.stderr)


if __name__ == "__main__":
    sealed.main()
