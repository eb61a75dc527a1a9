"""The steps of an API object: which keys are ours, their canonical form, and a vendor's keys that travel along."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STEP_KEYS = frozenset({
    "action", "approval", "assignee", "branches", "choices", "connector", "delay", "description", "else", "for_each",
    "form", "id", "if", "inputs", "join", "match", "max_targets", "message", "name", "next", "notify", "on_error",
    "on_timeout", "optional", "outputs", "playbook", "repeat", "retry", "shared_context", "steps", "timeout", "type",
    "until", "with",
})  # fmt: skip
PROSE_KEYS = frozenset({"name", "description", "message"})
STEP_DEFAULTS: dict[str, Any] = {
    "type": "action", "optional": False, "shared_context": False, "match": "first", "join": "all", "on_error": "stop",
    "on_timeout": "stop",
}  # fmt: skip
APPROVAL_DEFAULTS: dict[str, Any] = {"min": 1, "not_author": False, "on_refused": "stop", "on_expired": "stop"}

# a step with these keys only, whose text has none of the telltales, is in canonical form already
_PLAIN_KEYS = STEP_KEYS - {"optional", "shared_context", "match", "join"}
_TELLTALES = (":null", "\\r", '"approval":{', ':"action"', ':"stop"')


def is_ours(key: str) -> bool:
    """Whether a key of a step belongs to the format, so that digests see it."""
    return key in STEP_KEYS or key.startswith("x-")


def have_plain_keys(steps: Any) -> bool:
    """Whether no step, loop bodies included, holds a key that `canonical_steps` would look at; see `is_canonical`."""
    if not isinstance(steps, list):
        return False
    for step in steps:
        if not isinstance(step, dict) or not step.keys() <= _PLAIN_KEYS:
            return False
        if "steps" in step and not have_plain_keys(step["steps"]):
            return False
    return True


def is_canonical(text: str) -> bool:
    """Whether the JSON text of steps with plain keys shows that there is nothing to normalise but numbers."""
    if any(telltale in text for telltale in _TELLTALES):
        return False
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def canonical_steps(steps: Any) -> Any:
    """Return steps without a vendor's keys, nulls and defaults, prose and sets normalised; what is no list as it is."""
    if not isinstance(steps, list):
        return steps
    return [_canonical_step(step) if isinstance(step, dict) else step for step in steps]


def own_steps(steps: Any) -> Any:
    """Return live steps without the keys that are not ours; what is no list of steps as it is."""
    if not isinstance(steps, list):
        return steps
    return [
        {key: own_steps(value) if key == "steps" else value for key, value in step.items() if is_ours(key)}
        if isinstance(step, dict)
        else step
        for step in steps
    ]


def all_steps(steps: Any) -> Iterator[dict[str, Any]]:
    """Yield every step that is a mapping with a text id, bodies of loops included, in order."""
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, dict):
            if isinstance(step.get("id"), str):
                yield step
            if "steps" in step:
                yield from all_steps(step["steps"])


def vendor_keys(steps: Any) -> dict[str, dict[str, Any]]:
    """Return, by step id, the keys of live steps that are not ours."""
    found: dict[str, dict[str, Any]] = {}
    for step in all_steps(steps):
        if not step.keys() <= STEP_KEYS:
            vendor = {key: value for key, value in step.items() if not is_ours(key)}
            if vendor:
                found.setdefault(step["id"], vendor)
    return found


def carry_over(desired: list[Any], vendor: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """Return the desired steps with a vendor's keys (see `vendor_keys`) put back by step id, loop bodies included."""
    carried = []
    for step in desired:
        body = {"steps": carry_over(step["steps"], vendor)} if "steps" in step else {}
        carried.append({**step, **body, **vendor.get(step["id"], {})})
    return carried


def normal_prose(text: str) -> str:
    """Return a text with LF line ends, in NFC."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _canonical_step(step: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _canonical_value(key, value)
        for key, value in step.items()
        if value is not None and is_ours(key) and not (key in STEP_DEFAULTS and _same(value, STEP_DEFAULTS[key]))
    }


def _canonical_value(key: str, value: Any) -> Any:
    if key == "steps":
        return canonical_steps(value)
    if key in PROSE_KEYS and isinstance(value, str):
        return normal_prose(value)
    if key == "notify" and isinstance(value, dict) and isinstance(value.get("body"), str):
        return {**value, "body": normal_prose(value["body"])}
    if key == "approval" and isinstance(value, dict):
        return {word: _approvers(word, item) for word, item in value.items() if not _is_default(word, item)}
    return value


def _is_default(word: str, value: Any) -> bool:
    return value is None or (word in APPROVAL_DEFAULTS and _same(value, APPROVAL_DEFAULTS[word]))


def _approvers(word: str, value: Any) -> Any:
    is_set = word == "by" and isinstance(value, list) and all(isinstance(member, str) for member in value)
    return sorted(set(value)) if is_set else value


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
