"""The guest's network: each interface is a veth pair whose other end is a network namespace, which has every remote address
that a check asks for."""

# Only the labels that our own machine gives are looked at: a mark that a packet carries over the veth pair is taken off before
# the other side's sockets see it. Not on its answers: a packet that is marked already would keep CONNSECMARK from restoring.
RESET = ('table inet arriving { secmark none { "%s" } ; '
         'chain take_off { type filter hook prerouting priority -450; meta secmark set "none"; } ; }')

# Any group may ping.
PINGS = "echo 0 1000 >/proc/sys/net/ipv4/ping_group_range"

# A packet may come from an address that is its receiver's, too: what is forwarded back to where it came from.
BOTH_ENDS = "echo 1 >/proc/sys/net/ipv4/conf/all/accept_local"


def is_v6(address):
    return ":" in address


class Wire:
    def __init__(self, interface, number):
        self.interface = interface
        self.space = "R" + interface
        self.own = {False: f"198.18.{number}.1", True: f"fd00:5e:{number}::1"}
        self.remote = {False: f"198.18.{number}.2", True: f"fd00:5e:{number}::2"}


class Network:
    def __init__(self, guest, interfaces):
        self.guest = guest
        self.wires = {name: Wire(name, number) for number, name in enumerate(interfaces, 1)}
        self.placed = {}  # remote address: its wire
        self.own = set()
        self.used, self.resets = set(), set()
        guest.shell("/bin/ip link set lo up; echo 1 >/proc/sys/net/ipv4/ip_forward; "
                    f"echo 1 >/proc/sys/net/ipv6/conf/all/forwarding; {PINGS}")
        self._batch("/bin/ip", [f"netns add {wire.space}" for wire in self.wires.values()])
        self._batch("/bin/ip", [line for wire in self.wires.values() for line in (
            f"link add {wire.interface} type veth peer name eth0 netns {wire.space}",
            f"addr add {wire.own[False]}/24 dev {wire.interface}",
            f"addr add {wire.own[True]}/64 dev {wire.interface} nodad",
            f"link set {wire.interface} up")])
        for wire in self.wires.values():
            self._batch(f"/bin/ip -n {wire.space}", [
                "link set lo up",
                f"addr add {wire.remote[False]}/24 dev eth0",
                f"addr add {wire.remote[True]}/64 dev eth0 nodad",
                "link set eth0 up",
                f"route add default via {wire.own[False]}",
                f"route add default via {wire.own[True]} dev eth0"])
            guest.shell(f"/bin/ip netns exec {wire.space} /bin/sh -c '{PINGS}; {BOTH_ENDS}'")
        self._wait()

    def _wait(self):
        """Until each link is up at both ends, which the kernel takes up to a second for."""
        for wire in self.wires.values():
            for v6 in (False, True):
                for _ in range(50):
                    answer = self.near()("ping", wire.own[v6], wire.remote[v6], 1, 64, 200)
                    if answer == "ok":
                        break
                    self.guest.shell("sleep 0.1")
                else:
                    raise AssertionError(f"in the guest: no way to {wire.remote[v6]}: {answer}")

    def _batch(self, program, lines):
        self.guest.shell("printf '%s\\n' " + " ".join(f"'{line}'" for line in lines) + f" | {program} -batch -")

    def use(self, interfaces):
        """The interfaces of the next scenario: their namespaces take marks off."""
        self.used = interfaces
        self.reset(True)

    def reset(self, on):
        """Whether the namespaces in use take marks off. Each such rule arms the kernel's packet checks; others have none."""
        wanted = self.used if on else set()
        for name, wire in self.wires.items():
            inside = f"/bin/ip netns exec {wire.space} /bin/nft"
            if name in wanted - self.resets:
                self.guest.shell("context=$(tr -d '\\0' </sys/fs/selinux/initial_contexts/unlabeled); "
                                 f"printf '{RESET}' \"$context\" | {inside} -f -")
            elif name in self.resets - wanted:
                self.guest.shell(f"{inside} delete table inet arriving")
        self.resets = set(wanted)

    def near(self, domain="kernel_t"):
        return self.guest.role(domain)

    def far(self, interface):
        """The role on the other side of an interface; on `lo` that is this side."""
        return self.near() if interface == "lo" else self.guest.role("kernel_t", self.wires[interface].space)

    def place(self, address, interface):
        """Puts a remote address behind an interface, and the routes to it."""
        if interface == "lo":
            self.have(address)
            return
        wire, v6 = self.wires[interface], is_v6(address)
        if self.placed.get(address) == wire:
            return
        self.remove(address)
        self.placed[address] = wire
        if address != wire.remote[v6]:
            self.near().post("route", "add", address, interface, wire.remote[v6])
            self.far(interface).post("route", "add", "local", address)
        self._settle()

    def remove(self, address):
        if address in self.own:
            self.own.remove(address)
            self.near().post("route", "del", "local", address)
        if address in self.placed:
            wire, v6 = self.placed.pop(address), is_v6(address)
            if address != wire.remote[v6]:
                self.near().post("route", "del", address, wire.interface, wire.remote[v6])
                self.far(wire.interface).post("route", "del", "local", address)
        self._settle()

    def clear(self):
        """Removes all that was placed."""
        for address in [*self.placed, *self.own]:
            self.remove(address)

    def have(self, address):
        """Makes an address this machine's own."""
        if address in self.own or address.startswith("127.") or address == "::1" or any(
                address in wire.own.values() for wire in self.wires.values()):
            return
        self.remove(address)
        self.own.add(address)
        self.near().post("route", "add", "local", address)
        self._settle()

    def _settle(self):
        wrong = [answer for answer in self.guest.collect() if answer != "ok"]
        if wrong:
            raise AssertionError(f"in the guest: a route: {wrong}")
