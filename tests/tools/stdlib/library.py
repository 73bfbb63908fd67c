"""What the tests of the standard library share: the names that a library declares, and what the compiler says of assertions."""

import os
import re
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def names(library, word):
    """The names that stdlib/std/LIBRARY.appnet declares with this word."""
    with open(os.path.join(ROOT, "stdlib", "std", f"{library}.appnet"), encoding="utf-8") as file:
        return re.findall(rf"^{word} (\w+) *=", file.read(), re.M)


def complaints(appnetc, text):
    """What the compiler finds wrong with a policy: nothing when it is right and all its assertions hold."""
    with tempfile.NamedTemporaryFile("w", suffix=".appnet", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        result = subprocess.run([appnetc, "check", "--policy", "reference", "-q", file.name], capture_output=True, text=True,
                                check=False)
    if result.returncode not in (0, 1):
        raise RuntimeError(result.stderr)
    return "" if result.returncode == 0 else result.stderr
