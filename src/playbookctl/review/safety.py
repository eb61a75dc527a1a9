"""Which rules guard safety, and which words of a config mean one of them: codes, beginnings of codes, and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playbookctl.model.report import RuleInfo

_FAMILIES = ("PB0", "PB4")  # files that cannot be relied on; safety and secrets


def guards(codes: Iterable[str]) -> bool:
    """Tell whether one of the codes is that of a rule which guards safety."""
    return any(code.startswith(_FAMILIES) for code in codes)


def meant(words: Iterable[str], rules: Mapping[str, RuleInfo]) -> frozenset[str]:
    """Return the codes that the words of a config mean."""
    asked = tuple(words)
    return frozenset(
        code
        for code, rule in rules.items()
        if any(code.startswith(word.upper()) or word in (rule.name, "ALL") for word in asked)
    )


def unselected(before: Iterable[str], now: Iterable[str], rules: Mapping[str, RuleInfo]) -> frozenset[str]:
    """Return the codes that were selected and are no longer; no words select all."""
    old, new = (meant(words or ("ALL",), rules) for words in map(tuple, (before, now)))
    return old - new
