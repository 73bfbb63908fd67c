"""Structured policies: many rules of the kind that people write, from a seed."""

import collections
import dataclasses
import random

DOMAINS = ("mozilla chromium sshd httpd named ntpd squid ssh ping dhcpc postfix_smtp dovecot slapd mysqld postgresql cupsd rpcd nfsd "
           "smbd winbind snmpd syslogd fetchmail gpg apt irc java gpg_helper evolution wireshark tor openvpn privoxy varnishd nagios "
           "munin zabbix puppet ftpd inetd").split()
PORTS = (22, 25, 53, 80, 110, 123, 143, 161, 389, 443, 445, 465, 514, 587, 636, 873, 993, 995, 1194, 1433, 1521, 2049, 3128, 3306,
         3389, 5060, 5432, 6379, 8080, 8443, 9200)
RANGES = ((5000, 5049), (6000, 6199), (10000, 10999), (30000, 31999), (49152, 51951))
INTERFACES = ("eth0", "eth1", "eth2", "eth3")


def dotted(address):
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


@dataclasses.dataclass(frozen=True)
class Rule:
    """One flow that a domain may open. `address` and `length` are a prefix, length 0 is any destination."""
    domain: str
    protocol: str
    first: int
    last: int
    address: int
    length: int
    interface: str | None

    @property
    def network(self):
        return dotted(self.address) if self.length == 32 else f"{dotted(self.address)}/{self.length}"


def generate(count, seed=1):
    """`count` rules over 40 domains. One destination in twenty is any, two in five one of count/40 /24 networks, the others
    single addresses, all inside 200 /16 networks; 85 in 100 services one of 31 well-known ports, the others one of five ranges
    of 50 to 2,800 ports; one in five UDP; four interfaces, a quarter of the rules naming none."""
    chance = random.Random(seed)

    def address(*rest):
        return 10 << 24 | chance.randrange(200) << 16 | chance.randrange(256) << 8 | (chance.randrange(*rest) if rest else 0)

    networks = [address() for _ in range(max(1, count // 40))]
    rules = []
    for _ in range(count):
        domain = chance.choice(DOMAINS)
        protocol = "udp" if chance.random() < .2 else "tcp"
        first, last = (chance.choice(PORTS),) * 2 if chance.random() < .85 else chance.choice(RANGES)
        kind = chance.random()
        if kind < .05:
            where = 0, 0
        elif kind < .45:
            where = chance.choice(networks), 24
        else:
            where = address(1, 255), 32
        interface = None if chance.random() < .25 else INTERFACES[chance.randrange(len(INTERFACES))]
        rules.append(Rule(domain, protocol, first, last, *where, interface))
    return rules


def wide(count, seed=1):
    """`count` rules that multiply: any destination with few ports, wide networks with all ports, ranges that overlap."""
    chance = random.Random(seed)
    rules = []
    for _ in range(count):
        first = chance.randrange(1, 65536)
        last = min(65535, first + chance.randrange(1, 30000))
        length = chance.choice((0, 4, 6, 8, 10, 12, 14, 16, 20, 24))
        address = chance.getrandbits(32) >> (32 - length) << (32 - length) if length else 0
        interface = None if chance.random() < .5 else INTERFACES[chance.randrange(len(INTERFACES))]
        rules.append(Rule(chance.choice(DOMAINS), chance.choice(("tcp", "udp")), first, last, address, length, interface))
    return rules


def shape(rules):
    """What the rules turned out to be, in one line."""
    lengths = collections.Counter(rule.length for rule in rules)
    return (f"{len(rules):,} rules, {len(set(rules)):,} of them distinct: {len({rule.domain for rule in rules})} domains; "
            f"destination any {lengths[0]:,}, network {len(rules) - lengths[0] - lengths[32]:,} "
            f"({len({(rule.address, rule.length) for rule in rules if 0 < rule.length < 32}):,} different), "
            f"single {lengths[32]:,} ({len({rule.address for rule in rules if rule.length == 32}):,} different); "
            f"one port {sum(rule.first == rule.last for rule in rules):,}, range {sum(rule.first != rule.last for rule in rules):,}; "
            f"UDP {sum(rule.protocol == 'udp' for rule in rules):,}; no interface {sum(not rule.interface for rule in rules):,}")
