"""What compiling costs: against peers, by size, after one change, and where rules explode."""

import os
import shutil

import cost
import structured
import writers
from policies import NAME, Sized
from table import Table, number, ratio

MIB = 1024 * 1024
PEERS = (("ferm", {20: 0, 10_000: 3, 100_000: 2}), ("capirca", {10_000: 15}))
LARGEST_CAPIRCA = 10_000  # beyond, capirca takes half a minute and 1.5 GB


def run_ferm(sized):
    source = sized.write(f"{NAME}.ferm", writers.ferm(sized.rules))
    out = os.path.join(sized.folder, "ferm.rules")

    def run():
        return cost.once(["ferm", "--noexec", "--lines", "--noflush", source], output=out)
    return run, out


def run_capirca(sized):
    folder = os.path.join(sized.folder, "capirca")
    writers.capirca(sized.rules, folder)

    def run():
        return cost.once(["aclgen", "--base_directory", f"{folder}/pol", "--definitions_directory", f"{folder}/def",
                          "--output_directory", f"{folder}/out", "--policy_file", f"{folder}/pol/big.pol"])
    return run, os.path.join(folder, "out", NAME)


def holds_all(sized, run, out, labels):
    """Runs a peer once and looks for every flow in what it wrote."""
    run()
    with open(out, encoding="ascii") as file:
        lost = writers.missing(sized.rules, file.read(), labels)
    if lost:
        raise cost.Failed(f"the peer's output lacks {len(lost)} flows, for example {sorted(lost, key=str)[0]}")


def peers(inputs):
    table = Table("peers", "Compiling: appnetc (all parts, all proofs) and its peers on the same flows",
                  ["rules", "program", "CPU s", "peak MiB", "appnetc is faster"], value="CPU seconds")
    for count in (20, 1_000) if inputs.quick else (20, 1_000, 10_000, 100_000):
        sized = Sized.of(inputs, count)
        inherit = sized.write("inherit.appnet", writers.appnet(sized.rules, "inherit"))
        runs = {"appnetc build": sized.build, "appnetc build, unmatched inherit": lambda: sized.build(inherit)}
        if count == 20:
            runs["sesearch -A -c packet"] = lambda: cost.once(["sesearch", "-A", "-c", "packet", inputs.policy])
        run, out = run_ferm(sized)
        holds_all(sized, run, out, True)
        runs["ferm"] = run
        if 20 < count <= LARGEST_CAPIRCA:
            run, out = run_capirca(sized)
            holds_all(sized, run, out, False)
            runs["capirca (iptables)"] = run
        costs = cost.in_turns(runs, 3 if inputs.quick else 7, 20 if inputs.quick else 90)
        ours = costs["appnetc build"]
        for name, spent in costs.items():
            table.add(number(count), name, spent.cpu, spent.peak, "" if name.startswith("appnetc") else ratio(spent.cpu / ours.cpu))
            table.point(name, count, spent.cpu)
        peer_goals(table, count, costs, ours)
    table.notes += ["`unmatched base`: the flows that the peers have, and no others; `unmatched inherit` adds a label for every port "
                    "that Debian's policy names",
                    "each peer's output was checked to hold every flow (ferm: with its label) before its time counted; capirca has "
                    "no labels, so it accepts what the others label",
                    "nobody but appnetc overlaps rules, compiles against the base policy, or checks its own output"]
    return [table]


def peer_goals(table, count, costs, ours):
    def faster(name, times):
        value = costs[name].cpu / ours.cpu
        table.goal(f"{count:,} rules: at least {times} times faster than {name}", ratio(value), value >= times)
    if count == 20:
        faster("sesearch -A -c packet", 10)
    if count == 10_000:
        faster("ferm", 3)
        faster("capirca (iptables)", 15)
        table.goal("10,000 rules: under 128 MiB", f"{ours.peak:,.0f} MiB", ours.peak < 128)
    if count == 100_000:
        faster("ferm", 2)
        table.goal("100,000 rules: under 1 GiB", f"{ours.peak:,.0f} MiB", ours.peak < 1024)


def growth(inputs):
    time = Table("growth", "Compiling: growth with the number of rules",
                 ["rules", "CPU s", "µs per rule", "ns per entry", "peak MiB", "packet types", "nft map entries", "iptables rules",
                  "MiB written"], value="per rule")
    per_entry = {}
    for count in (100, 1_000) if inputs.quick else (100, 1_000, 10_000, 100_000):
        sized = Sized.of(inputs, count)
        spent = cost.in_turns({"": sized.build}, 3, 30)[""]
        sizes = sized.sizes()
        per_entry[count] = spent.cpu / (sizes["elements"] + sizes["rules"]) * 1e9
        time.add(count, spent.cpu, spent.cpu / count * 1e6, per_entry[count], spent.peak, sizes["types"], sizes["elements"],
                 sizes["rules"], sizes["bytes"] / MIB)
        for line, value in (("CPU µs", spent.cpu * 1e6), ("peak KiB", spent.peak * 1024), ("packet types", sizes["types"]),
                            ("nft map entries", sizes["elements"]), ("iptables rules", sizes["rules"]), ("bytes", sizes["bytes"])):
            time.point(line, count, value / count)
    if 100_000 in per_entry:
        value = per_entry[100_000] / per_entry[10_000]
        time.goal("time per entry written at 100,000 rules no more than at 10,000", f"{value:.2f} of it", value <= 1)
    time.notes.append("entries written: elements of nft maps and rules for iptables and ip6tables; the bytes are those of the module "
                      "and of the rule sets")
    return [time]


def rebuild(inputs):
    table = Table("rebuild", "Compiling: again after one line changed", ["rules", "what", "CPU s", "rebuild over it"])
    for count in (1_000,) if inputs.quick else (1_000, 10_000, 100_000):
        sized = Sized.of(inputs, count)
        with open(sized.source, encoding="ascii") as file:
            lines = file.read().split("\n")
        lines[count // 2] = "domain sshd_t { connect tcp/7 to 10.1.2.3; }"
        inputs.path(str(count), "changed", "")
        changed = sized.write(os.path.join("changed", f"{NAME}.appnet"), "\n".join(lines))
        out = os.path.join(sized.folder, "out", NAME)
        sized.build()
        copies = os.path.join(sized.folder, "copies")
        os.makedirs(copies, exist_ok=True)
        # Reads what a build reads, writes what it writes, and that twice.
        twice = f'for n in 1 2; do cat "$@" >/dev/null; cp {out}/* {copies}/; done'
        costs = cost.in_turns({
            "build": sized.build,
            "build, one line changed": lambda: sized.build(changed),
            "reading and writing the files, twice": lambda: cost.once(["sh", "-c", twice, "sh", sized.source, inputs.policy]),
        }, 3, 60)
        shutil.rmtree(copies)
        again = costs["build, one line changed"].cpu
        for name, spent in costs.items():
            table.add(number(count), name, spent.cpu, "" if spent.cpu == again else ratio(again / spent.cpu))
        floor = costs["reading and writing the files, twice"].cpu
        table.goal(f"{count:,} rules: no slower than reading plus writing twice", f"{again / floor:.1f} times that", again <= floor)
        sized.build()
    return [table]


def exploding(inputs):
    table = Table("exploding", "Compiling: random wide rules", ["rules", "seed", "ended", "CPU s", "peak MiB", "said"])
    worst_time = worst_peak = 0.0
    unstopped = 0
    for count in (1_000,) if inputs.quick else (1_000, 10_000, 100_000):
        for seed in (1,) if inputs.quick else (1, 2):
            path = inputs.path("wide", f"{count}-{seed}.appnet")
            with open(path, "w", encoding="ascii") as file:
                file.write(writers.appnet(structured.wide(count, seed)))
            spent = cost.once(["timeout", "-k", "5", "120", inputs.appnetc, "build", path, "--policy", inputs.policy, "-o",
                               inputs.path("wide", "out", "")], fail=False)
            said = [line for line in spent.errors.splitlines() if "error" in line]
            code = said[0].partition("[")[2].partition("]")[0] if said else ""
            table.add(number(count), seed, f"exit code {spent.status}", spent.cpu, spent.peak, code or "nothing")
            worst_time, worst_peak = max(worst_time, spent.cpu), max(worst_peak, spent.peak)
            unstopped += spent.status != 1
    table.goal("stopped within 2 s and 1 GiB, by a diagnostic", f"at worst {worst_time:.1f} s, {worst_peak:,.0f} MiB; "
               f"{unstopped} not stopped by a diagnostic", worst_time <= 2 and worst_peak <= 1024 and not unstopped)
    return [table]
