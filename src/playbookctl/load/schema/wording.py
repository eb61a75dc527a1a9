"""The words of the explanations. They stand in for nothing: what is accepted is said by the schema alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playbookctl.model.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FIELD = "\x00"  # stands in a message for the field, which is known once the path is
LIST = "\x01"  # the same for the list whose element is meant

KINDS = {
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}

# What people write who come from elsewhere, and the words that may be meant.
OTHER_WORDS = {
    "args": ("with",), "arguments": ("with",), "inputs": ("with",), "parameters": ("with",), "params": ("with",),
    "condition": ("if", "when"), "conditions": ("when", "if", "trigger_conditions"), "when": ("if",), "if": ("when",),
    "goto": ("next",), "then": ("next",), "to": ("next",), "default": ("else",), "otherwise": ("else",),
    "foreach": ("for_each",), "loop": ("for_each",), "operator": ("op",), "values": ("value",),
    "choices": ("options",), "options": ("choices",), "question": ("message",), "prompt": ("message",),
    "approvers": ("by",), "who": ("by",), "title": ("name", "label"), "owner_id": ("owner",),
    "required_connector_ids": ("required_connectors",), "trigger": ("trigger_conditions",),
    "triggers": ("trigger_conditions",), "tactics": ("mitre_tactics",), "techniques": ("mitre_techniques",),
    "cases": ("branches",), "retries": ("retry",), "attempts": ("times",), "limit": ("max_targets", "max"),
    "phase": ("category",), "tenant": ("tenant_id",), "persons": ("owners",), "risk": ("effect",), "eq": ("equals",),
    "==": ("equals",), "=": ("equals",), "is": ("equals",), "ne": ("not_equals",), "!=": ("not_equals",),
    ">": ("gt",), ">=": ("gte",), "<": ("lt",), "<=": ("lte",), "regex": ("matches",), "has": ("contains",),
    "like": ("contains",), "ask": ("manual",), "approval": ("manual",), "switch": ("decision",),
    "call": ("playbook",), "subplaybook": ("playbook",), "sub_playbook": ("playbook",), "sleep": ("wait",),
    "task": ("action",), "group": ("section",),
}  # fmt: skip

REMEDIES = {
    "condition": "; write {field: …, op: …, value: …}, or {expr: …} for an expression of the platform",
    "branch": "; write {name: …, when: …, next: …}",
    "retry": "; write {times: …, delay: …}",
    "repeat": "; write {until: …, max: …, delay: …}",
}
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_SHOWN = 60  # characters of a value, and letters of a list of choices, before it is cut


def meant(word: str, candidates: Iterable[str]) -> str:
    """Return the candidate that `word` probably means, '' if none does."""
    known = set(candidates)
    for other in OTHER_WORDS.get(word.lower(), ()):
        if other in known:
            return other
    return nearest(word, known) or ""


def question(suggestion: str) -> str:
    """Return the end of a sentence that asks whether `suggestion` was meant."""
    return f"; did you mean '{suggestion}'?" if suggestion else ""


def quoted(value: Any) -> str:
    """Return a value in quotes, on one line, cut where it is long."""
    text = value if isinstance(value, str) else written(value)
    text = re.sub(r"\s+", " ", text)
    return f"'{text}'" if len(text) <= _SHOWN else f"'{text[: _SHOWN - 1]}…'"


def written(value: Any) -> str:
    """Return a scalar as YAML writes it."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def found(value: Any) -> str:
    """Say what stands there instead."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return written(value)
    if isinstance(value, str):
        return "text" if len(value) > _SHOWN or "\n" in value or not value else f"the text {quoted(value)}"
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else f"the number {value}"


def kinds(types: Sequence[str]) -> str:
    """Say which types are accepted."""
    return either([KINDS[name] for name in types if name in KINDS])


def either(words: Sequence[str]) -> str:
    """Return 'a, b or c'."""
    return " or ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def choices(values: Sequence[str]) -> str:
    """Return 'a, b or c', cut and counted where there are many."""
    if len(either(values)) <= _SHOWN * 2:
        return either(values)
    shown = list(values)
    while len(", ".join(shown)) > _SHOWN:
        shown.pop()
    return f"{', '.join(shown)}, … ({len(values)} in all)"


def remedy(value: Any, types: Sequence[str]) -> str:
    """Say how to turn a value of the wrong type into one of the right type, '' where that is not obvious."""
    if "string" in types and isinstance(value, (bool, int, float)):
        return "; write it in quotes"
    if "array" in types and isinstance(value, str) and value and len(value) <= _SHOWN and "\n" not in value:
        return f"; write [{value}]"
    if isinstance(value, str) and value.lower() in _TRUTH and "boolean" in types:
        return f"; write {written(_TRUTH[value.lower()])} without quotes"
    if isinstance(value, str) and value.isdecimal() and {"integer", "number"} & set(types):
        return "; write it without quotes"
    return ""


def slug(text: str) -> str:
    """Return `text` as a key could be written."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
