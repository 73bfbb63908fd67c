#!/usr/bin/env python3
"""The same inputs give the same bytes, wherever, whenever and by whomever they are built. repro_test.py APPNETC SOURCE-DIR"""

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

APPNETC = EXAMPLES = None
DEBIAN = "/etc/selinux/default/policy"
SURROUNDINGS = (
    {"TZ": "UTC", "LC_ALL": "C", "umask": "022"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "umask": "077"},
    {"TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "umask": "000"},
)


def debian_policy():
    return os.path.join(DEBIAN, max(os.listdir(DEBIAN), key=lambda name: int(name.split(".")[1])))


class Repro(unittest.TestCase):
    def folder(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        return made.name

    def build(self, cwd, *arguments, policy="reference", **settings):
        """The artifact's bytes."""
        umask = settings.pop("umask", "022")
        out = os.path.join(self.folder(), "out.tar")
        environment = {"PATH": os.environ["PATH"], **settings}
        result = subprocess.run(
            ["sh", "-c", 'umask "$1"; shift; exec "$@"', "sh", umask, APPNETC, "build", "-q", "--policy", policy, "-o", out,
             *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(out, "rb") as file:
            return file.read()

    def write(self, folder, **texts):
        for name, text in texts.items():
            with open(os.path.join(folder, f"{name}.appnet"), "w", encoding="utf-8") as file:
                file.write(text)

    def assert_same(self, first, other, what):
        if first == other:
            return
        parts = [{member.name: (member.mtime, member.mode, archive.extractfile(member).read() if member.isfile() else b"")
                  for member in archive} for archive in
                 (tarfile.open(fileobj=io.BytesIO(content)) for content in (first, other))]
        names = [name for name in sorted(set(parts[0]) | set(parts[1])) if parts[0].get(name) != parts[1].get(name)]
        self.fail(f"{what}: {names or 'the archive itself'} differ")

    def test_places_and_surroundings(self):
        for name in sorted(os.listdir(EXAMPLES)):
            if not os.path.isdir(os.path.join(EXAMPLES, name)):
                continue
            with self.subTest(name):
                source = os.path.join(EXAMPLES, name, f"{name}.appnet")
                first = self.build("/", source, policy=debian_policy())
                for number, settings in enumerate(SURROUNDINGS):
                    copy = os.path.join(self.folder(), f"copy {number}", "much" * number, "deeper")
                    shutil.copytree(os.path.join(EXAMPLES, name), copy)
                    os.utime(os.path.join(copy, f"{name}.appnet"), (1, 1))
                    self.assert_same(first, self.build(copy, f"{name}.appnet", policy=debian_policy(), **settings),
                                     f"in {copy} with {settings}")
                    self.assert_same(first, self.build("/", os.path.join(copy, ".", f"{name}.appnet"), policy=debian_policy()),
                                     f"by the absolute path {copy}")

    FILES = {
        "a": "import \"left.appnet\";\ndomain mozilla_t { connect web to servers; }\nboolean night = false;\n",
        "b": "policy split;\nunmatched inherit;\n",
        "c": "import \"right.appnet\";\nimport \"left.appnet\";\nhost servers = 10.0.0.0/24, far;\n@owner(\"c\") domain ssh_t { if night { connect shell to servers; } }\n"
             "domain chromium_t, mozilla_t { connect tcp/8080 to servers; }\n",
    }

    def test_order_of_the_inputs_and_of_the_import_path(self):
        folder, left, right = self.folder(), self.folder(), self.folder()
        self.write(folder, **self.FILES)
        self.write(left, left="library left;\nservice web = tcp/443;\nhost far = 192.0.2.1;\n")
        self.write(right, right="library right;\nservice shell = tcp/22;\n")
        first = self.build(folder, "a.appnet", "b.appnet", "c.appnet", "-I", left, "-I", right)
        for files in (("c.appnet", "b.appnet", "a.appnet"), ("b.appnet", "c.appnet", "./a.appnet")):
            self.assert_same(first, self.build(folder, *files, "-I", right, "-I", left), files)

    def test_a_split_policy_means_what_the_whole_one_does(self):
        """The parts that a kernel sees are the same; comments name other places."""
        folder, whole = self.folder(), self.folder()
        texts = dict(self.FILES, left="library left;\nservice web = tcp/443;\nhost far = 192.0.2.1;\n",
                     right="library right;\nservice shell = tcp/22;\n")
        self.write(folder, **texts)
        self.write(whole, left=texts["left"], right=texts["right"], all=texts["b"] + texts["c"] + texts["a"])
        results = [self.build(folder, "a.appnet", "b.appnet", "c.appnet"), self.build(whole, "all.appnet")]
        for part in ("split.cil", "split.nft", "split.rules.v4", "split.rules.v6"):
            texts = []
            for content in results:
                with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                    text = archive.extractfile(f"split/{part}").read().decode()
                texts.append(re.sub(r"^\s*[#;].*\n| --comment \"[^\"]*\"", "", text, flags=re.M))
            self.assertEqual(*texts, part)

    def test_the_date_changes_times_alone(self):
        source = os.path.join(EXAMPLES, "workstation", "workstation.appnet")
        results = [self.build("/", source, policy=debian_policy(), **settings)
                   for settings in ({}, {"SOURCE_DATE_EPOCH": "1700000000"})]
        members = [[(member.name, member.mode, member.uid, member.gid, member.uname, member.gname,
                     archive.extractfile(member).read() if member.isfile() else b"") for member in archive]
                   for archive in (tarfile.open(fileobj=io.BytesIO(content)) for content in results)]
        self.assertEqual(*members)
        for content, time in zip(results, (0, 1700000000)):
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                listed = archive.getmembers()
            self.assertEqual({member.mtime for member in listed}, {time})
            self.assertEqual([member.name for member in listed], sorted(member.name for member in listed))
            self.assertEqual({(member.uid, member.gid) for member in listed}, {(0, 0)})


if __name__ == "__main__":
    APPNETC, EXAMPLES = os.path.abspath(sys.argv.pop(1)), os.path.join(sys.argv.pop(1), "examples")
    unittest.main()
