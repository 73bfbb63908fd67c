"""Network namespaces with rules in them, and packets sent there by storm.c."""

import os
import random
import statistics
import struct
import subprocess

import cost
import structured

STORM = None  # the built storm.c; set by whoever builds it
PROTOCOLS = {"tcp": 6, "udp": 17}
LO = len(structured.INTERFACES)


def run(*command, text=None):
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if result.returncode:
        raise cost.Failed(f"{' '.join(command)}: {result.stderr[-2000:]}")
    return result.stdout


class Namespace:
    """A network namespace with tun devices eth0 to eth3 that nobody reads, or where lo has every address of 10/8."""
    _number = 0

    def __init__(self, loopback=False):
        Namespace._number += 1
        self.name = f"appnet-bench-{os.getpid()}-{Namespace._number}"
        run("ip", "netns", "add", self.name)
        lines = ["link set lo up"]
        if loopback:
            lines.append("route add local 10.0.0.0/8 dev lo")
        for number, name in enumerate(structured.INTERFACES):
            lines += [f"tuntap add dev {name} mode tun", f"addr add 192.0.2.{number + 1}/32 dev {name}", f"link set {name} up",
                      f"route add default dev {name} metric {number + 1}"]
        for line in lines:
            run("ip", "-n", self.name, *line.split())

    def load(self, path, tool):
        """Loads rules; gives what that cost."""
        words = ["nft", "-f", path] if tool == "nft" else [f"{tool}-restore", "--noflush", path]
        return cost.once(words, namespace=self.name)

    def listed(self, *command):
        return run("ip", "netns", "exec", self.name, *command)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        run("ip", "netns", "del", self.name)


def write_flows(path, rules, count, seed=1, matching=True, lo=False):
    """`count` different flows that the rules match, each rule as likely as any other; or that none matches, because their port
    is nobody's. With `lo` they go over lo: UDP to well-known ports, by rules that name no interface."""
    chance = random.Random(seed)
    if lo:
        rules = [rule for rule in rules if not rule.interface and rule.first == rule.last]
    seen = set()
    with open(path, "wb") as file:
        while len(seen) < count:
            rule = chance.choice(rules)
            if rule.length:
                address = rule.address | chance.getrandbits(32 - rule.length) if rule.length < 32 else rule.address
            else:
                address = 10 << 24 | chance.randrange(200) << 16 | chance.randrange(1, 65535)
            if lo:
                interface = LO
            else:
                interface = structured.INTERFACES.index(rule.interface) if rule.interface else chance.randrange(LO)
            port = chance.randint(rule.first, rule.last) if matching else 4
            flow = struct.pack(">BBHHHI", interface, PROTOCOLS["udp" if lo else rule.protocol], chance.randrange(1024, 65536), port, 0, address)
            if flow not in seen:
                seen.add(flow)
                file.write(flow)
    return path


def storm(mode, flows, namespaces, count=4096, rounds=15):
    """Nanoseconds per packet of each namespace: {key: lower quartile of the rounds, those that nothing else disturbed}. A
    namespace may come with a count of its own."""
    words = []
    for space in namespaces.values():
        space, own = space if isinstance(space, tuple) else (space, count)
        words.append(f"{space.name}:{own}")
    lines = run(STORM, mode, str(count), str(rounds), flows, *words).splitlines()
    return {key: statistics.quantiles(map(float, line.split()[1:]))[0] for key, line in zip(namespaces, lines, strict=True)}
