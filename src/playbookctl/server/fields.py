"""The fields of every resource: the server's own table, independent of the client's.

Names, types and notes of the base fields and of the playbook's come from the platform's public entity pages;
what those leave open (limits, defaults, which fields a client may write) is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Kind(Enum):
    """What a field's value is."""

    TEXT = "text"
    CHOICE = "one of a list of texts"
    FLAG = "true or false"
    NUMBER = "a number"
    MOMENT = "a date-time"
    TEXTS = "a list of texts"
    OBJECT = "an object"
    OBJECTS = "a list of objects"
    CONDITIONS = "a list of conditions"
    RUN_STATS = "execution statistics"


@dataclass(frozen=True)
class Field:
    """One field. `nullable`: null is stored as null; a list is cleared to `[]` instead, anything else refuses null."""

    name: str
    kind: Kind
    note: str
    stamped: bool = False
    required: bool = False
    nullable: bool = True
    default: Any = None
    choices: tuple[str, ...] = ()
    longest: int | None = None


@dataclass(frozen=True)
class Resource:
    """One collection of the API."""

    name: str
    title: str
    path: str
    prefix: str
    fields: dict[str, Field]


def _stamp(name: str, kind: Kind, note: str, *, nullable: bool = True, choices: tuple[str, ...] = ()) -> Field:
    return Field(name, kind, note, stamped=True, nullable=nullable, choices=choices)


def _list(name: str, kind: Kind, note: str) -> Field:
    return Field(name, kind, note, nullable=False, default=[])


def _flag(name: str, note: str, *, default: bool) -> Field:
    return Field(name, Kind.FLAG, note, nullable=False, default=default)


def _text(name: str, note: str) -> Field:
    return Field(name, Kind.TEXT, note)


def _named(note: str) -> Field:
    return Field("name", Kind.TEXT, note, required=True, nullable=False, longest=255)


def _resource(name: str, path: str, prefix: str, *own: Field) -> Resource:
    return Resource(name, name.capitalize(), path, prefix, {field.name: field for field in (*BASE, *own)})


SOURCE_TYPES = ("frontend", "backend", "server", "system", "api")

BASE = (
    _stamp("id", Kind.TEXT, "type prefix and ULID", nullable=False),
    _stamp("tenant_id", Kind.TEXT, "tenant scope, from the token", nullable=False),
    _stamp("app_id", Kind.TEXT, "only when the token was minted for an application; filters reads when present"),
    _stamp("created_at", Kind.MOMENT, "server stamp", nullable=False),
    _stamp("updated_at", Kind.MOMENT, "server stamp, later on every patch", nullable=False),
    _stamp("created_by", Kind.TEXT, "person id from the token's sub: creator"),
    _stamp("updated_by", Kind.TEXT, "person id from the token's sub: last writer"),
    _stamp("source", Kind.TEXT, "provenance tag", nullable=False),
    _stamp("source_type", Kind.CHOICE, "where the write originated", nullable=False, choices=SOURCE_TYPES),
    _stamp("is_deleted", Kind.FLAG, "soft-delete flag; excluded from lists by default", nullable=False),
    _stamp("deleted_at", Kind.MOMENT, "stamped when soft-deleted"),
    _stamp("deleted_by", Kind.TEXT, "who soft-deleted"),
    _stamp("schema_version", Kind.NUMBER, "document schema version, no concurrency counter", nullable=False),
)

PLAYBOOK = _resource(
    "playbook",
    "/api/v1/soc/playbooks",
    "ply",
    _named("human-readable name"),
    _text("description", "what it does and when to use it"),
    _text("category", "incident response phase it serves"),
    _list("trigger_conditions", Kind.CONDITIONS, "conditions that must all be met to fire automatically"),
    _flag("auto_execute", "fires automatically when the conditions are met", default=False),
    _list("mitre_tactics", Kind.TEXTS, "ATT&CK tactic ids"),
    _list("mitre_techniques", Kind.TEXTS, "ATT&CK technique ids"),
    _list("steps", Kind.OBJECTS, "ordered list of steps"),
    _list("required_connector_ids", Kind.TEXTS, "connectors that must be configured for it to run"),
    _text("owner_id", "id of the person who owns it"),
    _flag("enabled", "active and eligible to run", default=True),
    _stamp("last_run_at", Kind.MOMENT, "end of the most recent run"),
    _stamp("last_run_id", Kind.TEXT, "id of the most recent run"),
    _stamp("run_stats", Kind.RUN_STATS, "aggregate execution statistics", nullable=False),
    _list("tags", Kind.TEXTS, "free-form tags for filtering"),
)

CONNECTOR = _resource(
    "connector",
    "/api/v1/integration/connectors",
    "cnn",
    _text("type", "kind of integration"),
    Field("provider", Kind.TEXT, "product behind it", required=True, nullable=False, longest=255),
    _named("human-readable name"),
    Field("scope", Kind.CHOICE, "who may use it", nullable=False, default="org", choices=("org", "user", "group")),
    _text("owner_id", "person who owns it"),
    _text("group_id", "group that may use it"),
    _text("user_id", "person who may use it"),
    Field("config", Kind.OBJECT, "settings that are no secret", nullable=False, default={}),
    _text("vault_path", "where its secret lies"),
    _text("auth_type", "how it logs in"),
    _flag("oauth_refresh_needed", "its OAuth token must be renewed", default=False),
    Field("oauth_token_expires_at", Kind.MOMENT, "end of its OAuth token"),
    _flag("enabled", "may be used", default=True),
    _text("sync_status", "state of its last synchronisation"),
    Field("last_sync_at", Kind.MOMENT, "its last synchronisation"),
    Field("consecutive_errors", Kind.NUMBER, "failures since the last success", nullable=False, default=0),
    _text("last_error", "its last failure"),
)

PERSON = _resource(
    "person",
    "/api/v1/people/persons",
    "per",
    _text("external_id", "id in the directory it came from"),
    Field("email", Kind.TEXT, "unique among active persons", longest=320),
    Field("display_name", Kind.TEXT, "name as shown", required=True, nullable=False, longest=255),
    _text("first_name", "first name"),
    _text("last_name", "last name"),
    _text("employee_id", "employee number"),
    _text("type", "kind of person"),
    _stamp("status", Kind.CHOICE, "active until deactivated", nullable=False, choices=("active", "inactive")),
    _text("department", "department"),
    _text("title", "job title"),
)

ALERT_STATUSES = ("new", "acknowledged", "escalated", "closed")

ALERT = _resource(
    "alert",
    "/api/v1/soc/alerts",
    "alr",
    Field("title", Kind.TEXT, "what happened", required=True, nullable=False),
    _text("description", "details"),
    _text("severity", "how bad"),
    Field("status", Kind.CHOICE, "where it stands", nullable=False, default="new", choices=ALERT_STATUSES),
    _text("verdict", "what it turned out to be"),
    _text("source_alert", "its name at the source"),
    _text("source_id", "its id at the source"),
    Field("timestamp", Kind.MOMENT, "when it happened"),
    _text("mitre_tactic", "ATT&CK tactic id"),
    _text("mitre_technique", "ATT&CK technique id"),
    _text("kill_chain_phase", "phase of the kill chain"),
    _text("host", "host concerned"),
    _text("user", "user concerned"),
    _list("indicators", Kind.TEXTS, "indicators of compromise"),
    _list("related_alert_ids", Kind.TEXTS, "alerts that belong to it"),
    _list("related_finding_ids", Kind.TEXTS, "findings that belong to it"),
    _text("assignee_id", "person it is assigned to"),
    _text("investigation_id", "investigation it belongs to"),
)

RESOURCES = (PLAYBOOK, CONNECTOR, PERSON, ALERT)

NO_RUNS = {
    "total": 0,
    "succeeded": 0,
    "failed": 0,
    "skipped": 0,
    "average_duration_ms": None,
    "last_status": None,
}
