"""What commands cost: CPU seconds, wall seconds, peak MiB. What is compared runs in turns, so that a busy machine is busy for all."""

import dataclasses
import os
import statistics
import subprocess

PROGRAM = None  # the built cost.c; set by whoever builds it


class Failed(Exception):
    """A command that should have worked did not."""


@dataclasses.dataclass
class Cost:
    cpu: float
    wall: float
    peak: float
    status: int = 0
    output: str = ""
    errors: str = ""


def once(command, output=None, fail=True, namespace=None, **options):
    """Runs a command. `output` names a file for what it prints."""
    words = ["ip", "netns", "exec", namespace] if namespace else []
    read, write = os.pipe()
    with open(output, "wb") if output else open(os.devnull, "wb") as printed:
        # The pipe becomes descriptor 3 of the program.
        process = subprocess.Popen(["sh", "-c", f"exec \"$@\" 3>&{write}", "sh", *words, PROGRAM, *command], stdout=printed,
                                   stderr=subprocess.PIPE, pass_fds=(write,), **options)
        os.close(write)
        errors = process.communicate()[1].decode(errors="replace")
    with os.fdopen(read) as report:
        numbers = report.read().split()
    if len(numbers) != 4:
        raise Failed(f"{' '.join(command)}: {errors}")
    cpu, wall, peak, status = map(int, numbers)
    if fail and status:
        raise Failed(f"{' '.join(command)}: exit code {status}: {errors[-2000:]}")
    return Cost(cpu / 1e6, wall / 1e6, peak / 1024, status, errors=errors)


def in_turns(runs, rounds, budget=60.0):
    """{name: function that gives a Cost} to {name: median Cost}. Stops early once each has run and the seconds are spent."""
    seen = {name: [] for name in runs}
    spent = 0.0
    for _ in range(rounds):
        for name, run in runs.items():
            seen[name].append(run())
            spent += seen[name][-1].wall
        if spent > budget:
            break
    return {name: Cost(*(statistics.median(getattr(cost, field) for cost in costs) for field in ("cpu", "wall", "peak")))
            for name, costs in seen.items()}
