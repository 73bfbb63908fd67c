"""What scenarios run on: policies built beforehand, one guest, its network, and a report in TAP."""

import concurrent.futures
import dataclasses
import itertools
import os
import shutil
import sys
import time

import cpio
import flows
from guest import Guest, GuestDied
from network import Network
from policies import Artifact

SHOWN = 20  # failures whose details are printed
LOADERS = ("nft", "iptables-legacy", "iptables-nft")


class Report:
    """Prints what failed, counts all."""

    def __init__(self, verbose=False, quiet=False):
        self.number = 0
        self.quiet = quiet
        self.ended = False  # the guest lived to the end
        self.failed = []
        self.refusals = []  # checks that something is refused: a permissive kernel fails these
        self.verbose = verbose

    def check(self, name, wrong, refusal=False):
        """`wrong` says what is, or is empty."""
        self.number += 1
        if refusal:
            self.refusals.append(name)
        if wrong:
            self.failed.append(name)
        if self.quiet:
            return
        if wrong and len(self.failed) > SHOWN:
            return
        if wrong or self.verbose:
            print(f"{'not ok' if wrong else 'ok'} {self.number} - {name}")
        if wrong:
            print("".join(f"#   {line}\n" for line in str(wrong).splitlines()), end="")
        sys.stdout.flush()


@dataclasses.dataclass
class Scenario:
    """`run(test)` with a policy, by each loader."""
    name: str
    source: str  # path of the appnet file, or its text
    run: object
    interfaces: set
    loaders: tuple = LOADERS
    loads: bool = True  # rules are loaded before, and unloaded afterwards


class Test:
    """What a scenario gets."""

    def __init__(self, bench, scenario, loader):
        self.bench = bench
        self.guest = bench.guest
        self.network = bench.network
        self.scenario = scenario
        self.loader = loader
        self.artifact = bench.artifacts[scenario.source]
        self.folder = f"/t/{self.artifact.name}"

    def check(self, name, wrong, refusal=False):
        self.bench.report.check(f"{self.scenario.name} {self.loader}: {name}", wrong, refusal)

    def log(self):
        """Packet lines of the kernel's log since the last look."""
        return self.guest.log()[0]

    def label(self, *domains, condition=None, audited=False):
        """The packet type that exactly these domains share."""
        wanted = sorted((domain, condition, audited) for domain in domains)
        for label in self.artifact.manifest["packet_types"]:
            if label["own"] and sorted((grant["domain"], grant["when"], grant["audited"]) for grant in label["grants"]) == wanted:
                return label["type"]
        raise AssertionError(f"no label of {wanted}")

    def flow(self, line, label=None, peer=None, timeout=None):
        flow = line if isinstance(line, flows.Flow) else flows.Flow.read(line)
        with self.booleans(flow.booleans):
            seen = flows.perform(self.network, flow, peer, timeout)
        self.check(flow.text, flows.wrong(flow, seen, label=label), not flow.passes)
        return seen

    def open(self, line, peer=None):
        """A connection that stays open."""
        return Connection(self, flows.Flow.read(line), peer)


    def booleans(self, settings):
        return Booleans(self.guest, settings)

    def rules(self, *words, check=True):
        """appnet-rules of the artifact, in the guest."""
        return self.guest.shell(f"NFT=/bin/nft IPTABLES={self.loader if self.loader != 'nft' else 'iptables-legacy'} "
                                f"sh {self.folder}/appnet-rules " + " ".join(words), check)

    def backend(self):
        return self.loader.split("-")[0]

    def load(self):
        return self.rules("load", self.backend(), self.folder, self.artifact.name)

    def unload(self):
        return self.rules("unload", self.backend())

    def load_policy(self, policy=None):
        self.guest.load_policy(policy or f"/t/policies/{self.artifact.name}")


class Connection:
    """A TCP connection that stays open until it is closed. Made while it is allowed."""

    slots = itertools.count(8, 3)

    def __init__(self, test, flow, peer=None):
        self.test = test
        self.flow = flow
        end = flows.ends(test.network, flow, peer)
        listening = 4 + next(self.slots) % 60
        client, server = listening + 1, listening + 2
        self.port = next(flows.PORTS)
        self.ends = {"client": (end.client, client), "server": (end.server, server)}
        guest = test.guest
        end.server.post("listen", listening, "tcp", end.target, flow.service)
        end.client.post("connect", client, "tcp", end.source, self.port, end.target, flow.service, flows.PASS_TIMEOUT)
        end.server.post("accept", listening, server, flows.PASS_TIMEOUT)
        end.server.post("close", listening)
        self.wrong = flows.first_wrong(guest.collect(), ("ok",) * 4)
        test.check(f"opens: {flow.text}", self.wrong != "ok" and self.wrong)

    def say(self, sender, timeout=flows.PASS_TIMEOUT):
        """Data from one end to the other: "ok", or what went wrong."""
        (one, one_slot), (other, other_slot) = self.ends[sender], self.ends["server" if sender == "client" else "client"]
        word = f"word{next(flows.PORTS)}"
        one.post("send", one_slot, word)
        other.post("recv", other_slot, timeout)
        return flows.first_wrong(self.test.guest.collect(), ("ok", f"ok {word}"))

    def lines(self):
        return [line for line in self.test.log() if line.of_port(self.port)]

    def goes_on(self, when, first="client"):
        """Checks that data passes in both directions."""
        second = "server" if first == "client" else "client"
        results = [self.say(first), self.say(second), self.say(first)]
        denied = [str(line) for line in self.lines() if line.verdict == "denied"]
        self.test.check(f"goes on {when}, {first} first: {self.flow.text}",
                        (results != ["ok"] * 3 or denied) and (results, denied))

    def is_cut(self, when, sender, label, permission="send"):
        """Checks that what `sender` sends is refused as `label`."""
        result = self.say(sender, flows.DENY_TIMEOUT)
        lines = self.lines()
        found = [line for line in lines if line.verdict == "denied" and line.permission == permission
                 and line.source == self.flow.domain and line.target == label and line.netif == self.flow.interface]
        self.test.check(f"is cut {when}: {self.flow.text}",
                        (result == "ok" or not found) and (result, [str(line) for line in lines]), refusal=True)

    def close(self):
        for role, slot in self.ends.values():
            role.post("close", slot)
        self.test.guest.collect()


class Booleans:
    """Sets booleans, and sets them back."""

    def __init__(self, guest, settings):
        self.guest = guest
        self.settings = settings

    def _set(self, settings):
        for name, value in settings.items():
            self.guest.shell(f"echo {int(value)} >/sys/fs/selinux/booleans/{name}")
        self.guest.shell("echo 1 >/sys/fs/selinux/commit_pending_bools")

    def __enter__(self):
        if self.settings:
            shown = {name: self.guest.shell(f"cat /sys/fs/selinux/booleans/{name}")[1].split() for name in self.settings}
            self.before = {name: value[0] == "1" for name, value in shown.items()}
            self._set(self.settings)

    def __exit__(self, *_):
        if self.settings:
            self._set(self.before)


class Bench:
    def __init__(self, image, base, appnetc, folder, scenarios, report, enforcing=True, sabotage=None):
        self.report = report
        self.scenarios = scenarios
        self.base = base
        work = os.path.join(folder, "artifacts")
        shutil.rmtree(work, ignore_errors=True)
        self.artifacts = {}
        for number, source in enumerate(dict.fromkeys(scenario.source for scenario in scenarios)):
            out = os.path.join(work, str(number))
            os.makedirs(out)
            path = source
            if source.startswith("policy "):
                path = os.path.join(work, f"{number}.appnet")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(source)
            self.artifacts[source] = Artifact(appnetc, path, base, out)
            if sabotage:
                sabotage(self.artifacts[source])
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            linked = dict(zip(self.artifacts, pool.map(lambda artifact: base.linked(artifact.module),
                                                       self.artifacts.values())))
        archive = cpio.Archive()
        archive.copy(base.linked(), "t/policies/base")
        for source, artifact in self.artifacts.items():
            archive.copy(linked[source], f"t/policies/{artifact.name}")
            for part in os.listdir(artifact.folder):
                archive.copy(os.path.join(artifact.folder, part), f"t/{artifact.name}/{part}")
        self.guest = Guest(image, archive.bytes(), folder, enforcing)
        self.network = None

    def run(self):
        try:
            self.guest.load_policy("/t/policies/base")
            interfaces = sorted(set().union(*(scenario.interfaces for scenario in self.scenarios)))
            self.network = Network(self.guest, interfaces)
            self.guest.log()
            loaded = None
            for scenario in self.scenarios:
                for loader in scenario.loaders:
                    test = Test(self, scenario, loader)
                    self.network.use(scenario.interfaces)
                    if loaded != scenario.source:
                        test.load_policy()
                        loaded = scenario.source
                    self.one(test)
            self.report.ended = True
        except (GuestDied, AssertionError) as error:
            self.report.check("the guest lives to the end", repr(error))
        finally:
            self.guest.stop()

    def one(self, test):
        started, before, failed = time.monotonic(), self.report.number, len(self.report.failed)
        if test.scenario.loads:
            test.load()
        test.scenario.run(test)
        if test.scenario.loads:
            test.unload()
        count, wrong = self.report.number - before, len(self.report.failed) - failed
        print(f"# {test.scenario.name} {test.loader}: {count} checks, {wrong} failed, {time.monotonic() - started:.1f} s",
              flush=True)
