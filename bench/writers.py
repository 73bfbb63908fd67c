"""The same flows in the languages of appnet and of its peers, and the check that a peer's output holds all of them."""

import os

CONTEXT = "system_u:object_r:{}_client_packet_t:s0"


def ports(rule, dash):
    return f"{rule.first}" if rule.first == rule.last else f"{rule.first}{dash}{rule.last}"


def appnet(rules, unmatched="base"):
    lines = ["policy big;"]
    for rule in rules:
        to = f" to {rule.network}" if rule.length else ""
        via = f' via "{rule.interface}"' if rule.interface else ""
        lines.append(f"domain {rule.domain}_t {{ connect {rule.protocol}/{ports(rule, '-')}{to}{via}; }}")
    return "\n".join(lines) + f"\nunmatched {unmatched};\n"


def label_of(rule):
    return CONTEXT.format(rule.domain)


def linear(rules):
    """iptables rules as today's recipes have them: restore what is known, else one SECMARK rule for each flow, then save."""
    lines = ["*mangle", "-A POSTROUTING -m conntrack --ctstate ESTABLISHED,RELATED -j CONNSECMARK --restore",
             "-A POSTROUTING -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN"]
    for rule in rules:
        out = f" -o {rule.interface}" if rule.interface else ""
        to = f" -d {rule.network}" if rule.length else ""
        lines.append(f"-A POSTROUTING{out}{to} -p {rule.protocol} -m {rule.protocol} --dport {ports(rule, ':')} "
                     f"-j SECMARK --selctx {label_of(rule)}")
    return "\n".join(lines + ["-A POSTROUTING -j CONNSECMARK --save", "COMMIT", ""])


def ferm(rules):
    lines = ["domain ip table mangle chain POSTROUTING {",
             "    mod conntrack ctstate (ESTABLISHED RELATED) CONNSECMARK restore;",
             "    mod conntrack ctstate (ESTABLISHED RELATED) RETURN;"]
    for rule in rules:
        out = f"outerface {rule.interface} " if rule.interface else ""
        to = f"daddr {rule.network} " if rule.length else ""
        lines.append(f'    {out}proto {rule.protocol} {to}dport {ports(rule, ":")} SECMARK selctx "{label_of(rule)}";')
    return "\n".join(lines + ["    CONNSECMARK save;", "}", ""])


def capirca(rules, folder):
    """Writes a policy and its definitions of networks and services. capirca knows no labels: it accepts what the others label."""
    for name in ("def", "pol", "out"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    networks = sorted({(rule.address, rule.length, rule.network) for rule in rules if rule.length})
    names = {(address, length): f"N{number}" for number, (address, length, _) in enumerate(networks)}
    with open(os.path.join(folder, "def", "NETWORK.net"), "w", encoding="ascii") as file:
        file.writelines(f"N{number} = {text if length < 32 else text + '/32'}\n" for number, (_, length, text) in enumerate(networks))
    services = sorted({(ports(rule, "-"), rule.protocol) for rule in rules})
    with open(os.path.join(folder, "def", "SERVICES.svc"), "w", encoding="ascii") as file:
        file.writelines(f"{service(text, protocol)} = {text}/{protocol}\n" for text, protocol in services)
    with open(os.path.join(folder, "pol", "big.pol"), "w", encoding="ascii") as file:
        file.write("header {\n  target:: iptables OUTPUT DROP nostate\n}\n")
        for number, rule in enumerate(rules):
            to = f"  destination-address:: {names[rule.address, rule.length]}\n" if rule.length else ""
            out = f"  destination-interface:: {rule.interface}\n" if rule.interface else ""
            file.write(f"term t{number} {{\n{to}{out}  protocol:: {rule.protocol}\n"
                       f"  destination-port:: {service(ports(rule, '-'), rule.protocol)}\n  action:: accept\n}}\n")


def service(text, protocol):
    return f"{protocol.upper()}-{text}"


LONG = {"--jump": "-j", "--destination": "-d", "--protocol": "-p", "--out-interface": "-o", "--append": "-A"}


def held(text):
    """The flows that iptables rules label or accept: {(interface, protocol, destination, ports, label or none)}."""
    found = set()
    for line in text.splitlines():
        if not line.startswith("-A "):
            continue
        words = line.split()
        # An option and its value stand side by side, in whatever order.
        values = {LONG.get(name, name): value for name, value in zip(words, words[1:]) if name.startswith("-")}
        if values.get("-j") in ("SECMARK", "ACCEPT"):
            found.add((values.get("-o"), values.get("-p"), values.get("-d", "0.0.0.0/0").removesuffix("/32"), values.get("--dport"),
                       values.get("--selctx")))
    return found


def missing(rules, text, labels=True):
    """Flows that a peer's iptables rules do not hold."""
    wanted = {(rule.interface, rule.protocol, rule.network if rule.length else "0.0.0.0/0", ports(rule, ":"),
               label_of(rule) if labels else None) for rule in rules}
    return wanted - held(text)
