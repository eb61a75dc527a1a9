"""Which findings are new, which are fixed, and which a comment of the change switches off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from playbookctl.model.review import Level, ReviewFinding, RiskKind
from playbookctl.review import words
from playbookctl.review.part import Part
from playbookctl.review.safety import guards

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from playbookctl.review.changed import Changed

IN_SOURCE, EXTERNAL = "inSource", "external"


class Found(NamedTuple):
    """A finding of one side. `at` and `text` are as in a baseline; `key` is '' for the repository's own files.

    `suppressed` is '' or one of the two words of SARIF; `reason` is what the comment says.
    """

    code: str
    severity: Literal["error", "warning", "note"]
    key: str
    file: str
    line: int
    at: str
    text: str
    message: str
    suppressed: str = ""
    reason: str = ""


class Difference(NamedTuple):
    """The findings that count on the head's side only, on the base's only, and those that a new comment switches off."""

    new: tuple[ReviewFinding, ...]
    fixed: tuple[ReviewFinding, ...]
    silenced: tuple[Found, ...]


def difference(before: Sequence[Found], now: Sequence[Found], changed: Changed) -> Difference:
    """Pair the findings of both sides: by place and text, by place, by text; a renamed step keeps its findings."""
    names = {pair.old.key: pair.key for pair in changed.pairs.values() if pair.old is not None}
    old = [found._replace(key=names.get(found.key, found.key)) for found in before]
    old = [found._replace(at=_translated(found, changed)) for found in old]
    left = list(now)
    both: list[tuple[Found, Found]] = []
    for identity in _IDENTITIES:
        old, left, matched = _matched(old, left, identity)
        both += matched
    counts = [found for found in left if found.suppressed != EXTERNAL]
    new = [found for found in counts if not found.suppressed]
    new += [other for one, other in both if one.suppressed and not other.suppressed]
    silenced = [found for found in counts if found.suppressed]
    silenced += [other for one, other in both if other.suppressed == IN_SOURCE and not one.suppressed]
    hidden = [found for found in counts if found.suppressed]
    return Difference(
        tuple(sorted((*map(_shown, new), *map(_shown, hidden)), key=_order)),
        tuple(
            sorted((_shown(found) for found in old if not found.suppressed and _is_known(found, changed)), key=_order)
        ),
        tuple(sorted(silenced)),
    )


def parts(silenced: Iterable[Found]) -> Iterator[Part]:
    """Yield, for each file, that comments of the change switch findings off."""
    by_file: dict[tuple[str, str], list[Found]] = {}
    for found in silenced:
        by_file.setdefault((found.key, found.file), []).append(found)
    for (key, file), rows in sorted(by_file.items()):
        codes = sorted({found.code for found in rows})
        reasons = sorted({found.reason or "no reason" for found in rows})
        yield Part(
            RiskKind.SUPPRESSION,
            Level.HIGH if guards(codes) else Level.MEDIUM,
            key,
            file,
            f"switches {words.count(len(rows), 'finding')} off with a comment: {words.listed(codes)}",
            "they counted",
            f"they do not, because of {words.listed(reasons)}; here they still do",
            "take the comment out, and mend what it hides",
        )


def _is_known(found: Found, changed: Changed) -> bool:
    """Tell whether a finding that only the base has is fixed: of a file that cannot be read any more it is not known."""
    pair = changed.pairs.get(found.key)
    return pair is None or pair.new is None or pair.new.playbook is not None


_IDENTITIES: tuple[Callable[[Found], Hashable], ...] = (
    lambda found: (found.key, found.code, found.at, found.text),
    lambda found: (found.key, found.code, found.at),
    lambda found: (found.key, found.code, found.text) if found.text else object(),
)


def _matched(
    old: list[Found], new: list[Found], identity: Callable[[Found], Hashable]
) -> tuple[list[Found], list[Found], list[tuple[Found, Found]]]:
    waiting: dict[Hashable, list[Found]] = {}
    for found in old:
        waiting.setdefault(identity(found), []).append(found)
    left: list[Found] = []
    both: list[tuple[Found, Found]] = []
    for found in new:
        mine = waiting.get(identity(found))
        if mine:
            both.append((mine.pop(0), found))
        else:
            left.append(found)
    return [found for rows in waiting.values() for found in rows], left, both


def _translated(found: Found, changed: Changed) -> str:
    """Return the place of a finding of the base with the head's ids of renamed steps."""
    if found.key not in changed.steps:
        return found.at
    names = {old: new for new, old in changed.steps[found.key].before.items() if old != new}
    parts_ = found.at.split("/")
    return "/".join(
        names.get(part, part) if at and parts_[at - 1] == "steps" else part for at, part in enumerate(parts_)
    )


def _shown(found: Found) -> ReviewFinding:
    reason = (found.reason or "no reason given") if found.suppressed == IN_SOURCE else None
    return ReviewFinding(found.code, found.severity, found.key, found.file, found.line, found.message, reason)


def _order(found: ReviewFinding) -> tuple[str, int, str, str]:
    return found.file, found.line, found.code, found.message
