"""Which rules speak, and how loudly: the config's `rules:`, its `per_path:`, and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.finding import Severity
from playbookctl.model.patterns import path_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from playbookctl.check.rule import Rule
    from playbookctl.model.workspace import Settings


class Selection:
    """Decides for a rule and a file. The longest matching prefix wins, as in ruff; the command line beats the config."""

    __slots__ = ("_by_path", "_cache", "_ignore", "_rooted", "_select", "_severity")

    def __init__(
        self,
        settings: Settings,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        rooted: Callable[[str], str] = str,
    ) -> None:
        selected = tuple(select)
        self._select = selected or settings.select
        self._ignore = (*(() if selected else settings.ignore), *ignore)
        self._severity = settings.severity
        self._by_path = [(path_pattern(pattern), entry) for pattern, entry in settings.per_path.items()]
        self._rooted = rooted  # a shown path, relative to the root: what `per_path` speaks of
        self._cache: dict[str, bool] = {}

    def is_on(self, rule: Rule) -> bool:
        """Tell whether the rule is selected at all."""
        if rule.code not in self._cache:
            self._cache[rule.code] = _wins(rule, self._select, self._ignore)
        return self._cache[rule.code]

    def severity(self, rule: Rule, said: Severity | None, file: str) -> Severity | None:
        """Return the severity of a finding of `rule` in `file`, or None if it is switched off there."""
        severity = _named(rule, self._severity) or said or rule.severity
        if not self._by_path:
            return severity
        path = self._rooted(file)
        for pattern, entry in self._by_path:
            if pattern.fullmatch(path):
                if not _wins(rule, entry.get("select") or (), entry.get("ignore") or ()):
                    return None
                severity = _named(rule, _severities(entry)) or severity
        return severity


def _wins(rule: Rule, select: Iterable[str], ignore: Iterable[str]) -> bool:
    ignored = _matches(rule, ignore)
    return _matches(rule, select) > ignored if select else ignored < 0


def _matches(rule: Rule, words: Iterable[str]) -> int:
    """Return the length of the longest word that names the rule by code, prefix or name; -1 if none does."""
    lengths = [len(word) for word in words if rule.code.startswith(word.upper()) or word in (rule.name, "ALL")]
    return max(lengths, default=-1)


def _named(rule: Rule, severities: Mapping[str, Severity]) -> Severity | None:
    names = [word for word in severities if rule.code.startswith(word.upper()) or word == rule.name]
    return severities[max(names, key=len)] if names else None


def _severities(entry: Mapping[str, object]) -> dict[str, Severity]:
    values = entry.get("severity")
    return {code: Severity(value) for code, value in values.items()} if isinstance(values, dict) else {}
