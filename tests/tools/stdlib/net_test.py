#!/usr/bin/env python3
"""std.net has the blocks that IANA and Python's ipaddress know. net_test.py APPNETC"""

import ipaddress
import os
import sys
import unittest

import library

APPNETC = None

# IANA's special-purpose registries: what is not globally reachable, and is no deprecated way to reach something.
NOT_REACHABLE = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15
198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32
::1/128 ::/128 ::ffff:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001:2::/48 2001:db8::/32 3fff::/20 5f00::/16 fc00::/7 fe80::/10
""".split()
# In one of these, but reachable; and what is reachable although it looks special.
REACHABLE = """
192.0.0.9/32 192.0.0.10/32 1.0.0.0/24 8.8.8.8/32 9.255.255.255/32 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.175.48.0/24
223.255.255.255/32 64:ff9b::/96 2001::/32 2001:1::1/128 2001:3::/32 2001:4:112::/48 2001:20::/28 2002::/16 2620:4f:8000::/48
2000::/32 2a00::/12
""".split()
MULTICAST = ["224.0.0.0/4", "ff00::/8"]
FORMERLY_PRIVATE = ["fec0::/10"]  # site-local, RFC 3879

BLOCKS = {
    "loopback": ["127.0.0.0/8", "::1/128"],
    "private": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
    "link_local": ["169.254.0.0/16", "fe80::/10"],
    "multicast": MULTICAST,
    "broadcast": ["255.255.255.255/32"],
    "carrier_nat": ["100.64.0.0/10"],
    "documentation": ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"],
    "benchmarking": ["198.18.0.0/15", "2001:2::/48"],
}


def edges(block):
    """The first and the last address, and the neighbours outside."""
    network = ipaddress.ip_network(block)
    first, last = network[0], network[-1]
    outside = [first - 1] if int(first) else []
    if int(last) + 1 < 2 ** network.max_prefixlen:
        outside.append(last + 1)
    return [first, last], outside


def contains(blocks, address):
    return any(address in ipaddress.ip_network(block) for block in blocks)


class Net(unittest.TestCase):
    def assert_members(self, name, members, others):
        claims = [f"assert mozilla_t {word} connect tcp/1 to {address};"
                  for word, addresses in (("can", members), ("cannot", others)) for address in addresses]
        self.assertTrue(claims)
        self.assertEqual(library.complaints(APPNETC, f"policy witness;\nimport std.net;\ndomain mozilla_t {{ connect tcp/1 to net.{name}; }}\n"
                                            "unmatched deny;\n" + "\n".join(claims)), "", name)

    def test_blocks(self):
        self.assertEqual(set(BLOCKS) | {"reserved", "not_global", "internet"}, set(library.names("net", "host")))
        for name, blocks in BLOCKS.items():
            with self.subTest(name):
                members, others = [], []
                for block in blocks:
                    inside, outside = edges(block)
                    members += inside
                    others += [address for address in outside if not contains(blocks, address)]
                self.assert_members(name, members, others)

    def test_the_internet_is_the_rest(self):
        special = NOT_REACHABLE + MULTICAST + FORMERLY_PRIVATE
        exceptions = [block for block in REACHABLE if contains(special, ipaddress.ip_network(block)[0])]
        self.assertEqual(exceptions, ["192.0.0.9/32", "192.0.0.10/32"])
        members, others = set(), set()
        for block in special + REACHABLE:
            for address in sum(edges(block), []):
                reachable = contains(exceptions, address) or not contains(special, address)
                (members if reachable else others).add(address)
        self.assertGreater(min(len(members), len(others)), 40)
        self.assert_members("internet", sorted(members, key=str), sorted(others, key=str))
        self.assert_members("not_global", sorted(others, key=str), sorted(members, key=str))

    def test_python_agrees(self):
        """Its tables are older than the registries, so only where both speak of the same."""
        for name, says in (("loopback", "is_loopback"), ("link_local", "is_link_local"), ("multicast", "is_multicast")):
            for block in sum(BLOCKS.values(), []) + NOT_REACHABLE + REACHABLE:
                for address in sum(edges(block), []):
                    self.assertEqual(contains(BLOCKS[name], address), getattr(address, says), f"{name}: {address}")
        for block in BLOCKS["private"]:
            self.assertTrue(ipaddress.ip_network(block).is_private)

    def test_a_wrong_member_is_noticed(self):
        with self.assertRaises(AssertionError):
            self.assert_members("loopback", ["10.0.0.1"], [])
        with self.assertRaises(AssertionError):
            self.assert_members("internet", [], ["8.8.8.8"])


if __name__ == "__main__":
    APPNETC = os.path.abspath(sys.argv.pop(1))
    unittest.main()
