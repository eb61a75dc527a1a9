"""What is different between two forms of a step, and what a step does, field by field in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.flow.implication import same_text
from playbookctl.model.playbook import Gate
from playbookctl.review import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_WIRING = ("next", "else", "on_error", "on_timeout", "join")
_CONDITIONS = ("if", "until")
_HANDLED = frozenset({"id", "type", "approval", "branches", "with", "repeat", *_WIRING, *_CONDITIONS})
_NAMES = {
    "for_each": "goes through", "max_targets": "at most this many", "timeout": "time limit", "assignee": "asks",
    "optional": "may be left out", "retry": "tries again", "delay": "waits", "match": "branches taken",
    "shared_context": "shares its data with what it calls", "message": "text for the person", "choices": "answers",
    "form": "form", "description": "description", "name": "name", "connector": "connector", "action": "action",
    "playbook": "calls", "notify": "tells", "inputs": "inputs", "outputs": "outputs",
}  # fmt: skip


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is different in what a step does, and in where it leads, as phrases."""
    plain: list[str] = []
    if before.get("type") != now.get("type"):
        plain.append(f"kind: {before.get('type', 'action')} → {now.get('type', 'action')}")
    for field, show in _SPECIAL.items():
        if same_text(before.get(field)) != same_text(now.get(field)):
            plain.append(f"{show[0]}: {show[1](before.get(field))} → {show[1](now.get(field))}")
    plain += _parameters(before.get("with") or {}, now.get("with") or {})
    for field in sorted((before.keys() | now.keys()) - _HANDLED):
        if before.get(field) != now.get(field):
            name = _NAMES.get(field, words.quoted(field))
            plain.append(f"{name}: {_change(field, before.get(field), now.get(field))}")
    wiring = list(_branches(before.get("branches") or [], now.get("branches") or [], plain))
    wiring += [
        f"{_WIRED[field][0]}: {_wired(field, before)} → {_wired(field, now)}"
        for field in _WIRING
        if before.get(field) != now.get(field)
    ]
    return tuple(plain), tuple(wiring)


def description(step: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a step does, for one that only one side has."""
    if step.get("action"):
        by = f" on {words.quoted(step['connector'])}" if step.get("connector") else ""
        yield f"does {words.quoted(step['action'])}{by}"
    if step.get("playbook"):
        yield f"calls {words.quoted(step['playbook'])}"
    if step.get("type") == "manual":
        yield f"asks {words.quoted(step['assignee']) if step.get('assignee') else 'a person'}"
    if "approval" in step:
        yield words.gate(Gate(step["approval"], ()))
    if "if" in step:
        yield f"only if {words.condition(step['if'])}"
    for branch in (step.get("branches") or [])[:_SOME]:
        yield _branch(branch)


_SOME = 6


def approval(value: Any) -> str:
    """Return an approval, 'nobody is asked' where there is none."""
    return words.gate(Gate(value, ())) if value is not None else "nobody is asked"


def _condition(value: Any) -> str:
    return words.condition(value) if value else "always"


def _repeat(value: Any) -> str:
    if not value:
        return "once"
    most = f"at most {value['max']} times" if "max" in value else "any number of times"
    until = next((f", {word} {words.condition(value[word])}" for word in ("until", "while") if word in value), "")
    return f"{most}{until}"


_SPECIAL: dict[str, tuple[str, Callable[[Any], str]]] = {
    "approval": ("approval", approval),
    "if": ("only if", _condition),
    "until": ("waits until", _condition),
    "repeat": ("repeats", _repeat),
}
_WIRED: dict[str, tuple[str, Callable[[Any], str]]] = {
    "next": ("leads to", lambda value: words.target(value) if value is not None else "the step below"),
    "else": ("otherwise leads to", lambda value: words.target(value) if value is not None else "the end"),
    "on_error": ("if it fails", words.outcome),
    "on_timeout": ("if nobody answers", words.outcome),
    "join": ("waits for", lambda value: "the first way to arrive" if value == "any" else "all ways that are alive"),
}


def _wired(field: str, step: Mapping[str, Any]) -> str:
    return _WIRED[field][1](step.get(field))


def _parameters(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            yield f"no longer given {words.quoted(name)} (was {words.said(before[name])})"
        elif name not in before:
            yield f"given {words.quoted(name)}: {words.said(now[name])}"
        elif before[name] != now[name] or type(before[name]) is not type(now[name]):
            yield f"{words.quoted(name)}: {words.change(before[name], now[name])}"


def _branches(before: list[Any], now: list[Any], plain: list[str]) -> Iterator[str]:
    """Yield how branches lead elsewhere; what is asked on them goes to `plain`."""
    old, new = {branch["name"]: branch for branch in before}, {branch["name"]: branch for branch in now}
    plain += [f"branch gone: {_branch(old[name])}" for name in old if name not in new]
    plain += [f"new branch: {_branch(new[name])}" for name in new if name not in old]
    for name in (name for name in new if name in old):
        was, is_ = old[name].get("when"), new[name].get("when")
        if same_text(was) != same_text(is_):
            plain.append(f"branch {words.quoted(name)} taken if {_condition(is_)} (was: if {_condition(was)})")
        if old[name].get("next") != new[name].get("next"):
            leads = [_WIRED["next"][1](side[name].get("next")) for side in (old, new)]
            yield f"branch {words.quoted(name)} leads to {leads[1]}, before to {leads[0]}"
    if list(old) != list(new) and set(old) == set(new):
        plain.append("the branches are asked in another order")


def _branch(branch: Mapping[str, Any]) -> str:
    when = f" if {words.condition(branch['when'])}" if "when" in branch else ""
    return f"{words.quoted(branch['name'])}{when} leads to {_WIRED['next'][1](branch.get('next'))}"


def _change(field: str, before: Any, now: Any) -> str:
    return f"{_retry(before)} → {_retry(now)}" if field == "retry" else words.change(before, now)


def _retry(value: Any) -> str:
    if not isinstance(value, dict):
        return "never"
    delay = f" after {value['delay']}" if value.get("delay") else ""
    return f"{words.count(value.get('times', 0), 'more time')}{delay}"
