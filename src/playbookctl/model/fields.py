"""What the schema's annotations say of each field of a playbook; a test holds this table equal to the schema."""

from __future__ import annotations

from typing import Any

from playbookctl.model.value import Value


class Field(Value):
    """A managed field: `name` in the file, `api_name` in the API, `kind` is 'scalar', 'prose', 'set' or 'list'."""

    __slots__ = ("api_name", "default", "kind", "name")

    def __init__(self, name: str, api_name: str, default: Any, kind: str) -> None:
        self.name = name
        self.api_name = api_name
        self.default = default
        self.kind = kind


# In the order of the marker, which never changes.
MANAGED = (
    Field("name", "name", "", "prose"),
    Field("description", "description", "", "prose"),
    Field("category", "category", "", "scalar"),
    Field("trigger_conditions", "trigger_conditions", [], "list"),
    Field("auto_execute", "auto_execute", False, "scalar"),
    Field("mitre_tactics", "mitre_tactics", [], "set"),
    Field("mitre_techniques", "mitre_techniques", [], "set"),
    Field("steps", "steps", [], "list"),
    Field("required_connectors", "required_connector_ids", [], "set"),
    Field("owner", "owner_id", None, "scalar"),
    Field("enabled", "enabled", True, "scalar"),
    Field("tags", "tags", [], "set"),
)

SERVER_FIELDS = {
    "id": "the server assigns it when the playbook is created",
    "tenant_id": "the server takes it from the access token",
    "app_id": "the server takes it from the access token of an application",
    "created_at": "the server stamps it when the playbook is created",
    "updated_at": "the server stamps it at every write",
    "created_by": "the server takes it from the access token of whoever creates the playbook",
    "updated_by": "the server takes it from the access token of the last writer",
    "source": "the server records where the playbook came from",
    "source_type": "the server records what kind of program wrote it",
    "is_deleted": "the server sets it when the playbook is deleted",
    "deleted_at": "the server stamps it when the playbook is deleted",
    "deleted_by": "the server takes it from the access token of whoever deletes the playbook",
    "schema_version": "the server raises it when its document schema changes",
    "last_run_at": "the server stamps it at every run",
    "last_run_id": "the server sets it at every run",
    "run_stats": "the server counts it at every run",
}
