"""The machine under test and what is around it: two network namespaces of the test's own, joined by one veth pair for each
interface of the machine. Whatever is sent into a pair's far end arrives at the machine, from any address to any address;
the machine reaches every address over each of its interfaces."""

import contextlib
import ctypes
import os
import shutil
import subprocess

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)

# The type-of-service byte of a crafted packet says what becomes of it; routing sees the bits of ROUTES alone.
CARRIES, CARRIES_MASK = 0x40, 0xC0  # it arrives with another namespace's label; ICMP errors of the kernel have both bits
UNTRACKED = 0x20
HERE = 0x10  # delivered here, whatever its destination; all else is forwarded
ROUTES = (0x00, 0x04, 0x08, 0x0C, 0x14, 0x18)  # out of the interface of this number
OWN_PACKET = 7  # the priority of the packets that a test crafts inside the machine


def call(name, *arguments):
    if getattr(LIBC, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")


class Missing(Exception):
    """Why these tests can't run here."""


class Namespace:
    def __init__(self):
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            call("unshare", CLONE_NEWNET)
            self.descriptor = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            call("setns", here, CLONE_NEWNET)
        finally:
            os.close(here)
        self.path = f"/proc/{os.getpid()}/fd/{self.descriptor}"

    def close(self):
        os.close(self.descriptor)

    @contextlib.contextmanager
    def entered(self):
        """This thread is in the namespace: the sockets it opens and the programs it runs are."""
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            call("setns", self.descriptor, CLONE_NEWNET)
            yield
        finally:
            call("setns", here, CLONE_NEWNET)
            os.close(here)

    def run(self, *command, text=""):
        with self.entered():
            result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: {result.stderr}{result.stdout}\n{text[:2000]}")
        return result.stdout

    def set(self, **values):
        """Settings below /proc/sys/net, with __ for each slash."""
        with self.entered():
            for name, value in values.items():
                with open("/proc/sys/net/" + name.replace("__", "/"), "w", encoding="ascii") as file:
                    file.write(str(value))


def check():
    """Raises Missing where namespaces can't be made, or a program is missing that the tests need."""
    for program in ("nft", "ip", "iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft"):
        if shutil.which(program) is None:
            raise Missing(f"no program {program}")
    if os.geteuid() != 0:
        raise Missing("network namespaces need root")
    try:
        Namespace().close()
    except OSError as error:
        raise Missing(f"no network namespace can be made here ({error})") from None


class Machine:
    """Interface number i has the own addresses 198.18.i.1 and fd00:18:i::1; the other end is 198.18.i.2 and fd00:18:i::2."""

    def __init__(self, interfaces):
        self.interfaces = list(interfaces)
        self.here, self.far = Namespace(), Namespace()
        for namespace in (self.here, self.far):
            namespace.set(ipv4__conf__all__rp_filter=0, ipv4__conf__default__rp_filter=0, ipv6__conf__default__accept_dad=0,
                          ipv4__conf__all__send_redirects=0, ipv4__conf__default__send_redirects=0,
                          ipv6__conf__default__router_solicitations=0, ipv4__conf__all__forwarding=1,
                          ipv6__conf__all__forwarding=1, ipv4__conf__all__accept_local=1, ipv4__icmp_ratelimit=0, ipv6__icmp__ratelimit=0,
                          ipv4__ip_nonlocal_bind=1, ipv6__ip_nonlocal_bind=1, ipv4__icmp_echo_ignore_broadcasts=0)
        links = ["link set lo up"]
        for number, name in enumerate(self.interfaces):
            links += [f"link add {name} address 02:00:00:00:00:{number:02x} type veth peer name {name} "
                      f"address 02:00:00:00:01:{number:02x} netns {self.far.path}", f"link set {name} up"]
        self.here.run("ip", "-batch", "-", text="\n".join(links))
        self.far.run("ip", "-batch", "-", text="\n".join(["link set lo up", *(f"link set {name} up" for name in self.interfaces)]))
        for family in ("-4", "-6"):
            self.here.run("ip", family, "-batch", "-", text="\n".join(self.routes_here(family)))
            self.far.run("ip", family, "-batch", "-", text="\n".join(self.routes_far(family)))

    def routes(self, family, own, other, hardware):
        """The addresses of an end, and every other address over each of its interfaces."""
        lines = ["route add local default dev lo table 150"]
        for number, name in enumerate(self.interfaces):
            prefix, length = (f"198.18.{number}.", 24) if family == "-4" else (f"fd00:18:{number}::", 64)
            lines += [f"address add {prefix}{own}/{length} dev {name}",
                      f"neigh add {prefix}{other} lladdr 02:00:00:00:{hardware}:{number:02x} dev {name} nud permanent",
                      f"route add default via {prefix}{other} dev {name} metric {100 + number}",
                      f"route add default via {prefix}{other} dev {name} table {200 + number}"]
        return lines

    def routes_far(self, family):
        # Around the machine every address asked for is there.
        return [*self.routes(family, 2, 1, "00"), *(f"rule add pref 5 iif {name} lookup 150" for name in self.interfaces)]

    def routes_here(self, family):
        def rules(bits, table):
            # IPv4 routing sees these bits alone, IPv6 the whole byte.
            others = [0] if family == "-4" else [0, CARRIES, UNTRACKED, CARRIES | UNTRACKED]
            return [f"rule add pref 5 tos {bits | other:#x} lookup {table}" for other in others]

        lines = [*self.routes(family, 1, 2, "01"), *rules(HERE, 150)]
        for number, bits in enumerate(ROUTES[:len(self.interfaces)]):
            lines += rules(bits, 200 + number) if bits else []
        return lines

    def hush(self):
        """Nobody answers any more: nothing leaves the machine but what is crafted, and the other side hears nothing."""
        for namespace, hook, match in ((self.here, "output", f"meta priority != 0:{OWN_PACKET}"), (self.far, "prerouting", "")):
            namespace.run("nft", "-f", "-", text=f"table inet hush {{ chain nobody {{ type filter hook {hook} priority -400; "
                          f"{match} drop; }}\n}}")

    def close(self):
        self.here.close()
        self.far.close()
