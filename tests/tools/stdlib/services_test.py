#!/usr/bin/env python3
"""std.services has the ports that Debian's /etc/services has, wherever that knows the service. services_test.py APPNETC"""

import os
import sys
import unittest

import library

SERVICES = "/etc/services"
APPNETC = None

# Ours, and what /etc/services calls it, or the several that ours brings together.
SYNONYMS = {
    "bacula": ("bacula-dir", "bacula-fd", "bacula-sd"), "dhcp_client": ("bootpc",), "dhcp_server": ("bootps",),
    "dns": ("domain",), "dns_tls": ("domain-s",), "ike": ("isakmp", "ipsec-nat-t"), "ipmi": ("asf-rmcp",), "ircs": ("ircs-u",),
    "iscsi": ("iscsi-target",), "l2tp": ("l2f",), "lpd": ("printer",), "mssql": ("ms-sql-s",),
    "netbios": ("netbios-ns", "netbios-dgm", "netbios-ssn"), "nts": ("ntske",), "ptp": ("ptp-event", "ptp-general"),
    "afp": ("afpovertcp",), "rip": ("route",), "rpcbind": ("sunrpc",), "sane": ("sane-port",), "sips": ("sip-tls",),
    "smb": ("microsoft-ds",), "zabbix": ("zabbix-agent", "zabbix-trapper"),
}
# What /etc/services doesn't know, or knows in part, with the reason.
OURS = {
    "ah": "ip/51", "bfd": "udp/3784-3785", "coap": "tcp/5683, udp/5683", "coaps": "tcp/5684, udp/5684", "collectd": "udp/25826",
    "esp": "ip/50", "etcd": "tcp/2379-2380", "geneve": "udp/6081", "gre": "ip/47", "igmp": "ip/2",
    "irc": "tcp/6665-6669",  # ircd is one of IANA's five ircu
    "jetdirect": "tcp/9100", "llmnr": "tcp/5355, udp/5355", "memcached": "tcp/11211, udp/11211", "mongodb": "tcp/27017",
    "mqtt": "tcp/1883", "mqtts": "tcp/8883", "netconf": "tcp/830", "oracle": "tcp/1521", "ospf": "ip/89", "pim": "ip/103",
    "ping": "icmp/8, icmpv6/128", "pptp": "tcp/1723",
    "rdp": "tcp/3389, udp/3389",  # ms-wbt-server lacks IANA's UDP, which the protocol uses
    "ripng": "udp/521", "router_discovery": "icmpv6/133, icmpv6/134", "ssdp": "udp/1900", "stun": "tcp/3478, udp/3478",
    "stuns": "tcp/5349, udp/5349",
    "traceroute": "udp/33434-33534",  # IANA's is the first port; programs count up from it
    "vnc": "tcp/5900-5909", "vrrp": "ip/112", "vxlan": "udp/4789", "wireguard": "udp/51820",
    "x11": "tcp/6000-6063",  # the first eight have names of their own there
}


def registered():
    """{name: {"tcp/22", …}}, TCP and UDP alone. An alias counts where no service has that name itself."""
    primary, aliases = {}, {}
    with open(SERVICES, encoding="utf-8") as file:
        for line in file:
            words = line.split("#")[0].split()
            if len(words) < 2:
                continue
            port, transport = words[1].split("/")
            if transport in ("tcp", "udp"):
                for table, names in ((primary, words[:1]), (aliases, words[2:])):
                    for name in names:
                        table.setdefault(name.lower(), set()).add(f"{transport}/{port}")
    return {**aliases, **primary}


class Services(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.registered = registered()

    def assert_means(self, name, expected):
        self.assertEqual(library.complaints(APPNETC, f"""policy witness;
            import std.services;
            domain mozilla_t {{ connect services.{name}; }}
            unmatched deny;
            assert mozilla_t can connect {expected};
            assert mozilla_t cannot connect any except {expected};"""), "", f"{name} is not {expected}")

    def known(self, name):
        """What /etc/services says of a name of ours, or nothing."""
        spelt = name.replace("_", "-")
        found = [self.registered.get(one) for one in SYNONYMS.get(name, (spelt,))]
        return None if None in found else set().union(*found)

    def test_names_mean_what_is_registered(self):
        names = library.names("services", "service")
        self.assertGreater(len(names), 100)
        for name in names:
            with self.subTest(name):
                if name in OURS:
                    self.assert_means(name, OURS[name])
                else:
                    known = self.known(name)
                    self.assertIsNotNone(known, "neither /etc/services nor OURS knows this name")
                    self.assert_means(name, ", ".join(sorted(known)))

    def test_the_tables_have_no_names_of_the_past(self):
        names = set(library.names("services", "service"))
        self.assertEqual(set(OURS) - names, set())
        self.assertEqual(set(SYNONYMS) - names, set())
        for name in OURS:
            self.assertFalse(self.known(name) and self.known(name) == set(OURS[name].split(", ")), f"{name} is registered so")

    def test_a_wrong_port_is_noticed(self):
        with self.assertRaises(AssertionError):
            self.assert_means("ssh", "tcp/23")
        with self.assertRaises(AssertionError):
            self.assert_means("dns", "tcp/53")


if __name__ == "__main__":
    APPNETC = os.path.abspath(sys.argv.pop(1))
    if not os.path.exists(SERVICES):
        print(f"skipped: no {SERVICES} here")
        sys.exit(77)
    unittest.main()
