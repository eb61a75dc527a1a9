"""What a change does to one playbook as marked lines, the same for every reader; nothing is escaped here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from playbookctl.model.plan import Action, Side, StepKind, ValueChange
from playbookctl.model.plan_totals import Group, group_of
from playbookctl.report import summary, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.plan import Change, FieldChange, StepChange, Writer

_NEW = 1  # the row of the three-way table in which the group of a create is its reason
_ACTS = ("trigger_conditions", "auto_execute", "enabled", "steps")  # the fields that say how a playbook acts
_STEP_MARK = {StepKind.ADDED: "+", StepKind.REMOVED: "-", StepKind.CHANGED: "~", StepKind.MOVED: "~"}
_FRACTION = re.compile(r"(?<=:\d\d)\.\d+")  # of a second: nobody reads it
_INVERSE = {StepKind.ADDED: StepKind.REMOVED, StepKind.REMOVED: StepKind.ADDED}


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `mark` is '+', '-', '~' or ' ', '!' for what a person must see, '@' for a gap; `depth` indents it."""

    mark: str
    depth: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How to write a value on one line: what stands between old and new, and how many characters it may take.

    `whole` shows every field of a playbook that is created, not only those that say how it acts.
    """

    arrow: str = "→"
    ellipsis: str = "…"
    room: int = 100
    whole: bool = False

    def cut(self, text: str, limit: int) -> str:
        """Return `text` in at most `limit` characters."""
        return text if len(text) <= limit else text[: limit - len(self.ellipsis)] + self.ellipsis


def of_change(change: Change, layout: Layout) -> Iterator[Line]:
    """Yield what stands below the headline of a change, except the hint."""
    yield from (Line("!", 0, f"riskier on the server: {text}") for text in change.riskier)
    yield from (Line(" ", 0, f"safer on the server: {text}") for text in change.safer)
    if change.reason and not (change.row == _NEW and change.action is Action.CREATE):
        yield Line(" ", 0, change.reason)
    for field in change.fields:
        if change.action is Action.CREATE:
            yield from _created(field, layout)
        else:
            yield from _field(field, layout, said=group_of(change) is Group.DRIFT)
    if change.writer and any(field.moved_by in (Side.LIVE, Side.BOTH) for field in change.fields):
        yield Line(" ", 0, f"last written on the server {said_of(change.writer)}")
    if change.touched is not None and change.action is Action.HOLD:
        yield Line(" ", 0, f"this commit {'changes' if change.touched else 'does not change'} {change.file}")
    yield from (Line(" ", 0, note) for note in change.notes)


def said_of(writer: Writer) -> str:
    """Return who wrote, when and from where, as far as the server says it."""
    parts = (("by", writer.updated_by), ("at", _FRACTION.sub("", writer.updated_at)), ("through", writer.source_type))
    return " ".join(f"{word} {value}" for word, value in parts if value) or "by an unknown writer"


def is_titled(name: str, key: str) -> bool:
    """Tell whether a name says more than the key does."""
    return bool(name) and "-".join(name.casefold().split()) != key.replace("_", "-")


def _field(field: FieldChange, layout: Layout, *, said: bool) -> Iterator[Line]:
    """Yield one field in the direction in which it moved; `said` if the group's title says already that it is kept."""
    kept = field.moved_by is Side.LIVE and not field.written
    before, after = (field.after, field.before) if kept else (field.before, field.after)
    tail = _tail(field, said=said)
    if not before and not after:
        yield Line("~", 0, field.field + tail)
    elif field.moved_by is Side.BOTH and field.base:
        yield from _both(field, layout)
    elif field.steps:
        yield Line("~", 0, field.field + tail)
        for step in field.steps:
            yield from _step(_inverted(step) if kept else step, layout)
    elif values.is_list_of_words(before, after):
        yield from _words(field.field, before, after, tail)
    else:
        yield from _value(field.field, before, after, tail, layout, 0)


def _both(field: FieldChange, layout: Layout) -> Iterator[Line]:
    """Yield what each side made of what was applied last."""
    yield Line("~", 0, f"{field.field}  (moved on both sides)")
    for name, value, steps in (
        ("on the server", field.before, field.by_live),
        ("in the repo", field.after, field.by_repo),
    ):
        if steps:
            yield Line("~", 1, name)
            for step in steps:
                yield from _step(step, layout, depth=2)
        elif values.is_list_of_words(field.base, value):
            yield from _words(name, field.base, value, "", depth=1)
        else:
            yield from _value(name, field.base, value, "", layout, 1)


def _tail(field: FieldChange, *, said: bool) -> str:
    match field.moved_by, field.written:
        case Side.LIVE, False:
            words = "expected" if field.expected else "" if said else "moved on the server, kept"
        case Side.LIVE, True:
            words = "moved on the server, written over"
        case Side.BOTH, _:
            words = "moved on both sides: live is -, repo is +"
        case Side.ENVIRONMENT, _:
            words = "the environment moved"
        case _:
            words = ""
    brake = "a brake: only --release undoes it" if field.brake and not field.written else ""
    whole = "; ".join(part for part in (words, brake) if part)
    return f"  ({whole})" if whole else ""


def _created(field: FieldChange, layout: Layout) -> Iterator[Line]:
    if field.field not in _ACTS and not layout.whole:
        return
    if field.steps:
        said = f"{summary.count(len(field.steps), 'step')}: {', '.join(step.id for step in field.steps)}"
    elif values.short(field.after) != values.NOTHING:
        said = f"{field.field}: {values.short(field.after)}"
    else:
        return
    yield Line("+", 0, layout.cut(said, layout.room))


def _words(name: str, before: str, after: str, tail: str, *, depth: int = 0) -> Iterator[Line]:
    old, new = set(values.parse(before) or ()), set(values.parse(after) or ())
    yield Line("~", depth, name + tail)
    yield from (Line("-", depth + 1, word) for word in sorted(old - new))
    yield from (Line("+", depth + 1, word) for word in sorted(new - old))


def _value(name: str, before: str, after: str, tail: str, layout: Layout, depth: int) -> Iterator[Line]:
    old, new = values.short(before), values.short(after)
    if not (values.is_short(before) and values.is_short(after)):
        yield Line("~", depth, name + tail)
        yield from (Line(mark, depth + 1, text) for mark, text in values.difference(before, after))
    elif len(f"{name}: {old} {layout.arrow} {new}") + 2 * depth <= layout.room:
        yield Line("~", depth, f"{name}: {old} {layout.arrow} {new}{tail}")
    else:
        yield Line("~", depth, name + tail)
        yield Line("-", depth + 1, old)
        yield Line("+", depth + 1, new)


def _step(step: StepChange, layout: Layout, *, depth: int = 1) -> Iterator[Line]:
    name = f"  {step.name}" if is_titled(step.name, step.id) else ""
    moved = "  (moved)" if step.kind is StepKind.MOVED else ""
    yield Line(_STEP_MARK[step.kind], depth, f"{step.id}{name}{moved}")
    for value in step.values:
        yield from _value(value.path, value.before, value.after, "", layout, depth + 1)
    if step.dropped:
        yield Line("!", depth + 1, f"drops what the vendor keeps in it: {', '.join(step.dropped)}")


def _inverted(step: StepChange) -> StepChange:
    """Return a difference from live to desired as one from desired to live."""
    turned = tuple(ValueChange(value.path, value.after, value.before) for value in step.values)
    return replace(step, kind=_INVERSE.get(step.kind, step.kind), values=turned)
