"""The unit by systemd's own judgement, and the scripts by the shells' and shellcheck's."""

import shutil

import bench


class Unit(bench.Case):
    def test_systemd_accepts_the_unit(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("needs systemd-analyze")
        folder = self.artifact()
        for backend in "nft", "iptables":
            # The paths of the unit are the machine's: install below a prefix that exists here.
            prefix = self.top / backend
            self.make(folder, "install", DESTDIR="/", PREFIX=prefix, SYSCONFDIR=prefix / "etc", BACKEND=backend)
            unit = prefix / "lib/systemd/system/appnet.service"
            done = bench.run("systemd-analyze", "verify", "--recursive-errors=no", unit, check=False)
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_unit_of_the_artifact_is_the_one_of_the_defaults(self):
        root = self.top / "image"
        root.mkdir()
        folder = self.artifact()
        self.make(folder, "install", DESTDIR=root)
        self.assertEqual((root / "usr/lib/systemd/system/appnet.service").read_text(),
                         (folder / "appnet.service").read_text())


class Scripts(bench.Case):
    def test_shells_and_shellcheck_accept_the_scripts(self):
        folder = self.artifact()
        for name in "install.sh", "appnet-rules":
            for shell in "dash", "bash --posix", "busybox sh":
                if shutil.which(shell.split()[0]):
                    bench.run(*shell.split(), "-n", folder / name)
        if not shutil.which("shellcheck"):
            self.skipTest("needs shellcheck")
        done = bench.run("shellcheck", "-s", "sh", folder / "install.sh", folder / "appnet-rules", check=False)
        self.assertEqual(done.stdout, "")

    def test_transition(self):
        folder = self.artifact()
        former = self.top / "former.cil"
        former.write_text("""; (type not_this_t) is a comment
(typeattribute appnet_packet)
(boolean kept_bool true)
(boolean gone_bool false)
(type a_t) (type b_t)
(roletype object_r a_t)
(roletype object_r b_t)
(typeattributeset appnet_packet (a_t
    b_t))
(allow d_t a_t (packet (send)))
(booleanif (and gone_bool (not kept_bool))
  (true
    (allow d_t a_t (packet (send recv)))
    (allow e_t b_t (packet (send recv)))
    (auditallow e_t b_t (packet (send recv))))
  (false (allow f_t a_t (packet (recv)))))
(booleanif gone_bool (true (allow d_t a_t (packet (recv)))))
""")
        new = self.top / "new.cil"
        new.write_text("(typeattribute appnet_packet)\n(boolean kept_bool true)\n(type a_t)\n")

        def transition(*options):
            return bench.run("awk", *options, "-f", folder / "transition.awk", new, former).stdout

        self.assertEqual(transition("-v", "list=1"), "b_t\n")
        self.assertEqual(transition(), """(boolean gone_bool false)
(type b_t)
(roletype object_r b_t)
(typeattributeset appnet_packet (b_t))
(booleanif (and gone_bool (not kept_bool)) (true (allow e_t b_t (packet (send recv))) \
(auditallow e_t b_t (packet (send recv)))))
""")
        new.write_text(former.read_text())
        self.assertEqual(transition() + transition("-v", "list=1"), "")


if __name__ == "__main__":
    bench.main()
