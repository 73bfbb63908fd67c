"""What the tests of this folder share: artifacts unpacked into temporary folders, and running commands."""

import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PARTS = HERE / "parts"
BACKEND_PARTS = {"nft": ["nft"], "iptables": ["rules.v4", "rules.v6"]}
SKIPPED = 77


def run(*command, check=True, env=None, cwd=None, stdin=None):
    """The finished process; its standard output and error are one text."""
    environment = dict(os.environ, LC_ALL="C", **(env or {}))
    environment.pop("MAKEFLAGS", None)
    environment["PATH"] += ":/usr/sbin:/sbin"
    done = subprocess.run([str(word) for word in command], env=environment, cwd=cwd, input=stdin, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}")
    return done


class Case(unittest.TestCase):
    make_artifact = None

    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="appnet-test-"))
        self.addCleanup(shutil.rmtree, self.top, ignore_errors=True)

    def artifact(self, name="policy", backends=("nft", "iptables"), folder="artifact", edit=lambda part, text: text):
        """The unpacked folder of an artifact of the stand-in parts, each passed through `edit`."""
        parts = self.top / folder / "parts"
        parts.mkdir(parents=True)
        for part in ["cil"] + [part for backend in backends for part in BACKEND_PARTS[backend]]:
            (parts / f"{name}.{part}").write_text(edit(part, (PARTS / f"policy.{part}").read_text()))
        archive = self.top / folder / "out.tar"
        run(self.make_artifact, archive, name, *sorted(parts.iterdir()))
        with tarfile.open(archive) as tar:
            tar.extractall(self.top / folder)
        return self.top / folder / name

    def make(self, folder, target, check=True, env=None, **variables):
        return run("make", "-s", "-C", folder, target, *[f"{k}={v}" for k, v in variables.items()], check=check, env=env)


def files_of(root):
    """Every file and link below, relative to it."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_symlink() or path.is_file())


def main():
    Case.make_artifact = sys.argv.pop(1)
    result = unittest.main(exit=False, verbosity=2).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if result.testsRun and len(result.skipped) == result.testsRun else 0)


def main_in_namespace(variable):
    """main() in a network namespace of its own where that is possible, so that no test touches the machine's rules."""
    if variable not in os.environ and os.geteuid() == 0 and shutil.which("unshare"):
        os.environ[variable] = "1"
        done = subprocess.run(["unshare", "-n", sys.executable, "-B"] + sys.argv, check=False)
        sys.exit(done.returncode)
    if variable not in os.environ:
        print("SKIPPED: needs root and unshare")
        sys.exit(SKIPPED)
    main()
