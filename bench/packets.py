"""What rules cost each packet: thread CPU time of sending, over a namespace without rules."""

import os
from contextlib import ExitStack

import network
from loading import LEGACY, LINEAR, NFT, files
from policies import Sized
from table import Table, number, ratio

# Connection tracking is on in a namespace where any rule asks for it. In the first none is on the packets' way; in the
# second there is the one that every stateful firewall has.
CONNTRACK = "table inet t {\nchain c {\ntype filter hook forward priority 0\nct state invalid drop\n}\n}\n"
ONE_RULE = "table inet t {\nchain c {\ntype filter hook postrouting priority 0\nct state invalid drop\n}\n}\n"
NAMES = {"none": "no rules", "tracked": "connection tracking alone", "one": "connection tracking and one rule", NFT: "appnet, nft",
         LEGACY: "appnet, iptables-legacy", LINEAR: "linear iptables-legacy"}
SCAN = 4_000_000  # rules that linear rules go through in a turn
FLOWS = 65_536


def sizes(inputs):
    return (100, 1_000) if inputs.quick else (100, 1_000, 10_000, 100_000)


class Rig:
    """A namespace for each thing to compare."""

    def __init__(self, inputs, sized, stack, loopback=False):
        self.inputs = inputs
        self.sized = sized
        rules = files(sized)
        rules["none"] = None
        rules["tracked"] = (sized.write("tracked.nft", CONNTRACK), "nft")
        rules["one"] = (sized.write("one.nft", ONE_RULE), "nft")
        self.spaces = {}
        for name in NAMES:
            self.spaces[name] = stack.enter_context(network.Namespace(loopback))
            if rules[name]:
                self.spaces[name].load(*rules[name])

    def flows(self, name, **options):
        return network.write_flows(os.path.join(self.sized.folder, name), self.sized.rules, FLOWS, **options)

    def storm(self, mode, flows, names=tuple(NAMES), count=4096):
        """{name: nanoseconds over no rules}; and what sending alone costs."""
        # Linear rules are slow: they get fewer packets.
        few = max(64, min(count, SCAN // self.sized.count))
        spaces = {name: (self.spaces[name], few) if name == LINEAR else self.spaces[name] for name in names}
        seen = network.storm(mode, flows, spaces, count, 7 if self.inputs.quick else 31)
        return {name: seen[name] - seen["none"] for name in names}, seen["none"]


def first(inputs):
    table = Table("first", "Packets: the first of a flow, ns over no rules",
                  ["rules", *list(NAMES.values())[1:], "linear over nft", "linear over iptables"], value="ns per packet")
    missed = Table("first-unmatched", "Packets: the first of a flow that no rule matches, ns over no rules",
                   ["rules", *list(NAMES.values())[1:]], value="ns per packet")
    nft = {}
    for count in sizes(inputs):
        with ExitStack() as stack:
            rig = Rig(inputs, Sized.of(inputs, count), stack)
            over, alone = rig.storm("first", rig.flows("flows"))
            times = {name: over[LINEAR] / over[name] for name in (NFT, LEGACY)}
            nft[count] = over[NFT]
            add(table, count, over, ratio(times[NFT]), ratio(times[LEGACY]))
            if count == 10_000:
                table.goal("10,000 rules: nft at least 20 times cheaper than linear", ratio(times[NFT]), times[NFT] >= 20)
                table.goal("10,000 rules: iptables-legacy at least 15 times cheaper than linear", ratio(times[LEGACY]),
                           times[LEGACY] >= 15)
            add(missed, count, rig.storm("first", rig.flows("unmatched", matching=False))[0])
    if 100_000 in nft:
        table.goal("nft: at most 4 times dearer at 100,000 rules than at 1,000", ratio(nft[100_000] / nft[1_000]),
                   nft[100_000] / nft[1_000] <= 4)
    table.notes.append(f"sending itself costs {alone:,.0f} ns. One flow in five is UDP, the others begin with a SYN; each rule is as "
                       "likely to be hit as any other")
    return [table, missed]


def add(table, count, over, *more):
    table.add(number(count), *(over[name] for name in over if name != "none"), *more)
    for name, value in over.items():
        if name != "none":
            table.point(NAMES[name], count, value)


def later(inputs):
    names = [name for name in NAMES if name != LINEAR]
    table = Table("later", "Packets: later ones of a flow, ns over no rules",
                  ["rules", "flows", *[NAMES[name] for name in NAMES if name != "none"], "nft over tracking", "nft over one rule"],
                  value="ns per packet")
    worst = {}
    for count in sizes(inputs):
        with ExitStack() as stack:
            rig = Rig(inputs, Sized.of(inputs, count), stack)
            matched, unmatched = rig.flows("flows"), rig.flows("unmatched", matching=False)
            for text, mode, flows, who in (("answered", "answered", matched, NAMES), ("not answered", "later", matched, NAMES),
                                           ("unmatched, not answered", "later", unmatched, names)):
                over, _ = rig.storm(mode, flows, who, 1024)
                table.add(number(count), text, *(over.get(name) for name in NAMES if name != "none"),
                          *(over[NFT] - over[base] for base in ("tracked", "one")))
                for name in who:
                    if name != "none" and text == "not answered":
                        table.point(NAMES[name], count, over[name])
                for base in ("tracked", "one"):
                    for tool in (NFT, LEGACY):
                        worst[base, tool] = max(worst.get((base, tool), 0), over[tool] - over[base])
    for tool, name in ((NFT, "nft"), (LEGACY, "iptables-legacy")):
        for base, text in (("tracked", "connection tracking alone"), ("one", "connection tracking and one rule")):
            table.goal(f"{name}: within 100 ns of {text}", f"{worst[base, tool]:.0f} ns at most", worst[base, tool] <= 100)
    table.notes.append("linear rules restore the labels of answered connections, too, and go through all rules for the others, as "
                       "today's recipes do")
    return [table]


def loopback(inputs):
    table = Table("loopback", "Packets: over lo, where each is looked up twice, ns over no rules",
                  ["rules", *list(NAMES.values())[1:]], value="ns per packet")
    for count in sizes(inputs):
        with ExitStack() as stack:
            rig = Rig(inputs, Sized.of(inputs, count), stack, loopback=True)
            flows = rig.flows("loopback", lo=True)
            add(table, count, rig.storm("later", flows, count=1024)[0])
    table.notes.append("UDP to sockets that nobody reads; sending and receiving together")
    return [table]
