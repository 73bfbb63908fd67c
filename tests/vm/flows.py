"""Flows in the words of the examples' flows.txt, and doing them in the guest: `Flow.read(line)`, `perform(network, flow)`."""

import dataclasses
import itertools
import re

from network import is_v6

PASS_TIMEOUT = 3000  # milliseconds: a slow machine is no refusal
DENY_TIMEOUT = 300
ICMP = {"echo-request": 8, "echo-reply": 0}
ICMPV6 = {"echo-request": 128, "echo-reply": 129}
PORTS = itertools.count(20000)  # a port of its own for each conversation tells its log lines from others'

LINE = re.compile(r"(?P<verdict>pass|deny)\s+(?P<domain>\S+)\s+(?P<direction>connect|accept|forward)\s+(?P<service>\S+)"
                  r"(?:\s+from\s+(?P<source>\S+))?(?:\s+to\s+(?P<target>\S+))?(?:\s+at\s+(?P<own>\S+))?"
                  r"\s+via\s+(?P<interface>\S+)(?:\s+->\s+(?P<out>\S+))?(?:\s+when\s+(?P<when>.*))?$")


@dataclasses.dataclass
class Flow:
    text: str
    passes: bool
    domain: str
    direction: str
    protocol: str
    service: str
    source: str | None
    target: str | None
    own: str | None
    interface: str
    out: str | None
    booleans: dict

    @staticmethod
    def read(line):
        found = LINE.match(line.split("#")[0].strip())
        if not found:
            raise ValueError(f"not a flow: {line}")
        word = found.groupdict()
        protocol, service = word["service"].split("/")
        settings = re.findall(r"(\S+)=(on|off)", word["when"] or "")
        return Flow(re.sub(r"\s+", " ", line.strip()), word["verdict"] == "pass", word["domain"], word["direction"], protocol,
                    service, word["source"], word["target"], word["own"], word["interface"], word["out"],
                    {name: value == "on" for name, value in settings})

    @property
    def peer(self):
        return self.source if self.direction == "accept" else self.target

    def interfaces(self):
        return {name for name in (self.interface, self.out) if name and name != "lo"}

    def icmp_type(self):
        names = ICMPV6 if self.protocol == "icmpv6" else ICMP
        return names.get(self.service) if not self.service.isdigit() else int(self.service)

    def why_not(self):
        """Why the guest can't send such a flow, or nothing."""
        if self.direction == "forward" and self.domain != "unlabeled_t":
            return "forwarded packets are the unlabeled type's without labelled networking"
        if self.protocol not in ("tcp", "udp", "icmp", "icmpv6"):
            return "a protocol that the agent has no socket for"
        if self.protocol.startswith("icmp") and self.direction == "accept":
            return "the kernel answers, no domain does"
        if self.protocol.startswith("icmp") and self.icmp_type() not in (8, 128) and (self.direction == "forward" or self.passes):
            return "nobody answers such a message"
        return None


def read_file(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.split("#")[0].strip() for line in file]
    return [Flow.read(line) for line in lines if line]


@dataclasses.dataclass
class Seen:
    """What became of a flow."""
    result: str
    packets: list  # lines of the kernel's log about it
    others: list  # what else SELinux has logged meanwhile

    def __str__(self):
        return f"{self.result}; " + ("; ".join(map(str, self.packets + self.others)) or "nothing in the log")

    def denied(self):
        return [line for line in self.packets if line.verdict == "denied"]


LISTENING, SERVING, ASKING = 1, 2, 3  # slots; client and server may be one role


def converse(guest, protocol, end, own, port, timeout, server_at=None):
    """A connection from port `own`, or an exchange of datagrams, and its data both ways: "ok", or what went wrong. `server_at` is
    where the server is if translation leads elsewhere than the client thinks."""
    client, server = end.client, end.server
    server.post("listen", LISTENING, protocol, *(server_at or (end.target, port)))
    client.post("connect", ASKING, protocol, end.source, own, end.target, port, timeout)
    listening, result = guest.collect()
    if listening != "ok":
        result = f"listen: {listening}"
    if result == "ok" and protocol == "tcp":
        server.post("accept", LISTENING, SERVING, timeout)
        client.post("send", ASKING, "question")
        server.post("recv", SERVING, timeout)
        server.post("send", SERVING, "answer")
        client.post("recv", ASKING, timeout)
        result = first_wrong(guest.collect(), ("ok", "ok", "ok question", "ok", "ok answer"))
        server.post("close", SERVING)
    elif result == "ok":
        client.post("send", ASKING, "question")
        result = guest.collect()[-1]
        if result == "ok":
            server.post("answer", LISTENING, timeout)
            client.post("recv", ASKING, timeout)
            result = first_wrong(guest.collect(), ("ok", "ok question"))
    client.post("close", ASKING)
    server.post("close", LISTENING)
    guest.collect()
    return result


def first_wrong(answers, wanted):
    return next((answer for answer, want in zip(answers, wanted) if answer != want), "ok")


@dataclasses.dataclass
class Ends:
    """Who talks to whom, with the routes in place."""
    client: object  # roles
    server: object
    source: str
    target: str


def ends(network, flow, peer=None):
    """`peer` is the domain of the other end over lo, else the kernel's is."""
    if flow.direction == "forward":
        network.place(flow.source, flow.interface)
        network.place(flow.target, flow.out)
        return Ends(network.far(flow.interface), network.far(flow.out), flow.source, flow.target)
    v6 = is_v6(flow.peer)
    own = flow.own or (("::1" if v6 else "127.0.0.1") if flow.interface == "lo" else network.wires[flow.interface].own[v6])
    network.have(own)
    network.place(flow.peer, flow.interface)
    near = network.near(flow.domain)
    far = network.near(peer) if peer else network.far(flow.interface)
    if flow.direction == "connect":
        return Ends(near, far, own, flow.target)
    return Ends(far, near, flow.source, own)


def perform(network, flow, peer=None, timeout=None):
    guest = network.guest
    timeout = timeout or (PASS_TIMEOUT if flow.passes else DENY_TIMEOUT)
    end = ends(network, flow, peer)
    if flow.protocol in ("tcp", "udp"):
        # Where a packet goes back to where it came from both addresses are at home in one namespace, and would talk there.
        folded = flow.direction == "forward" and end.client is end.server
        if folded:
            end.client("device", "eth0")
        port = next(PORTS)
        result = converse(guest, flow.protocol, end, port, int(flow.service), timeout)
        if folded:
            end.client("device", "-")
        packets, others = guest.log()
        return Seen(result, [line for line in packets if line.of_port(port)], others)
    if flow.icmp_type() in (8, 128):
        result = end.client("ping", end.source, end.target, next(PORTS), 64, timeout)
    else:
        result = end.client("icmp", end.source, end.target, flow.icmp_type(), 0)
    about = {end.source, end.target}
    packets, others = guest.log()
    return Seen(result, [line for line in packets if {line.fields.get("saddr"), line.fields.get("daddr")} == about], others)


def wrong(flow, seen, kernel="kernel_t", label=None):
    """What is wrong about what was seen, or nothing."""
    if flow.passes:
        return f"should pass, but: {seen}" if seen.result != "ok" or seen.denied() else None
    permissions, interfaces, results = expected(flow, kernel)
    for line in seen.denied():
        if (line.permission in permissions and line.source == flow.domain and line.netif in interfaces
                and label in (None, line.target)):
            return None if seen.result in results else f"denied, but the client has {seen}"
    return f"should be denied {permissions} on {interfaces}{' as ' + label if label else ''}, but: {seen}"


def expected(flow, kernel):
    """Of a denied flow: (permissions, interfaces, the client's results)."""
    if flow.direction == "forward":
        return ("forward_in", "forward_out"), (flow.interface, flow.out), ("ETIMEDOUT",)
    if flow.direction == "accept" or flow.domain == kernel:
        # A packet that may not be received is dropped without a word. The kernel may send everything.
        return ("recv",), (flow.interface,), ("ETIMEDOUT",)
    # A ping socket of IPv6 keeps a refusal to itself.
    return ("send",), (flow.interface,), ("ECONNREFUSED", "ETIMEDOUT") if flow.protocol == "icmpv6" else ("ECONNREFUSED",)
