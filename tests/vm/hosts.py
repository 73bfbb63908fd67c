"""One host: clients, servers and both at once, over lo and over the wire; what the kernel sends by itself."""

from bench import Scenario

HOST = """policy one_host;
domain httpd_t { accept tcp/80; }
domain mozilla_t { connect tcp/80; connect udp/53; }
domain named_t { accept udp/53; }
domain netutils_t { connect icmp/echo-request, icmpv6/echo-request; }
unmatched deny;
"""


def host(test):
    client, server, pings = test.label("mozilla_t"), test.label("httpd_t"), test.label("netutils_t")
    for far, near, lo in (("10.0.0.9", "10.0.0.1", "127.0.0.1"), ("2001:db8::9", "2001:db8::1", "::1")):
        # Over the wire: each end by itself.
        test.flow(f"pass mozilla_t connect tcp/80 to {far} via eth0")
        test.flow(f"pass mozilla_t connect udp/53 to {far} via eth0")
        test.flow(f"deny chromium_t connect tcp/80 to {far} via eth0", label=client)
        test.flow(f"deny httpd_t connect tcp/80 to {far} via eth0", label=client)
        test.flow(f"deny unconfined_t connect udp/53 to {far} via eth0", label=client)
        test.flow(f"pass httpd_t accept tcp/80 from {far} via eth0")
        test.flow(f"pass named_t accept udp/53 from {far} via eth0")
        test.flow(f"deny mozilla_t accept tcp/80 from {far} via eth0", label=server)
        test.flow(f"deny httpd_t accept tcp/8080 from {far} via eth0", label="appnet_unmatched_t")
        test.flow(f"deny httpd_t accept udp/53 from {far} via eth0", label=test.label("named_t"))
        # Over lo, by lo's address and by one that an interface carries.
        for target in (lo, near):
            test.flow(f"pass mozilla_t connect tcp/80 to {target} at {target} via lo", peer="httpd_t")
            test.flow(f"pass mozilla_t connect udp/53 to {target} at {target} via lo", peer="named_t")
            test.flow(f"deny chromium_t connect tcp/80 to {target} at {target} via lo", peer="httpd_t", label=client)
            test.flow(f"deny httpd_t connect tcp/80 to {target} at {target} via lo", peer="httpd_t", label=client)
            test.flow(f"deny squid_t accept tcp/80 from {target} at {target} via lo", peer="mozilla_t", label=server)
            test.flow(f"deny mozilla_t accept tcp/80 from {target} at {target} via lo", peer="mozilla_t", label=server)
            test.flow(f"deny mozilla_t connect tcp/81 to {target} at {target} via lo", peer="httpd_t", label="appnet_unmatched_t")
        icmp = "icmpv6" if ":" in far else "icmp"
        for target, interface in ((far, "eth0"), (lo, "lo")):
            test.flow(f"pass netutils_t connect {icmp}/echo-request to {target} via {interface}")
            test.flow(f"deny mozilla_t connect {icmp}/echo-request to {target} via {interface}", label=pings)


def kernel(test):
    """What no process sends: resets, the end of a connection, answers and errors."""
    network, guest = test.network, test.guest
    far = network.far("eth0")
    for v6 in (False, True):
        own, remote = network.wires["eth0"].own[v6], network.wires["eth0"].remote[v6]
        answer = far("connect", 1, "tcp", remote, 0, own, 80, 2000)
        test.check(f"a reset of a closed port that a rule names reaches {remote}", answer != "ECONNREFUSED" and answer)
        answer = far("connect", 1, "tcp", remote, 0, own, 4444, 2000)
        test.check(f"a reset of a closed port that is unmatched reaches {remote}", answer != "ECONNREFUSED" and answer)
        answer = far("ping", remote, own, 77, 64, 2000)
        test.check(f"the kernel answers a ping of {remote}", answer != "ok" and answer)
        answer = far("ping", remote, own, 77, 3000, 2000)
        test.check(f"the kernel answers a ping in fragments of {remote}", answer != "ok" and answer)
        pinger = network.near("netutils_t")
        answer = pinger("ping", own, remote, 78, 3000, 2000)
        test.check(f"a ping in fragments passes to {remote}", answer != "ok" and answer)
        # A closed port of the other side: its reset and its ICMP error reach who may send there.
        client = network.near("mozilla_t")
        answer = client("connect", 1, "tcp", own, 0, remote, 80, 2000)
        test.check(f"a reset from {remote} arrives", answer != "ECONNREFUSED" and answer)
        client.post("connect", 1, "udp", own, 0, remote, 53, 2000)
        client.post("send", 1, "question")
        client.post("recv", 1, 2000)
        answer = guest.collect()[-1]
        test.check(f"an error from {remote} arrives", answer != "ECONNREFUSED" and answer)
        far("connect", 1, "udp", remote, 0, own, 4444, 2000)
        far("send", 1, "question")
        answer = far("recv", 1, 2000)
        test.check(f"an error about an unmatched port reaches {remote}", answer != "ECONNREFUSED" and answer)
        for line in (f"pass mozilla_t connect tcp/80 to {remote} via eth0", f"pass httpd_t accept tcp/80 from {remote} via eth0"):
            ends(test, line)


def ends(test, line):
    """The end of a connection is sent by the kernel, after the socket is gone."""
    for first in ("client", "server"):
        connection = test.open(line)
        second = "server" if first == "client" else "client"
        role, slot = connection.ends[first]
        other, other_slot = connection.ends[second]
        role("close", slot)
        answer = other("recv", other_slot, 2000)
        test.check(f"the {second} sees the end when the {first} closes: {line}", answer != "ok EOF" and answer)
        other("close", other_slot)
        left = ""
        for _ in range(20):
            # LAST_ACK is 9, FIN_WAIT1 4, CLOSING B: the other side has not heard the end.
            sockets = test.guest.shell(
                f"cat /proc/net/tcp /proc/net/tcp6; /bin/ip netns exec Reth0 /bin/cat /proc/net/tcp /proc/net/tcp6")[1]
            left = [text for text in sockets.splitlines()
                    if f":{connection.port:04X} " in text and text.split()[3] in ("09", "04", "0B")]
            if not left:
                break
            test.guest.shell("sleep 0.1")
        test.check(f"no socket waits for an end that was not sent, {first} first: {line}", left)


def scenarios():
    return [Scenario("host", HOST, host, {"eth0"}), Scenario("kernel", HOST, kernel, {"eth0"})]
