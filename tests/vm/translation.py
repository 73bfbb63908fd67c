"""Address translation: rules name what packets really travel with here, after DNAT and REDIRECT, before SNAT and masquerading."""

import flows
from bench import Scenario

POLICY = """policy translation;
domain mozilla_t {
    connect tcp/8080 via "lo";
    connect tcp/8080 to 10.9.9.9, 2001:db8:9::9 via "eth1";
}
domain squid_t {
    accept tcp/8080 via "lo";
    accept tcp/8080 from 10.1.1.5, 2001:db8:1::5 via "eth0";
}
# Never seen: these are where packets seem to go before translation.
domain chromium_t {
    connect tcp/80;
    accept tcp/80;
}
forward tcp/8080 from 10.1.1.5, 2001:db8:1::5 to 10.9.9.9, 2001:db8:9::9 via "eth0" -> "eth1";
unmatched deny;
unmatched forward deny;
"""

# {family: addresses}; `front` and `back` are nobody's: they are translated.
V4 = {"client": "10.1.1.5", "stranger": "10.1.1.6", "server": "10.9.9.9", "other": "10.9.9.10", "front": "10.5.5.1",
      "back": "10.5.5.2", "local": "10.5.5.3", "own": "198.18.1.1", "lo": "127.0.0.1"}
V6 = {"client": "2001:db8:1::5", "stranger": "2001:db8:1::6", "server": "2001:db8:9::9", "other": "2001:db8:9::10",
      "front": "2001:db8:5::1", "back": "2001:db8:5::2", "local": "2001:db8:5::3", "own": "fd00:5e:1::1", "lo": "::1"}

NAT = """table {family} translation {{
  chain arriving {{ type nat hook prerouting priority -100; {family} daddr {own} tcp dport 80 redirect to :8080;
    {family} daddr {front} tcp dport 80 dnat to {bracketed_server}:8080;
    {family} daddr {back} tcp dport 80 dnat to {bracketed_other}:8080; }} ;
  chain leaving {{ type nat hook output priority -100; {family} daddr {front} tcp dport 80 dnat to {bracketed_server}:8080;
    {family} daddr {back} tcp dport 80 dnat to {bracketed_other}:8080; {family} daddr {local} tcp dport 80 redirect to :8080; }} ;
  chain last {{ type nat hook postrouting priority 100; oifname eth1 masquerade; }} ; }}"""


def rules(address):
    bracket = "[%s]" if ":" in address["own"] else "%s"
    text = NAT.format(family="ip6" if ":" in address["own"] else "ip", bracketed_server=bracket % address["server"],
                      bracketed_other=bracket % address["other"], **address)
    return " ".join(text.split())


class Way:
    """A connection that is translated: who opens it, to where, and where it really ends."""

    def __init__(self, test, client, server, source, target, end):
        self.test = test
        self.end = flows.Ends(client, server, source, target)
        self.reached = end

    def go(self, name, line, label=None):
        """`line` is the flow as a rule would name it, with its verdict."""
        flow = flows.Flow.read(line)
        port = next(flows.PORTS)
        timeout = flows.PASS_TIMEOUT if flow.passes else flows.DENY_TIMEOUT
        result = flows.converse(self.test.guest, "tcp", self.end, port, 80, timeout, server_at=(self.reached, 8080))
        packets, others = self.test.guest.log()
        seen = flows.Seen(result, [packet for packet in packets if packet.of_port(port)], others)
        wrong = flows.wrong(flow, seen, label=label)
        if not wrong and not flow.passes and flow.direction == "connect":
            told = [(packet.fields["daddr"].lower(), packet.fields["dest"]) for packet in seen.denied()]
            if not any(port == "8080" for _, port in told):
                wrong = f"the denial tells the address before translation: {seen}"
        self.test.check(f"{name}: {flow.text}", wrong, not flow.passes)


def translated(test):
    network, client, server = test.network, test.label("mozilla_t"), test.label("squid_t")
    near = network.near
    for a in (V4, V6):
        v6 = ":" in a["own"]
        test.guest.shell(f"echo '{rules(a)}' | /bin/nft -f -")
        for remote, interface in ((a["client"], "eth0"), (a["stranger"], "eth0"), (a["server"], "eth1"), (a["other"], "eth1"),
                                  (a["front"], "eth0"), (a["back"], "eth0"), (a["local"], "eth0")):
            network.place(remote, interface)
        # What the far side asks for as `front` must come here, not stay there.
        for remote in ("front", "back", "local"):
            network.far("eth0")("route", "del", "local", a[remote])
        lo_source = network.wires["eth0"].own[v6]
        # REDIRECT of what leaves here: both ends are on lo. IPv6 keeps the source, IPv4, too.
        here = dict(source=lo_source, target=a["local"], end="::" if v6 else "0.0.0.0")
        Way(test, near("mozilla_t"), near("squid_t"), **here).go(
            "redirected", f"pass mozilla_t connect tcp/8080 to {a['lo']} via lo")
        Way(test, near("chromium_t"), near("squid_t"), **here).go(
            "redirected", f"deny chromium_t connect tcp/8080 to {a['lo']} via lo", client)
        Way(test, near("mozilla_t"), near("chromium_t"), **here).go(
            "redirected", f"deny chromium_t accept tcp/8080 from {lo_source} via lo", server)
        # REDIRECT of what arrives.
        there = dict(target=a["own"], end="::" if v6 else "0.0.0.0")
        far = network.far("eth0")
        Way(test, far, near("squid_t"), a["client"], **there).go(
            "redirected", f"pass squid_t accept tcp/8080 from {a['client']} via eth0")
        Way(test, far, near("chromium_t"), a["client"], **there).go(
            "redirected", f"deny chromium_t accept tcp/8080 from {a['client']} via eth0",
            test.label("squid_t"))
        Way(test, far, near("squid_t"), a["stranger"], **there).go(
            "redirected", f"deny squid_t accept tcp/8080 from {a['stranger']} via eth0", "appnet_unmatched_t")
        # DNAT of what leaves here, to another namespace; masqueraded on its way.
        away = network.far("eth1")
        Way(test, near("mozilla_t"), away, lo_source, a["front"], a["server"]).go(
            "translated and masqueraded", f"pass mozilla_t connect tcp/8080 to {a['server']} via eth1")
        Way(test, near("chromium_t"), away, lo_source, a["front"], a["server"]).go(
            "translated and masqueraded", f"deny chromium_t connect tcp/8080 to {a['server']} via eth1",
            client)
        Way(test, near("mozilla_t"), away, lo_source, a["back"], a["other"]).go(
            "translated and masqueraded", f"deny mozilla_t connect tcp/8080 to {a['other']} via eth1", "appnet_unmatched_t")
        # DNAT of what passes through, and masquerading.
        Way(test, far, away, a["client"], a["front"], a["server"]).go(
            "forwarded", f"pass unlabeled_t forward tcp/8080 from {a['client']} to {a['server']} via eth0 -> eth1")
        Way(test, far, away, a["stranger"], a["front"], a["server"]).go(
            "forwarded", f"deny unlabeled_t forward tcp/8080 from {a['stranger']} to {a['server']} via eth0 -> eth1",
            "appnet_forward_unmatched_t")
        Way(test, far, away, a["client"], a["back"], a["other"]).go(
            "forwarded", f"deny unlabeled_t forward tcp/8080 from {a['client']} to {a['other']} via eth0 -> eth1",
            "appnet_forward_unmatched_t")
        # Masquerading alone.
        test.flow(f"pass unlabeled_t forward tcp/8080 from {a['client']} to {a['server']} via eth0 -> eth1")
        test.flow(f"pass mozilla_t connect tcp/8080 to {a['server']} via eth1")
        for remote in ("client", "stranger", "server", "other"):
            network.remove(a[remote])
        for remote in ("front", "back", "local"):
            network.far("eth0")("route", "add", "local", a[remote])
            network.remove(a[remote])
        test.guest.shell(f"/bin/nft delete table {'ip6' if v6 else 'ip'} translation")


def scenarios():
    return [Scenario("translation", POLICY, translated, {"eth0", "eth1"})]
