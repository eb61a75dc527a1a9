"""What the loader hands on: entries, connectors, settings, environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.model.finding import Problem, Severity
    from playbookctl.model.playbook import Playbook
    from playbookctl.model.source import Document, Source


class Entry(Value):
    """One file: what could be read of it, and what could not.

    `document` is None if the YAML is broken, `playbook` is None unless the schema has accepted the document.
    `problems` pairs the code of a file or schema rule with what it says.
    """

    __slots__ = ("document", "playbook", "problems", "source")

    def __init__(
        self,
        source: Source,
        document: Document | None,
        playbook: Playbook | None,
        problems: tuple[tuple[str, Problem], ...] = (),
    ) -> None:
        self.source = source
        self.document = document
        self.playbook = playbook
        self.problems = problems

    @property
    def stated_key(self) -> str | None:
        """The `key:` that stands in the file, whether or not the rest of it could be read; None if there is none."""
        if self.document is not None:
            key = self.document.data.get("key")
            return key if isinstance(key, str) else None
        lines = (line for line in self.source.text.splitlines() if line.startswith("key:"))
        return next(lines, "")[4:].partition(" #")[0].strip().strip("\"'") or None


class ActionSpec(Value):
    """What connectors.yaml says of an action; `effect` is None where it does not say."""

    __slots__ = ("effect", "name", "optional", "outputs", "required", "undo")

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        self.name = name
        self.required: tuple[str, ...] = tuple(data.get("required") or ())
        self.optional: tuple[str, ...] | None = tuple(data["optional"]) if "optional" in data else None
        self.effect: str | None = data.get("effect")
        self.undo: str | None = data.get("undo")
        self.outputs: tuple[str, ...] | None = tuple(data["outputs"]) if "outputs" in data else None


class Connector(Value):
    """A connector by the name that playbooks use. `actions` is None where any action is accepted."""

    __slots__ = ("actions", "name", "provider")

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        self.name = name
        self.provider: str = data.get("provider") or name
        actions = data.get("actions")
        self.actions: dict[str, ActionSpec] | None = (
            None if actions is None else {action: ActionSpec(action, spec or {}) for action, spec in actions.items()}
        )


class Connectors(Value):
    """The catalogue of connectors.yaml; `file` is None where the repository has none, and then any name is accepted."""

    __slots__ = ("by_name", "file")

    def __init__(self, by_name: dict[str, Connector], file: str | None) -> None:
        self.by_name = by_name
        self.file = file


class Environment(Value):
    """A place to plan against and to sync to."""

    __slots__ = (
        "app_id", "connectors", "data", "name", "namespace", "owners", "replaces", "tenant_id", "unmanaged_fields", "url",
        "workers",
    )  # fmt: skip

    def __init__(
        self, name: str, data: Mapping[str, Any], namespace: str, unmanaged_fields: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.data = data
        self.namespace: str = data.get("namespace") or namespace
        self.url: str | None = data.get("url")
        self.tenant_id: str | None = data.get("tenant_id")
        self.app_id: str | None = data.get("app_id")
        self.connectors: Mapping[str, Any] = data.get("connectors") or {}
        self.owners: Mapping[str, str] = data.get("owners") or {}
        self.unmanaged_fields = tuple(sorted({*unmanaged_fields, *(data.get("unmanaged_fields") or ())}))
        self.replaces: bool = data.get("update") == "replace"
        self.workers: int = data.get("workers") or 16

    @property
    def is_embedded(self) -> bool:
        """Whether the embedded reference server stands behind it."""
        return self.url == "embedded"


class Settings(Value):
    """playbookctl.yaml, decided: every default filled in. `root` is the folder of the config (absolute)."""

    __slots__ = (
        "attack_domains", "attack_file", "attack_version", "baseline", "cache", "code_owners", "config_file", "connectors",
        "data", "default_environment", "entry_points", "environments", "exclude", "ignore", "namespace", "per_path",
        "playbooks", "root", "select", "severity",
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any], root: str, config_file: str | None) -> None:
        rules: Mapping[str, Any] = data.get("rules") or {}
        attack: Mapping[str, Any] = data.get("attack") or {}
        globs = data.get("playbooks", "playbooks")
        self.data = data
        self.root = root
        self.config_file = config_file
        self.namespace: str = data.get("namespace") or "default"
        self.default_environment: str | None = data.get("default_environment")
        self.playbooks: tuple[str, ...] = (globs,) if isinstance(globs, str) else tuple(globs)
        self.exclude: tuple[str, ...] = tuple(data.get("exclude") or ())
        self.connectors: str = data.get("connectors") or "connectors.yaml"
        self.attack_version: str = str(attack.get("version") or "19")
        self.attack_domains: tuple[str, ...] = tuple(attack.get("domains") or ("enterprise",))
        self.attack_file: str | None = attack.get("file")
        self.select: tuple[str, ...] = tuple(rules.get("select") or ())
        self.ignore: tuple[str, ...] = tuple(rules.get("ignore") or ())
        self.severity: Mapping[str, Severity] = rules.get("severity") or {}
        self.per_path: Mapping[str, Any] = rules.get("per_path") or {}
        self.baseline: str | None = rules.get("baseline")
        self.entry_points: tuple[str, ...] = tuple(data.get("entry_points") or ())
        self.code_owners: dict[str, tuple[str, ...]] = {
            owner: (named,) if isinstance(named, str) else tuple(named)
            for owner, named in (data.get("code_owners") or {}).items()
        }
        self.cache: bool = data.get("cache", True)
        self.environments: dict[str, Environment] = {
            name: Environment(name, value or {}, self.namespace, tuple(data.get("unmanaged_fields") or ()))
            for name, value in (data.get("environments") or {}).items()
        }


class Summary(Value):
    """What stays of a playbook once its document is dropped: enough for the rules that look at all of them.

    `facts` holds JSON values by name, one per fact of `check/facts.py`; it is what the cache keeps.
    """

    __slots__ = ("facts", "file", "has_key", "key", "name")

    def __init__(self, file: str, key: str, name: str, facts: Mapping[str, Any], *, has_key: bool) -> None:
        self.file = file
        self.key = key
        self.name = name
        self.has_key = has_key
        self.facts = facts


class Workspace(Value):
    """All playbooks of a repository as summaries, in the order of their files."""

    __slots__ = ("summaries",)

    def __init__(self, summaries: tuple[Summary, ...]) -> None:
        self.summaries = summaries

    def by_key(self) -> dict[str, Summary]:
        """Return the summaries by key; of a repeated key the first file's."""
        return {summary.key: summary for summary in reversed(self.summaries)}
