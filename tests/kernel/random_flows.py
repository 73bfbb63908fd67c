"""Random policies, and packets around their rules: in the flow's own direction and back, tracked and not, from the middle of
a connection, broken, with a label carried in, and errors about them. Nobody answers but the test."""

import random

import packets
from machine import CARRIES, HERE, ROUTES, UNTRACKED
from packets import ACK, FIN, PSH, RST, SYN
from session import INTERFACES

EXTENSIONS = (0, 43, 44, 51, 59, 60)  # headers of IPv6, and what follows them, are no protocols
ANSWERS = {packets.ICMP: {8: 0, 13: 14, 15: 16, 17: 18}, packets.ICMPV6: {128: 129, 139: 140}}


class Talk:
    """One flow's two ends, and packets between them as they would be on the wire."""

    def __init__(self, flow, dice, port):
        self.flow, self.dice, self.port = flow, dice, port
        connect = flow["direction"] != "accept"
        self.client, self.server = (flow["self"], flow["peer"]) if connect else (flow["peer"], flow["self"])
        self.protocol, self.detail = flow["protocol"], flow["detail"]
        self.v6 = ":" in self.client
        self.begin, self.answered = dice.getrandbits(32), dice.getrandbits(32)
        self.sent = [0, 0]

    def body(self, reply, kind):
        """kind: for TCP its flags; for others whether it opens."""
        source, target = (self.server, self.client) if reply else (self.client, self.server)
        ports = (self.detail, self.port) if reply else (self.port, self.detail)
        if self.protocol == packets.TCP:
            mine, yours = (self.answered, self.begin) if reply else (self.begin, self.answered)
            mine += self.sent[reply]
            yours += self.sent[not reply]
            data = b"data" if kind & PSH else b""
            self.sent[reply] += len(data) + (1 if kind & (SYN | FIN) else 0)
            return packets.tcp(source, target, ports, kind, mine, yours if kind & ACK else 0, data)
        if self.protocol in (packets.UDP, packets.UDPLITE):
            return packets.datagram(source, target, self.protocol, ports)
        if self.protocol == packets.SCTP:
            return packets.sctp(ports, 0 if not reply and kind == "open" else 7, 2 if reply else 1 if kind == "open" else 0,
                                bytes([0, 0, 0, 7, 0, 0, 16, 0, 0, 1, 0, 1, 0, 0, 0, 1]))
        if self.protocol == packets.DCCP:
            return packets.dccp(source, target, ports, 1 if reply else 0)
        if self.protocol == (packets.ICMPV6 if self.v6 else packets.ICMP):
            kind = self.detail >> 8
            if reply:
                kind = ANSWERS[self.protocol].get(kind, kind)
            return packets.icmp(source, target, kind, self.detail & 255, self.port << 16 | 1)
        return bytes([self.protocol]) * 24

    def packet(self, reply, kind, service):
        source, target = (self.server, self.client) if reply else (self.client, self.server)
        return packets.ip(source, target, self.protocol, self.body(reply, kind), service)

    def error(self, reply, about, service):
        """An ICMP error from one end about a packet of the other."""
        source, target = (self.server, self.client) if reply else (self.client, self.server)
        kind, code = self.dice.choice([(1, 4), (2, 0), (3, 0)] if self.v6 else [(3, 3), (3, 4), (11, 0)])
        content = packets.icmp(source, target, kind, code, 1280, about[:120])
        return packets.ip(source, target, packets.ICMPV6 if self.v6 else packets.ICMP, content, service)


def script(talk):
    """(reply, kind, service) of each packet, in order. kind "error" is about the packet before."""
    dice = talk.dice
    carried = CARRIES if dice.random() < 0.25 else 0
    if dice.random() < 0.12:
        return [(False, SYN if talk.protocol == packets.TCP else "open", UNTRACKED),
                (True, SYN | ACK if talk.protocol == packets.TCP else "", UNTRACKED | carried)]
    if talk.protocol != packets.TCP:
        lines = [(False, "open", carried), (True, "", carried), (False, "", 0), (True, "", carried)]
        lines = lines[:dice.choice([1, 2, 3, 4, 4])]
        if dice.random() < 0.2:
            lines = [(not reply, kind, service) for reply, kind, service in lines]  # the server speaks first
        if dice.random() < 0.25:
            lines.append((dice.random() < 0.5, "error", carried))
        return lines
    choice = dice.random()
    whole = [(False, SYN, carried), (True, SYN | ACK, carried), (False, ACK, 0), (False, PSH | ACK, 0), (True, PSH | ACK, carried)]
    if choice < 0.45:
        end = dice.choice([[], [(False, FIN | ACK, 0), (True, FIN | ACK, 0), (False, ACK, 0)], [(True, RST, 0)], [(False, RST, 0)],
                           [(True, "error", carried)], [(False, SYN | FIN, 0)], [(True, 0, carried)]])
        return whole[:dice.choice([1, 2, 5, 5])] + end
    if choice < 0.85:  # from the middle, whoever speaks first
        first = dice.random() < 0.5
        kinds = dice.choice([[PSH | ACK], [ACK, PSH | ACK], [FIN | ACK], [PSH | ACK, PSH | ACK, PSH | ACK], [SYN | ACK, ACK]])
        return [(first if number % 2 == 0 else not first, kind, carried) for number, kind in enumerate(kinds)]
    return [(dice.random() < 0.5, dice.choice([0, SYN | FIN, RST, RST | ACK, FIN, SYN | RST]), carried) for _ in range(2)]


def pick(wanted, dice):
    """An interface of the machine for a flow's class of interfaces."""
    text = wanted["text"]
    fitting = [name for name in (*INTERFACES, "lo") if (name == text if wanted["exact"] else name.startswith(text))]
    return dice.choice(fitting) if fitting and text else dice.choice(INTERFACES)


def play(session, flow, port):
    dice = random.Random(flow["dice"])
    into, out = (pick(one, dice) for one in flow["interfaces"])
    forwarded = flow["direction"] == "forward"
    if forwarded:
        into, out = ("eth1" if name == "lo" else name for name in (into, out))
    talk = Talk(flow, dice, port)
    if talk.v6 and talk.protocol in EXTENSIONS:
        return
    over_lo = not forwarded and (into == "lo" or dice.random() < 0.25)
    leaves = flow["direction"] == "connect"
    last = b""
    for reply, kind, service in script(talk):
        if forwarded:
            here, there = (out, into) if reply else (into, out)
            service |= ROUTES[INTERFACES.index(there)]
        elif over_lo:
            service |= HERE
        elif leaves == reply:
            service |= HERE
        packet = talk.error(reply, last, service) if kind == "error" else talk.packet(reply, kind, service)
        last = packet
        try:
            if forwarded:
                session.traffic.arrive(here, packet)
            elif over_lo:
                session.traffic.leave(packet)
            elif leaves == reply:
                session.traffic.arrive(into, packet)
            else:
                session.traffic.leave(packet, into)
        except OSError:
            return  # an address that no packet can have


def run(session, flows):
    session.machine.hush()
    session.load()
    for number, flow in enumerate(flows):
        play(session, flow, 20000 + number)
        session.seen()
    session.seen(0.02)
