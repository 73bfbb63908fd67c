"""Rules with a packet mark for each label. A kernel without SELinux takes no security context, and the mark of packets and
connections goes the same ways: it stays on the packet, is copied to expected connections, can be saved and restored. It is
the low half of the mark; our own bit of it is in the other. In nftables, where a label set from a map takes the whole mark, a
priority stands in for our bit."""

import re

LABEL_BITS = 0xFFFF
NFT_OBJECT = re.compile(r'^\tsecmark (\S+) \{\s*"([^"]+)"\s*\}\n', re.M)
NFT_OWN_BIT = {"meta mark set meta mark | 0x20000000": "meta priority set 2000:0",
               "meta mark set meta mark & 0xdfffffff": "meta priority set 0:0",
               "meta mark & 0x20000000 == 0x20000000": "meta priority 2000:0"}
IPTABLES_TARGET = re.compile(r'-j SECMARK --selctx ("[^"]+"|\S+)')


class Marks(dict):
    """{context: mark}"""

    def of(self, context):
        return self.setdefault(context, len(self) + 1)

    def context(self, mark):
        """What a packet with the mark carries; empty for none. A mark that stands for nothing is shown as it is."""
        label = mark & LABEL_BITS
        return next((context for context, number in self.items() if number == label), f"mark {label}" if label else "")


def nft(text, marks):
    """The text of nftables rules, with marks."""
    contexts = dict(NFT_OBJECT.findall(text))
    for context in contexts.values():
        marks.of(context)
    text = NFT_OBJECT.sub("", text)
    for ours, stand_in in NFT_OWN_BIT.items():
        text = text.replace(ours, stand_in)
    text = text.replace(": secmark", ": mark").replace("meta secmark", "meta mark").replace("ct secmark", "ct mark")
    return re.sub(r'"([^"\n]+)"', lambda quoted: str(marks.of(contexts[quoted.group(1)]))
                  if quoted.group(1) in contexts else quoted.group(), text)


def iptables(text, marks):
    """The text for iptables-restore, with marks. CONNSECMARK saves only on a connection without a label, and restores only
    on a packet without one (net/netfilter/xt_CONNSECMARK.c); CONNMARK would always."""
    text = IPTABLES_TARGET.sub(lambda match: f"-j MARK --set-xmark {marks.of(match.group(1).strip(chr(34)))}/{LABEL_BITS:#x}",
                               text)
    bits = f"--nfmask {LABEL_BITS:#x} --ctmask {LABEL_BITS:#x}"
    text = text.replace("-j CONNSECMARK --save", f"-m mark ! --mark 0/{LABEL_BITS:#x} -m connmark --mark 0/{LABEL_BITS:#x} "
                        f"-j CONNMARK --save-mark {bits}")
    return text.replace("-j CONNSECMARK --restore", f"-m mark --mark 0/{LABEL_BITS:#x} -m connmark ! --mark 0/{LABEL_BITS:#x} "
                        f"-j CONNMARK --restore-mark {bits}")
