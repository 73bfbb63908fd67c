"""measure.py ROOT BUILT POLICY [--quick] [--plot] [PART…]: runs the parts and prints their tables. Called by bench/run."""

import os
import shutil
import sys
import tempfile
import time

import compiling
import cost
import loading
import network
import packets
import plots
import policies

PARTS = {"peers": compiling.peers, "growth": compiling.growth, "rebuild": compiling.rebuild, "exploding": compiling.exploding,
         "loading": loading.loading, "first": packets.first, "later": packets.later, "loopback": packets.loopback}
NEED_ROOT = {"loading", "first", "later", "loopback"}  # network namespaces


def main(root, programs, policy, *arguments):
    unknown = [word for word in arguments if word not in PARTS and word not in ("--quick", "--plot")]
    if unknown:
        sys.exit(f"error: no part {' '.join(unknown)}; there are {' '.join(PARTS)}")
    chosen = [word for word in arguments if word in PARTS] or list(PARTS)
    if os.geteuid() != 0 and NEED_ROOT & set(chosen):
        print(f"left out, because they need root: {' '.join(part for part in chosen if part in NEED_ROOT)}")
        chosen = [part for part in chosen if part not in NEED_ROOT]
    cost.PROGRAM = os.path.join(programs, "cost")
    network.STORM = os.path.join(programs, "storm")
    folder = tempfile.mkdtemp(prefix="appnet-bench-")
    inputs = policies.Inputs(folder, os.path.join(root, "build", "appnetc"), policy, "--quick" in arguments)
    tables = []
    try:
        for part in chosen:
            start = time.monotonic()
            print(f"\n==> {part}", flush=True)
            made = PARTS[part](inputs)
            for table in made:
                print(f"\n{table.text()}", flush=True)
            print(f"({time.monotonic() - start:.0f} s)", flush=True)
            tables += made
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if "--plot" in arguments:
        plots.into_documentation(root, tables)
    goals = [goal for table in tables for goal in table.goals]
    print(f"\n{sum(goal.met for goal in goals)} of {len(goals)} goals met")


if __name__ == "__main__":
    main(*sys.argv[1:])
