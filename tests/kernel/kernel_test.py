#!/usr/bin/env python3
"""The generated rules in the kernel of this machine, in network namespaces of the test's own; a packet mark stands in for each
label. Every packet that passes is compared, at each hook, with the reference evaluator.

    kernel_test.py APPNETC KERNEL_REFERENCE scenarios|random|control [--only LOADER] [--seed N] [--policies N] [--flows N]"""

import argparse
import contextlib
import os
import sys
import tempfile

import before
import control
import machine
import passing
import random_flows
import scenarios
import session
from conversations import FAMILIES, POLICY


def newest_policy(folder="/etc/selinux/default/policy"):
    try:
        names = [name for name in os.listdir(folder) if name.startswith("policy.")]
    except OSError:
        names = []
    if not names:
        raise machine.Missing(f"no binary policy in {folder} to build against")
    return os.path.join(folder, max(names, key=lambda name: int(name.split(".")[1])))


class Report:
    def __init__(self, quiet=False):
        self.failed, self.packets, self.counts, self.quiet = 0, 0, {}, quiet

    def add(self, name, session_, problems, counts):
        judged = sum(counts.values())
        self.packets += judged
        for kind, count in counts.items():
            self.counts[kind] = self.counts.get(kind, 0) + count
        if self.quiet:
            return problems
        print(f"{'FAILED' if problems else 'ok':6} {name}: {judged} labels of {len(session_.probe.journeys)} packets", flush=True)
        self.failed += bool(problems)
        for problem in problems[:8]:
            print("  " + problem)
        if len(problems) > 8:
            print(f"  and {len(problems) - 8} more")
        return problems

    def join(self, other):
        self.failed, self.packets = self.failed + other.failed, self.packets + other.packets
        for kind, count in other.counts.items():
            self.counts[kind] = self.counts.get(kind, 0) + count

    def print_counts(self):
        print("labels judged, by family, hook and how:")
        for kind, count in sorted(self.counts.items()):
            print(f"  {' '.join(kind)}: {count}")


def run_random(compiler, options, report):
    print(f"seed {options.seed} (APPNET_KERNEL_SEED), {options.policies} policies (APPNET_KERNEL_POLICIES)", flush=True)
    for number in range(options.policies):
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "random.appnet")
            flows = compiler.random(options.seed, number, options.flows, source)
            for loader in options.loaders:
                with session.Session(compiler, source, folder, loader) as one:
                    random_flows.run(one, flows)
                    problems, counts = one.judge()
                    report.add(f"seed {options.seed} policy {number} {loader}", one, problems, counts)
                    if problems:
                        with open(source, encoding="utf-8") as file:
                            print(file.read())


@contextlib.contextmanager
def scenario_session(compiler, loader, change=None):
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "scenarios.appnet")
        with open(source, "w", encoding="utf-8") as file:
            file.write(POLICY)
        with session.Session(compiler, source, folder, loader, change) as one:
            yield one


def play(compiler, options, report, loader, name, scenarios_, change=None):
    """The scenarios on one machine, for both families. A scenario that can't run here says why."""
    with scenario_session(compiler, loader, change) as one:
        one.load()
        for scenario in scenarios_:
            for family in FAMILIES:
                try:
                    scenario(one, family)
                except machine.Missing as missing:
                    print(f"skipped {scenario.__name__} {family.name}: {missing}")
        one.seen(0.02)
        return report.add(f"{name} {loader}", one, *one.judge())


# How packets must have been judged at each hook, in both families: the rows of compiler/backend/README.md.
EVERY_ROW = {"prerouting": ("prerouting",), "postrouting": ("forwarded",), "input": ("multicast",),
             "lo": ("invalid", "untracked", "error", "picked up", "original", "reply")}
TRACKED_ROWS = ("invalid", "untracked", "labelled", "error", "mid-stream", "original", "reply")


def missing_rows(counts):
    wanted = [(hook, row) for hook, rows in EVERY_ROW.items() for row in rows]
    wanted += [(hook, row) for hook in ("input", "forward", "postrouting") for row in TRACKED_ROWS]
    return [f"{family} {hook} {row}" for family in ("v4", "v6") for hook, row in wanted if (family, hook, row) not in counts]


def run_scenarios(compiler, options, whole):
    for loader in options.loaders:
        report = Report()
        play(compiler, options, report, loader, "this host", scenarios.HERE)
        play(compiler, options, report, loader, "through this host", passing.PASSING)
        for scenario in before.BEFORE:
            with scenario_session(compiler, loader) as one:
                scenario(one)
                report.add(f"{scenario.__name__} {loader}", one, *one.judge())
        if missing := missing_rows(report.counts):
            print(f"FAILED {loader}: no packet was judged by {', '.join(missing)}")
            report.failed += 1
        whole.join(report)


def run_control(compiler, options, report):
    """Each loader has its share of the changes."""
    for kind, changes in control.CHANGES.items():
        loaders = [loader for loader in options.loaders if loader.startswith(kind)]
        for number, (what, pattern, replacement, wanted) in enumerate(changes if loaders else ()):
            loader = loaders[number % len(loaders)]
            change, places = control.changed(pattern, replacement)
            inner = Report(quiet=True)
            problems = play(compiler, options, inner, loader, what, wanted, change)
            noticed = bool(problems) and bool(places)
            report.packets += inner.packets
            report.failed += not noticed
            print(f"{'ok' if noticed else 'FAILED':6} {loader}, {what}: " + (
                f"{len(problems)} differences, one of them: {problems[0].splitlines()[0]}" if noticed else
                "nothing was noticed" if places else "no such line"), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("appnetc")
    parser.add_argument("reference")
    parser.add_argument("task", choices=["scenarios", "random", "control"])
    parser.add_argument("--only", choices=session.LOADERS)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("APPNET_KERNEL_SEED", "1")))
    parser.add_argument("--policies", type=int, default=int(os.environ.get("APPNET_KERNEL_POLICIES", "6")))
    parser.add_argument("--flows", type=int, default=60)
    options = parser.parse_args()
    options.loaders = [options.only] if options.only else session.LOADERS
    try:
        machine.check()
        base = newest_policy()
    except machine.Missing as missing:
        print(f"skipped: {missing}")
        return 77
    # The log tells packets in the order in which one processor saw them.
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {processors[os.getpid() % len(processors)]})
    compiler = session.Compiler(os.path.abspath(options.appnetc), os.path.abspath(options.reference), base)
    report = Report()
    {"scenarios": run_scenarios, "random": run_random,
     "control": run_control}[options.task](compiler, options, report)
    report.print_counts()
    print(f"{report.packets} labels judged, {report.failed} failures")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
