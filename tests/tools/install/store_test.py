"""The module in a copy of the system's own policy store, with the real semodule."""

import os
import pathlib
import shutil

import bench

STORE = pathlib.Path("/var/lib/selinux/default")
CONFIG = pathlib.Path("/etc/selinux/default")


class Store(bench.Case):
    def setUp(self):
        super().setUp()
        if os.geteuid() != 0 or not shutil.which("semodule", path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            self.skipTest("needs root and semodule")
        if not STORE.is_dir() or not (CONFIG / "policy").is_dir():
            self.skipTest("needs the package selinux-policy-default")
        self.root = self.top / "image"
        shutil.copytree(STORE, self.root / "var/lib/selinux/default", symlinks=True)
        shutil.copytree(CONFIG, self.root / "etc/selinux/default", symlinks=True)
        (self.root / "etc/selinux/config").write_text("SELINUX=enforcing\n SELINUXTYPE=default \n")
        shutil.copy("/etc/selinux/semanage.conf", self.root / "etc/selinux/semanage.conf")
        self.before = self.modules()

    def semodule(self, *words):
        return bench.run("semodule", "-n", "-p", self.root, "-s", "default", *words).stdout

    def modules(self):
        return sorted(tuple(line.split()[:2]) for line in self.semodule("-lfull").splitlines())

    def policy_has(self, name):
        policy = max((self.root / "etc/selinux/default/policy").glob("policy.*"))
        return name.encode() in policy.read_bytes()

    def test_life_of_a_module(self):
        first = self.artifact()
        self.make(first, "install", DESTDIR=self.root, INSTALL_MODULE=1)
        self.assertEqual(self.modules(), sorted(self.before + [("200", "policy")]))
        self.assertTrue(self.policy_has("appnet_proxy_t"))

        # The new module and what the former one leaves link together, as an upgrade on a running system needs.
        renamed = self.artifact(folder="next", edit=lambda part, text: text.replace("appnet_proxy_t", "appnet_new_t"))
        transition = self.top / "policy_transition.cil"
        transition.write_text(bench.run("awk", "-f", renamed / "transition.awk", renamed / "policy.cil",
                                        first / "policy.cil").stdout)
        self.semodule("-X", "200", "-i", renamed / "policy.cil", "-i", transition)
        self.assertTrue(self.policy_has("appnet_new_t"))
        self.assertTrue(self.policy_has("appnet_proxy_t"))
        self.semodule("-X", "200", "-r", "policy_transition")
        self.assertFalse(self.policy_has("appnet_proxy_t"))

        # A policy of another name takes its place in one transaction: both declare one attribute.
        other = self.artifact("server", folder="other")
        done = self.make(other, "install", check=False, DESTDIR=self.root, FORCE=1)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("holds the module policy: give INSTALL_MODULE=1", done.stdout)
        self.make(other, "install", DESTDIR=self.root, FORCE=1, INSTALL_MODULE=1)
        self.assertEqual(self.modules(), sorted(self.before + [("200", "server")]))

        self.make(other, "uninstall", DESTDIR=self.root)
        self.assertEqual(self.modules(), self.before)
        self.assertFalse(self.policy_has("appnet_proxy_t"))

    def test_a_module_that_does_not_link_changes_nothing(self):
        bad = self.artifact(edit=lambda part, text: text.replace("mozilla_t", "no_such_domain_t"))
        files = bench.files_of(self.root / "etc")
        done = self.make(bad, "install", check=False, DESTDIR=self.root, INSTALL_MODULE=1)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the module was not installed", done.stdout)
        self.assertEqual(self.modules(), self.before)
        self.assertEqual(bench.files_of(self.root / "etc"), files)
        self.assertFalse((self.root / "usr").exists())


if __name__ == "__main__":
    bench.main()
