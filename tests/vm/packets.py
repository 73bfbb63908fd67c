"""Packets that are not plain: in fragments, errors about others, too big for a wire, not tracked."""

import flows
from bench import Scenario

POLICY = """policy odd_packets;
domain mozilla_t {
    connect udp/53, udp/5300, tcp/80 to 10.9.9.9, 2001:db8:9::9 via "eth1";
}
domain named_t { accept udp/53 from 10.1.1.5, 2001:db8:1::5 via "eth0"; }
# Names by multicast: from the wire, and what this machine itself sends there.
domain named_t { accept udp/5353 from 10.1.1.5, 2001:db8:1::5 at 224.0.0.251, ff05::fb via "eth0"; }
domain squid_t { accept udp/5353 from 198.18.0.0/15, fd00:5e::/32 at 224.0.0.251, ff05::fb via "eth0"; }
domain chromium_t { connect udp/5353 to 224.0.0.251, ff05::fb via "eth0"; }
forward udp/53, udp/54, tcp/80, icmp/echo-request, icmpv6/echo-request from 10.1.1.5, 2001:db8:1::5
    to 10.9.9.9, 2001:db8:9::9 via "eth0" -> "eth1";
unmatched deny;
unmatched forward deny;
"""

# Left out of connection tracking, on their way out and on their way in.
UNTRACKED = ("table inet untracked { chain leaving { type filter hook output priority raw; udp dport 5300 notrack; } ; "
             "chain arriving { type filter hook prerouting priority raw; udp sport 5300 notrack; } ; }")
SMALL, LARGE = 1300, 1500


def exchange(test, end, port, size, timeout=flows.PASS_TIMEOUT, attempts=1):
    """A datagram of this size and its answer: ("ok" or what went wrong, denials). Lost ones are sent again `attempts` times."""
    guest, own = test.guest, next(flows.PORTS)
    end.server.post("listen", 1, "udp", end.target, port)
    end.client.post("connect", 3, "udp", end.source, own, end.target, port, timeout)
    result = flows.first_wrong(guest.collect(), ("ok", "ok"))
    while result == "ok" and attempts:
        attempts -= 1
        end.client.post("send", 3, "x" * size)
        end.server.post("answer", 1, timeout)
        answers = guest.collect()
        if answers == ["ok", "ok"]:
            result, attempts = end.client("recv", 3, timeout), 0
        elif not attempts:
            result = str(answers)
    end.client.post("close", 3)
    end.server.post("close", 1)
    guest.collect()
    good = result == "ok " + "x" * size
    return "ok" if good else result[:40], [line for line in test.log() if line.of_port(own) and line.verdict == "denied"]


def packets(test):
    network, guest = test.network, test.guest
    for client, server in (("10.1.1.5", "10.9.9.9"), ("2001:db8:1::5", "2001:db8:9::9")):
        out = flows.Flow.read(f"pass mozilla_t connect udp/53 to {server} via eth1")
        into = flows.Flow.read(f"pass named_t accept udp/53 from {client} via eth0")
        through = flows.Flow.read(f"pass unlabeled_t forward udp/53 from {client} to {server} via eth0 -> eth1")
        for name, flow in (("leaving", out), ("arriving", into), ("passing through", through)):
            result, denied = exchange(test, flows.ends(network, flow), 53, 4000)
            test.check(f"in fragments, {name}: {flow.text}", (result != "ok" or denied) and (result, [*map(str, denied)]))
        end = flows.ends(network, through)
        # Errors and resets about what passes through.
        end.client.post("connect", 3, "udp", end.source, next(flows.PORTS), server, 54, 2000)
        end.client.post("send", 3, "question")
        end.client.post("recv", 3, 2000)
        end.client.post("close", 3)
        answer = guest.collect()[2]
        test.check(f"an error about a closed port passes through to {client}", answer != "ECONNREFUSED" and answer)
        answer = end.client("connect", 3, "tcp", end.source, next(flows.PORTS), server, 80, 2000)
        end.client("close", 3)
        test.check(f"a reset of a closed port passes through to {client}", answer != "ECONNREFUSED" and answer)
        answer = end.client("ping", client, server, 99, 3000, 2000)
        test.check(f"a ping in fragments passes through to {server}", answer != "ok" and answer)
        # Our own error, about a packet that is too big for the next wire; then its fragments.
        for command in ("/bin/ip link set eth1 mtu {}", "/bin/ip -n Reth1 link set eth0 mtu {}"):
            guest.shell(command.format(SMALL))
        result, denied = exchange(test, flows.ends(network, through), 53, SMALL + 100, timeout=500, attempts=6)
        test.check(f"the size of the path is found: {through.text}", (result != "ok" or denied) and (result, [*map(str, denied)]))
        for command in ("/bin/ip link set eth1 mtu {}", "/bin/ip -n Reth1 link set eth0 mtu {}"):
            guest.shell(command.format(LARGE))
        # Untracked: each packet by itself, so that an answer is an accept flow of its own, and nothing allows it.
        guest.shell(f"echo '{UNTRACKED}' | /bin/nft -f -")
        far_asks = flows.ends(network, out)
        result, denied = exchange(test, far_asks, 5300, 8, timeout=flows.DENY_TIMEOUT)
        found = [line for line in denied if line.source == "mozilla_t" and line.permission == "recv"
                 and line.target == "appnet_unmatched_t" and line.netif == "eth1"]
        test.check(f"the answer to an untracked packet is unmatched: {server}",
                   (result == "ok" or not found or len(denied) != len(found)) and (result, [*map(str, denied)]), refusal=True)
        guest.shell("/bin/nft delete table inet untracked")
        result, denied = exchange(test, far_asks, 5300, 8)
        test.check(f"and tracked it is the flow's: {server}", (result != "ok" or denied) and (result, [*map(str, denied)]))
        network.clear()


def multicast(test):
    """What arrives for a group is looked up as it arrives, also if it is a copy of what was sent here: such a copy belongs to the
    sender's connection, and carries the sender's label when it comes."""
    network, guest = test.network, test.guest
    unmatched = "appnet_unmatched_t"
    for v6, group in ((False, "224.0.0.251"), (True, "ff05::fb")):
        known, stranger = ("2001:db8:1::5", "2001:db8:1::6") if v6 else ("10.1.1.5", "10.1.1.6")
        own, far, here = network.wires["eth0"].own[v6], network.far("eth0"), network.near("chromium_t")
        for address in (known, stranger):
            network.place(address, "eth0")
        for sender, source, receiver, label in (
                (far, known, "named_t", None), (far, known, "mozilla_t", test.label("named_t")),
                (far, stranger, "named_t", unmatched), (far, stranger, "squid_t", unmatched), (here, own, "squid_t", None),
                (here, own, "named_t", test.label("squid_t")), (here, own, "chromium_t", test.label("squid_t"))):
            port, listener = next(flows.PORTS), network.near(receiver)
            listener.post("listen", 1, "udp", group, 5353)
            listener.post("join", 1, group, "eth0")
            sender.post("device", "eth0")
            sender.post("connect", 3, "udp", source, port, group, 5353, flows.PASS_TIMEOUT)
            sender.post("send", 3, "name")
            listener.post("recv", 1, flows.DENY_TIMEOUT if label else flows.PASS_TIMEOUT)
            sender.post("device", "-")
            sender.post("close", 3)
            listener.post("close", 1)
            result = flows.first_wrong(guest.collect()[:6], ("ok", "ok", "ok", "ok", "ok", "ok name"))
            denied = [line for line in test.log() if line.of_port(port) and line.verdict == "denied"]
            right = [line for line in denied if line.source == receiver and line.permission == "recv"
                     and line.target == label and line.netif == "eth0"]
            name = f"{receiver} {'hears' if label is None else 'does not hear'} {group} from {source}"
            good = (result == "ok" and not denied) if label is None else (result == "ETIMEDOUT" and right and right == denied)
            test.check(name, not good and (result, [*map(str, denied)]), refusal=label is not None)
        network.clear()


def scenarios():
    return [Scenario("multicast", POLICY, multicast, {"eth0", "eth1"}),
            Scenario("packets", POLICY, packets, {"eth0", "eth1"})]
