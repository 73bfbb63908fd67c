#!/usr/bin/env python3
"""vm_test.py APPNETC AGENT FOLDER [OPTION…]: real connections from real domains, on a kernel that enforces SELinux. FOLDER
keeps what is downloaded and made. README.md says more."""

import argparse
import fcntl
import os
import re
import shutil
import sys
import time

import examples
import hosts
import packets
import random_flows
import sessions
import translation
from bench import LOADERS, Bench, Report
from guest import QEMU
from image import Image, NoPackage
from policies import Base, newest_policy

TOOLS = (QEMU, "secilc", "checkpolicy", "nft", "iptables-legacy", "ip", "modprobe", "apt-get", "dpkg")


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def sabotage(artifact):
    """Turns one line of each rule set: what connects by eth1 is looked up as if it left by another interface."""
    for ending, line, which in (("nft", r'(?<=oifname )"eth1"', 0), ("rules.v4", r"(?<= -o )eth1\b", -1)):
        path = os.path.join(artifact.folder, f"{artifact.name}.{ending}")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        place = [match.span() for match in re.finditer(line, text)][which]
        with open(path, "w", encoding="utf-8") as file:
            file.write(text[:place[0]] + '"eth9"' + text[place[1]:])


def judge_control(control, report):
    """What is wrong with a run that had to fail."""
    if control == "permissive":
        # What must pass still passes, and every refusal is missed.
        missed = set(report.refusals) - set(report.failed)
        others = set(report.failed) - set(report.refusals)
        if not report.refusals or missed or others:
            return [f"not noticed: {name}" for name in missed] + [f"failed, too: {name}" for name in others]
        return []
    return [f"the sabotage of the rules of {loader} was not noticed" for loader in LOADERS
            if not any(f" {loader}: pass " in name for name in report.failed)]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("appnetc")
    options.add_argument("agent")
    options.add_argument("folder")
    options.add_argument("--verbose", action="store_true")
    options.add_argument("--only", default="", help="scenarios whose name this expression finds")
    options.add_argument("--control", choices=("permissive", "sabotage"), help="a run that must fail, and passes if it does")
    options.add_argument("--store", default="default", choices=("default", "mls"), help="Debian's policy")
    options.add_argument("--random", metavar="GENERATOR", help="random policies, made by this program, and nothing else")
    options.add_argument("--seed", type=int, default=int(os.environ.get("APPNET_VM_SEED", 1)))
    options.add_argument("--policies", type=int, default=int(os.environ.get("APPNET_VM_POLICIES", 4)))
    options.add_argument("--flows", type=int, default=int(os.environ.get("APPNET_VM_FLOWS", 60)), help="for each policy")
    given = options.parse_args()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        skip(f"no {', '.join(missing)} here")
    if not newest_policy(given.store):
        skip(f"no SELinux policy `{given.store}` here")
    os.makedirs(given.folder, exist_ok=True)
    lock = open(os.path.join(given.folder, "lock"), "w", encoding="utf-8")
    fcntl.flock(lock, fcntl.LOCK_EX)  # until this process ends: two runs would take each other's files away
    started = time.monotonic()
    try:
        image = Image(given.folder, given.agent)
    except NoPackage as reason:
        skip(reason)
    base = Base(given.store, given.folder)
    folder = os.path.join(given.folder, given.control or ("random" if given.random else given.store))
    os.makedirs(folder, exist_ok=True)
    if given.random:
        print(f"# seed {given.seed}: --seed {given.seed} --policies {given.policies} --flows {given.flows}")
        known = random_flows.scenarios(given.random, base, folder, given.seed, given.policies, given.flows)
    elif given.store == "mls":
        known = hosts.scenarios()[:1] + sessions.mls_scenarios()
        known += [scenario for scenario in examples.scenarios() if scenario.name == "example echo"]
    else:
        known = hosts.scenarios() + packets.scenarios() + sessions.scenarios() + translation.scenarios() + examples.scenarios()
    scenarios = [scenario for scenario in known if re.search(given.only, scenario.name)]
    if given.control:
        wanted = ("host", "example echo") if given.control == "permissive" else ("example echo",)
        scenarios = [scenario for scenario in scenarios if scenario.name in wanted]
        if given.control == "permissive":
            for scenario in scenarios:
                scenario.loaders = LOADERS[:2]  # which one it is makes no difference here
    report = Report(given.verbose, quiet=bool(given.control))
    bench = Bench(image, base, given.appnetc, folder, scenarios, report, enforcing=given.control != "permissive",
                  sabotage=sabotage if given.control == "sabotage" else None)
    bench.run()
    wrong = report.failed
    if given.control:
        wrong = [] if report.ended else ["the guest did not live to the end"]
        wrong += judge_control(given.control, report)
        print(f"# control {given.control}: {len(report.failed)} of {report.number} checks failed; "
              f"{len(report.refusals)} are of refusals")
        for line in wrong:
            print(f"# {line}")
    else:
        print(f"1..{report.number}")
    print(f"# {report.number} checks, {len(report.failed)} failed, {time.monotonic() - started:.0f} s")
    if wrong:
        print(f"# the guest's log: {bench.guest.console}; what was said to it: {bench.guest.transcript.name}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
