"""Ways to send packets through the machine: crafted ones into the far end of an interface or out of a raw socket of the
machine's own, and real sockets on either side."""

import ipaddress
import socket
import struct

from machine import OWN_PACKET

IP_TRANSPARENT, IPV6_TRANSPARENT = 19, 75
IPV6_HDRINCL = 36


class Traffic:
    def __init__(self, machine):
        self.machine = machine
        self.ends, self.raw, self.open = {}, {}, []

    def close(self):
        for one in [*self.ends.values(), *self.raw.values(), *self.open]:
            one.close()
        self.ends, self.raw, self.open = {}, {}, []

    # Crafted packets

    def arrive(self, interface, packet):
        """The packet comes in over the interface."""
        if interface not in self.ends:
            with self.machine.far.entered():
                end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            end.bind((interface, 0))
            self.ends[interface] = end
        v6 = packet[0] >> 4 == 6
        target = packet[24:40] if v6 else packet[16:20]
        address = ipaddress.ip_address(target)
        number = self.machine.interfaces.index(interface)
        if address.is_multicast:
            hardware = b"\x33\x33" + target[-4:] if v6 else b"\x01\x00\x5e" + bytes([target[1] & 0x7F]) + target[2:]
        elif target in (b"\xff\xff\xff\xff", bytes([198, 18, number, 255])):
            hardware = b"\xff" * 6
        else:
            hardware = bytes([2, 0, 0, 0, 0, number])
        self.ends[interface].send(hardware + bytes([2, 0, 0, 0, 1, number]) + (b"\x86\xdd" if v6 else b"\x08\x00") + packet)

    def leave(self, packet, interface=""):
        """The machine itself sends the packet, over the interface or wherever its type of service leads."""
        v6 = packet[0] >> 4 == 6
        service = (struct.unpack_from(">H", packet)[0] >> 4 if v6 else packet[1]) & 0xFF
        key = v6, interface, service
        if key not in self.raw:
            with self.machine.here.entered():
                raw = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, OWN_PACKET)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            if interface:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
            raw.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_TCLASS) if v6 else (socket.IPPROTO_IP, socket.IP_TOS)), service)
            # Setting the type of service also sets the priority.
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, OWN_PACKET)
            self.raw[key] = raw
        target = str(ipaddress.ip_address(packet[24:40] if v6 else packet[16:20]))
        self.raw[key].sendto(packet, (target, 0))

    # Real sockets

    def socket(self, here, family, kind, protocol=0, interface=None, source=None, port=0):
        """A socket of the machine or of the other side, which may have any address."""
        with (self.machine.here if here else self.machine.far).entered():
            one = socket.socket(family, kind, protocol)
        self.open.append(one)
        one.settimeout(20)  # a busy machine
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
        else:
            one.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
        if interface:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        if source or port:
            one.bind((source or ("::" if family == socket.AF_INET6 else "0.0.0.0"), port))
        return one
