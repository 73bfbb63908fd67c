"""Two netlink listeners: packets that rules log (nfnetlink_log) and connections that connection tracking makes (ctnetlink).
A socket listens in the network namespace in which it is opened."""

import collections
import ipaddress
import os
import socket
import struct

NETLINK_NETFILTER = 12
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
NEW_CONNTRACK, GET_CONNTRACK = 0x100, 0x101
LOG_PACKET, LOG_CONFIG = 0x400, 0x401
GROUP_NEW, GROUP_UPDATE = 1, 2  # of multicast groups NFNLGRP_CONNTRACK_*
SO_RCVBUFFORCE = 33
SOL_NETLINK, NETLINK_ADD_MEMBERSHIP = 270, 1

Logged = collections.namedtuple("Logged", "hook family mark indev outdev prefix payload")
Tuple = collections.namedtuple("Tuple", "source destination source_port destination_port")
# `ports` says whether the tuples have them; of ICMP they are the identifier, and type * 256 + code, as in the kernel.
Tracked = collections.namedtuple("Tracked", "id family protocol original reply status mark master zone")


def attributes(data):
    found, offset = {}, 0
    while offset + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, offset)
        if length < 4:
            break
        found[kind & 0x3FFF] = data[offset + 4:offset + length]
        offset += (length + 3) & ~3
    return found


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


class Netlink:
    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        self.socket.bind((0, 0))
        self.sequence = 0

    def close(self):
        self.socket.close()

    def send(self, kind, flags, family, resource, body=b""):
        self.sequence += 1
        message = struct.pack("=BBH", family, 0, socket.htons(resource)) + body
        self.socket.send(struct.pack("=IHHII", 16 + len(message), kind, flags | NLM_F_REQUEST, self.sequence, 0) + message)

    def receive(self, block=True):
        """[(kind, family, resource, attributes)] of what is there; empty when nothing is."""
        try:
            self.socket.settimeout(5 if block else 0)
            data = self.socket.recv(1 << 20)
        except BlockingIOError:
            return []
        found, offset = [], 0
        while offset + 16 <= len(data):
            length, kind, _, _, _ = struct.unpack_from("=IHHII", data, offset)
            body = data[offset + 16:offset + length]
            offset += (length + 3) & ~3
            if kind == NLMSG_ERROR:
                error = struct.unpack_from("=i", body)[0]
                if error:
                    raise OSError(-error, os.strerror(-error))
                found.append((kind, 0, 0, {}))
            elif kind == NLMSG_DONE:
                found.append((kind, 0, 0, {}))
            else:
                family, _, resource = struct.unpack_from("=BBH", body)
                found.append((kind, family, socket.ntohs(resource), attributes(body[4:])))
        return found

    def ask(self, kind, family, resource, body):
        self.send(kind, NLM_F_ACK, family, resource, body)
        self.receive()


class PacketLog(Netlink):
    """What rules log to a group, in order."""

    def __init__(self, group):
        super().__init__()
        bind, copy = struct.pack("=B", 1), struct.pack(">IBB", 0xFFFF, 2, 0)
        self.ask(LOG_CONFIG, socket.AF_UNSPEC, group, attribute(1, bind))
        self.ask(LOG_CONFIG, socket.AF_UNSPEC, group, attribute(2, copy))
        self.ask(LOG_CONFIG, socket.AF_UNSPEC, group, attribute(5, struct.pack(">I", 1)))  # hand over each packet at once

    def take(self):
        taken = []
        while messages := self.receive(block=False):
            for kind, family, _, found in messages:
                if kind != LOG_PACKET:
                    continue
                number = lambda key, found=found: struct.unpack(">I", found[key])[0] if key in found else 0
                taken.append(Logged(found[1][2], family, number(2), number(4), number(5),
                                    found[10].rstrip(b"\0").decode(), found.get(9, b"")))
        return taken


def read_tuple(data):
    found = attributes(data)
    addresses, protocol = attributes(found[1]), attributes(found[2])
    half = lambda key: struct.unpack(">H", protocol[key])[0] if key in protocol else 0
    number = protocol[1][0]
    source, destination = (ipaddress.ip_address(addresses[key if key in addresses else key + 2]) for key in (1, 2))
    if 4 in protocol or 7 in protocol:
        base = 4 if 4 in protocol else 7
        return number, Tuple(str(source), str(destination), half(base), protocol[base + 1][0] << 8 | protocol[base + 2][0])
    return number, Tuple(str(source), str(destination), half(2), half(3))


def read_tracked(family, found):
    protocol, original = read_tuple(found[1])
    number = lambda key: struct.unpack(">I", found[key])[0] if key in found else 0
    return Tracked(number(12), family, protocol, original, read_tuple(found[2])[1], number(3), number(8),
                   read_tuple(found[14])[1] if 14 in found else None, number(18))


class Connections(Netlink):
    """Connections as they are confirmed."""

    def __init__(self):
        super().__init__()
        self.socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, GROUP_NEW)

    def take(self):
        return [read_tracked(family, found) for messages in iter(lambda: self.receive(block=False), [])
                for kind, family, _, found in messages if kind == NEW_CONNTRACK]


def table():
    """All connections of this namespace, now."""
    dump = Netlink()
    dump.send(GET_CONNTRACK, NLM_F_DUMP, socket.AF_UNSPEC, 0)
    tracked = []
    while True:
        for kind, family, _, found in dump.receive():
            if kind == NLMSG_DONE:
                dump.close()
                return tracked
            tracked.append(read_tracked(family, found))
