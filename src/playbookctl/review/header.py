"""What changed of a playbook outside its steps, as sentences, and what its sets of names gained and lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.flow.implication import implies, same_text
from playbookctl.model.review import Exchange
from playbookctl.review import words
from playbookctl.steps import normal_prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playbookctl.model.playbook import Input, Playbook
    from playbookctl.review.pairing import Pair

_TEXTS = ("name", "description", "category")
_SHOWN = frozenset({
    *_TEXTS, "key", "owner", "owner_id", "enabled", "auto_execute", "trigger_conditions", "mitre_tactics",
    "mitre_techniques", "required_connectors", "tags", "inputs", "outputs", "steps",
})  # fmt: skip


def sentences(pair: Pair) -> tuple[str, ...]:
    """Return what is different in the head of the file, in the order in which a reviewer asks for it."""
    if pair.old is None or pair.new is None:
        return tuple(_whole(pair))
    found: list[str] = []
    if pair.old.key != pair.new.key:
        found.append(f"has the key {words.quoted(pair.new.key)}, before {words.quoted(pair.old.key)}")
    if pair.old.file != pair.new.file:
        found.append(f"lies in {words.quoted(pair.new.file)}, before in {words.quoted(pair.old.file)}")
    old, new = pair.old.playbook, pair.new.playbook
    if old is None or new is None:
        found += [] if new is not None else ["cannot be read as a playbook any more"]
        found += [] if old is not None else ["can be read as a playbook again"]
        return tuple(found)
    return (*found, *_switches(old, new), *_triggers(old, new), *_texts(old, new), *_inputs(old, new))


def exchange(before: Iterable[str], now: Iterable[str]) -> Exchange:
    """Return what a set of names gained and lost."""
    old, new = set(before), set(now)
    return Exchange(tuple(sorted(new - old)), tuple(sorted(old - new)))


def connectors_of(playbook: Playbook | None) -> set[str]:
    """Return the connectors that a playbook requires or uses, by name."""
    if playbook is None:
        return set()
    return {*playbook.required_connectors, *(step.connector for step in playbook.all_steps if step.connector)}


def actions_of(playbook: Playbook | None) -> set[str]:
    """Return what a playbook does, as 'connector: action'."""
    steps = playbook.all_steps if playbook is not None else []
    return {f"{step.connector}: {step.action}" if step.connector else step.action for step in steps if step.action}


def owners_of(pair: Pair) -> tuple[str, ...]:
    """Return the owners on both sides: who answers for it now has a say in giving it away."""
    sides = [held.playbook for held in (pair.new, pair.old) if held is not None and held.playbook is not None]
    names = (playbook.data.get("owner") or playbook.data.get("owner_id") or "" for playbook in sides)
    return tuple(dict.fromkeys(name for name in names if name))


def _whole(pair: Pair) -> Iterator[str]:
    playbook = pair.one.playbook
    if playbook is None:
        yield "cannot be read as a playbook"
        return
    if pair.new is None:
        yield "its file is gone; what is live stays as it is until somebody retires it"
        return
    if playbook.auto_execute:
        yield f"starts by itself on {words.trigger(playbook.trigger_conditions)}"
    else:
        yield "is started by a person, or called by another playbook"
    if not playbook.enabled:
        yield "is switched off"


def _switches(old: Playbook, new: Playbook) -> Iterator[str]:
    if old.enabled != new.enabled:
        yield "is switched on" if new.enabled else "is switched off"
    if old.auto_execute != new.auto_execute:
        yield "starts by itself now" if new.auto_execute else "no longer starts by itself"
    before, now = (side.data.get("owner") or side.data.get("owner_id") for side in (old, new))
    if before != now:
        yield f"is owned by {words.said(now)}, before by {words.said(before)}"


def _triggers(old: Playbook, new: Playbook) -> Iterator[str]:
    before, now = old.trigger_conditions, new.trigger_conditions
    if same_text(sorted(map(same_text, before))) == same_text(sorted(map(same_text, now))):
        return
    narrower, wider = implies(now, before), implies(before, now)
    how = (
        "says the same in other words" if narrower and wider
        else "is narrower" if narrower
        else "is wider" if wider
        else "is another one"
    )  # fmt: skip
    was, is_ = words.triggers(before, now)
    yield f"the trigger {how}: {was} → {is_}"


def _texts(old: Playbook, new: Playbook) -> Iterator[str]:
    for field in _TEXTS:
        before, now = (normal_prose(str(side.data.get(field) or "")) for side in (old, new))
        if before != now:
            yield f"{field}: {words.change(before, now)}"
    tags = exchange(old.data.get("tags") or (), new.data.get("tags") or ())
    if tags.gained:
        yield f"new tags: {words.listed(tags.gained)}"
    if tags.lost:
        yield f"tags gone: {words.listed(tags.lost)}"
    for field in sorted((old.data.keys() | new.data.keys()) - _SHOWN):
        if old.data.get(field) != new.data.get(field):
            yield f"{words.quoted(field)}: {words.change(old.data.get(field), new.data.get(field))}"


def _inputs(old: Playbook, new: Playbook) -> Iterator[str]:
    before, now = ({each.name: each for each in side.inputs} for side in (old, new))
    for name in sorted(before.keys() & now.keys()):
        yield from _input(before[name], now[name])
    for name in sorted(old.outputs.keys() & new.outputs.keys()):
        if old.outputs[name] != new.outputs[name]:
            yield f"the output {words.quoted(name)} is described or made otherwise"


def _input(before: Input, now: Input) -> Iterator[str]:
    name = words.quoted(now.name)
    if before.required != now.required:
        yield f"the input {name} {'must be given now' if now.required else 'may be left out now'}"
    if (before.has_default, same(before.default)) != (now.has_default, same(now.default)):
        shown = [words.quoted(each.default) if each.has_default else "none" for each in (now, before)]
        yield f"the input {name} is {shown[0]} if nobody says otherwise, before {shown[1]}"
    if before.description != now.description:
        yield f"the input {name} is described otherwise"


def same(value: Any) -> str:
    """Return a text that tells JSON values apart, types included."""
    return f"{type(value).__name__} {value!r}"
