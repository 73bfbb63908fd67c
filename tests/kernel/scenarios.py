"""What every row of the contract in compiler/backend/README.md asks, with real packets: this host's own traffic."""

import socket

import packets
from conversations import (BEFORE, CLIENT, FAMILIES, FTP, MULTICAST, NOBODYS, SERVER, SSH, TUNNEL, Talk, incoming, looped,
                           outgoing, whole)
from machine import CARRIES, UNTRACKED, Missing
from packets import ACK, FIN, PSH, SYN

TCP, UDP = packets.TCP, packets.UDP
DGRAM = socket.SOCK_DGRAM


def tcp(session, a):
    """Opened, used, closed, reset, refused; by both sides."""
    whole(session, a, CLIENT, **outgoing(a, 80))
    whole(session, a, NOBODYS, **outgoing(a, 81))
    whole(session, a, SERVER, **incoming(a, 80))
    whole(session, a, NOBODYS, **incoming(a, 81))
    for ends, label in ((outgoing(a, 8080), CLIENT), (incoming(a, 8080), SERVER)):
        talk = Talk(session, a, **ends).open()
        talk.say()
        session.seen(0.002)
        talk.reset()
        session.seen(0.003)
        session.expect(f"{a.name} reset", label, "postrouting" if label == CLIENT else "input", flags=packets.RST | ACK)
    here = session.traffic.socket(True, a.number, socket.SOCK_STREAM)
    there = session.traffic.socket(False, a.number, socket.SOCK_STREAM, interface="eth0", source=a.neighbour)
    for one, target, label, place in ((here, a.neighbour, CLIENT, "input"), (there, a.own, SERVER, "postrouting")):
        try:
            one.connect((target, 8080))
        except ConnectionRefusedError:
            pass
        session.seen(0.003)
        session.expect(f"{a.name} refused", label, place, flags=packets.RST | ACK, reply=True)


def udp(session, a):
    """Answered, unanswered, refused, and too long for one packet."""
    whole(session, a, CLIENT, DGRAM, **outgoing(a, 53))
    whole(session, a, NOBODYS, DGRAM, **outgoing(a, 54))
    whole(session, a, SERVER, DGRAM, **incoming(a, 53))
    whole(session, a, NOBODYS, DGRAM, **incoming(a, 54))
    for ends, label, place in ((outgoing(a, 53), CLIENT, "postrouting"), (incoming(a, 53), SERVER, "input")):
        talk = Talk(session, a, DGRAM, **ends).open()
        talk.say(bytes(5000))
        talk.say()
        session.seen(0.003)
        session.expect(f"{a.name} unanswered fragments", label, place, protocol=UDP, state="new")
        talk.answer(bytes(5000))
        session.seen(0.003)
        session.expect(f"{a.name} answered fragments", label, "input" if label == CLIENT else "postrouting", state="established")
        talk.close()
        # Nobody listens any more: the other side's error.
        again = session.traffic.socket(ends["client_here"], a.number, DGRAM, interface=ends.get("client_interface"),
                                       source=ends["source"])
        again.sendto(b"nobody", talk.target)
        session.seen(0.003)
        session.expect(f"{a.name} port unreachable", label, "input" if label == CLIENT else "postrouting", protocol=a.icmp,
                       state="related")


def echo(session, a):
    for label, ends, send in ((CLIENT, (a.own, a.neighbour), lambda one: session.traffic.leave(one, "eth0")),
                              (SERVER, (a.neighbour, a.own), lambda one: session.traffic.arrive("eth0", one))):
        for kind, code, wanted in ((a.ping, 0, label), (a.ping, 1, label), (13, 0, NOBODYS) if not a.v6 else (139, 0, NOBODYS)):
            send(packets.ip(*ends, a.icmp, packets.icmp(*ends, kind, code, kind << 24 | code << 16 | 1)))
            session.seen(0.003)
            session.expect(f"{a.name} ICMP {kind}:{code}", wanted, "postrouting" if label == CLIENT else "input",
                           message=(kind, code))
            if kind == a.ping and code == 0:
                session.expect(f"{a.name} echo reply", label, "input" if label == CLIENT else "postrouting", message=(a.pong, 0),
                               protocol=a.icmp)


def loopback(session, a):
    """Each end carries its own label, by lo's address and by the machine's own; nothing is saved."""
    for address in (a.lo, a.own):
        ends = dict(source=address, target=address)
        for kind, number, port in ((socket.SOCK_STREAM, TCP, 80), (DGRAM, UDP, 53)):
            talk = Talk(session, a, kind, **looped(a, port, **ends)).open()
            talk.say()
            talk.answer()
            talk.close()
            session.seen(0.003)
            for place, reply, label in (("postrouting", False, CLIENT), ("input", False, SERVER), ("postrouting", True, SERVER),
                                        ("input", True, CLIENT)):
                session.expect(f"{a.name} over lo", label, place, reply=reply, protocol=number, source=address)
        # The client is gone when its answer comes: an error of the original direction.
        talk = Talk(session, a, DGRAM, **looped(a, 53, **ends)).open()
        talk.say()
        talk.client.close()
        talk.server.send(b"late")
        session.seen(0.003)
        for place in ("postrouting", "input"):
            session.expect(f"{a.name} error over lo", NOBODYS, place, protocol=a.icmp, state="related", reply=False)
        talk.close()
        # ssh has a server alone.
        talk = Talk(session, a, **looped(a, 22, **ends)).open()
        talk.reset()
        session.seen(0.003)
        session.expect("client of nobody's", NOBODYS, "postrouting", reply=False, protocol=TCP)
        session.expect("server of ssh", SSH, "input", reply=False, protocol=TCP)
        one = session.traffic.socket(True, a.number, DGRAM)
        one.connect((address, 53))
        one.send(b"nobody")
        session.traffic.leave(packets.ip(address, address, a.icmp, packets.icmp(address, address, a.ping, 0, 99 << 16)))
        session.seen(0.003)
        session.expect(f"{a.name} error over lo", NOBODYS, "input", protocol=a.icmp, state="related")
        for place, kind, label in (("postrouting", a.ping, CLIENT), ("input", a.ping, SERVER), ("postrouting", a.pong, SERVER),
                                   ("input", a.pong, CLIENT)):
            session.expect(f"{a.name} echo over lo", label, place, message=(kind, 0), protocol=a.icmp)


def crafted(session, a, label, source, target, send, back, places):
    """Packets that no socket sends, from both sides of this host."""
    def packet(ports, flags, service=0):
        return packets.ip(source, target, TCP, packets.tcp(source, target, ports, flags, 7, 9), service)

    for flags in (SYN | FIN, 0):
        send(packet((4001, 80), flags))
    session.seen(0.003)
    session.expect(f"{a.name} invalid", NOBODYS, places[0], state="invalid")
    send(packet((4002, 80), SYN, UNTRACKED))
    send(packet((4003, 81), SYN, UNTRACKED))
    session.seen(0.003)
    session.expect(f"{a.name} untracked", label, places[0], ports=(4002, 80))
    session.expect(f"{a.name} untracked", NOBODYS, places[0], ports=(4003, 81))
    # From the middle of a connection, of which only the port tells whose it is.
    send(packet((4004, 80), PSH | ACK))
    send(packet((80, 4005), PSH | ACK))
    session.seen(0.003)
    session.expect(f"{a.name} from the middle", label, places[0], ports=(4004, 80))
    session.expect(f"{a.name} from the middle", SERVER if label == CLIENT else CLIENT, places[0], ports=(80, 4005))
    if back:  # what comes with another namespace's label
        send(packet((4006, 80), SYN, CARRIES))
        send(packet((4006, 81), SYN, CARRIES))
        session.seen(0.003)
        session.expect(f"{a.name} carried in", label, places[0], ports=(4006, 80))
        session.expect(f"{a.name} carried in", NOBODYS, places[0], ports=(4006, 81))
    for protocol, body in ((packets.SCTP, packets.sctp((4007, 80), 0, 1, bytes(16))),
                           (packets.DCCP, packets.dccp(source, target, (4008, 80), 0)),
                           (packets.UDPLITE, packets.datagram(source, target, packets.UDPLITE, (4009, 53)))):
        # Some kernels track DCCP by its addresses alone.
        send(packets.ip(a.stranger if protocol == packets.DCCP else source, target, protocol, body))
        session.seen(0.003)
        session.expect(f"{a.name} protocol {protocol}", label, places[0], protocol=protocol)
    # Pieces of a packet, which reach the rules in one.
    whole_one = packets.datagram(source, target, UDP, (4010, 53), bytes(2000))
    send(packets.ip(source, target, UDP, whole_one[:1400], more=True, identifier=77))
    send(packets.ip(source, target, UDP, whole_one[1400:], offset=1400, identifier=77))
    session.seen(0.003)
    session.expect(f"{a.name} fragments", label, places[0], ports=(4010, 53))


def odd(session, a):
    session.machine.here.set(netfilter__nf_conntrack_checksum=0)  # see udplite
    try:
        odd_packets(session, a)
    finally:
        session.machine.here.set(netfilter__nf_conntrack_checksum=1)
    one = packets.tcp(a.neighbour, a.own, (4001, 80), SYN, broken=True)
    session.traffic.arrive("eth0", packets.ip(a.neighbour, a.own, TCP, one))
    session.seen(0.003)
    session.expect(f"{a.name} with a wrong sum", NOBODYS, "input", state="invalid")


def odd_packets(session, a):
    crafted(session, a, CLIENT, a.own, a.neighbour, lambda one: session.traffic.leave(one, "eth0"), False, ("postrouting",))
    crafted(session, a, SERVER, a.neighbour, a.own, lambda one: session.traffic.arrive("eth0", one), True, ("input",))
    session.traffic.leave(packets.ip(a.lo, a.lo, TCP, packets.tcp(a.lo, a.lo, (4101, 80), PSH | ACK, 7, 9)))
    session.traffic.leave(packets.ip(a.lo, a.lo, TCP, packets.tcp(a.lo, a.lo, (4102, 80), SYN, 7, 9), UNTRACKED))
    session.traffic.leave(packets.ip(a.lo, a.lo, TCP, packets.tcp(a.lo, a.lo, (4103, 80), SYN | FIN, 7, 9)))
    session.seen(0.003)
    session.expect(f"{a.name} from the middle, over lo", CLIENT, "postrouting", ports=(4101, 80))
    session.expect(f"{a.name} from the middle, over lo", SERVER, "input", ports=(4101, 80))
    session.expect(f"{a.name} untracked, over lo", CLIENT, "postrouting", ports=(4102, 80))
    session.expect(f"{a.name} invalid, over lo", NOBODYS, "input", ports=(4103, 80))


def with_sockets(session, a, kind, number, port):
    """A protocol of which not every kernel has sockets."""
    try:
        socket.socket(a.number, kind, number).close()
    except OSError as error:
        raise Missing(f"{error.strerror}; only crafted packets of protocol {number}") from None
    for ends, label in ((outgoing(a, port), CLIENT), (incoming(a, port), SERVER)):
        whole(session, a, label, kind, number, **ends)


def sctp(session, a):
    with_sockets(session, a, socket.SOCK_STREAM, packets.SCTP, 80)


def udplite(session, a):
    """Connection tracking checks its sum as if it were UDP, and calls all that arrives invalid, as long as it checks sums."""
    session.machine.here.set(netfilter__nf_conntrack_checksum=0)
    try:
        with_sockets(session, a, DGRAM, packets.UDPLITE, 53)
    finally:
        session.machine.here.set(netfilter__nf_conntrack_checksum=1)


def to_many(session, a):
    """Multicast and broadcast, from here with the copy that comes back, and from elsewhere."""
    one = session.traffic.socket(True, a.number, DGRAM, source=a.own)
    listener = session.traffic.socket(True, a.number, DGRAM, port=5353)
    index = next(number for number, name in session.probe.names.items() if name == "eth0")
    if a.v6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(a.number, a.group) +
                            index.to_bytes(4, "little"))
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    else:
        listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(a.group) + socket.inet_aton(a.own))
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(a.own))
    one.sendto(b"to many", (a.group, 5353))
    session.seen(0.003)
    session.expect(f"{a.name} to a group", NOBODYS, "postrouting", destination=a.group)
    session.expect(f"{a.name} to a group, looped back", MULTICAST, "input", destination=a.group, kind="multicast")
    session.traffic.arrive("eth0", packets.ip(a.neighbour, a.group, UDP, packets.datagram(a.neighbour, a.group, UDP, (5353, 5353)),
                                              CARRIES))
    session.seen(0.003)
    session.expect(f"{a.name} to a group, from elsewhere", MULTICAST, "input", destination=a.group, source=a.neighbour)
    if not a.v6:
        for everybody in ("198.18.0.255", "255.255.255.255"):
            session.traffic.arrive("eth0", packets.ip(a.neighbour, everybody, UDP, packets.datagram(
                a.neighbour, everybody, UDP, (5353, 5353))))
            session.seen(0.003)
            session.expect("broadcast", MULTICAST, "input", destination=everybody, kind="broadcast")


def pretended(session, a):
    """A local packet with our own mark is none that was forwarded."""
    one = session.traffic.socket(True, a.number, DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 0x20000000)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, 0x20000000)  # stands in for it with nft
    one.sendto(b"forwarded?", (a.neighbour, 53))
    session.seen(0.003)
    session.expect(f"{a.name} with our mark", CLIENT, "postrouting", protocol=UDP)


def neighbours(session, a):
    """Neighbour discovery, which the kernel sends by itself and does not track. (Its group reports come at times of their own.)"""
    if not a.v6:
        return
    session.machine.here.run("ip", "-6", "neigh", "replace", "fd00:18::77", "dev", "eth0", "nud", "none")
    session.traffic.socket(True, a.number, DGRAM).sendto(b"who", ("fd00:18::77", 53))
    session.seen(0.01)
    session.expect("neighbour solicitation", NOBODYS, "postrouting", message=(135, 0))


def tunnel(session, a):
    """A packet in a tunnel has its label, the tunnel's own packets theirs."""
    number = 7 if a.v6 else 6
    name, inside, peer = f"tunnel{number}", f"10.7{number}.7.1", f"10.7{number}.7.2"
    try:
        session.machine.here.run("ip", "link", "add", name, "type", "vxlan", "id", str(number), "remote", a.neighbour, "local",
                                 a.own, "dstport", "4789", "dev", "eth0")
    except AssertionError:
        raise Missing("no VXLAN in this kernel") from None
    session.machine.here.run("ip", "-batch", "-", text=f"link set {name} up\naddress add {inside}/24 dev {name}\n"
                             f"neigh add {peer} lladdr 02:00:00:00:07:07 dev {name} nud permanent\n")
    session.probe.learn_names()
    one = session.traffic.socket(True, socket.AF_INET, DGRAM, source=inside)
    one.sendto(b"inside", (peer, 53))
    session.seen(0.005)
    session.expect("inside the tunnel", CLIENT, "postrouting", destination=peer)
    if session.loader == "nft":  # CONNSECMARK leaves alone what has the label of a packet inside; the reference knows
        session.expect("the tunnel", TUNNEL, "postrouting", destination=a.neighbour, protocol=UDP)


HERE = (tcp, udp, echo, loopback, odd, sctp, udplite, to_many, pretended, neighbours, tunnel)
