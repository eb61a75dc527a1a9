"""A small reader of playbooks, apart from the product's own: plain YAML, and where a run may go from each step.

The playbooks of this repository are checked with it, so that a mistake in the product's graph cannot hide one in them.
It knows the flat form only: a list of steps without loop bodies.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "playbooks"
END = "end"
ACTED, ELSE, SKIPPED = "acted", "else", "skipped"
ERROR, TIMEOUT, REFUSED, EXPIRED = "error", "timeout", "refused", "expired"
DESTRUCTIVE = {"reversible", "irreversible"}

BLOCKS = (
    "isolate-host",
    "lock-identity",
    "notify-and-ticket",
    "preserve-evidence",
    "protected-asset-check",
    "release-host",
)
INCIDENTS = (
    "credential-stuffing",
    "ddos",
    "endpoint-malware",
    "helpdesk-mfa-fraud",
    "impossible-travel",
    "insider-exfiltration",
    "leaked-cloud-key",
    "mailbox-takeover",
    "phishing",
    "ransomware",
    "suspicious-oauth-grant",
    "vulnerable-edge-device",
)
ALERT_FIELDS = frozenset({
    "title", "description", "severity", "status", "verdict", "source_alert", "source_id", "timestamp", "mitre_tactic",
    "mitre_technique", "kill_chain_phase", "host", "user", "indicators",
})  # fmt: skip


class Way(NamedTuple):
    """One way on from a step: why it is taken, and the step it leads to or END."""

    kind: str
    target: str


class Book:
    """One playbook file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.key: str = self.data["key"]
        self.order: list[dict[str, Any]] = self.data["steps"]
        self.steps: dict[str, dict[str, Any]] = {step["id"]: step for step in self.order}

    def ways(self, step: dict[str, Any]) -> Iterator[Way]:
        at = self.order.index(step)
        after = self.order[at + 1]["id"] if at + 1 < len(self.order) else END
        then = listed(step.get("next", after))
        for branch in step.get("branches", []):
            yield from (Way(ACTED, target) for target in listed(branch.get("next", then)))
        if "else" in step:
            yield from (Way(ELSE, target) for target in listed(step["else"]))
        if "branches" not in step:
            yield from (Way(ACTED, target) for target in then)
        if "if" in step:
            yield from (Way(SKIPPED, target) for target in then)
        approval = step.get("approval") or {}
        for kind, said in (
            (ERROR, step.get("on_error")),
            (TIMEOUT, step.get("on_timeout")),
            (REFUSED, approval.get("on_refused")),
            (EXPIRED, approval.get("on_expired")),
        ):
            yield from (Way(kind, target) for target in _outcome(said, then))

    def reached(self, goes: Callable[[dict[str, Any], Way], bool] = lambda _step, _way: True) -> set[str]:
        """Return the ids a run can come to, END among them, taking only the ways that `goes` allows."""
        return self.reached_from([self.order[0]["id"]], goes)

    def reached_from(self, begin: list[str], goes: Callable[[dict[str, Any], Way], bool]) -> set[str]:
        found: set[str] = set()
        todo = list(begin)
        while todo:
            here = todo.pop()
            if here in found:
                continue
            found.add(here)
            if here != END:
                step = self.steps[here]
                todo += [way.target for way in self.ways(step) if goes(step, way)]
        return found

    def must_pass(self, earlier: str, later: str) -> bool:
        """Tell whether `earlier` has acted on every path to `later`."""
        return later not in self.reached(lambda step, way: step["id"] != earlier or way.kind not in {ACTED, ELSE})


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _outcome(said: Any, then: list[str]) -> list[str]:
    if isinstance(said, dict):
        return listed(said["next"])
    return {"continue": then, "end": [END]}.get(said, [])


@cache
def books() -> dict[str, Book]:
    found = [Book(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {book.key: book for book in found}


@cache
def actions() -> dict[tuple[str, str], dict[str, Any]]:
    """Return what connectors.yaml says, by (connector, action)."""
    catalogue = yaml.safe_load((ROOT / "connectors.yaml").read_text(encoding="utf-8"))["connectors"]
    return {(name, action): spec for name, entry in catalogue.items() for action, spec in entry["actions"].items()}


def spec_of(step: dict[str, Any]) -> dict[str, Any]:
    return actions()[step["connector"], step["action"]] if "connector" in step else {}


def acts(step: dict[str, Any]) -> bool:
    """Tell whether the step itself changes something."""
    return spec_of(step).get("effect") in DESTRUCTIVE


def called(step: dict[str, Any]) -> Book | None:
    return books()[step["playbook"]] if step.get("type") == "playbook" else None


def leads_to_acts(step: dict[str, Any]) -> bool:
    """Tell whether the step changes something, itself or through the playbook it calls."""
    callee = called(step)
    return acts(step) or (callee is not None and any(leads_to_acts(inner) for inner in callee.order))


def closure(book: Book) -> list[Book]:
    """Return the playbook and every playbook it calls, each once."""
    found = [book]
    for step in book.order:
        callee = called(step)
        if callee is not None:
            found += [inner for inner in closure(callee) if inner not in found]
    return found


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def references(value: Any) -> set[tuple[str, ...]]:
    """Return what templates and conditions refer to, split at the dots: ('steps', 'hunt', 'output', 'hosts')."""
    inside = {found for text in texts(value) for found in re.findall(r"\{\{ *([a-z_.0-9]+) *\}\}", text)}
    fields = {text for text in texts(value) if re.fullmatch(r"(steps|inputs|alert)\.[a-z_.0-9]+", text)}
    return {tuple(name.split(".")) for name in inside | fields}
