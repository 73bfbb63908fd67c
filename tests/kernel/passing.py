"""What passes through the machine, what is translated, and what connection tracking expects."""

import socket

import packets
from conversations import (CLIENT, FTP, NOBODYS, NOBODYS_ROUTED, ROUTED, SERVER, TRANSIT, Talk, incoming, looped, outgoing,
                           routed, whole)
from machine import CARRIES, ROUTES, UNTRACKED, Missing
from packets import ACK, FIN, PSH, SYN

TCP, UDP = packets.TCP, packets.UDP
DGRAM = socket.SOCK_DGRAM
OUT = ROUTES[1]  # out of eth1


def routes(session, a):
    """The routed server is behind eth1, everything else behind eth0."""
    session.machine.here.run("ip", "-6" if a.v6 else "-4", "route", "replace", a.server, "via", a.other, "dev", "eth1")


def forwarded(session, a):
    """Opened, used and closed through the machine, by those who may and those who may not."""
    routes(session, a)
    whole(session, a, ROUTED, **routed(a, 80))
    session.expect(f"{a.name} before its class is known", TRANSIT, "prerouting", state="new")
    session.expect(f"{a.name} known", ROUTED, "prerouting", state="established", protocol=TCP)
    whole(session, a, NOBODYS_ROUTED, **routed(a, 81))
    whole(session, a, NOBODYS_ROUTED, **{**routed(a, 80), "source": a.stranger})
    whole(session, a, ROUTED, DGRAM, **routed(a, 53))
    whole(session, a, NOBODYS_ROUTED, DGRAM, **routed(a, 54))
    talk = Talk(session, a, **routed(a, 8080)).open()
    talk.reset()
    session.seen(0.003)
    session.expect(f"{a.name} reset, forwarded", ROUTED, "forward", flags=packets.RST | ACK)
    talk = Talk(session, a, DGRAM, **routed(a, 53)).open()
    talk.say(bytes(5000))
    session.seen(0.003)
    session.expect(f"{a.name} fragments, forwarded", ROUTED, "forward", protocol=UDP)
    session.expect(f"{a.name} fragments, forwarded", ROUTED, "postrouting", protocol=UDP)


def errors(session, a):
    """A packet that is too big for the way on, one whose time is over, and a port that is not there."""
    routes(session, a)
    session.machine.here.run("ip", "link", "set", "eth1", "mtu", "1300")
    talk = Talk(session, a, DGRAM, **routed(a, 53)).open()
    talk.say()
    if not a.v6:
        talk.client.setsockopt(socket.IPPROTO_IP, 10, 2)  # IP_MTU_DISCOVER, IP_PMTUDISC_DO
    talk.client.send(bytes(1400))
    session.seen(0.003)
    session.expect(f"{a.name} packet too big", ROUTED, "postrouting", protocol=a.icmp, state="related")
    session.machine.here.run("ip", "link", "set", "eth1", "mtu", "1500")
    talk.client.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if a.v6 else (socket.IPPROTO_IP, socket.IP_TTL)), 1)
    talk.client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # the error has arrived
    talk.client.send(b"late")
    session.seen(0.003)
    session.expect(f"{a.name} time exceeded", ROUTED, "postrouting", protocol=a.icmp, state="related")
    # The far end's own error passes back.
    kind, code = (1, 4) if a.v6 else (3, 3)
    ports = talk.client.getsockname()[1], 53
    about = packets.ip(a.client, a.server, UDP, packets.datagram(a.client, a.server, UDP, ports))
    error = packets.ip(a.server, a.client, a.icmp, packets.icmp(a.server, a.client, kind, code, 0, about))
    session.traffic.arrive("eth1", error)
    session.seen(0.003)
    session.expect(f"{a.name} error, forwarded", ROUTED, "forward", protocol=a.icmp, state="related")


def crafted(session, a):
    """Invalid, untracked, from the middle, with a label from elsewhere, of other protocols; forwarded."""
    def send(ports, flags, service=0, there=True):
        source, target = (a.client, a.server) if there else (a.server, a.client)
        session.traffic.arrive("eth0" if there else "eth1", packets.ip(
            source, target, TCP, packets.tcp(source, target, ports, flags, 7, 9), service | (OUT if there else 0)))

    send((5001, 80), SYN | FIN)
    send((5002, 80), SYN, UNTRACKED)
    send((80, 5002), SYN | ACK, UNTRACKED, there=False)
    send((5003, 80), PSH | ACK)
    send((80, 5004), PSH | ACK, there=False)
    send((5005, 80), SYN, CARRIES)
    send((5006, 81), SYN, CARRIES)
    session.seen(0.003)
    for ports, label, what in (((5001, 80), NOBODYS_ROUTED, "invalid"), ((5002, 80), ROUTED, "untracked"),
                               ((80, 5002), NOBODYS_ROUTED, "untracked answer"), ((5003, 80), ROUTED, "from the middle"),
                               ((80, 5004), ROUTED, "from the middle, back"), ((5005, 80), ROUTED, "carried in"),
                               ((5006, 81), NOBODYS_ROUTED, "carried in")):
        for place in ("forward", "postrouting"):
            session.expect(f"{a.name} forwarded, {what}", label, place, ports=ports)
    for protocol, body in ((packets.SCTP, packets.sctp((5007, 80), 0, 1, bytes(16))),
                           (packets.DCCP, packets.dccp(a.client, a.server, (5008, 80), 0)),
                           (a.icmp, packets.icmp(a.client, a.server, a.ping, 0, 77 << 16))):
        session.traffic.arrive("eth0", packets.ip(a.client, a.server, protocol, body, OUT))
        session.seen(0.003)
        session.expect(f"{a.name} forwarded, protocol {protocol}", ROUTED, "forward", protocol=protocol)


NAT = """table {table} translation {{
  chain arriving {{ type nat hook prerouting priority -100;
    {family} daddr {own} tcp dport 8000 redirect to :8080
    {family} daddr {front} tcp dport 8000 dnat to {server}:8080
  }}
  chain sent {{ type nat hook output priority -100;
    {family} daddr {front} tcp dport 8000 dnat to {neighbour}:8080
    {family} daddr {other} tcp dport 8000 redirect to :8080
  }}
  chain leaving {{ type nat hook postrouting priority 100;
    oifname eth1 masquerade
    oifname eth0 {family} daddr {neighbour} tcp dport 8080 masquerade
  }}
}}"""


def translated(session, a):
    """Rules speak of what packets travel with here: after DNAT and REDIRECT, before masquerading. Port 8000 is named_t's."""
    routes(session, a)
    text = dict(own=a.own, front=a.front, other=a.other, server=a.server, neighbour=a.neighbour)
    if a.v6:
        text.update(server=f"[{a.server}]")
    nat = NAT.format(table="ip6" if a.v6 else "ip", family="ip6" if a.v6 else "ip", **text)
    session.machine.here.run("nft", "-f", "-", text=nat.replace(f"dnat to {a.neighbour}:", f"dnat to [{a.neighbour}]:")
                             if a.v6 else nat)
    # REDIRECT of what arrives; the listener has the other port.
    whole(session, a, SERVER, **incoming(a, 8000, listen_port=8080))
    # DNAT of what leaves, masqueraded on its way.
    whole(session, a, CLIENT, **{**outgoing(a, 8000, listen_port=8080), "target": a.front})
    # DNAT of what passes through, masqueraded.
    session.machine.far.run("ip", "-6" if a.v6 else "-4", "route", "replace", a.front, "dev", "eth0", "via", a.own)
    whole(session, a, ROUTED, **{**routed(a, 8000, listen_port=8080), "target": a.front})
    # REDIRECT of what is sent here: both ends on lo.
    for kind in (0, 1):
        talk = Talk(session, a, **{**looped(a, 8000, listen_port=8080), "source": a.own, "target": a.other}).open()
        talk.say()
        talk.answer()
        talk.reset() if kind else talk.close()
        session.seen(0.003)
        for place, reply, label in (("postrouting", False, CLIENT), ("input", False, SERVER), ("postrouting", True, SERVER),
                                    ("input", True, CLIENT)):
            session.expect(f"{a.name} redirected on lo", label, place, reply=reply, protocol=TCP)
    session.machine.here.run("nft", "delete", "table", "ip6" if a.v6 else "ip", "translation")


HELPER = """table inet helped {
  ct helper files { type "ftp" protocol tcp; }
  chain arriving { type filter hook prerouting priority -190; tcp dport 21 ct helper set "files"; }
  chain sent { type filter hook output priority -190; tcp dport 21 ct helper set "files"; }
}
""".replace("; }\n}", ";\n  }\n}").replace("\"; }", "\"\n  }")


def expected(session, a):
    """FTP: the data connection that the helper expects has the label of the connection that announced it; both ways."""
    if "helped" not in session.machine.here.run("nft", "list", "tables"):
        try:
            session.machine.here.run("nft", "-f", "-", text=HELPER)
        except AssertionError as error:
            raise Missing(f"no connection-tracking helper for FTP in this kernel ({str(error).splitlines()[0]})") from None
    routes(session, a)
    for ends, label, place in ((outgoing(a, 21), FTP, "postrouting"), (routed(a, 21), ROUTED, "forward")):
        control = Talk(session, a, **ends).open()
        control.answer(b"220 ready\r\n")  # the helper looks behind a line's end alone
        control.say(b"EPSV\r\n")
        passive = Talk(session, a, **{**ends, "port": 40021 if label == FTP else 40022})
        control.answer(f"229 Entering Extended Passive Mode (|||{passive.target[1]}|)\r\n".encode())
        session.seen(0.003)
        passive.open()
        session.seen(0.003)
        session.expect(f"{a.name} FTP data", label, place, state="related", protocol=TCP)
        # A later first packet would be a flow of its own.
        passive.say()
        passive.answer()
        passive.close()
        active = {key: ends[key] for key in ends}
        active.update(client_here=ends["server_here"], server_here=ends["client_here"], source=ends["target"],
                      target=ends["source"], listen=ends["source"], client_interface=ends.get("server_interface"),
                      server_interface=ends.get("client_interface"), port=40023 if label == FTP else 40024)
        announced = Talk(session, a, **active)
        control.say(f"EPRT |{2 if a.v6 else 1}|{active['target']}|{active['port']}|\r\n".encode())
        session.seen(0.003)
        announced.open()
        session.seen(0.003)
        session.expect(f"{a.name} FTP data, active", label, "input" if label == FTP else "forward", state="related", protocol=TCP)
        announced.close()
        control.close()
        unannounced = Talk(session, a, **{**ends, "port": 40025}).open()
        unannounced.close()
        session.seen(0.003)
        session.expect(f"{a.name} not announced", NOBODYS if label == FTP else NOBODYS_ROUTED, place, ports=(
            unannounced.port, 40025))


PASSING = (forwarded, errors, crafted, translated, expected)
