"""By which effects a change is judged: the base's catalogue, and where the change is stricter, the change's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from playbookctl.flow.effects import IRREVERSIBLE, NOTIFY, READ, REVERSIBLE, effect_of, told_by
from playbookctl.model.workspace import Connector, Connectors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.model.playbook import Step
    from playbookctl.model.workspace import ActionSpec

ORDER = (READ, NOTIFY, REVERSIBLE, IRREVERSIBLE)


class Lowered(NamedTuple):
    """An action whose effect the change calls milder than the base does, or than its name says if the base lacks it."""

    connector: str
    action: str
    before: str
    now: str
    guessed: bool


def takes_away(step: Step, connectors: Connectors) -> bool:
    """Tell whether a step's own action takes something away from somebody."""
    if not step.action:
        return False
    return effect_of(step.connector, step.action, connectors, told_by(step.action, step.parameters)).is_destructive


def is_declared(connector: str, action: str, connectors: Connectors) -> bool:
    """Tell whether the effect of an action is declared, and not guessed from its name."""
    known = connectors.by_name.get(connector)
    spec = known.actions.get(action) if known is not None and known.actions else None
    return spec is not None and spec.effect is not None


def judged(base: Connectors, head: Connectors) -> Connectors:
    """Return the catalogue that judges: what the base knows as the base knows it, what the head adds as it says.

    An effect is the stricter of the two; of an action that the base does not know, at least what its name says.
    """
    if base.file is None and head.file is None:
        return base
    names = sorted(base.by_name.keys() | head.by_name.keys())
    return Connectors({name: _connector(name, base, head) for name in names}, base.file or head.file)


def lowered(base: Connectors, head: Connectors, used: Iterable[tuple[str, str]]) -> list[Lowered]:
    """Return the actions, among those known or `used` as (connector, action), whose effect the head calls milder."""
    known = {
        (name, action)
        for side in (base, head)
        for name, connector in side.by_name.items()
        for action in connector.actions or ()
    }
    found = []
    for connector, action in sorted(known | set(used)):
        before, now = effect_of(connector, action, base), effect_of(connector, action, head)
        if ORDER.index(now.kind) < ORDER.index(before.kind) and before.is_destructive:
            found.append(Lowered(connector, action, before.kind, now.kind, bool(before.verb)))
    return found


def _connector(name: str, base: Connectors, head: Connectors) -> Connector:
    known, new = base.by_name.get(name), head.by_name.get(name)
    first = known or new
    if first is None or first.actions is None:
        return Connector(name, {"provider": first.provider if first else name})
    specs = {**((new.actions or {}) if new is not None else {}), **((known.actions or {}) if known is not None else {})}
    actions = {action: _spec(name, spec, base, head) for action, spec in sorted(specs.items())}
    return Connector(name, {"provider": first.provider, "actions": actions})


def _spec(connector: str, spec: ActionSpec, base: Connectors, head: Connectors) -> dict[str, Any]:
    kinds = [effect_of(connector, spec.name, side).kind for side in (base, head)]
    known = {"optional": spec.optional, "outputs": spec.outputs, "undo": spec.undo}
    said = {field: value for field, value in known.items() if value is not None}
    return {**said, "required": spec.required, "effect": max(kinds, key=ORDER.index)}
