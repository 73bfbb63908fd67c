"""What every packet looks like at each hook, in the kernel's own word. A table of ours logs each packet after the rules under
test have run, and where SELinux checks it, with what connection tracking says of it."""

import time

import netlink
import packets
from machine import CARRIES, CARRIES_MASK, UNTRACKED
from marks import LABEL_BITS

GROUP = 9
CARRIED = 0x7777  # the mark of a packet that comes with another namespace's label
KINDS = ("host", "broadcast", "multicast")
SOURCE_TRANSLATED, DESTINATION_TRANSLATED = 0x10, 0x20  # of a connection's status
STATES = ("new", "established", "related")

# Name, hook and priority. The rules are at -150, and for iptables also in the table security at 50. SELinux checks what is
# forwarded at -225 of forward, and what leaves at 225 of postrouting; what is received it checks after input.
PLACES = {
    "prerouting": ("prerouting", -149), "input": ("input", 400), "forward_in": ("forward", -225), "forward": ("forward", 400),
    "postrouting": ("postrouting", -149), "out": ("postrouting", 225),
}
LABELLED = "labelled"
# How far the type-of-service byte is from the end of the first two.
SHIFT = {"ipv4": 0, "ipv6": 4}


def table():
    lines = ["table inet probe {"]
    for name, (hook, priority) in PLACES.items():
        lines.append(f"chain {name} {{ type filter hook {hook} priority {priority};")
        for kind in KINDS if hook in ("prerouting", "input") else ("host",):
            match = f"meta pkttype {kind} " if hook in ("prerouting", "input") else ""
            rest = f'log group {GROUP} snaplen 400 prefix "{name}'
            lines += [f'{match}ct state {state} {rest} {kind} {state}"' for state in ("invalid", "untracked")]
            lines += [f'{match}ct state {state} ct direction {direction} {rest} {kind} {state} {direction}"'
                      for state in STATES for direction in ("original", "reply")]
        lines.append("}")
    for name, hook, priority, mask, bits, action in (
            ("carried", "prerouting", -350, CARRIES_MASK, CARRIES, f"meta mark set {CARRIED}"),
            ("untracked_in", "prerouting", -300, UNTRACKED, UNTRACKED, "notrack"),
            ("untracked_out", "output", -300, UNTRACKED, UNTRACKED, "notrack")):
        lines.append(f"chain {name} {{ type filter hook {hook} priority {priority};")
        lines += [f'{"iifname != lo " if name == "carried" else ""}meta nfproto {family} @nh,0,16 & '
                  f'{mask << shift:#x} == {bits << shift:#x} {action}' for family, shift in SHIFT.items()]
        lines.append("}")
    # What has a label before the rules of this machine see it.
    for name, hook, priority in (("arrived", "prerouting", -340), ("made", "output", -340)):
        lines.append(f'chain {name} {{ type filter hook {hook} priority {priority}; meta mark & {LABEL_BITS:#x} != 0 '
                     f'log group {GROUP} snaplen 400 prefix "{LABELLED} host untracked"\n}}')
    # In the packets that the kernel makes for multicast groups, the place of the mark still has the size of the buffer's end
    # (skb->reserved_tailroom). Labels share their place with nothing.
    lines.append("chain made_here { type filter hook output priority -400; icmpv6 type { 130-137, 143 } meta mark set 0; "
                 "meta l4proto 2 meta mark set 0; }")
    return "\n".join([*lines, "}"])


def load(machine):
    machine.here.run("nft", "-f", "-", text=table())


class Visit:
    """One packet at one hook."""

    def __init__(self, logged, place, words, names):
        self.place, self.hook = place, PLACES.get(place, ("",))[0]
        self.packet = packets.parse(logged.payload)
        self.mark = logged.mark
        self.into, self.out = names.get(logged.indev, ""), names.get(logged.outdev, "")
        self.kind, self.state = words[0], words[1]
        self.reply = words[2:] == ["reply"]
        self.connection = -1
        self.judgement = None

    def __str__(self):
        packet = self.packet
        return (f"{self.place} {self.into}>{self.out} {packet.source} > {packet.destination} {packet.protocol} "
                f"{packet.ports or ''} {packet.message} {self.state}{' reply' if self.reply else ''} #{self.connection} "
                f"{self.mark:#x}")


class Journey(list):
    """The visits of one packet; `carried` is the mark that it had before."""

    carried = 0


class Connection:
    """A tracked connection; `before` it was there before the rules, `room`: it can hold connection labels."""

    def __init__(self, tracked, before=False):
        self.tracked, self.before, self.master = tracked, before, -1


class Probe:
    """Listens from its making on, and tells the packets since then in journeys: lists of visits. Over lo, the sending and the
    receiving half are two. `moved` has each place where a label changed between the rules and SELinux's check."""

    def __init__(self, machine):
        with machine.here.entered():
            self.log, self.events = netlink.PacketLog(GROUP), netlink.Connections()
        self.machine, self.names = machine, {}
        self.learn_names()
        self.connections, self.known = [], {}  # {(protocol, source, port, destination, port): index}
        self.journeys, self.newest, self.moved, self.labelled = [], {}, [], {}

    def learn_names(self):
        for line in self.machine.here.run("ip", "-o", "link").splitlines():
            number, name = line.split(": ")[:2]
            self.names[int(number)] = name.split("@")[0]

    def close(self):
        self.log.close()
        self.events.close()

    def start(self):
        """The rules have just been loaded: forget what was seen, keep the connections that there are."""
        self.log.take()
        self.events.take()
        self.journeys, self.newest, self.moved, self.connections, self.known = [], {}, [], [], {}
        with self.machine.here.entered():
            for tracked in netlink.table():
                self.adopt(tracked, before=True)

    def adopt(self, tracked, before=False, known=True):
        """Packets of a connection show one of these tuples; see ConntrackModel of the oracle."""
        connection = Connection(tracked, before)
        index = len(self.connections)
        self.connections.append(connection)
        if tracked.master:
            m = tracked.master
            connection.master = self.known.get((packets.TCP, m.source, m.source_port, m.destination, m.destination_port), -1)
        if known:
            o, r = tracked.original, tracked.reply
            for source, source_port, target, target_port in (
                    (o.source, o.source_port, o.destination, o.destination_port),
                    (o.source, o.source_port, r.source, r.source_port),
                    (r.destination, r.destination_port, r.source, r.source_port)):
                if tracked.protocol in (packets.ICMP, packets.ICMPV6):  # both ports are the identifier
                    source_port = target_port = r.source_port if (source, target) == (r.destination, r.source) else o.source_port
                self.known[tracked.protocol, source, source_port, target, target_port] = index
                self.known[tracked.protocol, target, target_port, source, source_port] = index
        return index

    def connection_of(self, visit, one_offs):
        about = visit.packet.inner or visit.packet
        ports = about.ports
        if about.protocol in (packets.ICMP, packets.ICMPV6):
            ports = ports[0], ports[0]
        for pair in (ports, (0, 0)):  # a protocol may be tracked without its ports
            index = self.known.get((about.protocol, about.source, pair[0], about.destination, pair[1]))
            if index is not None:
                return index
        if visit.state != "new" or visit.reply:
            raise AssertionError(f"a packet of a connection that nobody told of: {visit}")
        # Dropped before it was confirmed: nothing of it stays.
        if visit.packet.key not in one_offs:
            there = netlink.Tuple(about.source, about.destination, *ports)
            back = netlink.Tuple(about.destination, about.source, *reversed(ports))
            one_offs[visit.packet.key] = self.adopt(netlink.Tracked(0, 0, about.protocol, there, back, 0, 0, None, 0), known=False)
        return one_offs[visit.packet.key]

    def take(self, settle=0.0):
        """Reads what was logged since the last time. Gives the new journeys."""
        if settle:
            time.sleep(settle)
        logged, one_offs, first = self.log.take(), {}, len(self.journeys)
        for tracked in self.events.take():
            self.adopt(tracked)
        for one in logged:
            place, *words = one.prefix.split()
            visit = Visit(one, place, words, self.names)
            if visit.packet is None:
                raise AssertionError(f"a fragment passed {place}")
            if visit.state not in ("invalid", "untracked"):
                visit.connection = self.connection_of(visit, one_offs)
            self.place(visit)
        return self.journeys[first:]

    def place(self, visit):
        if visit.place == LABELLED:
            if visit.into != "lo":
                self.labelled[visit.packet.key] = visit.mark
            return
        journey = self.newest.get(visit.packet.key)
        if visit.place == "postrouting" and (journey is None or journey[-1].place != "forward"):
            visit.into, journey = "", None  # made here: the kernel's own packets may name an interface they come from
        if visit.place == "prerouting" or journey is None and visit.place == "postrouting":
            journey = self.newest[visit.packet.key] = Journey()
            journey.carried = self.labelled.pop(visit.packet.key, 0)
            self.journeys.append(journey)
        if journey is None:
            raise AssertionError(f"a packet that was not seen before: {visit}")
        if visit.place in ("forward_in", "out"):
            if visit.mark != journey[-1].mark:
                self.moved.append(f"{visit} after {journey[-1]}")
            return
        if visit.place == "input" and visit.into != "lo" and journey[-1].place != "prerouting":
            raise AssertionError(f"input without prerouting: {visit}")
        journey.append(visit)

    def told(self, backend, marks):
        """All of it, for the reference."""
        return {"backend": backend, "connections": [self.connection(one) for one in self.connections],
                "journeys": [{"carried": marks.context(journey.carried), "visits": [self.visit(one, marks) for one in journey]}
                             for journey in self.journeys]}

    @staticmethod
    def visit(visit, marks):
        packet = visit.packet
        return {"hook": visit.hook, "in": visit.into, "out": visit.out, "state": visit.state, "reply": visit.reply,
                "connection": visit.connection, "v6": packet.v6, "source": packet.source, "destination": packet.destination,
                "protocol": packet.protocol, "ports": packet.ports if packet.protocol in packets.WITH_PORTS else (0, 0),
                "message": packet.message, "flags": packet.flags, "word": packet.word, "type": visit.kind,
                "label": marks.context(visit.mark), "mark": visit.mark & ~LABEL_BITS}

    @staticmethod
    def connection(one):
        tracked = one.tracked
        return {"v6": ":" in tracked.original.source, "protocol": tracked.protocol, "original": tracked.original,
                "reply": tracked.reply, "snat": bool(tracked.status & SOURCE_TRANSLATED),
                "dnat": bool(tracked.status & DESTINATION_TRANSLATED), "master": one.master, "before": one.before,
                "room": not one.before}
