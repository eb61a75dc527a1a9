"""A playbook -> the body that the API gets in one environment, and back. Names become ids; `key` and `x-` stay at home.

`inputs` and `outputs` at the top of a file become a leading `start` step, since the API has no field for them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import NotCanonical, digests
from playbookctl.model.fields import MANAGED
from playbookctl.model.plan import placeholder_key
from playbookctl.model.playbook import START
from playbookctl.plan.sides import Desired
from playbookctl.steps import all_steps, own_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from playbookctl.model.playbook import Playbook
    from playbookctl.plan.lookups import Lookups, Missed

_FILE_NAMES = tuple(
    (field.api_name, ("owner", "owner_id") if field.api_name == "owner_id" else (field.name,)) for field in MANAGED
)


class Unrendered(ValueError):
    """A name without an id. `missed` holds every one of the playbook, in the order of the file.

    `body` is the rest of the playbook, '' in the place of each such id: fit for comparing, never for sending.
    """

    def __init__(self, missed: tuple[Missed, ...], body: dict[str, Any]) -> None:
        super().__init__(missed[0].reason)
        self.missed = missed
        self.body = body


def render(playbook: Playbook, lookups: Lookups) -> dict[str, Any]:
    """Return the body of a playbook: the twelve managed fields under their API names, defaults filled in, no marks.

    A callee without an id is named by its placeholder. Raises Unrendered.
    """
    data = playbook.data
    names = _Names(lookups)
    body: dict[str, Any] = {}
    for field in MANAGED:
        if field.api_name == "owner_id":
            body["owner_id"] = names.id_of("owner", data["owner"]) if data.get("owner") else data.get("owner_id")
        elif field.api_name == "required_connector_ids":
            body["required_connector_ids"] = [names.id_of("connector", name) for name in playbook.required_connectors]
        elif field.api_name == "steps":
            body["steps"] = [*_start(data), *names.steps(data["steps"])]
        else:
            value = data.get(field.name)
            body[field.api_name] = field.default if value is None else value
    if names.missed:
        raise Unrendered(tuple(names.missed), body)
    return body


def desire(playbook: Playbook, file: str, lookups: Lookups, errors: Sequence[str] = ()) -> Desired:
    """Return what a plan needs of a playbook. What cannot be rendered rides along as `problem`; nothing is raised."""
    return desire_body(playbook, file, lookups, errors)[0]


def desire_body(
    playbook: Playbook, file: str, lookups: Lookups, errors: Sequence[str] = ()
) -> tuple[Desired, dict[str, Any] | None]:
    """Return what `desire` does, and the body; None where it cannot be rendered."""
    calls = tuple(sorted({step.calls for step in playbook.all_steps if step.calls}))
    known = Desired(
        key=playbook.key,
        name=playbook.name,
        file=file,
        digests="",
        has_key=playbook.has_key,
        calls=calls,
        unset=tuple(unset_in(playbook.data)),
        errors=tuple(sorted(set(errors))),
    )
    try:
        body = render(playbook, lookups)
        return replace(known, digests=digests(body), pending=pending_in(body)), body
    except Unrendered as error:
        more = f" (and {len(error.missed) - 1} more)" if len(error.missed) > 1 else ""
        return replace(known, problem=error.missed[0].reason + more, hint=error.missed[0].hint), None
    except NotCanonical as error:
        return replace(known, problem=error.message, hint=error.hint), None


def names_in(playbook: Playbook) -> tuple[tuple[str, str], ...]:
    """Return the names that rendering looks up, as (kind, name), sorted: with their ids a rendering can be cached."""
    names = {("connector", name) for name in playbook.required_connectors}
    names |= {("connector", step.connector) for step in playbook.all_steps if step.connector}
    names |= {("playbook", step.data["playbook"]) for step in playbook.all_steps if step.data.get("playbook")}
    if playbook.data.get("owner"):
        names.add(("owner", playbook.data["owner"]))
    return tuple(sorted(names))


def pending_in(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys that the steps of a body name by placeholders, sorted."""
    found = (placeholder_key(step.get("playbook")) for step in all_steps(body["steps"]))
    return tuple(sorted({key for key in found if key is not None}))


def unrender(body: Mapping[str, Any], names: Mapping[str, Mapping[str, str]], *, with_start: bool) -> dict[str, Any]:
    """Return a body in the shape of a file: ids become names, fields at their defaults are left out.

    `names` maps 'connector', 'owner' and 'playbook' to {id: name}; an id that it lacks stays as it is, and so does what
    has not the form of its field: the rules say so of the file. `with_start`:
    the file keeps a `start` step of its own, so that inputs and outputs are not lifted to the top. There is no `key`.
    """
    data: dict[str, Any] = {}
    for field in MANAGED:
        value = body.get(field.api_name)
        if value is None or (value == field.default and type(value) is type(field.default)):
            continue
        if field.api_name == "owner_id":
            owner = _named(names, "owner", value)
            data["owner" if owner != value else "owner_id"] = owner
        elif field.api_name == "required_connector_ids" and isinstance(value, list):
            data[field.name] = _once(_named(names, "connector", item) for item in value)
        elif field.api_name == "steps" and isinstance(value, list):
            lifted = {} if with_start else _lifted(value)
            data |= lifted
            data["steps"] = _named_steps(own_steps(value[1:] if lifted else value), names)
        else:
            data[field.name] = _once(value) if field.kind == "set" and isinstance(value, list) else value
    return data


def _named(names: Mapping[str, Mapping[str, str]], kind: str, value: Any) -> Any:
    return names.get(kind, {}).get(value, value) if isinstance(value, str) else value


def _once(members: Iterable[Any]) -> list[Any]:
    """Return the members of a set in their order, each once: a server may keep twins, a file has none."""
    found: list[Any] = []
    for member in members:
        if member not in found:
            found.append(member)
    return found


class _Names:
    """Looks names up and remembers every one that has no id."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self.missed: list[Missed] = []

    def id_of(self, kind: str, name: str) -> str:
        found = self._lookups.find(kind, name)
        if isinstance(found, str):
            return found
        if found not in self.missed:
            self.missed.append(found)
        return ""

    def steps(self, steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [self._step(step) for step in steps]

    def _step(self, step: Mapping[str, Any]) -> dict[str, Any]:
        rendered = dict(step)
        if "connector" in rendered:
            rendered["connector"] = self.id_of("connector", rendered["connector"])
        if "playbook" in rendered:
            rendered["playbook"] = self.id_of("playbook", rendered["playbook"])
        if "steps" in rendered:
            rendered["steps"] = self.steps(rendered["steps"])
        return rendered


def _start(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if data.get("inputs") or data.get("outputs"):
        start: dict[str, Any] = {"id": START, "type": START}
        if data.get("inputs"):
            start["inputs"] = [{"name": name, **(spec or {})} for name, spec in data["inputs"].items()]
        if data.get("outputs"):
            start["outputs"] = data["outputs"]
        yield start


def _lifted(steps: Sequence[Any]) -> dict[str, Any]:
    """Return `inputs` and `outputs` of the start step that `render` makes, nothing if a person's step stands there."""
    first = steps[0] if steps and isinstance(steps[0], dict) else {}
    own = {key for key in first if key not in ("inputs", "outputs")}
    if own != {"id", "type"} or first["id"] != START or first["type"] != START or len(first) == len(own):
        return {}
    if first.get("inputs") and not _are_inputs(first["inputs"]):
        return {}
    lifted: dict[str, Any] = {}
    if first.get("inputs"):
        lifted["inputs"] = {row["name"]: {k: v for k, v in row.items() if k != "name"} for row in first["inputs"]}
    if first.get("outputs"):
        lifted["outputs"] = first["outputs"]
    return lifted


def _are_inputs(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) and isinstance(row.get("name"), str) for row in rows)


def _named_steps(steps: Sequence[Any], names: Mapping[str, Mapping[str, str]]) -> list[Any]:
    return [_named_step(step, names) if isinstance(step, dict) else step for step in steps]


def _named_step(step: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    named = dict(step)
    for kind in ("connector", "playbook"):
        if kind in named:
            named[kind] = _named(names, kind, named[kind])
    if isinstance(named.get("steps"), list):
        named["steps"] = _named_steps(named["steps"], names)
    return named


def unset_in(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the API fields that a file leaves out."""
    for api_name, names in _FILE_NAMES:
        if not any(name in data for name in names):
            yield api_name
