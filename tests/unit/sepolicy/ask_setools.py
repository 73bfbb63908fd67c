"""Answers of setools about a binary policy, one fact per line, for installed_test.cpp to compare with ours.

usage: ask_setools.py POLICY QUESTION...   where QUESTION is target:class:permission; an attribute asks for each of its types
"""

import sys
from collections import defaultdict

import setools


def always_and_defaults(rules, state):
    """Whether a source's rules hold under every setting of the booleans, and at their defaults."""
    always = defaults = False
    branches = defaultdict(set)
    for rule in rules:
        try:
            condition, branch = rule.conditional, rule.conditional_block
        except setools.exception.RuleNotConditional:
            always = True
            continue
        branches[str(condition)].add(branch)
        defaults |= condition.evaluate(**{str(b): state[str(b)] for b in condition.booleans}) == branch
    always |= any(len(seen) == 2 for seen in branches.values())
    return always, always or defaults


def main():
    policy = setools.SELinuxPolicy(sys.argv[1])
    say = lambda *fields: print("\t".join(str(field) for field in fields))

    say("version", policy.version)
    say("mls", int(policy.mls))
    say("unknown", policy.handle_unknown.name)
    for entry in policy.types():
        say("type", entry, int(entry.ispermissive))
        for alias in entry.aliases():
            say("alias", alias, entry)
    members = {str(attribute): sorted(str(member) for member in attribute.expand()) for attribute in policy.typeattributes()}
    for attribute, types in members.items():
        say("attribute", attribute, " ".join(types))
    state = {}
    for boolean in policy.bools():
        state[str(boolean)] = boolean.state
        say("boolean", boolean, int(boolean.state))
    for sid in policy.initialsids():
        say("sid", sid, sid.context.type_)
    for number, port in enumerate(policy.portcons()):
        say("port", number, port.protocol.value, port.ports.low, port.ports.high, port.context.type_)

    questions = [(target, *asked) for attribute, *asked in (question.split(":") for question in sys.argv[2:])
                 for target in members.get(attribute, [attribute])]
    classes = {object_class for _, object_class, _ in questions}
    rules_by_class = defaultdict(list)
    for rule in policy.terules():
        if rule.ruletype == setools.TERuletype.allow and str(rule.tclass) in classes:
            targets = {str(target) for target in rule.target.expand()}
            sources = [str(source) for source in rule.source.expand()]
            rules_by_class[str(rule.tclass)].append((rule, targets, sources, {str(permission) for permission in rule.perms}))
    for target, object_class, permission in questions:
        granted = defaultdict(list)
        for rule, targets, sources, permissions in rules_by_class[object_class]:
            if permission not in permissions:
                continue
            for source in sources:
                if (source if target == "self" else target) in targets:
                    granted[source].append(rule)
        for source, rules in granted.items():
            say("access", source, target, object_class, permission, *map(int, always_and_defaults(rules, state)))


main()
