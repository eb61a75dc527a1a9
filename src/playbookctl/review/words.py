"""The parts of a playbook in plain words, names and values in 'single quotes'. Bounded: whatever is long is cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.flow.implication import same_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.model.playbook import Gate

_LONGEST = 80  # characters of one value
_CONTEXT = 20  # characters before the first that differs
_MOST = 6  # members of a list that are named
_DEEPEST = 4  # conditions in conditions
_OPS = {
    "equals": "is", "not_equals": "is not", "in": "is", "not_in": "is none of", "contains": "contains",
    "not_contains": "does not contain", "starts_with": "begins with", "ends_with": "ends with", "matches": "matches",
    "gt": "is over", "gte": "is at least", "lt": "is under", "lte": "is at most", "exists": "is there",
    "not_exists": "is missing",
}  # fmt: skip
_OUTCOMES = {"stop": "the run stops", "continue": "the run goes on", "end": "the path ends"}


def quoted(text: Any) -> str:
    """Return a name or value in single quotes, on one line, cut."""
    shown = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False, sort_keys=True, default=str)
    line = " ".join(shown.split()).replace("'", "\u2019")
    return f"'{line if len(line) <= _LONGEST else line[: _LONGEST - 1] + '…'}'"


def listed(names: Iterable[str], last: str = "and", most: int = _MOST) -> str:
    """Return "'a', 'b' and 'c'", or "'a', 'b' and 4 more" of many."""
    rows = [quoted(name) for name in names]
    if len(rows) > most:
        rows = [*rows[: most - 1], f"{len(rows) - most + 1:,} more"]
        last = "and"
    return f"{', '.join(rows[:-1])} {last} {rows[-1]}" if len(rows) > 1 else "".join(rows)


def count(number: int, word: str, plural: str = "") -> str:
    """Return '1 step', '1,204 steps'."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def triggers(before: list[Any], now: list[Any]) -> tuple[str, str]:
    """Return two triggers as far as they differ, and how many conditions stay."""
    texts = [{same_text(each) for each in side} for side in (before, now)]
    left = [[each for each in side if same_text(each) not in texts[1 - at]] for at, side in enumerate((before, now))]
    stay = len(now) - len(left[1])
    also = f" (beside {count(stay, 'condition that stays', 'conditions that stay')})" if stay else ""
    if not stay:
        return trigger(before), trigger(now)
    shown = [trigger(side) if side else "nothing more" for side in left]
    return shown[0] + also, shown[1] + also


def trigger(conditions: list[Any]) -> str:
    """Return what starts a playbook: '`alert.severity` is one of …, and …'; 'any alert' for an empty trigger."""
    return joined([condition(each) for each in conditions], "and") if conditions else "any alert"


def condition(value: Any, depth: int = 0) -> str:
    """Return a condition as a phrase."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return "…"
    if "field" in value:
        return _comparison(value)
    for word, glue in (("all", "and"), ("any", "or")):
        if word in value:
            inner = joined([condition(part, depth + 1) for part in value[word]], glue)
            return f"({inner})" if len(value[word]) > 1 else inner
    if "not" in value:
        return f"not {condition(value['not'], depth + 1)}"
    if "connector_available" in value:
        return f"the connector {quoted(value['connector_available'])} is there"
    return f"the expression {quoted(value.get('expr', ''))} says so"


def joined(parts: list[str], glue: str, most: int = _MOST) -> str:
    """Return 'a, b and c' of phrases, the rest counted."""
    shown = parts if len(parts) <= most else [*parts[: most - 1], f"{len(parts) - most + 1:,} more conditions"]
    return f"{', '.join(shown[:-1])} {glue} {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _comparison(value: dict[str, Any]) -> str:
    field, op = value["field"], _OPS.get(value.get("op", ""), "")
    what = f"the input {quoted(field[7:])}" if field.startswith("inputs.") else quoted(field)
    if "value" not in value:
        return f"{what} {op}"
    right = value["value"]
    shown = listed(map(_plain, right), "or") if isinstance(right, list) else quoted(right)
    return f"{what} {op} {shown or 'nothing'}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def who(people: Iterable[str], minimum: int = 1) -> str:
    """Return who is asked: "'soc-lead' or 'ciso'", '2 of …', 'any person'."""
    names = listed(people, "or")
    if minimum > 1:
        return f"{minimum} of {names}" if names else f"{minimum} persons"
    return names or "any person"


def gate(value: Gate) -> str:
    """Return an approval as a phrase: "'soc-lead' agrees (not the author; within 15m)"."""
    extra = ["not the author"] if value.not_author else []
    extra += [f"within {value.expires}"] if value.expires else []
    extra += [f"on a no {outcome(value.on_refused)}"] if value.on_refused != "stop" else []
    extra += [f"without an answer {outcome(value.on_expired)}"] if value.on_expired != "stop" else []
    verb = "agree" if value.minimum > 1 else "agrees"
    details = f" ({'; '.join(extra)})" if extra else ""
    return f"{who(value.by, value.minimum)} {verb}{details}"


def outcome(value: Any) -> str:
    """Return what comes of an error, a no or silence."""
    if isinstance(value, dict):
        return f"goes to {target(value.get('next'))}"
    return _OUTCOMES.get(value or "stop", quoted(value))


def target(value: Any) -> str:
    """Return where a step leads: "'a'", "'a' and 'b'", 'the end'."""
    names = value if isinstance(value, list) else [value]
    shown = ["the end" if name == "end" else quoted(name) for name in names[:_MOST]]
    shown += [f"{len(names) - _MOST} more"] if len(names) > _MOST else []
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def change(before: Any, now: Any) -> str:
    """Return 'before → now' of two values; of long ones that begin alike, from where they differ."""
    shown = said(before), said(now)
    if shown[0] == shown[1] and isinstance(before, str) and isinstance(now, str):
        lines = [" ".join(each.split()) for each in (before, now)]
        at = next(
            (at for at, (one, other) in enumerate(zip(*lines, strict=False)) if one != other), min(map(len, lines))
        )
        start = max(0, at - _CONTEXT)
        shown = (quoted(f"…{lines[0][start:]}"), quoted(f"…{lines[1][start:]}"))
    return f"{shown[0]} → {shown[1]}"


def said(value: Any) -> str:
    """Return any other value, 'nothing' for what is absent or empty."""
    if value in (None, "", [], {}):
        return "nothing"
    if value is True or value is False:
        return "yes" if value else "no"
    return quoted(value)
