"""Conversations with real sockets on both sides, one packet after the other, and the names of what is asked for in scenarios."""

import contextlib
import socket
import struct

import packets

UDPLITE_SEND_CSCOV = 10
POLICY = """policy scenarios;
# Clients and servers of this host, wherever they are not in the way of others below.
domain mozilla_t {
    connect tcp/80, tcp/8080, udp/53, udplite/53, sctp/80, dccp/80, icmp/echo-request, icmpv6/echo-request;
}
domain squid_t {
    accept tcp/80, tcp/8080, udp/53, udplite/53, sctp/80, dccp/80, icmp/echo-request, icmpv6/echo-request;
}
domain chromium_t { connect tcp/21; }
domain sshd_t { accept tcp/22; }
domain named_t { accept udp/5353; }
domain httpd_t { connect udp/4789; }
# Errors belong to what they are about, whatever this says.
domain sshd_t { connect icmp/3, icmpv6/1; accept icmp/3, icmpv6/1; }
forward tcp/80, tcp/8080, tcp/21, udp/53, sctp/80, dccp/80, icmp/echo-request, icmpv6/echo-request
    from 10.1.1.5, 2001:db8:1::5 to 10.9.9.9, 2001:db8:9::9 via "eth0" -> "eth1";
# Where packets seem to go before translation.
domain named_t { connect tcp/8000; accept tcp/8000; }
unmatched deny;
unmatched forward deny;
"""

CLIENT, SERVER, MULTICAST, FTP, SSH, TUNNEL, BEFORE = (f"appnet_{domain}_packet_t" for domain in (
    "mozilla", "squid", "named", "chromium", "sshd", "httpd", "named"))
ROUTED, TRANSIT = "appnet_unlabeled_forwarded_t", "appnet_transit_t"
NOBODYS, NOBODYS_ROUTED = "appnet_unmatched_t", "appnet_forward_unmatched_t"


class Family:
    """The addresses of one family: the machine's own and its neighbours' on eth0 and eth1, and two ends of what is routed."""

    def __init__(self, v6):
        self.v6 = v6
        self.number = socket.AF_INET6 if v6 else socket.AF_INET
        self.name = "IPv6" if v6 else "IPv4"
        self.own, self.neighbour, self.other = (("fd00:18::1", "fd00:18::2", "fd00:18:1::2") if v6 else
                                                ("198.18.0.1", "198.18.0.2", "198.18.1.2"))
        self.lo = "::1" if v6 else "127.0.0.1"
        self.client, self.server = ("2001:db8:1::5", "2001:db8:9::9") if v6 else ("10.1.1.5", "10.9.9.9")
        self.stranger, self.front = ("2001:db8:1::6", "2001:db8:5::1") if v6 else ("10.1.1.6", "10.5.5.1")
        self.group = "ff02::fb" if v6 else "224.0.0.251"
        self.icmp = packets.ICMPV6 if v6 else packets.ICMP
        self.ping, self.pong = (128, 129) if v6 else (8, 0)


FAMILIES = (Family(False), Family(True))


class Talk:
    """A connection of two sockets; who of them is `here`, on the machine, decides which way its packets go."""

    def __init__(self, session, family, kind=socket.SOCK_STREAM, protocol=0, **ends):
        """ends: client_here, server_here, source and target with the interface of each, port, listen (where not target)."""
        self.session, self.kind = session, kind
        make = session.traffic.socket
        self.listener = make(ends["server_here"], family.number, kind, protocol, ends.get("server_interface"),
                             ends.get("listen"), ends["port"] if "listen_port" not in ends else ends["listen_port"])
        self.client = make(ends["client_here"], family.number, kind, protocol, ends.get("client_interface"), ends.get("source"),
                           ends.get("source_port", 0))
        for one in (self.listener, self.client) if protocol == packets.UDPLITE else ():
            one.setsockopt(packets.UDPLITE, UDPLITE_SEND_CSCOV, 8)
        self.target = ends["target"], ends["port"]
        self.server, self.joined = None, False

    def open(self):
        if self.kind == socket.SOCK_STREAM:
            self.listener.listen(1)
            self.client.connect(self.target)
            self.server = self.listener.accept()[0]
            self.server.settimeout(20)
            self.session.traffic.open.append(self.server)
            self.listener.close()
        else:
            self.client.connect(self.target)
            self.server = self.listener
        self.port = self.client.getsockname()[1]
        return self

    def say(self, data=b"request"):
        self.client.send(data)
        got = self.server.recvfrom(65536)
        if self.kind != socket.SOCK_STREAM and not self.joined:
            self.server.connect(got[1])
            self.joined = True

    def answer(self, data=b"answer"):
        self.server.send(data)
        self.client.recv(65536)

    def reset(self):
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        for one in (self.client, self.server, self.listener):
            if one is not None:
                with contextlib.suppress(OSError):
                    one.close()


# Where the two ends of a talk can be.
def outgoing(family, port, **more):
    return dict(client_here=True, server_here=False, source=family.own, target=family.neighbour, port=port,
                server_interface="eth0", **more)


def incoming(family, port, **more):
    return dict(client_here=False, server_here=True, source=family.neighbour, target=family.own, port=port,
                client_interface="eth0", **more)


def looped(family, port, **more):
    return {"client_here": True, "server_here": True, "source": family.lo, "target": family.lo, "port": port, **more}


def routed(family, port, **more):
    return {"client_here": False, "server_here": False, "source": family.client, "target": family.server, "port": port,
            "client_interface": "eth0", "server_interface": "eth1", "listen": family.server, **more}


def whole(session, family, label, kind=socket.SOCK_STREAM, protocol=0, **ends):
    """A conversation that works, and what it carries where it leaves and arrives: the client's label, or both ends' on lo."""
    talk = Talk(session, family, kind, protocol, **ends).open()
    talk.say()
    talk.answer()
    talk.close()
    session.seen(0.003)
    what = f"{family.name} port {ends['port']}"
    number = {socket.SOCK_STREAM: packets.TCP, socket.SOCK_DGRAM: packets.UDP}[kind] if not protocol else protocol
    places = {(True, False): ("postrouting", "input"), (False, True): ("input", "postrouting"),
              (False, False): ("forward", "forward")}[ends["client_here"], ends["server_here"]]
    session.expect(f"{what}, from the client", label, places[0], reply=False, protocol=number)
    session.expect(f"{what}, from the server", label, places[1], reply=True, protocol=number)
