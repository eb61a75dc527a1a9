"""Parts that act together, said as one sentence of their joint effect."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from playbookctl.model.review import Level, Risk, RiskKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from playbookctl.review.part import Part

# In the order in which a sentence tells them: that it runs, when, what it does, to how many, and what of failures.
_TOGETHER = (
    RiskKind.ENABLED, RiskKind.AUTOMATIC, RiskKind.TRIGGER, RiskKind.GATE_GONE, RiskKind.DESTRUCTIVE, RiskKind.GATE_WEAKER,
    RiskKind.CONDITION, RiskKind.TARGET, RiskKind.CAP, RiskKind.ERRORS,
)  # fmt: skip
_MOST = 5  # phrases of a sentence


def risks(parts: Iterable[Part], owners: Callable[[str], Sequence[str]]) -> tuple[Risk, ...]:
    """Return the risks, the worst first; of each playbook what acts together is one. `owners` are those of a key."""
    return tuple(
        replace(risk, owners=tuple(dict.fromkeys(owner for key in keys for owner in owners(key))))
        for risk, keys in _all_risks(parts)
    )


def _all_risks(parts: Iterable[Part]) -> list[tuple[Risk, tuple[str, ...]]]:
    alone: list[tuple[Risk, tuple[str, ...]]] = []
    together: dict[str, list[Part]] = {}
    for part in parts:
        if part.key and part.kind in _TOGETHER:
            together.setdefault(part.key, []).append(part)
        else:
            alone.append(_risk([part]))
    for key in sorted(together):
        alone += _joined(together[key])
    return sorted(alone, key=lambda row: row[0].order)


def _joined(parts: list[Part]) -> list[tuple[Risk, tuple[str, ...]]]:
    """Join what tells of runs that take something away; small things beside it stay by themselves."""
    parts.sort(key=lambda part: (_TOGETHER.index(part.kind), part.level.rank, part.phrase))
    least = max(min(part.level.rank for part in parts), Level.MEDIUM.rank)
    heavy = [part for part in parts if part.level.rank <= least]
    light = [part for part in parts if part.level.rank > least]
    return [_risk(heavy), *(_risk([part]) for part in light)]


def _risk(parts: Sequence[Part]) -> tuple[Risk, tuple[str, ...]]:
    """Return the risk of parts, and the keys of the playbooks that it is about."""
    first = parts[0]
    level = min((part.level for part in parts), key=lambda level: level.rank)
    phrases = list(dict.fromkeys(part.phrase for part in parts))
    more = len(phrases) - _MOST
    shown = phrases if more <= 0 else [*phrases[:_MOST], f"{more} more things of the kind"]
    sentence = f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
    keys = dict.fromkeys((first.key, *(key for part in parts for key in part.others)))
    risk = Risk(
        level,
        tuple(dict.fromkeys(part.kind for part in parts)),
        sentence,
        _all(part.before for part in parts),
        _all(part.now for part in parts),
        _all(part.undo for part in parts),
        first.key,
        first.file,
        tuple(dict.fromkeys(step for part in parts for step in part.steps)),
    )
    return risk, tuple(key for key in keys if key)


def _all(texts: Iterable[str]) -> str:
    rows = list(dict.fromkeys(texts))
    shown = rows[:_MOST]
    return "; ".join([*shown, f"and {len(rows) - _MOST} more"] if len(rows) > _MOST else shown)
