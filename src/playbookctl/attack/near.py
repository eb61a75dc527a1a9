"""Did you mean: ids that may have been meant by text that is none. Loaded only for a mistake."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from playbookctl.attack.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.attack.table import Section

# Also inside 't1059', 'attack.t1059.001', 'T1059/001', 'T1059.1', 'T1059 - Command and Scripting Interpreter'.
_WRITTEN = re.compile(r"(?<![A-Z0-9])(TA?\d{4})(?:[./](\d{1,3}))?(?![0-9A-Z])")


def near(text: str, sections: tuple[Section, ...], limit: int) -> tuple[str, ...]:
    """Return ids of `sections`, the likeliest first: another writing of a known id, a slip of a finger, a name."""
    known = {row: section for section in sections for row in section.rows}
    written = _WRITTEN.search(text.upper())
    if written:
        wanted = _canonical(written)
        if wanted in known:
            return (wanted,) if wanted != text else ()
        return _slips(wanted, known, limit)
    return _named(text, sections, limit)


def _canonical(written: re.Match[str]) -> str:
    sub = written.group(2)
    return f"{written.group(1)}.{sub.zfill(3)}" if sub else written.group(1)


def _slips(wanted: str, known: dict[str, Section], limit: int) -> tuple[str, ...]:
    """Two digits swapped; else the parent of an unknown sub-technique; else one wrong digit, if that says anything."""
    swapped = _active((row for row in _swaps(wanted) if row in known), known)
    if swapped:
        return swapped[:limit]
    parent, _, sub = wanted.partition(".")
    if sub and parent in known:
        return _active((parent,), known)
    wrong = _active((row for row in known if _one_wrong(row, wanted)), known)
    return wrong if len(wrong) <= limit else ()


def _swaps(wanted: str) -> Iterator[str]:
    for at in range(1, len(wanted) - 1):
        here, then = wanted[at], wanted[at + 1]
        if here.isdigit() and then.isdigit() and here != then:
            yield wanted[:at] + then + here + wanted[at + 2 :]


def _one_wrong(row: str, wanted: str) -> bool:
    return len(row) == len(wanted) and sum(one != other for one, other in zip(row, wanted, strict=True)) == 1


def _named(text: str, sections: tuple[Section, ...], limit: int) -> tuple[str, ...]:
    names = _names(sections)
    wanted = text.strip().lower()
    alike = [wanted] if wanted in names else difflib.get_close_matches(wanted, names, n=limit, cutoff=0.8)
    return tuple(dict.fromkeys(row for name in alike for row in names[name]))[:limit]


@lru_cache(maxsize=8)
def _names(sections: tuple[Section, ...]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for section in sections:
        for tactic in section.tactics():
            names.setdefault(tactic.name.lower(), []).append(tactic.id)
            names.setdefault(tactic.shortname, []).append(tactic.id)
        for technique in section.techniques():
            if technique.status is Status.ACTIVE:
                names.setdefault(technique.name.lower(), []).append(technique.id)
    return names


def _active(rows: Iterator[str] | tuple[str, ...], known: dict[str, Section]) -> tuple[str, ...]:
    return tuple(sorted(row for row in rows if _is_active(row, known[row])))


def _is_active(row: str, section: Section) -> bool:
    found = section.tactic(row) or section.technique(row)
    return found is not None and found.status is Status.ACTIVE
