"""What the checks share: which files are the project's, and how a check reports."""

import os
import sys

NOT_OURS = {".git", "build", "node_modules", "__pycache__", "corpus"}


def files(root, *suffixes, below=("",)):
    """Paths relative to root, sorted; folders of builds and of dependencies left out."""
    found = []
    for start in below:
        for folder, subfolders, names in os.walk(os.path.join(root, start)):
            # Links are left out, so that nothing is checked twice or outside the tree.
            subfolders[:] = [name for name in subfolders if name not in NOT_OURS]
            for name in names:
                path = os.path.join(folder, name)
                if name.endswith(suffixes or "") and not os.path.islink(path):
                    found.append(os.path.relpath(path, root))
    return sorted(found)


def text(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def report(find_problems):
    """Runs a check on the tree given as first argument: every problem on a line, exit code 1 if there is one."""
    problems = find_problems(sys.argv[1], *sys.argv[2:])
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}")
    sys.exit(1 if problems else 0)
