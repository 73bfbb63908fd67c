"""An artifact as a folder that can be changed and sealed again."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

OK, DOES_NOT_HOLD, USAGE, ENVIRONMENT = 0, 1, 2, 3
APPNETC = None  # set by main()

POLICY = """policy kiosk;
boolean guests = false;
domain mozilla_t { connect tcp/443 to 10.0.0.0/8; if guests and not squid_connect_any { connect tcp/80; } }
domain sshd_t { audit accept tcp/22; }
forward tcp/443 as mozilla_t;
label http_client_packet_t { connect tcp/8080; }
unmatched audit;
unmatched forward audit;
enforce always;
"""


def run(*arguments, timeout=120, **options):
    return subprocess.run([APPNETC, *arguments], capture_output=True, check=False, timeout=timeout, text=True,
                          errors="backslashreplace", stdin=subprocess.DEVNULL, **options)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def with_mode(entry, modes):
    """For TarFile.add(): the modes of single files, by name."""
    entry.mode = modes.get(entry.name, entry.mode)
    return entry


def written(manifest):
    """As appnetc writes it: a line for each member, and for each element of a list of objects."""
    def compact(value):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def text(value):
        if not isinstance(value, list) or not value or not isinstance(value[0], dict):
            return compact(value)
        return "[\n    " + ",\n    ".join(map(compact, value)) + "\n  ]"

    return "{\n  " + ",\n  ".join(f"{compact(key)}: {text(value)}" for key, value in manifest.items()) + "\n}\n"


class Sealed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def path(self, *names):
        return os.path.join(self.root, *names)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def build(self, policy=POLICY, *options):
        """The folder of a built artifact."""
        source = self.write("kiosk.appnet", policy)
        result = run("build", source, "--policy", "reference", "-o", self.root + "/", *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.path("kiosk")

    def read(self, part):
        with open(self.path("kiosk", part), encoding="utf-8") as file:
            return file.read()

    def change(self, part, text):
        self.write(os.path.join("kiosk", part), text)
        self.seal()

    def seal(self, manifest=None):
        """Digests of the parts in the manifest, and the sums of everything; `manifest` replaces the manifest."""
        folder = self.path("kiosk")
        names = sorted(set(os.listdir(folder)) - {"SHA256SUMS"})
        if manifest is None:
            manifest = json.loads(self.read("manifest.json"))
            for part in manifest["parts"]:
                with open(os.path.join(folder, part["name"]), "rb") as file:
                    data = file.read()
                part["size"], part["sha256"] = len(data), sha256(data)
        text = manifest if isinstance(manifest, (str, bytes)) else written(manifest)
        self.write("kiosk/manifest.json", text)
        lines = []
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                lines.append(f"{sha256(file.read())}  {name}\n")
        self.write("kiosk/SHA256SUMS", "".join(lines))

    def verify(self, code, *options, says=()):
        result = run("verify", self.path("kiosk"), *options)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(bool(result.stderr), code != OK)
        if code == DOES_NOT_HOLD:
            self.assertTrue("[broken-artifact]" in result.stderr or "[unfit-artifact]" in result.stderr, result.stderr)
        for words in says:
            self.assertIn(words, result.stderr)
        return result

    def copy(self):
        """Saves the folder; returns a function that puts it back."""
        kept = self.path("kept")
        shutil.copytree(self.path("kiosk"), kept)

        def restore():
            shutil.rmtree(self.path("kiosk"))
            shutil.copytree(kept, self.path("kiosk"))

        return restore


def main():
    global APPNETC
    APPNETC = os.path.abspath(sys.argv.pop(1))
    unittest.main(module="__main__")
