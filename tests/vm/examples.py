"""The examples: every line of their flows.txt that the guest can send."""

import os

import flows
from bench import LOADERS, Scenario

# Beside flows.txt: refusals with the packet type that they must show.
EXACT = {
    # A client that sends outside of its network, and over the wrong interface.
    "echo": [(f"deny netutils_t connect {flow}", "appnet_unmatched_t") for flow in (
        "tcp/7 to 10.255.0.1 via eth1", "udp/7 to 192.0.2.7 via eth1", "icmp/echo-request to 10.255.0.1 via eth1",
        "tcp/7 to 10.2.3.4 via eth0", "udp/7 to 10.2.3.4 via eth0", "icmp/echo-request to 10.2.3.4 via eth0",
        "icmpv6/echo-request to 2001:db8::7 via eth1")] + [
            ("deny mozilla_t connect tcp/7 to 10.2.3.4 via eth1", "appnet_netutils_packet_t"),
            ("deny mozilla_t connect icmp/echo-request to 10.2.3.4 via eth1", "appnet_netutils_packet_t")],
    # The proxy is one browser's; the other has the wider net, and may not come near.
    "workstation": [("deny chromium_t connect tcp/3128 to 10.20.0.7 via eth0", "appnet_mozilla_packet_t"),
                    ("deny chromium_t connect tcp/8080 to 2001:db8:20::7 via eth0", "appnet_mozilla_packet_t"),
                    ("deny unconfined_t connect tcp/3128 to 10.20.0.7 via enp3s0", "appnet_mozilla_packet_t"),
                    ("deny mozilla_t connect tcp/443 to 10.20.3.4 via wlan0", "appnet_chromium_packet_t"),
                    ("deny chromium_t connect udp/123 to 192.0.2.123 via eth0", "ntp_client_packet_t"),
                    ("deny mozilla_t connect udp/123 to 192.0.2.123 via eth0", "ntp_client_packet_t")],
}

# A minute of the guest's time is what one loader takes for three examples: these are sent with one loader each. Rules for
# `unmatched inherit` are thousands of lines for iptables.
ONE_LOADER = {"migration": LOADERS[2:], "multihomed": LOADERS[:1], "webserver": LOADERS[1:2]}

# Over lo both ends have to be allowed: who is at the other one.
OVER_LO = {("webserver", "httpd_t"): "monit_t", ("webserver", "monit_t"): "httpd_t"}

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def scenarios():
    found = []
    folder = os.path.join(ROOT, "examples")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name, "flows.txt")
        if os.path.exists(path):
            found.append(example(name, os.path.join(folder, name, f"{name}.appnet"), flows.read_file(path)))
    return found


def example(name, source, lines):
    able = [flow for flow in lines if not flow.why_not()]
    for flow in lines:
        if flow.why_not():
            print(f"# example {name}: left out: {flow.text}: {flow.why_not()}")
    print(f"# example {name}: {len(able)} of {len(lines)} flows of flows.txt are sent")

    def run(test):
        for flow in able:
            test.flow(flow, peer=OVER_LO.get((name, flow.domain)) if flow.passes and flow.interface == "lo" else None)
        for line, label in EXACT.get(name, ()):
            test.flow(line, label)

    return Scenario(f"example {name}", source, run, set().union(*(flow.interfaces() for flow in able)),
                    ONE_LOADER.get(name, LOADERS))
