"""One known mistake per copy: for each rule of 3xx and 4xx what people get wrong, and what only looks like it.

A seeder changes a copy of a playbook's data in place and returns the paths at which the rule has to speak, or None where
the playbook has no place for it. What a mistake is was written down from the rules' pages and from what each of them is
about, not from their code; forms are chosen by the given `Random`.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from playbookctl.attack import AttackIndex, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random
    from typing import TypeAlias

    Path: TypeAlias = "tuple[str | int, ...]"
    Data: TypeAlias = "dict[str, Any]"
    Places: TypeAlias = "set[Path] | None"
    Seeder: TypeAlias = "Callable[[Random, Data], Places]"

NOTHING: set[Path] = set()
ATTACK = AttackIndex.bundled("19")
ACTIVE = [each.id for each in ATTACK.techniques() if each.status is Status.ACTIVE]
REVOKED = [each.id for each in ATTACK.techniques() if each.status is Status.REVOKED]
DEPRECATED = [each.id for each in ATTACK.techniques() if each.status is Status.DEPRECATED]
WITH_TACTICS = [each for each in ATTACK.techniques() if each.status is Status.ACTIVE and each.tactics]
TACTICS = [each.id for each in ATTACK.tactics()]
KNOWN = {each.id for each in ATTACK.techniques()}
OLDER = [
    AttackIndex.bundled(version, [domain])
    for domain, version in AttackIndex.versions()
    if domain == "enterprise" and not version.startswith("19")
]
NEW = [each for each in ACTIVE if any(index.technique(each) is None for index in OLDER)]
OLD = [each for each in ACTIVE if each not in NEW]
DESTRUCTIVE = [
    ("firewall", "block-address"), ("edr", "isolate-host"), (None, "wipe-device"), ("identity", "disable-user"),
    (None, "delete-mailbox"), ("x", "revoke_sessions"), (None, "Terminate instance"), ("y", "quarantineFile"),
    (None, "reset-password"), ("z", "kill-process"),
]  # fmt: skip
READING = [("edr", "get-host"), (None, "lookup-address"), ("x", "search_mail"), (None, "Get user"), ("y", "listKeys")]
GATES: list[Any] = [
    "soc-lead", {"by": ["soc-lead", "tier-3"], "expires": "15m"},
    {"by": ["soc-lead"], "expires": "1h", "on_expired": "stop"},
]  # fmt: skip
TRIGGERS = [
    {"field": "alert.severity", "op": "in", "value": ["high", "critical"]},
    {"field": "alert.title", "op": "contains", "value": "phish", "ignore_case": True},
    {"field": "alert.mitre_technique", "op": "starts_with", "value": "T1566"},
    {"any": [{"field": "alert.host", "op": "starts_with", "value": "srv-"}, {"field": "alert.user", "op": "exists"}]},
]


# --- 3xx: ids of ATT&CK ----------------------------------------------------------------------------------------------


def _add(random: Random, data: Data, field: str, value: str) -> Places:
    values = data.setdefault(field, [])
    if value in values:
        return None
    at = random.randint(0, len(values))
    values.insert(at, value)
    return {(field, at)}


def _technique(choose: Callable[[Random], str]) -> Seeder:
    return lambda random, data: _add(random, data, "mitre_techniques", choose(random))


def _malformed(random: Random) -> str:
    one = random.choice(ACTIVE)
    four, _, sub = one.partition(".")
    return random.choice((
        four[:-1], f"{four}.{(sub or '001')[-1]}", f"{four}.{sub or '001'}0", f"{four}/{sub or '001'}", four[1:],
        one.lower(),
        f"{four[0]}-{four[1:]}", f"{one} ", f"{one}, {random.choice(ACTIVE)}", f"{one} Phishing", "Phishing",
        f"T{four[1:]}0",
        f"{four}.", f"ATT&CK {one}", "", f"T\uff11{four[2:]}",
    ))  # fmt: skip


def _unknown(random: Random) -> str:
    while True:
        word = random.choice((
            f"T{random.randrange(1000, 10000)}", f"{random.choice(ACTIVE)[:5]}.{random.randrange(1, 400):03}",
        ))  # fmt: skip
        if word not in KNOWN:
            return word


def _misfit(random: Random, data: Data) -> Places:
    wrong = random.choice(WITH_TACTICS)
    tactics = [each for each in random.sample(TACTICS, 2) if each not in wrong.tactics]
    fitting = [each.id for each in random.sample(WITH_TACTICS, 40) if set(each.tactics) & set(tactics)][:3]
    data["mitre_tactics"], data["mitre_techniques"] = tactics, [each for each in fitting if each != wrong.id]
    return _add(random, data, "mitre_techniques", wrong.id) if tactics else None


def _fit(random: Random, data: Data) -> Places:
    chosen = random.sample(WITH_TACTICS, 3)
    data["mitre_techniques"] = [each.id for each in chosen]
    data["mitre_tactics"] = sorted({random.choice(each.tactics) for each in chosen})
    return NOTHING


def _parent(random: Random, data: Data) -> Places:
    sub = random.choice([each for each in ACTIVE if "." in each])
    parent = sub.partition(".")[0]
    data["mitre_techniques"] = [each for each in data.get("mitre_techniques", ()) if not each.startswith(parent)]
    _add(random, data, "mitre_techniques", parent)
    _add(random, data, "mitre_techniques", sub)
    return {("mitre_techniques", data["mitre_techniques"].index(parent))}


def _siblings(random: Random, data: Data) -> Places:
    sub = random.choice([each for each in ACTIVE if each.endswith(".002")])
    data["mitre_techniques"] = [sub, f"{sub[:-1]}1", random.choice([each for each in OLD if each[:5] != sub[:5]])]
    return NOTHING


def _wrong_kind(random: Random, data: Data) -> Places:
    if random.random() < 0.3:  # noqa: PLR2004 - a chance
        return _add(random, data, "mitre_tactics", random.choice(ACTIVE))
    number = random.randrange(1, 60)
    kinds = (
        f"M10{number:02}", f"G00{number:02}", f"S0{number:03}", "D3-AL", "D3-NI", f"CAPEC-{number}",
        f"CVE-2021-{44200 + number}",
        f"DS00{number:02}", f"C00{number:02}", random.choice(TACTICS),
    )  # fmt: skip
    return _add(random, data, "mitre_techniques", random.choice(kinds))


# --- steps and triggers ----------------------------------------------------------------------------------------------


def _front(data: Data) -> int | None:
    """Return the position of a step that every run comes to first; None where the start leads elsewhere."""
    first = data["steps"][0]
    if first.get("type") != "start":
        return 0
    return None if {"next", "branches", "else"} & first.keys() else 1


def _steps(data: Data, *steps: Data) -> Path | None:
    """Put steps at the front; return the path of the first."""
    at = _front(data)
    if at is None:
        return None
    data["steps"][at:at] = [{"id": f"seeded_{number}", **step} for number, step in enumerate(steps)]
    return ("steps", at)


def _destroy(random: Random, **more: Any) -> Data:
    connector, action = random.choice(DESTRUCTIVE)
    return {**({"connector": connector} if connector else {}), "action": action, **more}


def _read(random: Random, **more: Any) -> Data:
    connector, action = random.choice(READING)
    return {**({"connector": connector} if connector else {}), "action": action, **more}


def _automatic(random: Random, data: Data) -> None:
    """Let a playbook start by itself on some alerts; it may already."""
    data["auto_execute"] = True
    data.setdefault("trigger_conditions", [random.choice(TRIGGERS)])
    data["trigger_conditions"] = data["trigger_conditions"] or [random.choice(TRIGGERS)]


def _at(path: Path | None, *more: str | int) -> Places:
    return None if path is None else {(*path, *more)}


# --- 4xx -------------------------------------------------------------------------------------------------------------

_ALWAYS: tuple[list[Any], ...] = (
    [], [{"field": "alert.title", "op": "exists"}], [{"field": "alert.title", "op": "matches", "value": ".*"}],
    [{"field": "alert.severity", "op": "exists"}, {"field": "alert.id", "op": "exists"}],
    [{"field": "alert.title", "op": "contains", "value": ""}],
    [{"not": {"field": "alert.user", "op": "in", "value": []}}],
    [{"any": [{"field": "alert.user", "op": "exists"}, {"field": "alert.user", "op": "not_exists"}]}],
    [{"any": [TRIGGERS[0], {"not": TRIGGERS[0]}]}], [{"all": [{"field": "alert.status", "op": "exists"}]}],
    [{"field": "alert.host", "op": "not_in", "value": []}],
)  # fmt: skip


def _always(random: Random, data: Data) -> Places:
    data["auto_execute"] = True
    data.pop("trigger_conditions", None)
    if random.random() < 0.8:  # noqa: PLR2004 - a chance
        data["trigger_conditions"] = copy.deepcopy(random.choice(_ALWAYS))
    return {("auto_execute",)}


def _sometimes(random: Random, data: Data) -> Places:
    data["auto_execute"] = True
    data["trigger_conditions"] = random.sample(TRIGGERS, 2) + copy.deepcopy(random.choice(_ALWAYS))
    return NOTHING


def _ungated(random: Random, data: Data) -> Places:
    """Put a destructive step where no gate, or only one that opens by itself, stands before it."""
    _automatic(random, data)
    deed = _destroy(random)
    weak = random.choice((
        (), (_read(random),), ({"type": "wait", "delay": "5m"},),
        ({"type": "manual", "message": "I am about to act.", "timeout": "5m", "on_timeout": "continue"},),
        ({"type": "manual", "message": "Act?", "assignee": "soc", "if": TRIGGERS[0]},),
        (_read(random, approval={"by": ["soc"], "expires": "5m", "on_expired": {"next": "deed"}}),),
        ({"type": "decision", "branches": [{"name": "ask", "when": TRIGGERS[0], "next": "asked"}], "else": "deed"},
         {"id": "asked", "type": "manual", "message": "Act?", "assignee": "soc"}),
        (_read(random, on_error={"next": "deed"}), {"type": "manual", "message": "Act?", "assignee": "soc"}),
        ({"type": "section", "next": ["way", "asked"]}, {"id": "way", "type": "section", "next": "deed", "join": "any"},
         {"id": "asked", "type": "manual", "message": "?", "assignee": "soc", "next": "deed"}),
        ({"type": "manual", "message": "Act?", "assignee": "soc", "choices": ["yes", "no"], "timeout": "1m",
          "on_timeout": {"next": "deed"}},),
        ({"type": "section", "repeat": {"max": 2, "until": TRIGGERS[0]}, "steps": [{"id": "inner", **_read(random)}]},),
        ({"type": "decision", "match": "all", "branches": [{"name": "a", "when": TRIGGERS[0], "next": "asked"},
                                                           {"name": "b", "when": TRIGGERS[1], "next": "deed"}], "else": "end"},
         {"id": "asked", "type": "manual", "message": "Act?", "assignee": "soc"}),
        (_read(random, approval={"by": ["soc"], "on_refused": "continue"}),),
        ({"type": "section", "next": ["deed", "asked"]}, {"id": "asked", "type": "manual", "message": "?", "assignee": "soc"}),
    ))  # fmt: skip
    path = _steps(data, *weak, {"id": "deed", **deed})
    return None if path is None else {("steps", int(path[1]) + len(weak), "action")}


def _gated(random: Random, data: Data) -> Places:
    """Put a destructive step behind a gate, or a harmless one, or leave the start to a person."""
    automatic = random.random() < 0.8  # noqa: PLR2004 - a chance
    if automatic:
        _automatic(random, data)
    else:
        data["auto_execute"] = False
    strong: list[tuple[Data, ...]] = [
        (_destroy(random, approval=random.choice(GATES)),),
        ({"type": "manual", "message": "Act?", "assignee": "soc"}, _destroy(random)),
        ({"type": "manual", "message": "Act?", "timeout": "5m", "on_timeout": "end"}, _destroy(random)),
        (_read(random, approval="soc"), _read(random), _destroy(random)),
        (_read(random),),
    ]
    steps = random.choice(strong if automatic else [*strong, (_destroy(random),)])
    return NOTHING if _steps(data, *steps) else None


_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def _noise(random: Random, length: int, letters: str = _LETTERS) -> str:
    return "".join(random.choice(letters) for _ in range(length - 1)) + random.choice("23456789")


def _secret(random: Random, data: Data) -> Places:
    upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    name, text = random.choice((
        ("key", f"AKIA{_noise(random, 16, upper)[:15]}7"), ("value", f"ghp_{_noise(random, 36)}"),
        ("body", f"use xoxb-{_noise(random, 12)}-{_noise(random, 24)} for it"), ("password", _noise(random, 11)),
        ("header", f"Authorization: Bearer {_noise(random, 40)}"),
        ("url", f"https://bot:{_noise(random, 9)}@intel.test/x"),
        ("api_key", _noise(random, 32)), ("clientSecret", _noise(random, 40)),
        ("pem", "-----BEGIN RSA PRIVATE KEY-----\nMII"),
        ("x", f"glpat-{_noise(random, 20)}"), ("token", _noise(random, 24)),
        ("db_pwd", f"{_noise(random, 6)}!{_noise(random, 4)}"),
        ("webhook", f"https://hooks.slack.com/services/T{_noise(random, 9)}/B{_noise(random, 9)}/{_noise(random, 24)}"),
        ("jwt", f"eyJ{_noise(random, 20)}.eyJ{_noise(random, 30)}.{_noise(random, 43)}"),
        ("x-api-key", _noise(random, 40)),
        ("connection", f"Server=db;Uid=soc;Pwd={_noise(random, 10)};"), ("command", f"curl -u soc:{_noise(random, 10)} https://x"),
        ("query", f"https://intel.test/v1?api_key={_noise(random, 32)}"), ("aws_secret_access_key", _noise(random, 40)),
        ("text", f"log in with password: {_noise(random, 10)}"), ("header", f"X-Api-Key: {_noise(random, 32)}"),
        ("auth", f"Basic {_noise(random, 22)}=="), ("env", f"export API_TOKEN={_noise(random, 30)}"),
    ))  # fmt: skip
    held: Any = {name: text}
    more: list[str | int] = [name]
    for wrap in random.sample(("headers", "params", ""), random.randrange(3)):
        held = {wrap: held} if wrap else [held]
        more.insert(0, wrap or 0)
    path = _steps(data, {"action": "call-api", "with": {"request": held}})
    return _at(path, "with", "request", *more)


def _no_secret(random: Random, data: Data) -> Places:
    name, text = random.choice((
        ("password", "{{ secrets.firewall }}"), ("api_key", "vault://soc/api"), ("token", "<your token>"),
        ("key", "severity"),
        ("hash", _noise(random, 64, "0123456789abcdef")), ("id", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ("password", "infected"),
        ("header", "Bearer {{ secrets.intel }}"), ("url", "https://intel.test/a/b?c=d"), ("password", "changeme"),
        ("token", "yes"),
        ("password_policy", _noise(random, 20)), ("token_count", "5"), ("subject", "Reset your password now"),
        ("reset_password", True),
        ("message", "The secret of success"), ("password", ""), ("commit", _noise(random, 40, "0123456789abcdef")),
        ("secret", None),
        ("ticket", "SOC-20260611-000000123456"),
    ))  # fmt: skip
    return NOTHING if _steps(data, {"action": "call-api", "with": {name: text}}) else None


_TELLS: Data = {"id": "tells", "connector": "chat", "action": "post-message", "with": {"text": "contained"}}


def _silent(random: Random, data: Data) -> Places:
    field, value = random.choice((("on_error", "continue"), ("on_error", {"next": "tells"}), ("optional", True)))
    between: list[Data] = random.choice(([], [{"type": "wait", "delay": "1m"}], [_read(random)]))
    deed = _destroy(random, approval=copy.deepcopy(random.choice(GATES)))
    if between and isinstance(value, dict):
        between = []
    return _at(_steps(data, {**deed, field: value}, *between, _TELLS), field)


def _noticed(random: Random, data: Data) -> Places:
    manual = {"id": "by_hand", "type": "manual", "message": "It failed. Act by hand.", "assignee": "soc"}
    gate = copy.deepcopy(random.choice(GATES))
    steps: tuple[Data, ...] = random.choice((
        (_read(random, on_error="continue"), _TELLS),
        (_destroy(random, approval=gate, on_error="stop"), _TELLS),
        (_destroy(random, approval=gate), _TELLS),
        (_destroy(random, approval=gate, on_error="continue"), manual),
        (_destroy(random, approval=gate, on_error={"next": "by_hand"}), {**_TELLS, "next": "end"}, manual),
        (_destroy(random, approval=gate, on_error="continue"),
         {"type": "decision", "branches": [{"name": "failed", "when": {"field": "steps.seeded_0.error", "op": "exists"},
                                            "next": "by_hand"}], "else": "tells"}, _TELLS, {**manual}),
    ))  # fmt: skip
    return NOTHING if _steps(data, *steps) else None


def _limitless(random: Random, data: Data) -> Places:
    gate = copy.deepcopy(random.choice(GATES))
    each = random.choice(("{{ alert.indicators }}", "{{ alert.related_alert_ids }}"))
    step: Data = random.choice((
        _destroy(random, for_each=each, approval=gate),
        {"type": "section", "for_each": each, "approval": gate, "steps": [{"id": "in_loop", **_destroy(random)}]},
        {"type": "section", "for_each": each, "approval": gate,
         "steps": [{"id": "in_loop_1", **_read(random)}, {"id": "in_loop_2", **_destroy(random)}]},
    ))  # fmt: skip
    return _at(_steps(data, step), "for_each")


def _limited(random: Random, data: Data) -> Places:
    gate = copy.deepcopy(random.choice(GATES))
    each = "{{ alert.indicators }}"
    step: Data = random.choice((
        _destroy(random, for_each=each, approval=gate, max_targets=random.randrange(1, 50)),
        _read(random, for_each=each),
        {"type": "section", "for_each": each, "steps": [{"id": "in_loop", **_destroy(random, approval=gate)}]},
        {"type": "section", "for_each": each, "max_targets": 5, "approval": gate,
         "steps": [{"id": "in_loop", **_destroy(random)}]},
        {"type": "section", "for_each": each, "steps": [{"id": "ask", "type": "manual", "message": "Act?", "assignee": "soc"},
                                                        {"id": "in_loop", **_destroy(random)}]},
    ))  # fmt: skip
    return NOTHING if _steps(data, step) else None


def _trigger(random: Random, data: Data, *conditions: Data) -> Path:
    """Add conditions to the trigger; return the path of the first."""
    trigger = data.setdefault("trigger_conditions", [])
    at = random.randint(0, len(trigger))
    trigger[at:at] = list(conditions)
    return ("trigger_conditions", at)


def _no_field(random: Random, data: Data) -> Places:
    field = random.choice((
        "alert.severty", "alert.hostname", "alert.src_ip", "severity", "host", "event.host", "alert", "alert.Title",
        "incident.name",
        "alert.user_name", "title", "data.host", "alert.indicator.value",
    ))  # fmt: skip
    condition = {"field": field, "op": random.choice(("equals", "not_equals", "contains")), "value": "x"}
    forms: list[tuple[Path, Data]] = [
        ((), condition), (("not",), {"not": condition}), (("any", 1), {"any": [TRIGGERS[0], condition]}),
        (("all", 0), {"all": [condition]}),
    ]  # fmt: skip
    how, held = random.choice(forms)
    return {(*_trigger(random, data, held), *how, "field")}


def _a_field(random: Random, data: Data) -> Places:
    field = random.choice(
        ("alert.host", "alert.source", "alert.indicators.0.value", "alert.verdict", "alert.created_at")
    )
    _trigger(random, data, {"field": field, "op": "not_equals", "value": "none of these"})
    return NOTHING


def _compare(op: str, value: Any = None, field: str = "alert.source_id") -> Data:
    return {"field": field, "op": op} if op in ("exists", "not_exists") else {"field": field, "op": op, "value": value}


_CLASHES: tuple[Any, ...] = (
    (("equals", "a"), ("equals", "b")), (("equals", "a"), ("not_equals", "a")), (("in", ["a", "b"]), ("equals", "c")),
    (("in", ["a"]), ("in", ["b", "c"])), (("exists",), ("not_exists",)), (("gt", 5), ("lt", 3)),
    (("gte", 5), ("lt", 5)),
    (("starts_with", "a"), ("starts_with", "b")), (("ends_with", "x"), ("ends_with", "y")),
    (("equals", "abc"), ("starts_with", "x")),
    (("equals", "abc"), ("not_exists",)), (("contains", "a"), ("not_contains", "a")), (("equals", 7), ("gt", 9)),
    (("in", ["a", "b"]), ("not_in", ["b", "a", "c"])), (("equals", "abc"), ("matches", "^x")), (("in", []),),
    (("equals", "abc"), ("contains", "z")),
)  # fmt: skip
_AGREE: tuple[Any, ...] = (
    (("in", ["a", "b"]), ("equals", "a")), (("gt", 3), ("lt", 5)), (("gte", 5), ("lte", 5)),
    (("starts_with", "a"), ("ends_with", "b")),
    (("equals", "abc"), ("starts_with", "ab")), (("contains", "a"), ("not_contains", "b")),
    (("exists",), ("not_equals", "x")),
    (("starts_with", "a"), ("starts_with", "ab")), (("in", ["a", "b"]), ("not_in", ["b"])),
    (("equals", "abc"), ("matches", "b")),
)  # fmt: skip


def _never(random: Random, data: Data) -> Places:
    pair: list[Data] = [_compare(*each) for each in random.choice(_CLASHES)]
    if random.random() < 0.1:  # noqa: PLR2004 - a chance
        one = _compare(*random.choice(_CLASHES)[0])
        pair = [one, {"not": one}]
    random.shuffle(pair)
    match random.randrange(4):
        case 0:
            path = _trigger(random, data, *pair)
            return {("trigger_conditions", int(path[1]) + number) for number in range(len(pair))}
        case 1:
            path = _trigger(random, data, {"all": pair})
            return {path, *((*path, "all", number) for number in range(len(pair)))}
        case 2:
            same = random.choice(TRIGGERS)
            branches = [{"name": name, "when": same, "next": "end"} for name in ("one", "two")]
            decision = {"type": "decision", "branches": branches, "else": "end"}
            return _at(_steps(data, decision), "branches", 1, "when")
        case _:
            when = {"all": pair}
            decision = {"type": "decision", "branches": [{"name": "never", "when": when, "next": "end"}], "else": "end"}
            front = _steps(data, decision)
            if front is None:
                return None
            place = (*front, "branches", 0, "when")
            return {place, *((*place, "all", number) for number in range(len(pair)))}


def _sometimes_true(random: Random, data: Data) -> Places:
    pair: list[Data] = [_compare(*each) for each in random.choice(_AGREE)]
    if random.random() < 0.3:  # noqa: PLR2004 - a chance
        pair = [{"any": [_compare("equals", "a"), _compare("equals", "b")]}, _compare("equals", "a")]
    _trigger(random, data, *pair)
    return NOTHING


def _shared_trigger(random: Random, data: Data) -> Places:
    """Give a playbook the trigger that `BESIDE` has, its conditions in another order."""
    data.update(auto_execute=True, enabled=True)
    data["trigger_conditions"] = random.sample(BESIDE["trigger_conditions"], len(BESIDE["trigger_conditions"]))
    return {("trigger_conditions",)}


def _own_trigger(random: Random, data: Data) -> Places:
    """Give it nearly that trigger, or that one while it does not start by itself."""
    near = copy.deepcopy(BESIDE["trigger_conditions"])
    match random.randrange(3):
        case 0:
            near[0]["value"] = "another"
        case 1:
            near.append(TRIGGERS[0])
        case _:
            data["enabled" if random.random() < 0.5 else "auto_execute"] = False  # noqa: PLR2004 - a chance
            data["trigger_conditions"] = near
            return NOTHING
    data.update(auto_execute=True, enabled=True, trigger_conditions=near)
    return NOTHING


def _forever(random: Random, data: Data) -> Places:
    _automatic(random, data)
    gate, manual = random.random() < 0.5, {"type": "manual", "message": "Look at it."}  # noqa: PLR2004 - a chance
    gates: tuple[Any, ...] = (True, {"min": 1}, {"on_refused": "end"})
    step = _destroy(random, approval=random.choice(gates)) if gate else manual
    return _at(_steps(data, step, _TELLS), "approval" if gate else "type")


def _limited_wait(random: Random, data: Data) -> Places:
    _automatic(random, data)
    steps: Data = random.choice((
        {"type": "manual", "message": "Look.", "assignee": "soc"},
        {"type": "manual", "message": "Look.", "timeout": "1h"},
        _destroy(random, approval="soc"), _destroy(random, approval={"by": ["soc"]}),
        _destroy(random, approval={"expires": "1h"}),
        {"type": "manual", "message": "Look.", "timeout": "1h", "on_timeout": "end"},
    ))  # fmt: skip
    return NOTHING if _steps(data, steps, _TELLS) else None


_BAD_PATTERNS = (
    "({a}+)+$", "({a}*)*$", "^({a}|{a})*!", "({a}+\\s?)+$", "({a}*{a})*x", "^({a}+)*$", "(.*)*x", "(\\w+\\s?)*:",
    "({a}|{a}{a})+$",
    "({a}?{a}?)+$", "((ab)*{a}*)*c", "(x[", "(", "*abc", "a{{2,1}}", "(?P<n>x)(?P<n>y)", "[z-a]", "\\", "(?<name",
    "([a-z]+)+@test",
)  # fmt: skip
_GOOD_PATTERNS = (
    "^[a-z]+$", "({a}b)+$", "^\\w+(\\s\\w+)*$", "phish(ing)?", "(?i)invoice|payment", "{a}{{1,20}}", "^(a|b)*$",
    "\\.exe$", "[^@]+@[^@]+",
    "^(?:\\d{{1,3}}\\.){{3}}\\d{{1,3}}$", ".*urgent.*", "(ab+c)*d",
)  # fmt: skip


def _pattern(patterns: tuple[str, ...], *, bad: bool) -> Seeder:
    def seed(random: Random, data: Data) -> Places:
        pattern = random.choice(patterns).format(a=random.choice(("a", "[a-z]", "\\w", "\\d", "[A-Za-z0-9]")))
        condition = {"field": "alert.title", "op": "matches", "value": pattern}
        if random.random() < 0.5:  # noqa: PLR2004 - a chance
            path: Path | None = _trigger(random, data, condition)
        else:
            branches = [{"name": "match", "when": condition, "next": "end"}]
            front = _steps(data, {"type": "decision", "branches": branches, "else": "end"})
            path = None if front is None else (*front, "branches", 0, "when")
        return (_at(path, "value") if bad else NOTHING) if path else None

    return seed


# A playbook that stands beside each copy, for what takes two.
BESIDE: Data = {
    "key": "seeded-beside",
    "name": "Seeded beside",
    "auto_execute": True,
    "trigger_conditions": [
        {"field": "alert.title", "op": "contains", "value": "seeded"},
        {"field": "alert.severity", "op": "in", "value": ["high"]},
        {"any": [_compare("equals", "a"), _compare("equals", "b")]},
    ],
    "steps": [{"id": "look", "action": "get-host"}],
}


def _valid(random: Random, data: Data) -> Places:
    _add(random, data, "mitre_techniques", random.choice(OLD))
    return NOTHING


# Rule: the mistake, and what only looks like it.
SEEDS: dict[str, tuple[Seeder, Seeder]] = {
    "PB301": (_technique(_malformed), _valid),
    "PB302": (_technique(_unknown), _valid),
    "PB303": (_technique(lambda random: random.choice(REVOKED)), _valid),
    "PB304": (_technique(lambda random: random.choice(DEPRECATED)), _valid),
    "PB305": (_misfit, _fit),
    "PB306": (_parent, _siblings),
    "PB307": (_wrong_kind, _valid),
    "PB308": (_technique(lambda random: random.choice(NEW)), _valid),
    "PB401": (_always, _sometimes),
    "PB402": (_ungated, _gated),
    "PB403": (_secret, _no_secret),
    "PB404": (_silent, _noticed),
    "PB405": (_limitless, _limited),
    "PB406": (_no_field, _a_field),
    "PB407": (_never, _sometimes_true),
    "PB408": (_shared_trigger, _own_trigger),
    "PB409": (_forever, _limited_wait),
    "PB410": (_pattern(_BAD_PATTERNS, bad=True), _pattern(_GOOD_PATTERNS, bad=False)),
}
