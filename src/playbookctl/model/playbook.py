"""Typed access to a playbook that the schema has accepted. The data stays as it is; these classes only read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from playbookctl.model.source import NodePath

    Condition: TypeAlias = dict[str, Any]

END = "end"
START = "start"


class Reference(Value):
    """One step naming another: `path` is where the name stands, `kind` the field it stands in (`next`, `branches`, …)."""

    __slots__ = ("kind", "path", "step", "target")

    def __init__(self, step: Step, path: NodePath, target: str, kind: str) -> None:
        self.step = step
        self.path = path
        self.target = target
        self.kind = kind


class Input(Value):
    """An input of a callable playbook."""

    __slots__ = ("default", "description", "has_default", "name", "path", "required")

    def __init__(self, name: str, data: dict[str, Any], path: NodePath) -> None:
        self.name = name
        self.path = path
        self.required: bool = data.get("required", False)
        self.has_default = "default" in data
        self.default: Any = data.get("default")
        self.description: str = data.get("description", "")


class Gate(Value):
    """A person's yes, asked before a step acts. `by` empty means any person."""

    __slots__ = ("by", "expires", "minimum", "not_author", "on_expired", "on_refused", "path")

    def __init__(self, data: Any, path: NodePath) -> None:
        full: dict[str, Any] = data if isinstance(data, dict) else {}
        named = full.get("by", [] if data is True or full else data)
        self.by: tuple[str, ...] = (named,) if isinstance(named, str) else tuple(named or ())
        self.minimum: int = full.get("min", 1)
        self.not_author: bool = full.get("not_author", False)
        self.expires: str | None = full.get("expires")
        self.on_refused: Any = full.get("on_refused", "stop")
        self.on_expired: Any = full.get("on_expired", "stop")
        self.path = path


class Step:
    """One step; `path` leads to its mapping, `siblings` are the steps of the list it stands in, `parent` the loop around."""

    __slots__ = ("data", "id", "index", "parent", "path", "playbook", "siblings", "steps", "type")

    def __init__(
        self,
        playbook: Playbook,
        data: dict[str, Any],
        path: NodePath,
        index: int,
        siblings: list[Step],
        parent: Step | None,
    ) -> None:
        self.playbook = playbook
        self.data = data
        self.path = path
        self.index = index
        self.siblings = siblings
        self.parent = parent
        self.id: str = data["id"]
        self.type: str = data.get("type", "action")
        body = data.get("steps")
        self.steps: list[Step] = _steps(playbook, body, (*path, "steps"), self) if body else []

    def __repr__(self) -> str:
        return f"Step({self.id!r})"

    @property
    def name(self) -> str:
        """The step's name for people, else its id."""
        return self.data.get("name") or self.id

    @property
    def connector(self) -> str | None:
        """The connector's name as written in the file."""
        return self.data.get("connector")

    @property
    def action(self) -> str | None:
        """The action called on the connector."""
        return self.data.get("action")

    @property
    def calls(self) -> str | None:
        """The key of the playbook this step calls."""
        return self.data.get("playbook") if self.type == "playbook" else None

    @property
    def parameters(self) -> dict[str, Any]:
        """What the action or called playbook is given (`with`)."""
        return self.data.get("with") or {}

    @property
    def gate(self) -> Gate | None:
        """The approval asked before the step acts."""
        return Gate(self.data["approval"], (*self.path, "approval")) if "approval" in self.data else None

    @property
    def is_loop(self) -> bool:
        """Whether the step repeats: `for_each` or `repeat`."""
        return "for_each" in self.data or "repeat" in self.data

    @property
    def branches(self) -> list[dict[str, Any]]:
        """The branches as written: name, when, next."""
        return self.data.get("branches") or []

    @property
    def following(self) -> Step | None:
        """The step that stands after this one in the same list."""
        return self.siblings[self.index + 1] if self.index + 1 < len(self.siblings) else None

    def references(self) -> Iterator[Reference]:
        """Yield every step id this step names, `end` included, in the order of the schema's fields."""
        for index, branch in enumerate(self.branches):
            if "next" in branch:
                yield from self._targets(branch["next"], ("branches", index, "next"), "branches")
        for field in ("else", "next"):
            if field in self.data:
                yield from self._targets(self.data[field], (field,), field)
        for field in ("on_error", "on_timeout"):
            yield from self._outcome(self.data.get(field), (field,), field)
        approval = self.data.get("approval")
        if isinstance(approval, dict):
            for field in ("on_refused", "on_expired"):
                yield from self._outcome(approval.get(field), ("approval", field), field)

    def _targets(self, value: Any, path: NodePath, kind: str) -> Iterator[Reference]:
        if isinstance(value, list):
            for index, target in enumerate(value):
                yield Reference(self, (*self.path, *path, index), target, kind)
        elif value is not None:
            yield Reference(self, (*self.path, *path), value, kind)

    def _outcome(self, value: Any, path: NodePath, kind: str) -> Iterator[Reference]:
        if isinstance(value, dict):
            yield from self._targets(value.get("next"), (*path, "next"), kind)


class Playbook:
    """One playbook. `key` is its identity: the `key:` field, else the file's stem (`has_key` tells which)."""

    __slots__ = ("_all", "_ids", "_inputs", "data", "has_key", "key", "steps")

    def __init__(self, data: dict[str, Any], stem: str = "") -> None:
        self.data = data
        self.has_key = "key" in data
        self.key: str = data.get("key", stem)
        self._all: list[Step] | None = None
        self._ids: dict[str, Step] | None = None
        self._inputs: tuple[Input, ...] | None = None
        self.steps: list[Step] = _steps(self, data["steps"], ("steps",), None)

    def __repr__(self) -> str:
        return f"Playbook({self.key!r})"

    def let_go(self) -> None:
        """Empty the lists of steps, so that memory is free at once: steps and lists hold each other, 30 kB a playbook."""
        pending = [self.steps]
        for steps in pending:
            pending += [step.steps for step in steps]
            steps.clear()
        self._all = self._ids = None

    @property
    def name(self) -> str:
        """The name for people."""
        return self.data["name"]  # type: ignore[no-any-return] # the schema has accepted it

    @property
    def owner(self) -> str | None:
        """The owner's name as written in the file."""
        return self.data.get("owner")

    @property
    def enabled(self) -> bool:
        """Whether it may run at all."""
        return self.data.get("enabled", True) is True

    @property
    def auto_execute(self) -> bool:
        """Whether an alert starts it without a person."""
        return self.data.get("auto_execute", False) is True

    @property
    def trigger_conditions(self) -> list[Condition]:
        """The conditions that must all hold."""
        return self.data.get("trigger_conditions") or []

    @property
    def mitre_tactics(self) -> list[str]:
        """ATT&CK tactic ids."""
        return self.data.get("mitre_tactics") or []

    @property
    def mitre_techniques(self) -> list[str]:
        """ATT&CK technique ids."""
        return self.data.get("mitre_techniques") or []

    @property
    def required_connectors(self) -> list[str]:
        """The connectors it says it needs, by name."""
        return self.data.get("required_connectors") or []

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs of a callable playbook, from the top of the file or from its `start` step."""
        if self._inputs is None:
            self._inputs = tuple(_inputs(self.data))
        return self._inputs

    @property
    def outputs(self) -> dict[str, Any]:
        """The outputs of a callable playbook, from the top of the file or from its `start` step."""
        return self.data.get("outputs") or self.data["steps"][0].get("outputs") or {}

    @property
    def all_steps(self) -> list[Step]:
        """Every step, bodies of loops included, in the order of the file."""
        if self._all is None:
            self._all = list(_walk(self.steps))
        return self._all

    @property
    def step_ids(self) -> dict[str, Step]:
        """Step by id; of a repeated id the first."""
        if self._ids is None:
            self._ids = {step.id: step for step in reversed(self.all_steps)}
        return self._ids

    def references(self) -> Iterator[Reference]:
        """Yield every reference of every step, in the order of the file."""
        for step in self.all_steps:
            yield from step.references()


def conditions_in(condition: Condition, path: NodePath) -> Iterator[tuple[NodePath, Condition]]:
    """Yield the leaves of a condition (comparisons, `connector_available`, `expr`) with their paths."""
    for word in ("all", "any"):
        for index, part in enumerate(condition.get(word) or ()):
            yield from conditions_in(part, (*path, word, index))
    if "not" in condition:
        yield from conditions_in(condition["not"], (*path, "not"))
    elif not ("all" in condition or "any" in condition):
        yield path, condition


def _inputs(data: dict[str, Any]) -> Iterator[Input]:
    if "inputs" in data:
        for name, value in data["inputs"].items():
            yield Input(name, value or {}, ("inputs", name))
    else:
        for index, value in enumerate(data["steps"][0].get("inputs") or ()):
            yield Input(value["name"], value, ("steps", 0, "inputs", index))


def _steps(playbook: Playbook, rows: list[dict[str, Any]], path: NodePath, parent: Step | None) -> list[Step]:
    steps: list[Step] = []
    for index, row in enumerate(rows):
        steps.append(Step(playbook, row, (*path, index), index, steps, parent))
    return steps


def _walk(steps: list[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        if step.steps:
            yield from _walk(step.steps)
