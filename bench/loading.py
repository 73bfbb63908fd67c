"""What it costs to load the rules, in a network namespace of their own, with marks in place of labels."""

import cost
import marks
import network
import writers
from policies import NAME, Sized
from table import Table, number, ratio

NFT, LEGACY, LINEAR = "nft -f", "iptables-legacy-restore", "iptables-legacy-restore, linear rules"


def files(sized):
    """{name: (file, tool)}: our rules and those of today's recipes."""
    return {NFT: (sized.write("marked.nft", marks.nft(sized.part(f"{NAME}.nft"), marks.Marks())), "nft"),
            LEGACY: (sized.write("marked.v4", marks.iptables(sized.part(f"{NAME}.rules.v4"), marks.Marks())), "iptables-legacy"),
            "ip6tables-legacy-restore": (sized.write("marked.v6", marks.iptables(sized.part(f"{NAME}.rules.v6"), marks.Marks())),
                                         "ip6tables-legacy"),
            LINEAR: (sized.write("linear.v4", marks.iptables(writers.linear(sized.rules), marks.Marks())), "iptables-legacy")}


def load_once(path, tool):
    with network.Namespace() as space:
        return space.load(path, tool)


def loading(inputs):
    table = Table("loading", "Loading: our rules, and one rule for each flow", ["rules", "what", "CPU s", "wall s", "peak MiB",
                                                                              "times linear"], value="CPU seconds")
    for count in (1_000,) if inputs.quick else (1_000, 10_000, 100_000):
        runs = {name: (lambda path=path, tool=tool: load_once(path, tool))
                for name, (path, tool) in files(Sized.of(inputs, count)).items()}
        costs = cost.in_turns(runs, 5, 60)
        linear = costs[LINEAR].cpu
        for name, spent in costs.items():
            table.add(number(count), name, spent.cpu, spent.wall, spent.peak, ratio(spent.cpu / linear))
            table.point(name, count, spent.cpu)
        if count >= 10_000:
            for name, most in ((NFT, 2), (LEGACY, 3)):
                value = costs[name].cpu / linear
                table.goal(f"{count:,} rules: {name} at most {most} times the linear rules", ratio(value), value <= most)
    table.notes += ["CPU time of the loading program, the kernel's part included",
                    "the linear rules label what leaves by IPv4. Ours label what leaves, what arrives and what goes over `lo`, "
                    "and know connections from before they were loaded"]
    return [table]
