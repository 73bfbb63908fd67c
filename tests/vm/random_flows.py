"""Random policies and random flows, against the reference evaluator (random_policies.cpp)."""

import json
import os
import subprocess

import flows
from bench import LOADERS, Scenario

DENY_TIMEOUT = 200


def scenarios(generator, base, folder, seed, count, flow_count):
    os.makedirs(folder, exist_ok=True)
    made = subprocess.run([generator, base.path, str(seed), str(count), str(flow_count), folder], capture_output=True, text=True,
                          check=True).stdout
    found = []
    for number, policy in enumerate(json.loads(made)):
        lines = [line for setting in policy["settings"] for line in setting["flows"]]
        interfaces = {name for line in lines for name in (line["interface"], line.get("out")) if name and name != "lo"}
        with open(policy["file"], encoding="utf-8") as file:
            inherits = "unmatched inherit;" in file.read()
        # The iptables rules of `inherit` are thousands and take half a minute to load; one loader after the other has a turn.
        loaders = (LOADERS[0], LOADERS[1 + number % 2]) if not inherits else (LOADERS[number % 3],)
        found.append(Scenario(f"random {seed}/{number}", policy["file"], run(policy), interfaces, loaders))
    return found


def run(policy):
    def go(test):
        for setting in policy["settings"]:
            with test.booleans(setting["booleans"]):
                for line in setting["flows"]:
                    one(test, line)
        test.network.clear()

    return go


def expected(line):
    """(domain, permission) of the first check that fails, or nothing."""
    return next(((domain, permission) for domain, permission, allowed in line["checks"] if not allowed), None)


def one(test, line):
    refused = expected(line)
    icmp = line["protocol"].startswith("icmp")
    flow = flows.Flow(text="", passes=not refused, domain=line["client"],
                      direction="connect" if line["direction"] == "lo" else line["direction"], protocol=line["protocol"],
                      service="echo-request" if icmp else str(line["port"]),
                      source=line["source"] if line["direction"] in ("accept", "forward") else None,
                      target=line["target"] if line["direction"] != "accept" else None,
                      own=line["target"] if line["direction"] == "accept" else line["source"],
                      interface=line["interface"], out=line.get("out"), booleans={})
    if flow.direction == "accept":
        flow.domain = line["server"]
    elif flow.direction == "forward":
        flow.own = None
    seen = flows.perform(test.network, flow, peer=line["server"] if line["direction"] == "lo" and not icmp else None,
                         timeout=None if not refused else DENY_TIMEOUT)
    name = (f"{'deny' if refused else 'pass'} {line['client']} {line['direction']} {line['server']} "
            f"{line['protocol']}/{line['port']} {line['source']} to {line['target']} "
            f"via {line['interface']} {line.get('out', '')}: {line['what']}")
    test.check(name, difference(refused, seen, flow), bool(refused))


def difference(refused, seen, flow):
    if not refused:
        return f"should pass, but: {seen}" if seen.result != "ok" or seen.denied() else None
    domain, permission = refused
    permissions = ("forward_in", "forward_out") if permission == "forward" else (permission,)
    interfaces = (flow.interface, flow.out)
    found = [line for line in seen.denied()
             if line.source == domain and line.permission in permissions and line.netif in interfaces]
    return f"{domain} should be refused {permission}, but: {seen}" if seen.result == "ok" or not found else None
