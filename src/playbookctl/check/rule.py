"""How a rule is declared: a decorated generator of problems, in a module whose docstring is the rule's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from playbookctl.attack import AttackIndex
    from playbookctl.flow.graph import Flow
    from playbookctl.flow.reach import Reach
    from playbookctl.model.finding import Problem, Severity
    from playbookctl.model.playbook import Playbook
    from playbookctl.model.workspace import Connectors, Entry, Environment, Settings, Workspace

    EntryCheck: TypeAlias = Callable[[Entry, "Context"], Iterator[Problem]]
    PlaybookCheck: TypeAlias = Callable[[Playbook, "Context"], Iterator[Problem]]
    WorkspaceCheck: TypeAlias = Callable[[Workspace, "Context"], Iterator[Problem]]


class Context:
    """What a rule may know beside what it checks. `flow` and `reach` are built once and kept for the last asked."""

    __slots__ = ("_flow", "_reach", "attack", "connectors", "environments", "settings")

    def __init__(self, settings: Settings, connectors: Connectors, attack: AttackIndex) -> None:
        self.settings = settings
        self.connectors = connectors
        self.attack = attack
        self.environments: Mapping[str, Environment] = settings.environments
        self._flow: Flow | None = None
        self._reach: tuple[Workspace, Reach] | None = None

    def flow(self, playbook: Playbook) -> Flow:
        """Return the step graph of `playbook`."""
        from playbookctl.flow.graph import Flow

        if self._flow is None or self._flow.playbook is not playbook:
            self._flow = Flow(playbook)
        return self._flow

    def reach(self, workspace: Workspace) -> Reach:
        """Return what every playbook of `workspace` can do, through calls."""
        from playbookctl.flow.reach import Reach

        if self._reach is None or self._reach[0] is not workspace:
            facts = {key: summary.facts["reach"] for key, summary in workspace.by_key().items() if summary.facts}
            self._reach = (workspace, Reach(facts))
        return self._reach[1]


class Rule(Value):
    """A declared rule. `kind` is 'entry' (any document), 'playbook', 'workspace' or 'declared' (found elsewhere)."""

    __slots__ = ("check", "code", "doc", "kind", "name", "severity")

    def __init__(
        self, code: str, name: str, severity: Severity, kind: str, check: Callable[..., Any], doc: str
    ) -> None:
        self.code = code
        self.name = name
        self.severity = severity
        self.kind = kind
        self.check = check
        self.doc = doc

    @property
    def title(self) -> str:
        """The first line of the page: what the rule finds, in one sentence."""
        return self.doc.strip().partition("\n")[0]


RULES: dict[str, Rule] = {}


def entry_rule(code: str, name: str, severity: Severity, *, doc: str | None) -> Callable[[EntryCheck], EntryCheck]:
    """Declare a rule that sees every file that is a mapping, whether or not the schema has accepted it."""
    return _declare(code, name, severity, "entry", doc)


def playbook_rule(
    code: str, name: str, severity: Severity, *, doc: str | None
) -> Callable[[PlaybookCheck], PlaybookCheck]:
    """Declare a rule that sees one playbook whose document the schema has accepted."""
    return _declare(code, name, severity, "playbook", doc)


def workspace_rule(
    code: str, name: str, severity: Severity, *, doc: str | None
) -> Callable[[WorkspaceCheck], WorkspaceCheck]:
    """Declare a rule that sees the summaries of all playbooks; its problems name their `file`."""
    return _declare(code, name, severity, "workspace", doc)


def _declare(code: str, name: str, severity: Severity, kind: str, doc: str | None) -> Callable[[Any], Any]:
    def register(check: Any) -> Any:
        RULES[code] = Rule(code, name, severity, kind, check, doc or "")
        return check

    return register


def declared_rule(code: str, name: str, severity: Severity, *, doc: str | None) -> None:
    """Declare a rule whose problems are found elsewhere: by the loader (files and schema) or the engine (suppressions)."""
    _declare(code, name, severity, "declared", doc)(None)
