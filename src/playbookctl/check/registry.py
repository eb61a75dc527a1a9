"""Finds the rules: every module of `check/rules/`, in the order of the codes. Nothing is listed by hand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from playbookctl.check.rule import RULES, Rule
from playbookctl.model.report import RuleInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

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


class RuleInfos(Mapping[str, RuleInfo]):
    """What a format may say of each rule. Most say nothing, and a check from the cache needs no rule."""

    def __getitem__(self, code: str) -> RuleInfo:
        rule = all_rules()[code]
        return RuleInfo(code, rule.name, rule.severity, rule.title, rule.doc)

    def __iter__(self) -> Iterator[str]:
        return iter(all_rules())

    def __len__(self) -> int:
        return len(all_rules())


@cache
def _import_rules() -> None:
    for name in _modules():
        import_module(f"playbookctl.check.rules.{name}")


def _modules() -> list[str]:
    return sorted(name[:-3] for name in os.listdir(_FOLDER) if name.startswith("pb") and name.endswith(".py"))
