"""appnet-rules in a network namespace of its own, with marks where labels would be."""

import os
import re
import shutil

import bench

NAMESPACE_ENV = "APPNET_TEST_IN_NAMESPACE"

FOREIGN = """*mangle
:mine - [0:0]
-A POSTROUTING -p udp -j mine
-A mine -m comment --comment "not -j appnet-x" -j MARK --set-mark 0x9
COMMIT
*filter
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
COMMIT
"""


def normal(listing):
    """iptables-save without counters, and without tables that nobody has put anything into."""
    lines = [re.sub(r"\[\d+:\d+\]", "[0:0]", line) for line in listing.splitlines() if not line.startswith("#")]
    text = "\n".join(lines) + "\n"
    return re.sub(r"\*\w+\n(:[A-Z]+ ACCEPT \[0:0\]\n)*COMMIT\n", "", text)


class Loader(bench.Case):
    def setUp(self):
        super().setUp()
        if os.geteuid() != 0 or not shutil.which("unshare"):
            self.skipTest("needs root and unshare")
        self.folder = self.artifact()
        self.env = {}

    def rules(self, *words, check=True):
        return bench.run("sh", self.folder / "appnet-rules", *words, check=check, env=self.env)

    def load(self, backend, folder=None, check=True):
        return self.rules("load", backend, folder or self.folder, "policy", check=check)


class Nft(Loader):
    def setUp(self):
        super().setUp()
        if bench.run("nft", "list", "ruleset", check=False).returncode != 0:
            self.skipTest("no nft here")
        bench.run("nft", "flush", "ruleset")

    def ruleset(self):
        return bench.run("nft", "list", "ruleset").stdout

    def foreign(self):
        bench.run("nft", "-f", "-", stdin="table inet mine {\n chain c {\n counter\n }\n}\n")
        return self.ruleset()

    def test_loads_and_loads_again(self):
        self.load("nft")
        once = self.ruleset()
        self.assertIn("table inet appnet", once)
        self.load("nft")
        self.assertEqual(self.ruleset(), once)

    def test_unload_leaves_the_others(self):
        foreign = self.foreign()
        self.load("nft")
        self.rules("unload", "nft")
        self.assertEqual(self.ruleset(), foreign)
        self.rules("unload", "nft")
        self.rules("unload")
        self.assertEqual(self.ruleset(), foreign)

    def test_a_failure_leaves_the_former_rules(self):
        self.load("nft")
        once = self.ruleset()
        broken = self.artifact(folder="broken", edit=lambda part, text: text.replace("@services", "@nowhere"))
        done = self.load("nft", broken, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("what was loaded before still is", done.stdout)
        self.assertEqual(self.ruleset(), once)

    def test_status(self):
        done = self.rules("status", check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn("nft: not loaded", done.stdout)
        self.load("nft")
        self.assertIn("nft: loaded", self.rules("status").stdout)

    def test_secmark_without_selinux_says_what_is_missing(self):
        if os.path.exists("/sys/fs/selinux/enforce"):
            self.skipTest("SELinux runs here")
        labels = "table inet appnet {\n secmark l { \"system_u:object_r:a_t:s0\" }\n}\n"
        folder = self.artifact(folder="labels", edit=lambda part, text: labels if part == "nft" else text)
        done = self.load("nft", folder, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("SELinux is not running", done.stdout)


class Messages(Loader):
    """What the kernel says, by way of programs that stand in for the tools."""

    def says(self, text):
        tool = self.top / "tool"
        tool.write_text(f"#!/bin/sh\ncat >/dev/null\necho '{text}' >&2\nexit 1\n")
        tool.chmod(0o755)
        self.env = {"NFT": str(tool)}
        done = self.load("nft", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(text, done.stdout)
        return done.stdout

    def test_permission(self):
        self.assertIn("packet relabelto", self.says("3:11-16: Error: Could not process rule: Permission denied"))

    def test_unknown_context(self):
        self.assertIn("install the module policy", self.says("Error: Could not process rule: Invalid argument"))

    def test_no_reason(self):
        text = self.says("iptables-restore: line 11 failed")
        self.assertIn("audit log", text)

    def test_missing_rules(self):
        done = self.rules("load", "nft", self.top, "policy", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot read", done.stdout)

    def test_usage(self):
        for words in [], ["load"], ["load", "pf", "x", "y"], ["unload", "x"], ["drop"], ["status", "x"]:
            done = self.rules(*words, check=False)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("usage: appnet-rules load nft|iptables DIR NAME", done.stdout)


class Iptables:
    """For each variant the same."""

    variant = ""

    def setUp(self):
        super().setUp()
        self.env = {"IPTABLES": f"iptables-{self.variant}"}
        if not shutil.which(f"iptables-{self.variant}-restore"):
            self.skipTest(f"no iptables-{self.variant} here")
        for family in "ip", "ip6":
            tables = "".join(f"*{table}\nCOMMIT\n" for table in ("mangle", "security", "filter"))
            done = bench.run(f"{family}tables-{self.variant}-restore", stdin=tables, check=False)
            if done.returncode != 0:
                self.skipTest(f"{family}tables-{self.variant} does not work here: {done.stdout}")

    def save(self, family="ip"):
        return normal(bench.run(f"{family}tables-{self.variant}-save").stdout)

    def everything(self):
        return self.save("ip") + self.save("ip6")

    def foreign(self):
        for family in "ip", "ip6":
            bench.run(f"{family}tables-{self.variant}-restore", "--noflush", stdin=FOREIGN)
        return self.everything()

    def test_loads_and_loads_again(self):
        self.foreign()
        self.load("iptables")
        once = self.everything()
        self.assertIn(":appnet-out-tcp", once)
        self.assertEqual(once.count("-A PREROUTING -j appnet-prerouting"), 2)
        self.load("iptables")
        self.load("iptables")
        self.assertEqual(self.everything(), once)

    def test_first_stays_first(self):
        self.foreign()
        self.load("iptables")
        self.load("iptables")
        mangle = [line for line in self.save().splitlines() if line.startswith("-A POSTROUTING")]
        self.assertEqual(mangle, ["-A POSTROUTING -j appnet-postrouting", "-A POSTROUTING -p udp -j mine"])

    def test_no_stale_chains(self):
        self.load("iptables")
        fresh = self.everything()
        other = self.artifact(folder="other", edit=lambda part, text: text.replace("appnet-out-tcp", "appnet-new"))
        self.load("iptables", other)
        listing = self.everything()
        self.assertNotIn("appnet-out-tcp", listing)
        self.assertIn("appnet-new", listing)
        self.load("iptables")
        self.assertEqual(self.everything(), fresh)

    def test_a_table_that_is_used_no_more(self):
        self.load("iptables")

        def only_mangle(part, text):
            return text.split("*security")[0] if part.startswith("rules") else text

        self.load("iptables", self.artifact(folder="other", edit=only_mangle))
        self.assertNotIn("appnet-input", self.everything())
        self.assertIn("appnet-prerouting", self.everything())

    def test_unload_leaves_the_others(self):
        foreign = self.foreign()
        self.load("iptables")
        self.rules("unload", "iptables")
        self.assertEqual(self.everything(), foreign)
        self.rules("unload", "iptables")
        self.assertEqual(self.everything(), foreign)

    def test_policies_of_built_in_chains_stay(self):
        for family in "ip", "ip6":
            bench.run(f"{family}tables-{self.variant}", "-t", "mangle", "-P", "POSTROUTING", "DROP")

        def declares(part, text):
            return text.replace("*mangle\n", "*mangle\n:POSTROUTING ACCEPT [0:0]\n") if part.startswith("rules") else text

        self.load("iptables", self.artifact(folder="declares", edit=declares))
        self.assertIn(":POSTROUTING DROP", self.save())
        self.assertIn(":POSTROUTING DROP", self.save("ip6"))

    def test_a_mistake_changes_nothing(self):
        self.foreign()
        self.load("iptables")
        before = self.everything()
        broken = self.artifact(folder="broken", edit=self.broken("appnet-out-tcp -p tcp", "appnet-out-tcp -p nonsense"))
        done = self.load("iptables", broken, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("were not loaded", done.stdout)
        self.assertEqual(self.everything(), before)

    def broken(self, old, new):
        """Only the second family's rules are wrong."""
        return lambda part, text: text.replace(old, new) if part == "rules.v6" else text

    def test_a_failure_of_the_kernel_puts_the_former_rules_back(self):
        # The test run accepts, the real one refuses: as with a context that the policy doesn't know.
        self.foreign()
        self.load("iptables")
        before = self.everything()
        real = shutil.which(f"ip6tables-{self.variant}-restore")
        tool = self.top / "restore"
        tool.write_text("#!/bin/sh\ntext=$(cat)\ncase \"$* $text\" in\n*--test*) exit 0 ;;\n"
                        f"*appnet-new*) echo 'line 11 failed' >&2; exit 1 ;;\nesac\nprintf '%s\\n' \"$text\" | {real} \"$@\"\n")
        tool.chmod(0o755)
        self.env["IP6TABLES_RESTORE"] = str(tool)
        other = self.artifact(folder="other", edit=lambda part, text: text.replace("appnet-out-tcp", "appnet-new"))
        done = self.load("iptables", other, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("the former ones were put back", done.stdout)
        self.assertEqual(self.everything(), before)

    def test_status(self):
        self.assertEqual(self.rules("status", check=False).returncode, 3)
        self.load("iptables")
        self.assertIn("iptables, IPv6: loaded, 4 chains", self.rules("status").stdout)


class IptablesLegacy(Iptables, Loader):
    variant = "legacy"


class IptablesNft(Iptables, Loader):
    variant = "nft"


class Drop(Loader):
    """Which connections end; conntrack(8) is stood in for, for labels need SELinux."""

    LISTING = {
        "ipv4": [
            "tcp      6 431999 ESTABLISHED src=10.1.0.1 dst=10.1.0.2 sport=55962 dport=443 src=10.1.0.2 dst=10.1.0.1 "
            "sport=443 dport=55962 [ASSURED] mark=0 secctx=system_u:object_r:appnet_gone_t:s0 use=1",
            "tcp      6 431999 ESTABLISHED src=10.1.0.1 dst=10.1.0.3 sport=1 dport=443 src=10.1.0.3 dst=10.1.0.1 "
            "sport=443 dport=1 [ASSURED] mark=0 secctx=system_u:object_r:appnet_kept_t:s0 use=1",
            "icmp     1 29 src=10.1.0.1 dst=10.1.0.2 type=8 code=0 id=77 src=10.1.0.2 dst=10.1.0.1 type=0 code=0 id=77 "
            "mark=0 secctx=system_u:object_r:appnet_gone_t:s0 use=1",
        ],
        "ipv6": [
            "udp      17 29 src=fd00::1 dst=fd00::2 sport=9 dport=53 [UNREPLIED] src=fd00::2 dst=fd00::1 sport=53 dport=9 "
            "mark=0 secctx=system_u:object_r:appnet_old_t:s0:c1,c2 use=1",
        ],
    }

    def test_ends_exactly_those(self):
        log = self.top / "log"
        for family, lines in self.LISTING.items():
            (self.top / family).write_text("\n".join(lines) + "\n")
        tool = self.top / "conntrack"
        tool.write_text(f"#!/bin/sh\ncase $1 in\n-L) cat {self.top}/$3 ;;\n-D) echo \"$*\" >>{log} ;;\nesac\n")
        tool.chmod(0o755)
        self.env = {"CONNTRACK": str(tool)}
        self.rules("drop", "appnet_gone_t", "appnet_old_t")
        self.assertEqual(log.read_text().splitlines(), [
            "-D -f ipv4 -p tcp -s 10.1.0.1 -d 10.1.0.2 --sport 55962 --dport 443",
            "-D -f ipv4 -p icmp -s 10.1.0.1 -d 10.1.0.2 --icmp-type 8 --icmp-code 0 --icmp-id 77",
            "-D -f ipv6 -p udp -s fd00::1 -d fd00::2 --sport 9 --dport 53",
        ])

    def test_without_the_program(self):
        self.env = {"CONNTRACK": "no-such-program"}
        self.assertIn("no conntrack program", self.rules("drop", "a_t").stdout)


if __name__ == "__main__":
    bench.main_in_namespace(NAMESPACE_ENV)
