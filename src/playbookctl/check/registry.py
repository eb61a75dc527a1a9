"""Finds the rules: every module of `check/rules/`, in the order of the codes. Nothing is listed by hand."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module

from playbookctl.check.rule import RULES, Rule

_FOLDER = os.path.join(os.path.dirname(__file__), "rules")


def all_rules() -> dict[str, Rule]:
    """Return every rule by code, in the order of the codes."""
    _import_rules()
    return dict(sorted(RULES.items()))


def find_rule(word: str) -> Rule | None:
    """Return the rule of a code (`PB102`, in any case) or a name (`unknown-step`)."""
    wanted = word.strip()
    rules = all_rules()
    return rules.get(wanted.upper()) or next((rule for rule in rules.values() if rule.name == wanted.lower()), None)


@cache
def _import_rules() -> None:
    for name in _modules():
        import_module(f"playbookctl.check.rules.{name}")


def _modules() -> list[str]:
    return sorted(name[:-3] for name in os.listdir(_FOLDER) if name.startswith("pb") and name.endswith(".py"))
