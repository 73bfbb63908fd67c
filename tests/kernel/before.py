"""Connections that are open when rules are loaded: tracked until then or not, with either side to speak first; and rules that
are loaded again under open connections."""

import socket

import packets
from conversations import CLIENT, FAMILIES, NOBODYS, NOBODYS_ROUTED, ROUTED, SERVER, SSH, Talk, incoming, looped, outgoing, routed
from passing import routes


def open_all(session):
    """[(what, family, talk, place and label of the client's next packet, of the server's)]"""
    talks = []
    for a in FAMILIES:
        routes(session, a)
        for first in ("client", "server"):
            for ends, there, back in (
                    (outgoing(a, 80), ("postrouting", CLIENT), ("input", CLIENT)),
                    (outgoing(a, 81), ("postrouting", NOBODYS), ("input", NOBODYS)),
                    (incoming(a, 22), ("input", SSH), ("postrouting", SSH)),
                    (incoming(a, 80), ("input", SERVER), ("postrouting", SERVER)),
                    (looped(a, 80), ("input", SERVER), ("input", CLIENT)),
                    (routed(a, 80), ("forward", ROUTED), ("forward", ROUTED))):
                talk = Talk(session, a, **ends).open()
                talk.say()
                talk.answer()
                talks.append((f"{a.name} port {ends['port']}, {first} first", first, talk, there, back))
    return talks


def speak(session, talks):
    for what, first, talk, there, back in talks:
        for speaker in (first, "server" if first == "client" else "client"):
            (talk.say if speaker == "client" else talk.answer)()
            session.seen(0.002)
            place, label = there if speaker == "client" else back
            ports = (talk.port, talk.target[1])
            session.expect(f"open before the rules: {what}, now the {speaker}", label, place, flags=packets.PSH | packets.ACK,
                           ports=ports if speaker == "client" else ports[::-1])


def unlabelled_error(session, what, talk, way):
    """An error about a connection that has no label yet is nobody's."""
    if not way:
        return
    source, target = talk.client.getsockname()[0], talk.target[0]
    v6 = ":" in source
    about = packets.ip(source, target, packets.UDP, packets.datagram(source, target, packets.UDP, (talk.port, talk.target[1])))
    number, kind, code = (packets.ICMPV6, 1, 4) if v6 else (packets.ICMP, 3, 3)
    error = packets.ip(target, source, number, packets.icmp(target, source, kind, code, 0, about))
    if way == "leaves":
        session.traffic.leave(error, "eth0")
    else:
        session.traffic.arrive("eth0" if way == "arrives" else "eth1", error)
    session.seen(0.002)
    for one in (talk.client, talk.server):
        one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # not to be told of it later
    place, label = {"leaves": ("postrouting", NOBODYS), "arrives": ("input", NOBODYS), "passes": ("forward", NOBODYS_ROUTED)}[way]
    session.expect(f"error about {what} without a label", label, place, protocol=number, state="related")


def untracked_until_now(session):
    talks = open_all(session)
    session.load()
    speak(session, talks)
    session.load()
    speak(session, talks)
    for _, first, talk, _, _ in talks:
        talk.close() if first == "client" else talk.reset()
    session.seen(0.02)


def tracked_until_now(session):
    """With iptables these connections have no room for our labels."""
    session.track()
    talks = open_all(session)
    datagrams = []
    for a in FAMILIES:
        for ends, there, back in ((outgoing(a, 53), ("postrouting", CLIENT), ("input", CLIENT)),
                                  (incoming(a, 53), ("input", SERVER), ("postrouting", SERVER)),
                                  (looped(a, 53), ("input", SERVER), ("input", CLIENT)),
                                  (routed(a, 53), ("forward", ROUTED), ("forward", ROUTED))):
            talk = Talk(session, a, socket.SOCK_DGRAM, **ends).open()
            talk.say()
            talk.answer()
            datagrams.append((f"{a.name} datagrams", talk, there, back))
    session.load()
    for (what, talk, there, back), way in zip(datagrams, ("arrives", "leaves", "", "passes") * 2):
        unlabelled_error(session, what, talk, way)
    speak(session, talks)
    for what, talk, there, back in datagrams:
        talk.answer()
        session.seen(0.002)
        session.expect(f"{what}, the server", back[1], back[0], protocol=packets.UDP)
        talk.say()
        session.seen(0.002)
        session.expect(f"{what}, the client", there[1], there[0], protocol=packets.UDP)
    session.load()
    speak(session, talks)


BEFORE = (untracked_until_now, tracked_until_now)
