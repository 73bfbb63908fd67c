"""Packets as bytes: made by hand, and taken apart."""

import collections
import ipaddress
import struct

ICMP, TCP, UDP, DCCP, ICMPV6, SCTP, UDPLITE = 1, 6, 17, 33, 58, 132, 136
WITH_PORTS = (TCP, UDP, DCCP, SCTP, UDPLITE)
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
FRAGMENT = 44
EXTENSIONS = (0, 43, 60)  # hop by hop, routing, destination options

# `key` is what stays the same of a packet while it is translated.
Packet = collections.namedtuple("Packet", "v6 source destination protocol ports message flags word traffic key inner")


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def ip(source, destination, protocol, content, traffic=0, offset=0, more=False, identifier=0, hops=64):
    """The packet's header and content; `offset` in bytes and `more` make it a fragment."""
    source, destination = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    if source.version == 4:
        header = struct.pack(">BBHHHBBH", 0x45, traffic, 20 + len(content), identifier, offset >> 3 | (0x2000 if more else 0),
                             hops, protocol, 0) + source.packed + destination.packed
        return header[:10] + struct.pack(">H", checksum(header)) + header[12:] + content
    if offset or more:
        content = struct.pack(">BBHI", protocol, 0, offset | more, identifier) + content
        protocol = FRAGMENT
    return struct.pack(">IHBB", 6 << 28 | traffic << 20, len(content), protocol, hops) + source.packed + destination.packed + content


def transport(source, destination, protocol, body, place, more=0):
    """The body with its checksum at `place`; `more` bytes that it does not cover follow."""
    source, destination = ipaddress.ip_address(source).packed, ipaddress.ip_address(destination).packed
    pseudo = source + destination + (struct.pack(">II", len(body) + more, protocol) if len(source) == 16 else
                                     struct.pack(">HH", protocol, len(body) + more))
    if protocol == ICMP and len(source) == 4:
        pseudo = b""
    return body[:place] + struct.pack(">H", checksum(pseudo + body) or 0xFFFF) + body[place + 2:]


def tcp(source, destination, ports, flags, sequence=0, acknowledged=0, data=b"", broken=False):
    body = struct.pack(">HHIIBBHHH", *ports, sequence & 0xFFFFFFFF, acknowledged & 0xFFFFFFFF, 0x50, flags, 65000, 0, 0) + data
    body = transport(source, destination, TCP, body, 16)
    return body[:16] + bytes([body[16] ^ 0x55]) + body[17:] if broken else body


def datagram(source, destination, protocol, ports, data=b"appnet"):
    """UDP, or UDP-Lite with a checksum of its header alone."""
    body = struct.pack(">HHHH", *ports, 8 + len(data) if protocol == UDP else 8, 0)
    if protocol == UDPLITE:
        return transport(source, destination, UDPLITE, body, 6, len(data)) + data
    return transport(source, destination, UDP, body + data, 6)


def sctp(ports, tag, chunk, content=b""):
    body = struct.pack(">HHII", *ports, tag, 0) + struct.pack(">BBH", chunk, 0, 4 + len(content)) + content
    return body[:8] + struct.pack("<I", crc32c(body)) + body[12:]


def dccp(source, destination, ports, kind):
    body = struct.pack(">HHBBHBBHI", *ports, 6, 0, 0, kind << 1 | 1, 0, 0, 1) + bytes(8)
    return transport(source, destination, DCCP, body, 6)


def icmp(source, destination, kind, code=0, word=0, data=b"appnet"):
    protocol = ICMP if ipaddress.ip_address(source).version == 4 else ICMPV6
    return transport(source, destination, protocol, struct.pack(">BBHI", kind, code, 0, word) + data, 2)


def parse(data, nested=False):
    """A logged packet, or the start of one inside an ICMP error; None where its content is not to be seen."""
    v6 = data[0] >> 4 == 6
    if v6:
        traffic = struct.unpack_from(">H", data)[0] >> 4 & 0xFF
        protocol, start = data[6], 40
        source, destination = (str(ipaddress.IPv6Address(data[at:at + 16])) for at in (8, 24))
        while protocol in EXTENSIONS or protocol == FRAGMENT:
            if protocol == FRAGMENT and struct.unpack_from(">H", data, start + 2)[0] & 0xFFF8:
                return None
            length = 8 if protocol == FRAGMENT else 8 + data[start + 1] * 8
            protocol, start = data[start], start + length
    else:
        if struct.unpack_from(">H", data, 6)[0] & 0x1FFF:
            return None
        traffic, protocol, start = data[1], data[9], (data[0] & 15) * 4
        source, destination = (str(ipaddress.IPv4Address(data[at:at + 4])) for at in (12, 16))
    body = data[start:]
    ports, message, flags, inner, key = (0, 0), (0, 0), 0, None, body
    if protocol in WITH_PORTS:
        ports = struct.unpack_from(">HH", body)
        flags = body[13] if protocol == TCP and len(body) > 13 else 0
        key = body[4:16] + body[18:] if protocol == TCP else body[8:]
    elif protocol == (ICMPV6 if v6 else ICMP):
        message = body[0], body[1]
        # The identifier is the place of the client's port.
        ports = struct.unpack_from(">H", body, 4)[0] if len(body) > 5 else 0, 0
        error = body[0] in ((1, 2, 3, 4) if v6 else (3, 4, 5, 11, 12))
        if error and not nested and len(body) >= 8 + (48 if v6 else 28):  # else no packet is in it
            inner = parse(body[8:], nested=True)
        key = body[:2] + (b"" if error else body[6:])
    word = struct.unpack_from(">I", body)[0] if len(body) >= 4 else 0
    return Packet(v6, source, destination, protocol, ports, message, flags, word, traffic, (v6, protocol, key), inner)
