"""Two sides to a review: pairs, what changed in each, what became riskier, and what it all comes to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from playbookctl.model.review import ChangeKind, Numbers, PlaybookChange, Review
from playbookctl.review import (
    acting,
    aims,
    changed,
    contracts,
    effects,
    found,
    gates,
    header,
    joint,
    limits,
    own_files,
    pairing,
    ways,
    words,
)
from playbookctl.review.diagrams import diagrams
from playbookctl.review.reachable import Reachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from playbookctl.model.report import RuleInfo
    from playbookctl.model.review import Commit
    from playbookctl.model.workspace import Connectors, Settings
    from playbookctl.review.changed import Changed
    from playbookctl.review.found import Difference, Found
    from playbookctl.review.pairing import Pair
    from playbookctl.review.part import Part
    from playbookctl.review.sides import Side


@dataclass(frozen=True, slots=True)
class Given:
    """What a review is made of, beside the two sides. `judge` and `connectors` judge both: the base's settings.

    `config` and `catalogue` are the paths of the repository's own files; `hidden` are playbooks of the head that its own
    config passes over; `files` are those of our own files that changed.
    `rules` are all there are, by code; `attack_name` what a technique or tactic is called, '' if that is not known.
    """

    base: Commit
    head: Commit
    judge: Settings
    connectors: Connectors
    config: str
    catalogue: str
    hidden: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()
    more: tuple[Part, ...] = ()
    rules: Mapping[str, RuleInfo] = field(default_factory=dict)
    attack_name: Callable[[str], str] = lambda _: ""


def make_review(given: Given, before: Side, now: Side, findings: tuple[list[Found], list[Found]]) -> Review:
    """Return what `now` changes against `before`; `findings` are those of both sides."""
    sides = [Reachable(side, given.connectors, given.judge.entry_points) for side in (before, now)]
    compared = changed.compare(pairing.pairs(before, now), *sides)
    difference = found.difference(*findings, compared)
    parts = _parts(given, compared, before, now, difference)
    risks = joint.risks(parts, lambda key: header.owners_of(compared.pairs[key]) if key in compared.pairs else ())
    changes = tuple(
        _change(pair, compared, given.connectors) for pair in compared.pairs.values() if pair.kind is not None
    )
    uncovered = header.exchange(_techniques(before), _techniques(now)).lost
    told = {
        id_ for change in changes for each in (change.techniques, change.tactics) for id_ in (*each.gained, *each.lost)
    }
    return Review(
        given.base,
        given.head,
        risks,
        changes,
        difference.new,
        difference.fixed,
        _numbers(sides[0]),
        _numbers(sides[1]),
        given.files,
        (*given.not_checked, *_guessed(changes, given.connectors)),
        uncovered,
        tuple((id_, given.attack_name(id_)) for id_ in sorted(told | set(uncovered)) if given.attack_name(id_)),
    )


def _parts(given: Given, compared: Changed, before: Side, now: Side, difference: Difference) -> Iterator[Part]:
    yield from gates.parts(compared)
    yield from acting.parts(compared)
    yield from ways.parts(compared, given.connectors)
    yield from aims.parts(compared, given.connectors)
    yield from limits.parts(compared, given.connectors)
    yield from contracts.parts(compared)
    yield from found.parts(difference.silenced)
    yield from given.more
    if before.settings is not None and now.settings is not None:
        yield from own_files.config_parts(before.settings, now.settings, given.config, given.hidden, given.rules)
    if before.connectors is not None and now.connectors is not None:
        yield from own_files.catalogue_parts(before.connectors, now.connectors, compared, given.catalogue)


def _numbers(side: Reachable) -> Numbers:
    techniques = len(_techniques(side.side))
    return Numbers(len(side.side.playbooks), side.number_of_gates(), len(side.starting), side.ungated(), techniques)


def _guessed(changes: Iterable[PlaybookChange], connectors: Connectors) -> Iterator[str]:
    """Yield that new actions are judged by their names, where no effect is declared for them."""
    gained = {action for change in changes for action in change.actions.gained}
    named = [action for action in sorted(gained) if not effects.is_declared(*_apart(action), connectors)]
    if named:
        yield f"what {words.count(len(named), 'new action does', 'new actions do')}, beyond their names: {words.listed(named)}"


def _apart(action: str) -> tuple[str, str]:
    connector, separator, name = action.partition(": ")
    return (connector, name) if separator else ("", connector)


def _techniques(side: Side) -> set[str]:
    return {id_ for held in side.playbooks.values() if held.playbook for id_ in held.playbook.mitre_techniques}


def _change(pair: Pair, compared: Changed, connectors: Connectors) -> PlaybookChange:
    old = pair.old.playbook if pair.old is not None else None
    new = pair.new.playbook if pair.new is not None else None
    if pair.is_unreadable:  # what it gained and lost is not known
        old = new = None
    kind = pair.kind or ChangeKind.CHANGED
    steps = compared.steps[pair.key].notes() if pair.key in compared.steps else ()
    both = old is not None and new is not None
    change = PlaybookChange(
        kind=kind,
        key=pair.key,
        name=pair.title,
        file=pair.new.file if pair.new is not None else "",
        before_key=pair.old.key if pair.old is not None else "",
        before_file=pair.old.file if pair.old is not None else "",
        owners=header.owners_of(pair),
        digests=(pair.old.digest if pair.old is not None else "", pair.new.digest if pair.new is not None else ""),
        said=header.sentences(pair),
        steps=steps if both else (),
        connectors=header.exchange(header.connectors_of(old), header.connectors_of(new)),
        actions=header.exchange(header.actions_of(old), header.actions_of(new)),
        tactics=header.exchange(old.mitre_tactics if old else (), new.mitre_tactics if new else ()),
        techniques=header.exchange(old.mitre_techniques if old else (), new.mitre_techniques if new else ()),
        inputs=header.exchange(*([each.name for each in side.inputs] if side else [] for side in (old, new))),
        outputs=header.exchange(old.outputs if old else (), new.outputs if new else ()),
        callers=compared.callers(pair.key),
        diagrams=diagrams(pair, steps if both else (), connectors) if new is not None else ("", ""),
    )
    silent = kind is ChangeKind.CHANGED and not (change.said or change.steps or any(change.exchanges))
    return replace(change, said=(_UNTOLD,)) if silent else change


_UNTOLD = "differs in what is not told here, such as a secret, or a step whose id stands twice: look at the file"
