"""A table of results: what is printed, what stands in the documentation, and what its picture shows."""

import dataclasses


@dataclasses.dataclass
class Goal:
    """What was to be reached, what came out, and whether that is it."""
    text: str
    value: str
    met: bool


@dataclasses.dataclass
class Table:
    name: str  # file name of the picture
    title: str
    columns: list
    rows: list = dataclasses.field(default_factory=list)
    goals: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)
    # The picture: lines over the number of rules, {line: [(rules, value)]}, both axes logarithmic.
    lines: dict = dataclasses.field(default_factory=dict)
    value: str = ""  # what the vertical axis shows

    def add(self, *cells):
        self.rows.append([cell if isinstance(cell, str) else number(cell) for cell in cells])

    def point(self, line, rules, value):
        self.lines.setdefault(line, []).append((rules, value))

    def goal(self, text, value, met):
        self.goals.append(Goal(text, value, met))

    def text(self):
        widths = [max(len(row[at]) for row in [self.columns, *self.rows]) for at in range(len(self.columns))]
        def line(cells):
            return "  ".join(cell.ljust(width) if at == 0 else cell.rjust(width)
                             for at, (cell, width) in enumerate(zip(cells, widths))).rstrip()
        out = [self.title, "", line(self.columns), line(["-" * width for width in widths]), *map(line, self.rows)]
        out += [f"goal {'met   ' if goal.met else 'MISSED'}  {goal.text}: {goal.value}" for goal in self.goals]
        return "\n".join(out + [f"note: {note}" for note in self.notes]) + "\n"

    def markdown(self):
        def line(cells):
            return "| " + " | ".join(cells) + " |"
        aligned = ["---"] + ["---:"] * (len(self.columns) - 1)
        out = [line(self.columns), line(aligned), *map(line, self.rows)]
        if self.goals:
            out += ["", "| goal | measured | met |", "| --- | --- | --- |"]
            out += [line([goal.text, goal.value, "yes" if goal.met else "**no**"]) for goal in self.goals]
        return "\n".join(out + [""] * bool(self.notes) + [f"- {note}" for note in self.notes]) + "\n"


def number(value):
    """Three digits that count, thousands apart."""
    if value is None:
        return "–"
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def ratio(value):
    return f"{value:.1f}x" if value < 100 else f"{value:,.0f}x"
