"""What the config says of rules and of time: words that name no rule, expectations that nobody can have any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.finding import Problem, Severity
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playbookctl.check.rule import Rule
    from playbookctl.model.source import NodePath

# Code of a rule that is no more, and what became of it. Codes are never used again; a config that names one goes on
# working, and is told.
RETIRED: dict[str, str] = {}


def retirement(word: str, retired: Mapping[str, str] = RETIRED) -> str:
    """Return what became of the rule of a code that was retired, '' if it was not."""
    code = word.upper()
    return f"the rule {code} was retired: {retired[code]}" if code in retired else ""


def is_known(word: str, rules: Mapping[str, Rule]) -> bool:
    """Tell whether `word` is a code or the beginning of one, a rule's name, or `ALL`."""
    code = word.upper()
    return word == "ALL" or any(known.startswith(code) or rule.name == word for known, rule in rules.items())


def unknown(word: str, rules: Mapping[str, Rule]) -> str:
    """Return the sentence that says that `word` names no rule, with a guess."""
    from playbookctl.model.nearest import did_you_mean

    names = [*rules, *(rule.name for rule in rules.values())]
    return f"no rule has the code or name '{word}'{did_you_mean(word, names)}"


def config_problems(data: Mapping[str, Any], rules: Mapping[str, Rule], today: str) -> Iterator[tuple[str, Problem]]:
    """Yield what only the rules and the calendar can say of a config, each with its code; `today` is an ISO date."""
    for problem in word_problems(data, rules):
        yield "PB002", problem
    environments = data.get("environments") or {}
    for number, row in enumerate(data.get("expected_drift") or ()):
        path = ("expected_drift", number)
        until = row.get("until") or today
        if until < today:
            said = f"drift of '{row['key']}' was expected until {until} ({row['reason']}); renew or remove the entry"
            yield "PB905", Problem((*path, "until"), said)
        environment = row.get("environment")
        if environment and environment not in environments:
            from playbookctl.model.nearest import did_you_mean

            said = f"drift is expected in the environment '{environment}', and there is none"
            yield "PB904", Problem((*path, "environment"), said + did_you_mean(environment, environments))


def word_problems(
    data: Mapping[str, Any], rules: Mapping[str, Rule], retired: Mapping[str, str] = RETIRED
) -> Iterator[Problem]:
    """Yield what is to be said of the rules that a config names: a note for a retired one, a warning for an unknown one."""
    for path, word in _words(data.get("rules") or {}, ("rules",)):
        if is_known(word, rules):
            continue
        if said := retirement(word, retired):
            yield Problem(path, f"{said}; remove it here", severity=Severity.NOTE)
        else:
            yield Problem(path, unknown(word, rules), severity=Severity.WARNING)


def _words(table: Mapping[str, Any], path: NodePath) -> Iterator[tuple[NodePath, str]]:
    for field in ("select", "ignore"):
        yield from _listed(table.get(field) or (), (*path, field))
    for word in table.get("severity") or ():
        yield (*path, "severity", Key(word)), word
    for glob, inner in (table.get("per_path") or {}).items():
        yield from _words(inner, (*path, "per_path", glob))


def _listed(words: Iterable[str], path: NodePath) -> Iterator[tuple[NodePath, str]]:
    for index, word in enumerate(words):
        yield (*path, index), word
