"""make install and uninstall into an image: which files, which unit, who refuses."""

import os

import bench

COMMON = [
    "etc/appnet/installed",
    "etc/systemd/system/sysinit.target.wants/appnet.service",
    "usr/lib/appnet/manifest.json",
    "usr/lib/modules-load.d/appnet.conf",
    "usr/lib/systemd/system/appnet.service",
    "usr/lib/systemd/system/nftables.service.d/appnet.conf",
    "usr/sbin/appnet-rules",
    "usr/share/selinux/packages/appnet/policy.cil",
]
NFT = ["usr/lib/appnet/policy.nft"]
IPTABLES = ["usr/lib/appnet/policy.rules.v4", "usr/lib/appnet/policy.rules.v6"]


class Files(bench.Case):
    def setUp(self):
        super().setUp()
        self.root = self.top / "image"
        self.root.mkdir()
        self.folder = self.artifact()

    def install(self, folder=None, **variables):
        return self.make(folder or self.folder, "install", DESTDIR=self.root, **variables)

    def unit(self):
        return (self.root / "usr/lib/systemd/system/appnet.service").read_text()

    def test_nft_is_the_default(self):
        self.install()
        self.assertEqual(bench.files_of(self.root), sorted(COMMON + NFT))
        self.assertIn("ExecStart=/usr/sbin/appnet-rules load nft /usr/lib/appnet policy\n", self.unit())
        self.assertIn("ExecReload=/usr/sbin/appnet-rules load nft /usr/lib/appnet policy\n", self.unit())

    def test_iptables(self):
        self.install(BACKEND="iptables")
        self.assertEqual(bench.files_of(self.root), sorted(COMMON + IPTABLES))
        self.assertIn("ExecStart=/usr/sbin/appnet-rules load iptables /usr/lib/appnet policy\n", self.unit())
        modules = (self.root / "usr/lib/modules-load.d/appnet.conf").read_text()
        self.assertIn("\niptable_mangle\n", modules)
        self.assertNotIn("nf_tables", modules)

    def test_modes_do_not_depend_on_the_umask(self):
        self.addCleanup(os.umask, os.umask(0o077))
        self.install()
        for path in self.root.rglob("*"):
            if not path.is_symlink():
                program = path.is_dir() or path.name == "appnet-rules"
                self.assertEqual(path.stat().st_mode & 0o777, 0o755 if program else 0o644, path)

    def test_unit_is_enabled_by_a_link_that_works_inside_the_image(self):
        self.install()
        link = self.root / "etc/systemd/system/sysinit.target.wants/appnet.service"
        self.assertEqual(os.readlink(link), "/usr/lib/systemd/system/appnet.service")

    def test_prefix(self):
        self.install(PREFIX="/opt/appnet")
        self.assertIn("ExecStart=/opt/appnet/sbin/appnet-rules load nft /opt/appnet/lib/appnet policy\n", self.unit_at("opt/appnet"))
        self.install(PREFIX="/usr")
        self.assertEqual(bench.files_of(self.root), sorted(COMMON + NFT))

    def unit_at(self, prefix):
        return (self.root / prefix / "lib/systemd/system/appnet.service").read_text()

    def test_changing_the_backend_leaves_none_of_the_other(self):
        self.install()
        self.install(BACKEND="iptables")
        self.assertEqual(bench.files_of(self.root), sorted(COMMON + IPTABLES))
        self.install(BACKEND="nft")
        self.assertEqual(bench.files_of(self.root), sorted(COMMON + NFT))

    def test_uninstall_leaves_nothing(self):
        for backend in "nft", "iptables":
            self.install(BACKEND=backend)
            self.make(self.folder, "uninstall", DESTDIR=self.root)
            self.assertEqual(bench.files_of(self.root), [])
            self.assertFalse((self.root / "usr/lib/appnet").exists())
            self.assertFalse((self.root / "etc/appnet").exists())

    def test_uninstall_finds_what_other_options_installed(self):
        self.install(BACKEND="iptables", PREFIX="/opt/appnet")
        self.make(self.folder, "uninstall", DESTDIR=self.root)
        self.assertEqual(bench.files_of(self.root), [])

    def test_uninstall_of_nothing_is_no_failure(self):
        self.assertIn("nothing is installed", self.make(self.folder, "uninstall", DESTDIR=self.root).stdout)

    def test_files_of_others_stay(self):
        others = ["usr/lib/appnet/notes", "etc/systemd/system/sysinit.target.wants/other.service", "usr/sbin/nft"]
        for name in others:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text("mine")
        self.install()
        self.make(self.folder, "uninstall", DESTDIR=self.root)
        self.assertEqual(bench.files_of(self.root), sorted(others))

    def test_a_second_policy_refuses_and_names_the_first(self):
        self.install()
        before = bench.files_of(self.root)
        other = self.artifact("server", folder="other")
        done = self.make(other, "install", check=False, DESTDIR=self.root)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the policy policy is installed; FORCE=1 replaces it", done.stdout)
        self.assertEqual(bench.files_of(self.root), before)
        done = self.make(other, "uninstall", check=False, DESTDIR=self.root)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("FORCE=1 removes it", done.stdout)
        self.assertEqual(bench.files_of(self.root), before)

    def test_force_replaces_all_of_the_first(self):
        self.install()
        other = self.artifact("server", folder="other")
        self.install(other, FORCE=1)
        self.assertEqual(bench.files_of(self.root), sorted(name.replace("policy.", "server.") for name in COMMON + NFT))
        self.assertIn("name=server\n", (self.root / "etc/appnet/installed").read_text())

    def test_a_backend_that_was_not_built_refuses(self):
        one = self.artifact("only", backends=["iptables"], folder="one")
        done = self.make(one, "install", check=False, DESTDIR=self.root, BACKEND="nft")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no rules for BACKEND=nft, it was built for: iptables", done.stdout)
        self.assertEqual(bench.files_of(self.root), [])
        self.install(one)
        self.assertIn("load iptables", self.unit())

    def test_a_changed_file_refuses(self):
        with open(self.folder / "policy.nft", "a", encoding="utf-8") as rules:
            rules.write("# more\n")
        done = self.make(self.folder, "install", check=False, DESTDIR=self.root)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("policy.nft: FAILED", done.stdout)
        self.assertEqual(bench.files_of(self.root), [])
        self.assertNotEqual(self.make(self.folder, "check", check=False).returncode, 0)

    def test_check_accepts_what_was_packed(self):
        self.assertEqual(self.make(self.folder, "check").stdout, "")
        self.make(self.folder, "verify")

    def test_a_relative_destdir_refuses(self):
        done = self.make(self.folder, "install", check=False, DESTDIR="image")
        self.assertIn("DESTDIR must be an absolute path", done.stdout)
        self.assertNotEqual(done.returncode, 0)

    def test_a_destdir_with_blanks(self):
        self.root = self.top / "an image"
        self.install()
        self.assertEqual(bench.files_of(self.root), sorted(COMMON + NFT))
        self.make(self.folder, "uninstall", DESTDIR=self.root)
        self.assertEqual(bench.files_of(self.root), [])

    def test_says_when_the_module_is_only_copied(self):
        self.assertIn("INSTALL_MODULE=1", self.install().stdout)


if __name__ == "__main__":
    bench.main()
