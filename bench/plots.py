"""Pictures of tables, by gnuplot, and their place in docs/performance.md."""

import datetime
import os
import platform
import re
import subprocess


def picture(table, folder):
    """A line for each thing over the number of rules, both axes logarithmic."""
    commands = ["set terminal svg size 760,420 font 'sans,12' background 'white'", f"set output '{folder}/{table.name}.svg'",
                "set logscale xy", "set xlabel 'rules'", f"set ylabel '{table.value}'", "set key outside right", "set grid",
                "set format x '%.0f'", "set xrange [*:*]", "set offsets graph 0.02, graph 0.02"]
    data, lines = [], []
    for number, (name, points) in enumerate(table.lines.items()):
        shown = [(rules, value) for rules, value in points if value > 0]
        if shown:
            data.append(f"$d{number} << end\n" + "\n".join(f"{rules} {value}" for rules, value in shown) + "\nend")
            lines.append(f"$d{number} using 1:2 with linespoints pt 7 ps 0.5 lw 2 title \"{name}\" noenhanced")
    script = "\n".join([*data, *commands, "plot " + ", ".join(lines)]) + "\n"
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    return (f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} CPUs, Linux {platform.release()}, "
            f"{datetime.date.today().isoformat()}")


def into_documentation(root, tables):
    """Replaces what stands between `<!-- table NAME -->` and `<!-- end -->`, and the machine."""
    folder = os.path.join(root, "docs", "performance")
    os.makedirs(folder, exist_ok=True)
    page = os.path.join(root, "docs", "performance.md")
    with open(page, encoding="utf-8") as file:
        text = file.read()
    made = {"machine": machine()}
    for table in tables:
        made[f"table {table.name}"] = table.markdown()
        if table.lines:
            picture(table, folder)
            made[f"table {table.name}"] += f"\n![{table.title}](performance/{table.name}.svg)\n"
    for name, content in made.items():
        text, found = re.subn(rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda match, new=content: f"{match[1]}{new.strip()}\n{match[2]}",
                              text, flags=re.S)
        if not found:
            print(f"docs/performance.md has no place for {name}")
    with open(page, "w", encoding="utf-8") as file:
        file.write(text)
