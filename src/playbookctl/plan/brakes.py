"""Did the live edit make a playbook safer or riskier? Brakes: disabled, no auto-execute, a gate, a narrower trigger.

Where it cannot be told it counts as a brake, and is named as a risk as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import json_text
from playbookctl.steps import APPROVAL_DEFAULTS, all_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Judgement:
    """What live has made safer and riskier than desired, in words."""

    safer: tuple[str, ...] = ()
    riskier: tuple[str, ...] = ()


NEITHER = Judgement()


def judge(field: str, live: Any, desired: Any) -> Judgement:
    """Judge one API field: `live` as the server has it against `desired`, both JSON values."""
    try:
        return _judged(field, live, desired)
    except RecursionError:  # nested as deeply as no file may be
        return _unclear(f"'{field}'")


def _judged(field: str, live: Any, desired: Any) -> Judgement:
    if field == "enabled":
        return _switch(live, desired, "disabled", "enabled")
    if field == "auto_execute":
        return _switch(live, desired, "auto-execute turned off", "auto-execute turned on")
    if field == "trigger_conditions":
        return _trigger(live, desired)
    if field == "steps":
        return _gates(live, desired)
    return NEITHER


def _switch(live: Any, desired: Any, off: str, on: str) -> Judgement:
    if desired is True and live is not True:
        return Judgement(safer=(off,))
    return Judgement(riskier=(on,)) if live is True and desired is not True else NEITHER


def _trigger(live: Any, desired: Any) -> Judgement:
    if not isinstance(live, list) or not isinstance(desired, list):
        return _unclear("the trigger")
    only_live, only_desired = _without_shared(live, desired)
    if _narrows(only_live, only_desired):
        return Judgement(safer=("trigger narrowed",))
    if _narrows(only_desired, only_live):
        return Judgement(riskier=("trigger widened",))
    return _unclear("the trigger")


def _without_shared(live: list[Any], desired: list[Any]) -> tuple[list[Any], list[Any]]:
    live_texts, desired_texts = {_sorted_text(row) for row in live}, {_sorted_text(row) for row in desired}
    return (
        [row for row in live if _sorted_text(row) not in desired_texts],
        [row for row in desired if _sorted_text(row) not in live_texts],
    )


def _narrows(narrow: list[Any], wide: list[Any]) -> bool:
    """Whether `narrow` says all of `wide` or stricter: conditions added, `in` shortened, `any` members removed."""
    left = list(narrow)
    for condition in wide:
        match = next((row for row in left if _is_stricter(row, condition)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _is_stricter(strict: Any, loose: Any) -> bool:
    if not isinstance(strict, dict) or not isinstance(loose, dict) or strict.keys() != loose.keys():
        return False
    if strict.keys() == {"any"}:
        return _is_part(strict["any"], loose["any"])
    same = all(_sorted_text(strict[key]) == _sorted_text(loose[key]) for key in strict if key != "value")
    return same and strict.get("op") == "in" and _is_part(strict.get("value"), loose.get("value"))


def _is_part(part: Any, whole: Any) -> bool:
    if not isinstance(part, list) or not isinstance(whole, list) or not part:
        return False
    return {_sorted_text(row) for row in part} < {_sorted_text(row) for row in whole}


def _gates(live: Any, desired: Any) -> Judgement:
    if not _can_be_read(live):
        return _unclear("the steps")  # who knows what gates are among them
    there, wanted = dict(_gated(live)), dict(_gated(desired))
    safer: list[str] = []
    riskier: list[str] = []
    for step in sorted(there.keys() | wanted.keys()):
        if step not in wanted:
            safer.append(f"gate added at step '{step}'")
        elif step not in there:
            riskier.append(f"gate removed at step '{step}'")
        elif _sorted_text(there[step]) != _sorted_text(wanted[step]):
            judgement = _one_gate(step, there[step], wanted[step])
            safer.extend(judgement.safer)
            riskier.extend(judgement.riskier)
    return Judgement(tuple(safer), tuple(riskier))


def _can_be_read(steps: Any) -> bool:
    """Whether every step is a mapping with a text id, bodies of loops included."""
    return isinstance(steps, list) and all(
        isinstance(step, dict) and isinstance(step.get("id"), str) and _can_be_read(step.get("steps") or [])
        for step in steps
    )


def _gated(steps: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (step id, gate) of every step that waits for a person; a manual step is a gate that anyone may pass."""
    for step in all_steps(steps):
        approval = step.get("approval")
        if isinstance(approval, dict):
            yield (
                step["id"],
                {**APPROVAL_DEFAULTS, **{key: value for key, value in approval.items() if value is not None}},
            )
        elif approval is not None:
            yield step["id"], {**APPROVAL_DEFAULTS, "by": [approval] if isinstance(approval, str) else []}
        elif step.get("type") == "manual":
            yield step["id"], {**APPROVAL_DEFAULTS, "by": []}


def _one_gate(step: str, there: Mapping[str, Any], wanted: Mapping[str, Any]) -> Judgement:
    if _at_least_as_strict(there, wanted):
        return Judgement(safer=(f"gate made stricter at step '{step}'",))
    if _at_least_as_strict(wanted, there):
        return Judgement(riskier=(f"gate made weaker at step '{step}'",))
    return _unclear(f"the gate at step '{step}'")


def _at_least_as_strict(strict: Mapping[str, Any], loose: Mapping[str, Any]) -> bool:
    others = (strict.keys() | loose.keys()) - {"by", "min", "not_author"}
    if (
        not _is_usual(strict)
        or not _is_usual(loose)
        or any(_sorted_text(strict.get(key)) != _sorted_text(loose.get(key)) for key in others)
    ):
        return False
    anyone_strict, anyone_loose = not strict.get("by"), not loose.get("by")
    fewer = anyone_loose or (not anyone_strict and set(map(str, strict["by"])) <= set(map(str, loose["by"])))
    return bool(fewer and strict["min"] >= loose["min"] and bool(strict["not_author"]) >= bool(loose["not_author"]))


def _is_usual(gate: Mapping[str, Any]) -> bool:
    """Whether a gate's values can be compared: a server may hold a text where the format has a number."""
    by, least = gate.get("by"), gate["min"]
    return (by is None or isinstance(by, list)) and isinstance(least, int) and not isinstance(least, bool)


def _unclear(what: str) -> Judgement:
    return Judgement(
        safer=(f"{what} changed in a way that may be safer",), riskier=(f"{what} changed in a way that may be riskier",)
    )


def _sorted_text(value: Any) -> str:
    return json_text(_sorted(value))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
