#!/usr/bin/env python3
"""Runs one fuzzer for a while from its seeds: run.py FUZZER CORPUS DICTIONARY SECONDS. Without the fuzzer, which needs a
build of its own with clang, the test is skipped. A broken promise prints the input in base64."""

import base64
import os
import subprocess
import sys
import tempfile


def main():
    fuzzer, corpus, dictionary, seconds = sys.argv[1:]
    if not os.path.exists(fuzzer):
        print(f"skipped: {fuzzer} is not there: cmake --preset fuzz && cmake --build build/fuzz --target fuzzers")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        found = os.path.join(folder, "found")
        os.mkdir(found)
        # A fixed seed: a run that fails can be repeated. New inputs go to the first folder, which goes away.
        result = subprocess.run(
            [fuzzer, f"-dict={dictionary}", "-seed=20260101", f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=4096",
             "-max_len=4096", "-print_final_stats=1", f"-artifact_prefix={folder}/broken-", found, corpus],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        # Without the words libFuzzer would add to the dictionary, which are bytes of its own process.
        lines = [line for line in result.stdout.decode("utf-8", "replace").splitlines() if "# Uses: " not in line]
        print("\n".join(lines[-60:]))
        for name in sorted(os.listdir(folder)):
            if name.startswith("broken-"):
                with open(os.path.join(folder, name), "rb") as file:
                    print(f"{name}:\n{base64.b64encode(file.read()).decode()}")
    return 1 if result.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
