"""Which change of a playbook can have taken a gate out of the way, and what takes it back, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.flow.implication import same_text
from playbookctl.model.playbook import Gate
from playbookctl.review import words
from playbookctl.review.header import same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.review.changed import Changed
    from playbookctl.review.steps import StepPair

_MOST = 2


def undo(changed: Changed, key: str) -> str:
    """Return what takes a playbook's changes to who is asked back, '' if nothing of the kind changed in it."""
    found = list(dict.fromkeys(_causes(changed, key)))
    return "; ".join(found[:_MOST])


def _causes(changed: Changed, key: str) -> Iterator[str]:
    """Yield what takes back, what is likeliest first."""
    if key not in changed.steps:
        return
    steps = changed.steps[key]
    for pair in steps.paired:
        yield from _approval(pair)
    for step in steps.removed:
        if step.type == "manual" or step.gate is not None:
            yield f"put the step {words.quoted(step.name)} back"
    yield from _defaults(changed, key)
    for pair in steps.paired:
        yield from _handed(pair)
        yield from _conditions(pair)
    for pair in steps.paired:
        yield from _wiring(pair)


def _approval(pair: StepPair) -> Iterator[str]:
    before, now = pair.before.get("approval"), pair.now.get("approval")
    if before is not None and same_text(before) != same_text(now):
        yield f"put the approval of the step {words.quoted(pair.new.name)} back: {words.gate(Gate(before, ()))}"
    if pair.before.get("assignee") != pair.now.get("assignee") and pair.before.get("assignee"):
        yield f"let the step {words.quoted(pair.new.name)} ask {words.quoted(pair.before['assignee'])} again"
    if pair.old.type == "manual" and pair.new.type != "manual":
        yield f"let the step {words.quoted(pair.new.name)} ask a person again"
    if pair.before.get("on_timeout") != pair.now.get("on_timeout"):
        said = words.outcome(pair.before.get("on_timeout"))
        yield f"if nobody answers at the step {words.quoted(pair.new.name)}: {said}, as before"


def _defaults(changed: Changed, key: str) -> Iterator[str]:
    pair = changed.pairs[key]
    if pair.old is None or pair.new is None or pair.old.playbook is None or pair.new.playbook is None:
        return
    before, now = ({each.name: each for each in side.playbook.inputs} for side in (pair.old, pair.new) if side.playbook)
    for name in sorted(before.keys() & now.keys()):
        one, other = before[name], now[name]
        if (one.has_default, same(one.default)) != (other.has_default, same(other.default)):
            value = words.quoted(one.default) if one.has_default else "no default"
            yield f"set the default of the input {words.quoted(name)} back to {value}"


def _handed(pair: StepPair) -> Iterator[str]:
    if not pair.new.calls:
        return
    before, now = pair.before.get("with") or {}, pair.now.get("with") or {}
    for name in sorted(before.keys() | now.keys()):
        if same(before.get(name)) != same(now.get(name)):
            value = words.quoted(before[name]) if name in before else "nothing"
            yield f"hand {value} as {words.quoted(name)} to {words.quoted(pair.new.calls)} again"


def _conditions(pair: StepPair) -> Iterator[str]:
    if same_text(pair.before.get("if")) != same_text(pair.now.get("if")):
        when = f"only if {words.condition(pair.before['if'])}" if "if" in pair.before else "always"
        yield f"run the step {words.quoted(pair.new.name)} {when}, as before"
    old = {branch["name"]: branch.get("when") for branch in pair.before.get("branches") or ()}
    new = {branch["name"]: branch.get("when") for branch in pair.now.get("branches") or ()}
    for name, when in old.items():
        if name not in new or same_text(new[name]) != same_text(when):
            taken = f"if {words.condition(when)}" if when else "as before"
            yield f"let the step {words.quoted(pair.new.name)} take the branch {words.quoted(name)} {taken}"


def _wiring(pair: StepPair) -> Iterator[str]:
    for field in ("next", "else", "on_error"):
        if pair.before.get(field) != pair.now.get(field):
            where = {"next": "", "else": " otherwise", "on_error": ", if it fails,"}[field]
            value = pair.before.get(field)
            to = words.outcome(value) if field == "on_error" else f"leads to {_leads(value, field)}"
            yield f"at the step {words.quoted(pair.new.name)}{where} {to}, as before"


def _leads(value: object, field: str) -> str:
    if value is None:
        return "the end" if field == "else" else "the step below"
    return words.target(value)
