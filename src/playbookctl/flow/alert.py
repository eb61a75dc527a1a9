"""The fields of an alert, as the platform's documentation lists them: what triggers and templates can read."""

from __future__ import annotations

# Stamped on every object of the platform.
BASE_FIELDS = (
    "id", "tenant_id", "app_id", "created_at", "updated_at", "created_by", "updated_by", "source", "source_type",
    "is_deleted", "deleted_at", "deleted_by", "schema_version",
)  # fmt: skip
ALERT_FIELDS = frozenset({
    "title", "description", "severity", "status", "verdict", "source_alert", "source_id", "timestamp", "mitre_tactic",
    "mitre_technique", "kill_chain_phase", "host", "user", "indicators", "related_alert_ids", "related_finding_ids",
    "assignee_id", "investigation_id", *BASE_FIELDS,
})  # fmt: skip
LISTED = "; 'playbookctl explain PB406' lists them"
# What no alert is without: that one of them exists says nothing.
ALWAYS_THERE = frozenset({
    "id", "tenant_id", "created_at", "updated_at", "source", "source_type", "schema_version", "title", "severity", "status",
    "timestamp",
})  # fmt: skip
