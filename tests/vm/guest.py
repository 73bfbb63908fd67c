"""A running guest, and the roles in it. A command goes in by a serial line, one line comes back; agent.c has the words."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

QEMU = "qemu-system-x86_64"
BOOT_SECONDS = 120
LIFE_SECONDS = 1000
COMMAND_SECONDS = 180


class GuestDied(Exception):
    """No answer: the guest is gone, or hangs. Its log is in `Guest.console`."""


class Denied:
    """One line of the kernel's log about a packet: denied or granted."""

    def __init__(self, text):
        self.text = text
        self.verdict, self.permission = re.search(r"avc:\s+(\w+)\s+\{ (\S+) \}", text).groups()
        self.fields = dict(re.findall(r"(\w+)=(\S+)", text))
        self.source = self.fields["scontext"].split(":")[2]
        self.target = self.fields["tcontext"].split(":")[2]
        self.netif = self.fields.get("netif", "")

    def of_port(self, port):
        return str(port) in (self.fields.get("src"), self.fields.get("dest"))

    def __str__(self):
        kept = ("saddr", "src", "daddr", "dest", "netif")
        return (f"{self.verdict} {{ {self.permission} }} {self.source} -> {self.target} "
                + " ".join(f"{key}={self.fields[key]}" for key in kept if key in self.fields))


class Role:
    """A process in one domain and one network namespace."""

    def __init__(self, guest, name):
        self.guest = guest
        self.name = name

    def __call__(self, *words):
        return self.guest.ask(f"@{self.name} " + " ".join(str(word) for word in words))

    def post(self, *words):
        """The same without waiting; Guest.collect() gives the answers."""
        self.guest.post(f"@{self.name} " + " ".join(str(word) for word in words))


class Guest:
    def __init__(self, image, overlay, folder, enforcing=True):
        self.folder = folder
        self.console = os.path.join(folder, "console.log")
        self.transcript = open(os.path.join(folder, "transcript.log"), "w", encoding="utf-8")
        self.roles = {}
        self.waiting = 0
        self.started = time.monotonic()
        # A socket's path may have no more than 107 bytes, so it can't be in any folder.
        self.sockets = tempfile.mkdtemp(prefix="appnet-vm-")
        path = os.path.join(self.sockets, "agent")
        initramfs = os.path.join(folder, "initramfs")
        with open(initramfs, "wb") as file:
            with open(image.initramfs, "rb") as first:
                shutil.copyfileobj(first, file)
            file.write(overlay)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(1)
        words = ("console=ttyS0 quiet loglevel=5 panic=-1 security=selinux selinux=1 nokaslr mitigations=off tsc=reliable "
                 f"random.trust_cpu=on reboot=t audit_backlog_limit=65536 log_buf_len=8M enforcing={int(enforcing)}")
        self.process = subprocess.Popen(
            # `timeout` ends it, too, if this process is killed.
            ["timeout", "-k", "5", str(LIFE_SECONDS), QEMU, "-M", "pc", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "1",
             "-m", "1024", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
             "-chardev", f"socket,id=agent,path={path}",
             "-serial", f"file:{self.console}", "-serial", "chardev:agent", "-kernel", image.kernel,
             "-initrd", initramfs, "-append", words], stdin=subprocess.DEVNULL,
            stdout=open(os.path.join(folder, "qemu.log"), "w", encoding="utf-8"), stderr=subprocess.STDOUT)
        self.wire = None
        try:
            listener.settimeout(BOOT_SECONDS)
            self.wire, _ = listener.accept()
            self.answers = self.wire.makefile("rb")
            self._read(BOOT_SECONDS, "ready")
        except (OSError, GuestDied) as error:
            self.kill()
            raise GuestDied(f"no guest after {BOOT_SECONDS} s: {error}") from error
        finally:
            listener.close()

    def _read(self, seconds, until=None):
        self.wire.settimeout(seconds)
        while True:
            try:
                line = self.answers.readline()
            except OSError as error:
                raise GuestDied(str(error)) from error
            if not line:
                raise GuestDied("the serial line was closed")
            text = line.decode(errors="replace").strip("\r\n")
            self.transcript.write(f"{time.monotonic() - self.started:9.3f} < {text}\n")
            if until is None or text == until:
                return re.sub(r"\\(.)", lambda match: "\n" if match.group(1) == "n" else match.group(1), text)

    def post(self, line):
        self.transcript.write(f"{time.monotonic() - self.started:9.3f} > {line}\n")
        try:
            self.wire.sendall(line.encode() + b"\n")
        except OSError as error:
            raise GuestDied(str(error)) from error
        self.waiting += 1

    def collect(self):
        """The answers to everything posted."""
        count, self.waiting = self.waiting, 0
        return [self._read(COMMAND_SECONDS) for _ in range(count)]

    def ask(self, line):
        self.post(line)
        return self.collect()[-1]

    def shell(self, text, check=True):
        """(status, output) of a shell command."""
        status, _, output = self.ask("sh " + text.replace("\n", "; ") + " 2>&1").partition(" ")
        if check and status != "0":
            raise AssertionError(f"in the guest: {text}: {status} {output}")
        return int(status), output

    def load_policy(self, path):
        answer = self.ask(f"policy {path}")
        if answer != "ok":
            raise AssertionError(f"in the guest: loading {path}: {answer}")

    def log(self):
        """(packet lines, everything else that SELinux has logged) since the last time."""
        answer = self.ask("log")
        if not answer.startswith("ok"):
            raise GuestDied(f"no log: {answer}")
        lines = answer[3:].splitlines()
        packets = [Denied(line) for line in lines if "avc:" in line and "tclass=packet" in line]
        return packets, [line for line in lines if "tclass=packet" not in line]

    def role(self, domain, space="-"):
        """The role of a domain in a namespace, `-` for the guest's first; started when it is first asked for."""
        if (domain, space) not in self.roles:
            name = f"{len(self.roles)}"
            answer = self.ask(f"spawn {name} {space} {self.context(domain)}")
            if not answer.startswith("ok") or f":{domain}" not in answer:
                raise AssertionError(f"in the guest: no process in {domain}: {answer}; {self.log()[1]}")
            self.roles[domain, space] = Role(self, name)
        return self.roles[domain, space]

    def context(self, domain):
        return "-" if domain == "kernel_t" else f"system_u:system_r:{domain}:s0"

    def stop(self):
        try:
            if self.process.poll() is None:
                self.ask("end")
                self.process.wait(20)
        except (GuestDied, subprocess.TimeoutExpired):
            pass
        finally:
            self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        if self.wire:
            self.wire.close()
        self.transcript.close()
        shutil.rmtree(self.sockets, ignore_errors=True)
