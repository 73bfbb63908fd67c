"""The guest: Debian's cloud kernel, and a first initramfs with the programs that the tests need in it. Packages are
downloaded and unpacked into the build folder, never installed, and kept: a second run downloads nothing."""

import glob
import hashlib
import os
import re
import shutil
import subprocess

import cpio

KERNEL = "linux-image-cloud-amd64"
HERE = os.path.dirname(os.path.abspath(__file__))

# What the generated rules and the tests' own use, by name; modprobe adds what these need.
MODULES = """nf_tables nft_ct nft_objref nft_reject_inet nft_compat nft_log nft_chain_nat nft_redir nft_masq nft_nat nf_conntrack
  nf_conntrack_netlink xt_SECMARK xt_CONNSECMARK xt_conntrack xt_connlabel xt_mark xt_pkttype xt_state xt_tcpudp xt_multiport
  xt_comment xt_iprange xt_set xt_nat xt_REDIRECT xt_MASQUERADE ip_set_hash_net ip_tables ip6_tables iptable_security
  ip6table_security iptable_mangle ip6table_mangle iptable_filter ip6table_filter iptable_nat ip6table_nat veth""".split()
# awk for the loader, as on a real machine: busybox's own takes ten times as long on thousands of rules.
PROGRAMS = ("nft", "ip", "kmod", "xtables-legacy-multi", "xtables-nft-multi", "awk")
# Debian's busybox as a shell runs its own `ip` before any other, so that only these are linked by name.
APPLETS = """sh mount insmod dd cat echo mkdir ls dmesg poweroff grep sed tr sleep kill id basename dirname cut head tail
  printf test sort uniq wc rm ln cp mv env true false ps""".split()


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def kernel_package():
    depends = run("apt-cache", "depends", KERNEL)
    return re.search(r"Depends: (\S+)", depends).group(1)


def newest(pattern):
    found = sorted(glob.glob(pattern))
    return found[-1] if found else None


class NoPackage(Exception):
    """A package can't be had here."""


def find_kernel_package():
    """Its name, from apt's lists, which are fetched where there are none."""
    try:
        return kernel_package()
    except (subprocess.CalledProcessError, AttributeError):
        try:
            run("apt-get", "-q", "update")
            return kernel_package()
        except (subprocess.CalledProcessError, AttributeError) as error:
            raise NoPackage(f"no package {KERNEL} to be found") from error


def unpack(package, folder):
    """Downloads a package, and unpacks it into folder/PACKAGE."""
    target = os.path.join(folder, package)
    partial = target + ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    os.makedirs(partial)
    # As root apt drops its rights where it can't write as its own user; the warning says so and is harmless.
    try:
        run("apt-get", "-q", "download", package, cwd=partial)
    except subprocess.CalledProcessError as error:
        raise NoPackage(f"{package} can't be downloaded: {error.stderr.strip()}") from error
    run("dpkg", "-x", glob.glob(os.path.join(partial, "*.deb"))[0], partial)
    os.rename(partial, target)
    return target


def libraries(path):
    """The shared libraries of a program, and the program that loads them."""
    listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=False).stdout
    return re.findall(r"(?:=> )?(/\S+) \(0x", listed)


def find_program(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/bin")
    if not path:
        raise FileNotFoundError(name)
    return path


class Image:
    """Paths of the kernel and the first initramfs, made where they are missing."""

    def __init__(self, folder, agent):
        self.folder = os.path.join(folder, "packages")
        os.makedirs(self.folder, exist_ok=True)
        kernel = newest(os.path.join(self.folder, "linux-image-*[a-z0-9]/boot/vmlinuz-*"))
        if not kernel:
            unpack(find_kernel_package(), self.folder)
            kernel = newest(os.path.join(self.folder, "linux-image-*/boot/vmlinuz-*"))
        busybox = os.path.join(self.folder, "busybox-static")
        if not os.path.isdir(busybox):
            unpack("busybox-static", self.folder)
        self.kernel = kernel
        self.version = os.path.basename(kernel).removeprefix("vmlinuz-")
        self.root = os.path.dirname(os.path.dirname(kernel))
        self.busybox = newest(os.path.join(busybox, "*bin/busybox")) or newest(os.path.join(busybox, "usr/*bin/busybox"))
        self.agent = agent
        self.initramfs = os.path.join(folder, f"initramfs-{self._digest()}")
        if not os.path.exists(self.initramfs):
            for old in glob.glob(os.path.join(folder, "initramfs-*")):
                os.remove(old)
            data = self._initramfs()
            with open(self.initramfs + "~", "wb") as file:
                file.write(data)
            os.rename(self.initramfs + "~", self.initramfs)

    def _digest(self):
        digest = hashlib.sha256(self.version.encode())
        for path in (__file__, cpio.__file__, os.path.join(HERE, "init.sh"), self.agent, *map(find_program, PROGRAMS)):
            with open(path, "rb") as file:
                digest.update(hashlib.sha256(file.read()).digest())
        return digest.hexdigest()[:16]

    def _module_paths(self):
        """Paths of the modules' files, each after those that it needs."""
        if not os.path.exists(os.path.join(self.root, "lib/modules", self.version, "modules.dep.bin")):
            run(find_program("depmod"), "-b", self.root, self.version)
        paths = []
        for module in MODULES:
            shown = run(find_program("modprobe"), "-d", self.root, "-S", self.version, "--show-depends", module)
            for path in re.findall(r"^insmod (\S+)", shown, re.M):
                if path not in paths:
                    paths.append(path)
        return paths

    def _initramfs(self):
        archive = cpio.Archive()
        for folder in ("proc", "sys", "dev", "run/netns", "tmp", "var/run", "etc", "t"):
            archive.folder(folder)
        archive.device("dev/console", 5, 1)
        archive.device("dev/null", 1, 3)
        modules = []
        for path in self._module_paths():
            modules.append(os.path.basename(path))
            archive.copy(path, "lib/modules/" + modules[-1])
        archive.file("etc/modules", "\n".join(modules).encode() + b"\n")
        for path in ("/etc/protocols", "/etc/services"):
            if os.path.exists(path):
                archive.copy(path)
        # Without names for connection labels iptables warns at each.
        archive.file("etc/xtables/connlabel.conf", b"0 unused\n")
        archive.copy(self.busybox, "bin/busybox")
        for applet in APPLETS:
            archive.link("bin/" + applet, "busybox")
        archive.copy(self.agent, "bin/agent")
        archive.copy(os.path.join(HERE, "init.sh"), "init")
        needed = set()
        for program in PROGRAMS:
            path = find_program(program)
            archive.copy(path, "bin/" + program)
            needed.update(libraries(path))
        for family in ("iptables", "ip6tables"):
            for kind in ("legacy", "nft"):
                for ending in ("", "-save", "-restore"):
                    archive.link(f"bin/{family}-{kind}{ending}", f"xtables-{kind}-multi")
        extensions = glob.glob("/usr/lib/*/xtables/*.so")
        for path in extensions:
            needed.update(libraries(path))
        for path in sorted(needed | set(extensions)):
            archive.copy(path)
        return archive.bytes()
