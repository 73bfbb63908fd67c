#!/usr/bin/env python3
"""The generated rules in the kernel of this machine, in network namespaces of the test's own; a packet mark stands in for each
label. Every packet that passes is compared, at each hook, with the reference evaluator.

    kernel_test.py APPNETC KERNEL_REFERENCE random [--only LOADER] [--seed N] [--policies N]"""

import argparse
import contextlib
import os
import sys
import tempfile

import before
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
    def __init__(self):
        self.failed, self.packets, self.counts = 0, 0, {}

    def add(self, name, session_, problems, counts):
        judged = sum(counts.values())
        self.packets += judged
        for kind, count in counts.items():
            self.counts[kind] = self.counts.get(kind, 0) + count
        print(f"{'FAILED' if problems else 'ok':6} {name}: {judged} labels of {len(session_.probe.journeys)} packets", flush=True)
        self.failed += bool(problems)
        for problem in problems[:8]:
            print("  " + problem)
        if len(problems) > 8:
            print(f"  and {len(problems) - 8} more")

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


def run_scenarios(compiler, options, report):
    for loader in options.loaders:
        play(compiler, options, report, loader, "this host", scenarios.HERE)
        play(compiler, options, report, loader, "through this host", passing.PASSING)
        for scenario in before.BEFORE:
            with scenario_session(compiler, loader) as one:
                scenario(one)
                report.add(f"{scenario.__name__} {loader}", one, *one.judge())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("appnetc")
    parser.add_argument("reference")
    parser.add_argument("task", choices=["scenarios", "random"])
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
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    compiler = session.Compiler(os.path.abspath(options.appnetc), os.path.abspath(options.reference), base)
    report = Report()
    {"scenarios": run_scenarios, "random": run_random}[options.task](compiler, options, report)
    report.print_counts()
    print(f"{report.packets} labels judged, {report.failed} failures")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
