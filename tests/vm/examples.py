"""The examples: every line of their flows.txt that the guest can send."""

import os

import flows
from bench import Scenario

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
            test.flow(flow)

    return Scenario(f"example {name}", source, run, set().union(*(flow.interfaces() for flow in able)))
