#!/usr/bin/env python3
"""Whatever is fed to the program or taken from it: it ends soon, with the exit code of its manual, a message on standard
error, and no half-written file. hostile_test.py APPNETC"""

import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

APPNETC = None
SECONDS = 20
POLICY, USAGE, ENVIRONMENT = 1, 2, 3
GOOD = b"policy good;\ndomain mozilla_t { connect tcp/443 to 10.0.0.1; }\nunmatched inherit;\n"
DEBIAN = "/etc/selinux/default/policy"


def debian_policy():
    return os.path.join(DEBIAN, max(os.listdir(DEBIAN), key=lambda name: int(name.split(".")[1])))


class Hostile(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, True)
        os.chmod(self.folder, 0o755)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def open_folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        return folder.name

    def run_compiler(self, *arguments, **options):
        program = APPNETC
        if "user" in options:
            # The build folder may be closed to others; a copy is not.
            program = shutil.copy(APPNETC, self.open_folder())
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                                 timeout=6 * SECONDS, cwd=self.folder, **options)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Time of the processor, so that a busy machine fails nothing.
        self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, SECONDS, arguments)
        process.text = process.stderr.decode("utf-8")
        self.assertNotRegex(process.stderr, rb"[\x00-\x08\x0b-\x1f\x7f]", "raw bytes of the input on the terminal")
        for word in ("Sanitizer", "runtime error:", "terminate called", "compiler bug"):
            self.assertNotIn(word, process.text)
        return process

    def refused(self, codes, *arguments, **options):
        """Ends with one of the codes and a message; nothing is left in the folder that was not there before."""
        before = self.everything()
        process = self.run_compiler(*arguments, **options)
        self.assertIn(process.returncode, codes, process.text[-2000:])
        self.assertTrue(process.text.strip(), "no message")
        self.assertLess(len(process.text), 1 << 20, "more messages than anybody reads")
        self.assertEqual(before, self.everything())
        return process

    def everything(self):
        return sorted(os.path.join(folder, name) for folder, folders, names in os.walk(self.folder) for name in folders + names)

    def refused_text(self, content, codes=(POLICY,)):
        return self.refused(codes, "build", self.write("hostile.appnet", content), "--policy", "reference")

    def accepted_text(self, content):
        process = self.run_compiler("check", self.write("large.appnet", content), "--policy", "reference")
        self.assertEqual(process.returncode, 0, process.text[-2000:])

    # ---- what is no policy ----

    def test_random_bytes(self):
        chance = random.Random(1)
        for size in (1, 10, 1000, 100_000):
            with self.subTest(size=size):
                self.refused_text(chance.randbytes(size))

    def test_random_words(self):
        chance = random.Random(2)
        words = [b"policy", b"domain", b"{", b"}", b"(", b")", b";", b"connect", b"to", b"10.0.0.0/8", b"tcp/1", b"if", b"else",
                 b"not", b"except", b",", b"mozilla_t", b"@owner(\"x\")", b"unmatched", b"assert", b"->", b"\"eth0\"", b"="]
        for size in (10, 300, 20_000):
            with self.subTest(size=size):
                self.refused_text(b" ".join(chance.choices(words, k=size)))

    def test_empty(self):
        self.refused_text(b"")

    def test_nul_bytes(self):
        self.refused_text(b"policy a;\0domain mozilla_t { }\nunmatched deny;\n")
        self.refused_text(b"\0" * 1000)

    def test_invalid_utf8(self):
        self.refused_text(b"policy \xff\xfe;\nunmatched \xc3;\n")
        self.refused_text(b'policy a;\ninterface i = "\xf0\x28\x8c\x28";\nunmatched deny;\n')

    def test_a_megabyte_on_one_line(self):
        self.refused_text(b"policy a; unmatched deny; " + b"x" * (1 << 20))
        self.refused_text(b"policy a; unmatched deny; host h = " + b"nowhere, " * (1 << 17) + b"any;")

    def test_escape_sequences_are_not_printed(self):
        process = self.refused_text(b"policy a;\nunmatched deny;\ndomain \x1b[31mred\x1b]0;title\x07 { }\n")
        self.assertNotIn("\x1b", process.text)

    # ---- deep, long and circular ----

    def test_deep_nesting(self):
        deep = 50_000
        for opening, inner, closing in ((b"(", b"tcp/1", b")"), (b"(", b"", b""), (b"", b"tcp/1", b")")):
            self.refused_text(b"policy a; unmatched deny; service s = " + opening * deep + inner + closing * deep + b";")
        self.refused_text(b"policy a; unmatched deny; domain mozilla_t { " + b"if x { " * deep + b"}" * deep + b" }")
        self.refused_text(b"policy a; unmatched deny; domain mozilla_t { if " + b"not " * deep + b"x { } }")
        self.refused_text(b"policy a; unmatched deny; domain mozilla_t { if x { }" + b" else if x { }" * deep + b" }")
        self.refused_text(b"policy a; unmatched deny; " + b"{" * deep)

    def test_a_list_of_100000(self):
        hosts = b", ".join(b"10.%d.%d.%d" % (n >> 16 & 255, n >> 8 & 255, n & 255) for n in range(0, 200_000, 2))
        self.accepted_text(b"policy a; unmatched deny; host h = " + hosts + b"; domain mozilla_t { connect tcp/1 to h; }")

    def test_10000_declarations_in_a_chain(self):
        chain = b"".join(b"host h%d = h%d, 10.0.0.1;\n" % (n, n + 1) for n in range(10_000))
        process = self.run_compiler("check", "--policy", "reference", self.write(
            "chain.appnet", b"policy a; unmatched deny;\n" + chain + b"host h10000 = 10.0.0.2;\n"
            b"domain mozilla_t { connect tcp/1 to h0; }\n"))
        self.assertIn(process.returncode, (0, POLICY), process.text[-2000:])

    def test_declarations_in_a_circle(self):
        self.refused_text(b"policy a; unmatched deny; host h = i; host i = h; domain mozilla_t { connect tcp/1 to h; }")

    def test_templates_that_grow(self):
        body = b"policy a; unmatched deny;\ntemplate t0(domain d) { domain d { connect tcp/1; } }\n"
        body += b"".join(b"template t%d(domain d) { use t%d(d); use t%d(d); }\n" % (n, n - 1, n - 1) for n in range(1, 60))
        self.refused_text(body + b"use t59(mozilla_t);\n")

    def test_a_template_that_uses_itself(self):
        self.refused_text(b"policy a; unmatched deny; template t() { use t(); } use t();")

    def test_booleans_that_multiply(self):
        names = [b"b%d" % n for n in range(40)]
        body = b"policy a; unmatched deny;\n" + b"".join(b"boolean %s = false;\n" % name for name in names)
        parity = b" or ".join(b"(%s and not %s)" % pair for pair in zip(names, reversed(names)))
        process = self.run_compiler("check", "--policy", "reference", self.write(
            "booleans.appnet", body + b"domain mozilla_t { if " + parity + b" { connect tcp/1; } }\n"))
        self.assertIn(process.returncode, (0, POLICY), process.text[-2000:])

    def test_classes_that_multiply(self):
        body = b"policy a; unmatched deny;\n"
        for number, domain in enumerate((b"mozilla_t", b"chromium_t", b"ssh_t", b"sshd_t", b"ntpd_t", b"named_t", b"httpd_t",
                                         b"squid_t", b"ping_t", b"apt_t", b"ftpd_t", b"rsync_t")):
            for bit in range(10):
                body += b"domain %s { connect tcp/%d-%d to 10.%d.0.0/16 at 10.0.%d.0/24 via \"e%d*\"; }\n" % (
                    domain, 1 << bit, (2 << bit) + number, number * 3 + bit, bit, (number + bit) % 7)
        process = self.run_compiler("check", "--policy", "reference", self.write("classes.appnet", body))
        self.assertIn(process.returncode, (0, POLICY), process.text[-2000:])

    def test_import_circle(self):
        self.write("a.appnet", b'library a;\nimport "b.appnet";\n')
        self.write("b.appnet", b'library b;\nimport "a.appnet";\n')
        self.refused_text(b'policy p; import "a.appnet"; unmatched deny;')
        self.write("self.appnet", b'policy s; import "self.appnet"; unmatched deny;')
        self.refused((POLICY,), "build", "self.appnet", "--policy", "reference")

    def test_imports_of_what_is_no_file(self):
        os.mkdir(self.path("folder.appnet"))
        os.symlink("loop.appnet", self.path("loop.appnet"))
        os.mkfifo(self.path("fifo.appnet"))
        for target in (b"missing.appnet", b"folder.appnet", b"loop.appnet", b"fifo.appnet", b"/dev/zero", b"../" * 500 + b"x",
                       b"x" * 10_000, b""):
            with self.subTest(target=target[:30]):
                self.refused_text(b'policy p; import "' + target + b'"; unmatched deny;')

    # ---- what is no file ----

    def test_inputs_that_are_no_file(self):
        os.mkfifo(self.path("fifo.appnet"))
        os.mkdir(self.path("folder.appnet"))
        for name in ("missing.appnet", "folder.appnet", "fifo.appnet", "/dev/zero", "/dev/full", "x" * 300, "a/" * 3000):
            with self.subTest(name=name[:30]):
                self.refused((USAGE, ENVIRONMENT), "build", name, "--policy", "reference")
        self.refused((POLICY, ENVIRONMENT), "build", "/dev/null", "--policy", "reference")

    def test_unreadable(self):
        self.write("secret.appnet", GOOD)
        os.chmod(self.path("secret.appnet"), 0)
        self.refused((ENVIRONMENT,), "build", "secret.appnet", "--policy", "reference", **self.as_nobody())

    def as_nobody(self):
        """Root reads everything, so that the program runs as somebody else."""
        return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}

    def test_command_lines(self):
        self.write("good.appnet", GOOD)
        for arguments in ((), ("frobnicate",), ("build",), ("build", "--nothing", "good.appnet"), ("build", "good.appnet", "-o"),
                          ("build", "good.appnet", "--backend", "pf"), ("check", "good.appnet", "--as-of", "2026-13-45"),
                          ("build", "good.appnet", "--color", "pink")):
            with self.subTest(arguments=arguments):
                self.refused((USAGE,), *arguments)

    # ---- base policies ----

    def test_base_policies(self):
        self.write("good.appnet", GOOD)
        with open(debian_policy(), "rb") as file:
            whole = file.read()
        chance = random.Random(3)
        cases = {"empty": b"", "text": b"policy a;\n", "random": chance.randbytes(5000), "magic": whole[:4], "head": whole[:60],
                 "half": whole[:len(whole) // 2], "last byte": whole[:-1], "no header": whole[16:], "module": b"\x8f\xff\x7c\xf9" + whole}
        for name, content in cases.items():
            with self.subTest(name):
                self.write("policy.33", content)
                self.refused((ENVIRONMENT,), "build", "good.appnet", "--policy", "policy.33")
        os.remove(self.path("policy.33"))
        for name in ("missing", ".", "/dev/zero", "/dev/null"):
            with self.subTest(name):
                self.refused((ENVIRONMENT,), "build", "good.appnet", "--policy", name)

    def test_base_policies_with_wrong_bytes(self):
        """A flipped byte may leave a policy that can be read: then anything but a crash is right."""
        self.write("good.appnet", GOOD)
        with open(debian_policy(), "rb") as file:
            whole = bytearray(file.read())
        chance = random.Random(4)
        for number in range(25):
            damaged = bytearray(whole)
            for _ in range(chance.choice((1, 1, 8, 200))):
                damaged[chance.choice((chance.randrange(400), chance.randrange(len(damaged))))] = chance.randrange(256)
            self.write("policy.33", damaged)
            with self.subTest(number):
                self.assertIn(self.run_compiler("check", "good.appnet", "--policy", "policy.33").returncode, (0, 1, 3))

    # ---- where the output goes ----

    def test_outputs_that_cannot_be_written(self):
        self.write("good.appnet", GOOD)
        self.write("file", b"")
        os.mkdir(self.path("folder"))
        os.mkdir(self.path("closed"))
        for target in ("/dev/full", "missing/out.tar", "file/out.tar", "folder", "file/", "x" * 300, "/proc/out.tar"):
            with self.subTest(target=target[:30]):
                self.refused((ENVIRONMENT, USAGE), "build", "good.appnet", "--policy", "reference", "-o", target)
        os.chmod(self.path("closed"), 0o555)
        self.refused((ENVIRONMENT,), "build", "good.appnet", "--policy", "reference", "-o", "closed/out.tar", **self.as_nobody())
        self.refused((ENVIRONMENT,), "build", "good.appnet", "--policy", "reference", "-o", "closed/", **self.as_nobody())

    @unittest.skipIf(os.geteuid() != 0, "mounting a small disk needs root")
    def test_a_full_disk(self):
        self.write("good.appnet", GOOD)
        for target in ("out.tar", ""):
            script = ('mount -t tmpfs -o size=8k tmpfs "$1"; cd "$1"; echo old >out.tar; shift; '
                      'target=$1; shift; status=0; "$@" -o "$PWD/$target" || status=$?; echo "files:" $(find . -type f) >&2; '
                      'cat out.tar >&2; exit $status')
            os.makedirs(self.path("disk"), exist_ok=True)
            process = subprocess.run(
                ["unshare", "-m", "sh", "-euc", script, "sh", self.path("disk"), target, APPNETC, "build",
                 self.path("good.appnet"), "--policy", "reference"], capture_output=True, text=True, check=False, timeout=6 * SECONDS)
            self.assertEqual(process.returncode, ENVIRONMENT, process.stderr)
            self.assertIn("No space left", process.stderr)
            # The old artifact is whole, and nothing stands beside it.
            self.assertTrue(process.stderr.endswith("files: ./out.tar\nold\n"), process.stderr)

    def test_standard_output_that_is_closed(self):
        self.write("good.appnet", GOOD)
        with open("/dev/full", "wb") as full:
            process = subprocess.run([APPNETC, "check", "good.appnet", "--policy", "reference"], stdout=full,
                                     stderr=subprocess.PIPE, cwd=self.folder, check=False, timeout=6 * SECONDS)
        self.assertIn(process.returncode, (0, ENVIRONMENT))

    def test_interrupted(self):
        """Whenever the signal comes, the artifact is the old one or the new one, and nothing else is left."""
        rules = b"".join(b"domain mozilla_t { connect tcp/%d to 10.%d.0.0/16; }\n" % (n + 1, n % 256) for n in range(400))
        self.write("large.appnet", b"policy large; unmatched inherit;\n" + rules)
        os.mkdir(self.path("out"))
        command = [APPNETC, "build", "large.appnet", "--policy", debian_policy(), "-o", "out/large.tar"]
        start = time.monotonic()
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=6 * SECONDS)
        length = time.monotonic() - start
        with open(self.path("out/large.tar"), "rb") as file:
            whole = file.read()
        for step in range(20):
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.path("out/large.tar"))
            process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(length * (step + 1) / 20)
            process.send_signal(signal.SIGINT if step % 2 else signal.SIGTERM)
            process.wait(timeout=SECONDS)
            left = os.listdir(self.path("out"))
            self.assertIn(left, ([], ["large.tar"]), f"after {step + 1}/20 of the time")
            if left:
                with open(self.path("out/large.tar"), "rb") as file:
                    self.assertEqual(file.read(), whole)


if __name__ == "__main__":
    APPNETC = os.path.abspath(sys.argv.pop(1))
    unittest.main()
