"""The playbook schema for one repository's editors: with the names of its connectors and of their actions to choose from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.load.schema.files import schema_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.model.workspace import Connector, Connectors

_ID = "^cnn_"  # an id of the platform, which rules accept in place of a name
_TEMPLATE = r"\{\{"  # filled in by the platform when the step runs


def schema_with_connectors(connectors: Connectors) -> str:
    """Return the text of the playbook schema that offers, and accepts, the connectors of a catalogue and their actions."""
    schema: dict[str, Any] = json.loads(schema_text("playbook"))
    named = [connectors.by_name[name] for name in sorted(connectors.by_name)]
    parts = schema["$defs"]
    available = parts["connectorAvailable"]["properties"]
    for holder, key, beside in (
        (schema["properties"]["required_connectors"], "items", _ID),
        (parts["stepFields"]["properties"], "connector", f"{_ID}|{_TEMPLATE}"),
        (available, "connector_available", _ID),
    ):
        choices = ((connector.name, _described(connector)) for connector in named)
        holder[key] = _one_of(holder[key], choices, beside)
    action = parts["stepFields"]["properties"]["action"]
    parts["actionStep"].setdefault("allOf", []).extend(
        {
            "if": {"required": ["connector"], "properties": {"connector": {"const": connector.name}}},
            "then": {"properties": {"action": _one_of(action, _actions(connector), _TEMPLATE)}},
        }
        for connector in named
        if connector.actions is not None
    )
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _one_of(plain: dict[str, Any], choices: Iterable[tuple[str, str]], beside: str) -> dict[str, Any]:
    """Return the schema of a text that is one of `choices`, or matches the pattern `beside`."""
    rows = list(choices)
    kept = {key: value for key, value in plain.items() if key != "examples"}
    words = {"enum": [name for name, _ in rows], "enumDescriptions": [said for _, said in rows]}
    return {**kept, "anyOf": [*([words] if rows else []), {"type": "string", "pattern": beside}]}


def _described(connector: Connector) -> str:
    actions = "any action" if connector.actions is None else ", ".join(sorted(connector.actions)) or "no actions"
    return f"{connector.provider}: {actions}."


def _actions(connector: Connector) -> list[tuple[str, str]]:
    return [(name, _effect(spec.effect)) for name, spec in sorted((connector.actions or {}).items())]


def _effect(effect: str | None) -> str:
    return f"Effect: {effect}." if effect else "Effect: guessed from its verb."
