"""Losses of gates and new destructive actions, each told of the playbook whose change made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.review import RiskKind
from playbookctl.review import causes, words
from playbookctl.review.losses import losses
from playbookctl.review.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playbookctl.review.changed import Changed
    from playbookctl.review.losses import Loss
    from playbookctl.review.reachable import Asked


def parts(changed: Changed) -> Iterator[Part]:
    """Yield a part for every set of actions that one playbook's change set free, for the same runs, from the same gates."""
    by_site: dict[tuple[str, str], list[Loss]] = {}
    for loss in losses(changed):
        by_site.setdefault((loss.act.key, loss.act.step), []).append(loss)
    groups: dict[tuple[object, ...], list[list[Loss]]] = {}
    for found in by_site.values():
        rows = sorted(found, key=lambda loss: (loss.level.rank, not loss.starts, len(loss.act.calls), loss.act.entry))
        first = rows[0]
        rows = [
            loss for loss in rows if (loss.kind, loss.level) == (first.kind, first.level)
        ]  # the worst speaks for it
        entries = tuple(sorted({loss.act.entry for loss in rows}))
        place = (_blamed(changed, first), first.kind, first.level, entries, first.asked, first.act.is_ungated)
        groups.setdefault(place, []).append(rows)
    for (key, *_), sites in sorted(groups.items(), key=repr):
        yield _part(changed, str(key), sites)


def _blamed(changed: Changed, loss: Loss) -> str:
    """Return the playbook whose change it is: of those on the way, the innermost that changed who is asked."""
    if loss.by_hand and loss.act.entry in changed.steps:
        return loss.act.entry
    if loss.kind is RiskKind.DESTRUCTIVE:
        for key, step in ((loss.act.key, loss.act.step), *reversed(loss.act.calling)):
            if key in changed.steps and step not in changed.steps[key].before:
                return key  # it is the step that is new
    way = [*reversed(loss.act.calls), *(gate.key for gate in loss.asked)]
    named = [key for key in dict.fromkeys(way) if key in changed.steps]
    for key in named:
        if causes.undo(changed, key):
            return key
    for key in sorted(_called(changed, loss.act.entry) & changed.steps.keys()):
        if causes.undo(changed, key):
            return key
    return next(iter(named), loss.act.entry)


def _called(changed: Changed, entry: str) -> frozenset[str]:
    """Return every playbook that a run of `entry` can come to on either side."""
    found = {entry, changed.old_key(entry)}
    pending = list(found)
    for key in pending:
        for side in (changed.now.side, changed.before.side):
            held = side.playbooks.get(key)
            for _, callee in held.facts.get("calls", ()) if held is not None else ():
                if callee not in found:
                    found.add(callee)
                    pending.append(callee)
    return frozenset(found)


def _part(changed: Changed, key: str, sites: Sequence[Sequence[Loss]]) -> Part:
    first = sites[0][0]
    entries = sorted({loss.act.entry for rows in sites for loss in rows})
    actions = words.listed(dict.fromkeys(_does(rows[0]) for rows in sites))
    others = [entry for entry in entries if entry != key]
    newly = "newly " if first.kind is RiskKind.DESTRUCTIVE else ""
    lets = f"lets {words.listed(others)} {newly}run" if others and key not in entries else f"{newly}runs"
    also = f" (also when called by {words.listed(others)})" if others and key in entries else ""
    pair = changed.pairs[key]
    return Part(
        first.kind,
        first.level,
        key,
        pair.one.file,
        f"{lets} {actions} {_how(first)}{also}",
        _before(first, changed),
        _now(first, changed, key),
        _undo(changed, key, first),
        tuple(dict.fromkeys(rows[0].act.step for rows in sites if rows[0].act.key == key)),
        tuple(entries),
    )


def _does(loss: Loss) -> str:
    act = loss.act
    return f"{act.action} ({act.connector})" if act.connector else act.action


def _how(loss: Loss) -> str:
    if loss.act.is_ungated:
        return "without a person being asked"
    return f"after asking {_people(loss.act.gates)}" if loss.kind is RiskKind.DESTRUCTIVE else "with a weaker approval"


def _before(loss: Loss, changed: Changed) -> str:
    asked = [f"{_people(loss.asked)} had to agree first ({_places(loss.asked)})"] if loss.asked else []
    asked += ["a person had to start it"] if loss.by_hand else []
    nothing = "it did nothing of the kind" if changed.old_key(loss.act.entry) else "there was no such playbook"
    return " and ".join(asked) or nothing


def _now(loss: Loss, changed: Changed, key: str) -> str:
    step = words.quoted(loss.act.name)
    asked = "nobody is asked" if loss.act.is_ungated else f"{_people(loss.act.gates)} must agree"
    before = f"{asked} before the step {step}"
    entry = loss.act.entry
    if entry == key and (loss.by_hand or not changed.old_key(entry)):
        return before  # that it starts by itself now is told beside it
    held = changed.now.side.playbooks[entry]
    name = "it" if entry == key else words.quoted(held.playbook.name if held.playbook is not None else entry)
    start = f"{name} starts by itself" if loss.starts else f"whoever starts {name} sets it off"
    way = f" and gets there through {words.listed(loss.act.calls[1:])}" if len(loss.act.calls) > 1 else ""
    return f"{start}{way}; {before}"


def _undo(changed: Changed, key: str, loss: Loss) -> str:
    if loss.kind is RiskKind.DESTRUCTIVE:
        called = loss.act.calls[loss.act.calls.index(key) + 1 :] if key in loss.act.calls else ()
        what = f"call of {words.quoted(called[0])}" if called else f"step {words.quoted(loss.act.name)}"
        return f"take the {what} out, or have a person asked before it"
    if loss.by_hand and not loss.asked:
        return "have a person asked before it, or do not let it start by itself"
    return causes.undo(changed, key) or "have a person asked before it"


def _people(gates: Sequence[Asked]) -> str:
    shown = sorted({words.who(sorted(gate.by), gate.minimum) for gate in gates})
    return " or ".join(shown[:3]) + (" or others" if len(shown) > 3 else "")  # noqa: PLR2004 - that are named


def _places(gates: Sequence[Asked]) -> str:
    return f"step {words.listed(sorted({gate.name for gate in gates}), 'or')}"
