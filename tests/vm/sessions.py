"""Rules and policies that come and go while connections are open."""

import flows
from bench import LOADERS, Scenario

SESSIONS = """policy sessions;
boolean evening = false;
domain sshd_t { accept tcp/22 from 10.0.0.0/8, 2001:db8::/32 via "eth0"; audit accept tcp/2222; }
domain mozilla_t {
    connect tcp/443 to 10.0.0.0/8, 2001:db8::/32 via "eth0";
    connect tcp/80 via "lo";
    if evening { connect tcp/8443; }
}
domain httpd_t { accept tcp/80 via "lo"; }
unmatched deny;
unmatched forward deny;
"""

SSH = "pass sshd_t accept tcp/22 from {far} via eth0"
WEB = "pass mozilla_t connect tcp/443 to {far} via eth0"
LOCAL = "pass mozilla_t connect tcp/80 to {lo} at {lo} via lo"
# Not allowed by the policy; open while there are no rules.
STRAY = "pass named_t connect tcp/443 to {far} via eth0"
ADDRESSES = ({"far": "10.0.0.9", "lo": "127.0.0.1"}, {"far": "2001:db8::9", "lo": "::1"})

TRACKED = ("table inet tracking { chain c { type filter hook prerouting priority 0; ct state new accept; } ; "
           "chain o { type filter hook output priority 0; ct state new accept; } ; }")


def from_before(test):
    """An ssh session, and a client's, survive the first load of the rules, whoever speaks first after it. What the policy forbids
    does not, unless it hides. With connections that nobody tracked before the rules, and with tracked ones."""
    for tracked in (False, True):
        test.network.reset(False)
        if tracked:
            test.guest.shell(f"echo '{TRACKED}' | /bin/nft -f -")
        when = "when rules are loaded, " + ("tracked before" if tracked else "not tracked before")
        opened = []
        for addresses in ADDRESSES:
            for first in ("client", "server"):
                for line, peer in ((SSH, None), (WEB, None), (LOCAL, "httpd_t")):
                    opened.append((test.open(line.format(**addresses), peer), first))
        stray = test.open(STRAY.format(**ADDRESSES[0]))
        test.network.reset(True)
        test.load()
        test.log()
        for connection, first in opened:
            connection.goes_on(when, first)
            connection.close()
        stray.is_cut(when, "client", test.label("mozilla_t"))
        stray.close()
        test.unload()
        if tracked:
            test.guest.shell("/bin/nft delete table inet tracking")


def reload(test):
    """The same rules once more under open connections, and all of them away and back."""
    opened = [test.open(line.format(**addresses), peer) for addresses in ADDRESSES
              for line, peer in ((SSH, None), (WEB, None), (LOCAL, "httpd_t"))]
    test.load()
    for connection in opened:
        connection.goes_on("when rules are replaced", "server")
    test.unload()
    test.load()
    for connection in opened:
        connection.goes_on("when rules were away")
        connection.close()


def switched(test):
    """A condition that changes while connections are open."""
    label = "pass mozilla_t connect tcp/8443 to 10.0.0.9 via eth0"
    type_of = test.label("mozilla_t", condition="evening")
    test.flow("deny mozilla_t connect tcp/8443 to 10.0.0.9 via eth0", label=type_of)
    with test.booleans({"evening": True}):
        connection = test.open(label)
        connection.goes_on("while the boolean is on")
    connection.is_cut("when the boolean goes off", "client", type_of)
    test.flow("deny mozilla_t connect tcp/8443 to 10.0.0.9 via eth0", label=type_of)
    test.flow("deny chromium_t connect tcp/8443 to 10.0.0.9 via eth0", label=type_of)
    with test.booleans({"evening": True}):
        # What was sent meanwhile comes with the next, so that the words are out of step once.
        (role, slot), (other, other_slot) = connection.ends["client"], connection.ends["server"]
        role("send", slot, "more")
        answer = other("recv", other_slot, 5000)
        test.check("data flows again when the boolean is on again", not answer.startswith("ok word") and answer)
    connection.close()


def audited(test):
    """`audit` writes each granted packet down."""
    connection = test.open("pass sshd_t accept tcp/2222 from 10.0.0.9 via eth0")
    connection.say("client")
    connection.say("server")
    lines = [line for line in connection.lines() if line.verdict == "granted"]
    for permission in ("recv", "send"):
        found = [line for line in lines if line.permission == permission and line.source == "sshd_t"
                 and line.target == test.label("sshd_t", audited=True) and line.netif == "eth0"]
        test.check(f"granted {permission} is in the log", not found and [str(line) for line in lines])
    connection.close()
    connection = test.open(SSH.format(**ADDRESSES[0]))
    connection.say("client")
    lines = [str(line) for line in connection.lines()]
    test.check("what is not audited is not in the log", lines)
    connection.close()


def order(test):
    """Policy and rules put in and taken out, in the right order and in the wrong one."""
    allowed, refused = WEB.format(**ADDRESSES[0]), allowed_not(STRAY.format(**ADDRESSES[0]))
    label = test.label("mozilla_t")
    base = "/t/policies/base"
    # Rules before their policy: nothing is loaded, and the message says why.
    test.load_policy(base)
    status, text = test.rules("load", test.backend(), test.folder, test.artifact.name, check=False)
    test.check("rules before the policy are refused", status == 0 and text)
    test.check("and the reason is given", "the module sessions of this build" not in text and text)
    test.check("and nothing is loaded", test.rules("status", check=False)[0] != 3 and "status says loaded")
    # The right order, in and out.
    test.load_policy()
    test.load()
    test.flow(allowed)
    test.flow(refused, label=label)
    test.unload()
    test.load_policy(base)
    test.network.reset(False)
    test.flow(allowed)
    test.flow(STRAY.format(**ADDRESSES[0]))
    test.network.reset(True)
    # The policy taken out first: live labels become the unlabeled type, for new connections too, until the policy is back.
    test.load_policy()
    test.load()
    connection = test.open(allowed)
    test.guest.log()
    test.load_policy(base)
    lines = [line for line in test.guest.log()[1] if "became invalid" in line]
    test.check("the kernel says which labels are gone", not any(label in line for line in lines) and lines)
    connection.is_cut("when the policy goes first", "client", "unlabeled_t")
    test.flow("deny mozilla_t connect tcp/443 to 10.0.0.9 via eth0", label="unlabeled_t")
    test.flow("pass unconfined_t connect tcp/443 to 10.0.0.9 via eth0")
    status, text = test.rules("load", test.backend(), test.folder, test.artifact.name, check=False)
    test.check("rules can't be loaded meanwhile", status == 0 and text)
    test.load_policy()
    test.flow(allowed)
    test.flow(refused, label=label)
    test.flow("deny unconfined_t connect tcp/443 to 10.0.0.9 via eth0", label=label)
    connection.close()
    test.unload()


def allowed_not(line):
    return "deny " + line.removeprefix("pass ")


ALWAYS = """policy always_on;
domain mozilla_t { connect tcp/443 to 10.0.0.0/8 via "eth0"; }
unmatched base;
enforce always;
"""

ONCE = ALWAYS.replace("policy always_on", "policy only_with_rules").replace("enforce always;\n", "")


def always(test):
    """Packets are checked before any rule is loaded, and after the last is gone."""
    test.network.reset(False)
    for when in ("before", "after"):
        test.flow("deny mozilla_t connect tcp/443 to 10.0.0.9 via eth0", label="unlabeled_t")
        test.flow("deny named_t accept tcp/53 from 10.0.0.9 via eth0", label="unlabeled_t")
        test.flow("pass unconfined_t connect tcp/443 to 10.0.0.9 via eth0")
        if when == "before":
            test.network.reset(True)
            test.load()
            test.flow("pass mozilla_t connect tcp/443 to 10.0.0.9 via eth0")
            test.flow("deny unconfined_t connect tcp/443 to 10.0.0.9 via eth0", label=test.label("mozilla_t"))
            test.flow("deny mozilla_t connect tcp/444 to 10.0.0.9 via eth0", label="unlabeled_t")
            if test.loader == "nft":
                # Somebody else's flush takes the rules away, not the checks.
                test.guest.shell("/bin/nft flush ruleset")
            else:
                test.unload()
            test.network.reset(False)
    test.network.reset(True)


def only_with_rules(test):
    """Without `enforce always` there are no checks without rules."""
    test.network.reset(False)
    for _ in ("before", "after"):
        test.flow("pass mozilla_t connect tcp/443 to 10.0.0.9 via eth0")
        test.flow("pass named_t connect tcp/443 to 10.0.0.9 via eth0")
        test.network.reset(True)
        test.load()
        test.flow("deny named_t connect tcp/443 to 10.0.0.9 via eth0", label=test.label("mozilla_t"))
        test.unload()
        test.network.reset(False)
    test.network.reset(True)


UNMATCHED = """policy unmatched_{mode};
domain mozilla_t {{ connect tcp/3128 to 10.0.0.7 via "eth0"; }}
unmatched {mode};
"""


def unmatched(mode):
    """A confined daemon that no rule speaks of, before and after the first rule of all is loaded."""

    def run(test):
        lines = ("connect udp/123 to 10.0.0.9 via eth0", "connect udp/123 to 2001:db8::9 via eth0")
        test.network.reset(False)
        for line in lines:
            test.flow(f"pass ntpd_t {line}")
        test.network.reset(True)
        test.load()
        for line in lines:
            if mode == "base":
                test.flow(f"deny ntpd_t {line}", label="unlabeled_t")
            elif mode == "deny":
                test.flow(f"deny ntpd_t {line}", label="appnet_unmatched_t")
            else:
                test.flow(f"pass ntpd_t {line}")
            if mode == "inherit":
                test.flow(f"deny mozilla_t {line}", label="ntp_client_packet_t")
        test.flow("deny ntpd_t connect tcp/3128 to 10.0.0.7 via eth0", label=test.label("mozilla_t"))
        unconfined = "deny" if mode == "deny" else "pass"
        test.flow(f"{unconfined} unconfined_t connect tcp/4444 to 10.0.0.9 via eth0")
        test.unload()

    return run


LEVELS = """policy levels;
domain mozilla_t { connect tcp/443; }
unmatched base;
"""


def levels(test):
    """The mls policy's constraint: what is unlabeled is at the highest level, and a domain at the lowest may not receive it,
    whatever its type may. Our own types are at the lowest level."""
    test.flow("pass mozilla_t connect tcp/443 to 10.0.0.9 via eth0")
    test.flow("deny unconfined_t connect tcp/443 to 10.0.0.9 via eth0", label=test.label("mozilla_t"))
    test.flow("deny mozilla_t connect tcp/444 to 10.0.0.9 via eth0", label="unlabeled_t")
    flow = flows.Flow.read("deny unconfined_t accept tcp/444 from 10.0.0.9 via eth0")
    seen = flows.perform(test.network, flow)
    test.check(flow.text, flows.wrong(flow, seen, label="unlabeled_t"), refusal=True)
    test.check("by its level", not any("s15" in line.fields["tcontext"] for line in seen.denied()) and str(seen))


def mls_scenarios():
    return [Scenario("levels", LEVELS, levels, {"eth0"})]


def scenarios():
    eth0 = {"eth0"}
    found = [Scenario("reload", SESSIONS, reload, eth0), Scenario("switched", SESSIONS, switched, eth0),
             Scenario("audited", SESSIONS, audited, eth0), Scenario("from before", SESSIONS, from_before, eth0, loads=False),
             Scenario("order", SESSIONS, order, eth0, loads=False), Scenario("always", ALWAYS, always, eth0, loads=False),
             Scenario("only with rules", ONCE, only_with_rules, eth0, loads=False)]
    for mode in ("base", "inherit", "audit", "deny"):
        # The iptables rules of `inherit` are thousands, which the example `workstation` already waits for.
        loaders = LOADERS[:1] if mode == "inherit" else LOADERS
        found.append(Scenario(f"unmatched {mode}", UNMATCHED.format(mode=mode), unmatched(mode), eth0, loaders, loads=False))
    return found
