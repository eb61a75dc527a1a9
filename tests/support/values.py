"""Values of every managed field, on the server's side and in a file: mostly such as nobody has had before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import canonical_text, free_tags
from playbookctl.model.fields import MANAGED
from playbookctl.plan.render import unrender

if TYPE_CHECKING:
    from playbookctl.reconcile import Reconciled
    from support.estate import Estate

FIELDS = tuple(one.api_name for one in MANAGED)
FORMS = {one.api_name: one for one in MANAGED}
IN_FILE = {**{one.api_name: (one.name,) for one in MANAGED}, "owner_id": ("owner", "owner_id")}
TACTICS = ("TA0001", "TA0002", "TA0003", "TA0006", "TA0011", "TA0040")
TECHNIQUES = ("T1566", "T1078", "T1059", "T1110", "T1486", "T1190")


def document(key: str, **fields: Any) -> dict[str, Any]:
    """A file that keeps all rules."""
    return {
        "key": key,
        "name": f"Playbook {key}",
        "description": f"What {key} is for.",
        "category": "containment",
        "trigger_conditions": [{"field": "alert.severity", "op": "in", "value": ["high", "critical"]}],
        "mitre_tactics": ["TA0001"],
        "mitre_techniques": ["T1566"],
        "required_connectors": ["edr"],
        "owner": "soc-lead",
        "tags": [key],
        "steps": [{"id": "look", "connector": "edr", "action": f"get-{key}", "with": {"host": "{{ alert.host }}"}}],
        **fields,
    }


def file_value(estate: Estate, field: str, number: int, now: Any) -> Any:
    """Return a value for a field of a file."""
    if field == "owner_id":
        return ("soc-lead", "tier-2", None)[number % 3]
    if field == "required_connector_ids":
        return [["edr"], ["edr", "chat"]][number % 2]
    if field == "steps":
        return _steps(estate, number, "edr")
    return _plain(estate, field, number, now, "repo")


def live_value(estate: Estate, field: str, number: int, now: Any) -> Any:
    """Return a value for a field of a live playbook, as an analyst would set it."""
    if field == "owner_id":
        return (f"per_SOMEBODY{number % 2}", None)[number % 3 == 0]
    if field == "required_connector_ids":
        return [*(now or ()), f"cnn_OTHER{number % 3}"][-2:]
    if field == "steps":
        return _edited(estate, number, now)
    return _plain(estate, field, number, now, "live")


def _plain(estate: Estate, field: str, number: int, now: Any, where: str) -> Any:
    word = f"{where} {estate.fresh()}"
    if field in ("enabled", "auto_execute"):
        return not now
    if field in ("mitre_tactics", "mitre_techniques"):
        pool = TACTICS if field == "mitre_tactics" else TECHNIQUES
        return [one for at, one in enumerate(pool) if number >> at & 1]
    if field == "tags":
        return [word] if number % 3 else [word, " padded", "a"]
    if field == "trigger_conditions":
        severity = {"field": "alert.severity", "op": "in", "value": ["high", "critical", "medium"][: 1 + number % 3]}
        return [severity, {"field": "alert.title", "op": "contains", "value": word}][: 1 + number % 2]
    if field == "description" and number % 4 == 0:
        return "" if number % 8 == 0 else f"  {word}\r\nin two lines  "
    return f"{word} " if number % 5 == 0 else word


def _steps(estate: Estate, number: int, connector: str) -> list[dict[str, Any]]:
    step: dict[str, Any] = {"id": "look", "connector": connector, "action": f"get-{estate.fresh()}"}
    if number % 3 == 0:
        step["approval"] = {"by": ["soc-lead"], "expires": "15m"}
    more = [{"id": f"ask-{number % 2}", "type": "manual", "message": "Ask them."}] if number % 4 == 0 else []
    return [step, *more]


def _edited(estate: Estate, number: int, now: Any) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = json.loads(json.dumps(now))
    if not steps or number % 5 == 0:
        return [*steps, {"id": f"note-{estate.fresh()}", "type": "manual", "message": "Look twice."}]
    step = steps[number % len(steps)]
    if number % 5 == 1:
        step["description"] = f"live {estate.fresh()}"
    elif number % 5 == 2:
        step["approval"] = {"by": ["tier-2"], "expires": "10m"}
    elif number % 5 == 3:
        step.pop("approval", None)
        step["timeout"] = f"{1 + estate.fresh()}m"
    else:
        return steps[1:]
    return steps


def pulled(found: Reconciled, row: dict[str, Any], old: dict[str, Any], fields: list[str]) -> dict[str, Any] | None:
    """Return a file that says of `fields` what live says; None where a file cannot say it."""
    names = {
        "connector": found.lookups.names("connector", ("edr", "chat")),
        "owner": found.lookups.names("owner", ("soc-lead", "tier-2")),
        "playbook": {live_id: key for key, live_id in found.rows.ids().items()},
    }
    body = {field: free_tags(row[field]) if field == "tags" else row[field] for field in fields}
    for field in fields:
        canonical_text(FORMS[field], body[field])  # raises where a file could not say it
    gone = {name for field in fields for name in IN_FILE[field]}
    kept = {name: value for name, value in old.items() if name not in gone}
    return kept | unrender(body, names, with_start=True)
