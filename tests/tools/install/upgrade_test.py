"""make install on a running system: what happens in which order. The policy store, systemd and SELinux are stood in for;
nft and iptables are real, in a network namespace."""

import os
import shutil

import bench

SEMODULE = r"""#!/bin/sh
# A store with as much memory as the tests look at: lines "PRIORITY NAME cil".
store=@TOP@/store priority=400
case "$*" in *-lfull) cat "$store"; exit 0 ;; esac
echo "semodule $*" | sed 's,/[^ ]*/,,g' >>@TOP@/log
[ ! -e @TOP@/semodule-fails ] || exit 1
while [ $# -gt 0 ]; do
  case $1 in
  -X) priority=$2; shift ;;
  -s) shift ;;
  -i)
    name=$(basename "$2" .cil)
    cp "$2" "@TOP@/installed-$name"
    grep -v " $name cil" "$store" >"$store.new"; echo "$priority $name cil" >>"$store.new"; mv "$store.new" "$store"
    shift ;;
  -r)
    grep -q "^$priority $2 cil" "$store" || exit 1
    grep -v "^$priority $2 cil" "$store" >"$store.new"; mv "$store.new" "$store"
    shift ;;
  esac
  shift
done
"""
LOGGED = """#!/bin/sh
echo "@NAME@ $*" >>@TOP@/log
[ ! -e @TOP@/@NAME@-fails ] || { echo 'Permission denied' >&2; exit 1; }
exec @REAL@ "$@"
"""


class Upgrade(bench.Case):
    def setUp(self):
        super().setUp()
        if not shutil.which("nft") or bench.run("nft", "list", "ruleset", check=False).returncode != 0:
            self.skipTest("no nft here")
        bench.run("nft", "flush", "ruleset")
        (self.top / "log").touch()
        (self.top / "store").write_text("100 base pp\n")
        (self.top / "selinux").mkdir()
        (self.top / "selinux/enforce").write_text("1")
        self.root = self.top / "root"
        self.env = {
            "SEMODULE": self.tool("semodule", SEMODULE),
            "NFT": self.tool("nft", LOGGED, shutil.which("nft")),
            "CONNTRACK": self.tool("conntrack", LOGGED, "true"),
            "SYSTEMCTL": self.tool("systemctl", LOGGED, "true"),
            "SYSTEMD_RUN": str(self.top / "no-systemd"),
            "SELINUXFS": str(self.top / "selinux"),
        }
        self.folder = self.artifact()

    def tool(self, name, text, real=""):
        path = self.top / name
        path.write_text(text.replace("@TOP@", str(self.top)).replace("@NAME@", name).replace("@REAL@", real))
        path.chmod(0o755)
        return str(path)

    def go(self, target, folder=None, check=True, **variables):
        """The log lines of one `make`."""
        (self.top / "log").write_text("")
        self.done = self.make(folder or self.folder, target, check=check, env=self.env, PREFIX=f"{self.root}/usr",
                              SYSCONFDIR=f"{self.root}/etc", SELINUXTYPE="test", **variables)
        return (self.top / "log").read_text().splitlines()

    def loaded(self):
        return "table inet appnet" in bench.run("nft", "list", "tables").stdout

    def without_the_proxy_type(self):
        """An artifact whose module has another type in place of appnet_proxy_t."""
        return self.artifact(folder="next", edit=lambda part, text: text.replace("appnet_proxy_t", "appnet_new_t"))

    def test_module_first_then_rules(self):
        self.assertEqual(self.go("install"), ["semodule -s test -X 200 -i policy.cil", "nft -f ./policy.nft"])
        self.assertTrue(self.loaded())
        self.assertIn("usr/lib/appnet/policy.nft", bench.files_of(self.root))

    def test_uninstall_rules_first_then_module(self):
        self.go("install")
        log = self.go("uninstall")
        self.assertEqual([line for line in log if not line.startswith("iptables")],
                         ["nft -f -", "semodule -s test -X 200 -r policy"])
        self.assertFalse(self.loaded())
        self.assertEqual(bench.files_of(self.root), [])

    def test_uninstall_when_the_module_is_gone_already(self):
        self.go("install")
        (self.top / "store").write_text("100 base pp\n")
        self.go("uninstall")
        self.assertEqual(bench.files_of(self.root), [])

    def test_same_types_need_no_transition(self):
        self.go("install")
        self.assertEqual(self.go("install"), ["semodule -s test -X 200 -i policy.cil", "nft -f ./policy.nft"])

    def test_types_that_go_stay_until_the_rules_are_replaced(self):
        self.go("install")
        self.assertEqual(self.go("install", self.without_the_proxy_type()), [
            "semodule -s test -X 200 -i policy.cil -i policy_transition.cil",
            "nft -f ./policy.nft",
            "conntrack -L -f ipv4",
            "conntrack -L -f ipv6",
            "semodule -s test -X 200 -r policy_transition",
        ])
        self.assertEqual((self.top / "installed-policy_transition").read_text(),
                         "(type appnet_proxy_t)\n"
                         "(roletype object_r appnet_proxy_t)\n"
                         "(typeattributeset appnet_packet (appnet_proxy_t))\n"
                         "(allow mozilla_t appnet_proxy_t (packet (send recv)))\n")

    def test_a_failing_load_keeps_the_former_state_and_can_be_repeated(self):
        self.go("install")
        following = self.without_the_proxy_type()
        (self.top / "nft-fails").touch()
        self.go("install", following, check=False)
        self.assertNotEqual(self.done.returncode, 0)
        self.assertIn("policy_transition keeps the former labels valid", self.done.stdout)
        self.assertIn("200 policy_transition cil", (self.top / "store").read_text())
        self.assertIn("appnet_proxy_t", (self.root / "usr/share/selinux/packages/appnet/policy.cil").read_text())
        (self.top / "nft-fails").unlink()
        self.go("install", following)
        self.assertEqual((self.top / "store").read_text(), "100 base pp\n200 policy cil\n")

    def test_a_failing_module_stops_everything(self):
        (self.top / "semodule-fails").touch()
        self.assertEqual(self.go("install", check=False), ["semodule -s test -X 200 -i policy.cil"])
        self.assertNotEqual(self.done.returncode, 0)
        self.assertFalse(self.loaded())
        self.assertFalse(self.root.exists() and bench.files_of(self.root))

    def test_changing_the_backend_takes_the_other_ones_rules_out(self):
        if bench.run("iptables-save", check=False).returncode != 0:
            self.skipTest("no iptables here")
        self.go("install")
        self.go("install", BACKEND="iptables")
        self.assertFalse(self.loaded())
        self.assertIn(":appnet-input", bench.run("iptables-save").stdout)
        self.go("install", BACKEND="nft")
        self.assertTrue(self.loaded())
        self.assertNotIn("appnet", bench.run("iptables-save").stdout)
        self.assertNotIn("appnet", bench.run("ip6tables-save").stdout)

    def test_another_policy_takes_the_place_in_one_transaction(self):
        self.go("install")
        other = self.artifact("server", folder="other")
        self.assertEqual(self.go("install", other, check=False), [])
        self.assertIn("the policy policy is installed", self.done.stdout)
        self.assertEqual(self.go("install", other, FORCE=1)[0],
                         "semodule -s test -X 200 -r policy -X 200 -i server.cil")

    def test_a_module_of_the_distribution_is_not_hidden_by_accident(self):
        (self.top / "store").write_text("100 policy pp\n")
        self.assertEqual(self.go("install", check=False), [])
        self.assertIn("has a module named policy already, with priority 100", self.done.stdout)
        self.go("install", FORCE=1)

    def test_another_priority_leaves_no_second_module(self):
        self.go("install")
        self.go("install", PRIORITY=300)
        self.assertEqual((self.top / "store").read_text(), "100 base pp\n300 policy cil\n")
        self.go("uninstall")
        self.assertEqual((self.top / "store").read_text(), "100 base pp\n")

    def test_without_selinux_the_rules_wait_for_the_boot(self):
        (self.top / "selinux/enforce").unlink()
        self.assertEqual(self.go("install"), ["semodule -s test -X 200 -i policy.cil"])
        self.assertIn("at the next boot", self.done.stdout)
        self.assertIn("usr/lib/appnet/policy.nft", bench.files_of(self.root))

    def test_systemd_learns_of_the_unit(self):
        (self.top / "systemd").mkdir()
        self.env["SYSTEMD_RUN"] = str(self.top / "systemd")
        self.assertEqual(self.go("install")[2:], ["systemctl daemon-reload", "systemctl start appnet.service"])
        log = self.go("uninstall")
        self.assertEqual(log[0], "systemctl stop appnet.service")
        self.assertEqual(log[-1], "systemctl daemon-reload")

    def test_removed_folder_of_the_link(self):
        self.go("install")
        link = self.root / "etc/systemd/system/sysinit.target.wants/appnet.service"
        self.assertTrue(os.path.exists(link))


if __name__ == "__main__":
    bench.main_in_namespace("APPNET_TEST_IN_NAMESPACE")
