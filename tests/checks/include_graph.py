#!/usr/bin/env python3
"""A room includes headers only of itself and of the rooms its CMakeLists.txt KNOWS; libsepol stays in compiler/sepolicy and
ANTLR in compiler/parse; the rooms know each other in one direction."""

import os
import re

import tree

ROOM = re.compile(r"appnet_room\(\s*(\w+)([^)]*)\)", re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.M)
OWNED_BY = [(re.compile(r"^(sepol|cil)/"), "compiler/sepolicy"), (re.compile(r"^antlr4|^Appnet(Lexer|Parser)"), "compiler/parse")]


def rooms(root):
    """{folder: (name, names it knows)}"""
    found = {}
    for path in tree.files(root, "CMakeLists.txt", below=["compiler"]):
        for name, arguments in ROOM.findall(tree.text(root, path)):
            known = re.search(r"KNOWS((?:\s+[a-z_0-9]+)*)", arguments)
            found[os.path.dirname(path)] = (name, set(known.group(1).split()) if known else set())
    # A room that is more than appnet_room() can say names those it links one by one.
    names = {name for name, _ in found.values()}
    for path in tree.files(root, "CMakeLists.txt", below=["compiler"]):
        name = re.search(r"add_library\(appnet_(\w+) STATIC \$\{\w+\}", tree.text(root, path))
        if name and os.path.dirname(path) not in found:
            words = set(re.findall(r"\w+", tree.text(root, path)))
            found[os.path.dirname(path)] = (name.group(1), names & (words | {word.removeprefix("appnet_") for word in words}))
    return found


def room_of(path, found):
    """The deepest room whose folder holds the path."""
    folder = os.path.dirname(path)
    while folder:
        if folder in found:
            return found[folder]
        folder = os.path.dirname(folder)
    return None


def cycles(found):
    known = {name: knows for name, knows in found.values()}
    problems, done = [], set()

    def visit(name, way):
        if name in way:
            problems.append(f"rooms know each other in a circle: {' -> '.join(way[way.index(name):] + [name])}")
        elif name not in done:
            for other in sorted(known.get(name, ())):
                visit(other, way + [name])
            done.add(name)

    for name in sorted(known):
        visit(name, [])
    return problems


def find_problems(root):
    found = rooms(root)
    problems = cycles(found)
    names = {name for name, _ in found.values()}
    for folder, (name, knows) in sorted(found.items()):
        problems += [f"{folder}/CMakeLists.txt: KNOWS {other}, which is no room" for other in sorted(knows - names)]
    for path in tree.files(root, ".h", ".cpp", below=["compiler"]):
        own = room_of(path, found)
        if own is None:
            problems.append(f"{path}: belongs to no room")
            continue
        for quoted, angled in INCLUDE.findall(tree.text(root, path)):
            included = quoted or angled
            for pattern, owner in OWNED_BY:
                if pattern.match(included) and not path.startswith(owner + "/"):
                    problems.append(f"{path}: includes {included}; only {owner} may")
            if not quoted or any(pattern.match(quoted) for pattern, _ in OWNED_BY):
                continue
            target = room_of("compiler/" + quoted, found)
            if target is None:
                problems.append(f'{path}: includes "{quoted}", which is in no room')
            elif target[0] != own[0] and target[0] not in own[1]:
                problems.append(f'{path}: includes "{quoted}", but room {own[0]} does not know {target[0]}')
    return problems


if __name__ == "__main__":
    tree.report(find_problems)
