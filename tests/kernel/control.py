"""Whether these tests can fail: one line of the rules changed, and something must be noticed."""

import re

import passing
import scenarios

LOCAL, ROUTED = scenarios.HERE, passing.PASSING

# What, in which part of the rules, what is searched (the first that fits), what it becomes, and what then must differ.
CHANGES = {
    "nft": (
        ("no label is restored where packets leave", r"(chain postrouting \{(?:\n\t\t.*)*)\n\t\tct mark & 0x7fffffff != 0 meta mark set ct mark accept",
         r"\1", LOCAL),
        ("what is for many is taken for one's own", r"\n\t\tmeta pkttype != host goto input_many", "", LOCAL),
        ("forwarded packets are taken for local ones", r"\n\t\tmeta priority 2000:0 goto forwarded", "", ROUTED),
        ("a port off by one", r"\b80 \. 6 :", "79 . 6 :", LOCAL),
        ("errors over lo are looked up", r"(chain lo_input \{(?:\n\t\t.*)*)\n\t\tmeta l4proto \{ 1, 58 \} ct state related accept", r"\1", LOCAL),
    ),
    "iptables": (
        ("no label is restored", r"-A appnet-restore -j CONNMARK|-A appnet-restore -m mark .*", "", LOCAL),
        ("what is for many is taken for one's own", r"-A appnet-in -m pkttype .*", "", LOCAL),
        ("forwarded packets are taken for local ones", r"-A appnet-post -m mark .*", "", ROUTED),
        ("invalid packets are looked up", r"-A appnet-fwd -m conntrack --ctstate INVALID .*", "", ROUTED),
        ("another label", r"(--set-xmark) 3/", r"\1 4/", LOCAL),
    ),
}


def changed(pattern, replacement):
    """Alters each part in which the pattern is found; which ones are in `places`."""
    places = []

    def change(part, text):
        text, count = re.subn(pattern, replacement, text, count=1)
        if count:
            places.append(part)
        return text

    return change, places
