#!/usr/bin/env python3
"""generate.py COUNT [SEED] [appnet | ferm | linear | wide | CAPIRCA-FOLDER/]: a structured policy of so many rules, to standard
output; its shape to standard error."""

import sys

import structured
import writers


def main(arguments):
    count, seed = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 1
    form = arguments[2] if len(arguments) > 2 else "appnet"
    rules = structured.wide(count, seed) if form == "wide" else structured.generate(count, seed)
    print(structured.shape(rules), file=sys.stderr)
    if form.endswith("/"):
        writers.capirca(rules, form)
    else:
        sys.stdout.write({"appnet": writers.appnet, "wide": writers.appnet, "ferm": writers.ferm, "linear": writers.linear}[form](rules))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
