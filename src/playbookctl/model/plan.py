"""What a plan is: per playbook one change with its reason, and everything that apply needs to carry it out.

JSON values are kept as JSON text, so that a plan is hashable, storable and small: a playbook that nothing
moved holds no text at all. A step that calls a playbook which has no id yet names it by a placeholder
(`placeholder(key)`); `Change.pending` lists those keys, and `canonical.fill` puts the ids in once the callees exist.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from playbookctl.model.choices import NO_CHOICES, Choices
from playbookctl.model.marker import NO_COMMIT, Marker

PLAN_FORMAT = 1
_PLACEHOLDER = "playbookctl:id-of="


class Action(Enum):
    """What is to be done with one live playbook. The first eight write."""

    CREATE = "create"  # two phases, see apply
    FINISH = "finish"  # the second phase of a create that was interrupted
    UPDATE = "update"  # moved fields and the mark
    REVIVE = "revive"  # a retired playbook whose file is back: moved fields, unmanaged ones too, and the mark
    MARK = "mark"  # the mark alone
    ADOPT = "adopt"  # the mark alone, on a playbook that was not ours
    DUPLICATE = "duplicate"  # marked as a copy of another, and disabled
    RETIRE = "retire"  # disabled, marked as retired
    HOLD = "hold"  # nothing, until a person decides
    NONE = "none"


class Standing(Enum):
    """Where a playbook stands: the class column of the three-way table."""

    IN_SYNC = "in sync"
    REPO_AHEAD = "repo ahead"
    SERVER_DRIFTED = "server drifted"
    CONFLICT = "conflict"
    NEEDS_HUMAN = "needs a human"


class Side(Enum):
    """Who moved a field off its base. `ENVIRONMENT`: only ids behind names changed, such as a connector made anew."""

    REPO = "repo"
    LIVE = "live"
    BOTH = "both"
    ENVIRONMENT = "environment"


class StepKind(Enum):
    """How a step differs between live and desired."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value inside a step: `path` such as `with.user` or `branches[0].next`, JSON texts, empty where absent."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StepChange:
    """One step: `values` says what changed in it, `dropped` names the vendor's own keys that go with a removed step."""

    id: str
    kind: StepKind
    name: str = ""
    values: tuple[ValueChange, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field in which desired and live differ: its API name, `before` as live has it, `after` as desired (JSON text).

    `written` tells whether the plan writes it. `brake`: live is safer, so only `--release` undoes it. `expected`: the
    config lists this drift as expected. `steps` tells live from desired. Of a field that both sides moved, `base` is the
    last applied text where git knows it, `by_live` and `by_repo` are what each side made of the steps in it.
    """

    field: str
    moved_by: Side
    before: str
    after: str
    written: bool = False
    brake: bool = False
    expected: bool = False
    base: str = ""
    steps: tuple[StepChange, ...] = ()
    by_live: tuple[StepChange, ...] = ()
    by_repo: tuple[StepChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote the live playbook last: Person id, time as the server says it, and from where."""

    updated_by: str = ""
    updated_at: str = ""
    source_type: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of one playbook, and why.

    For people: `row` is the number of the table's row, `reason` a sentence, `hint` the command or act that ends a hold,
    `safer` and `riskier` what the live edit did, `touched` whether this commit changes the file (None outside git).

    For apply: `write` pairs API fields with JSON text to send, without `tags`; `tags` are the free tags to send beside
    the marks; `mark` is what our tags shall say (None: tags are not sent), its `self_id` empty until there is an id;
    `expect` is `canonical.fingerprint` of the object as the plan saw it, markers included, empty where there is none.
    Changes are carried out in the order of `wave`: callees come before their callers.
    """

    key: str
    name: str
    action: Action
    standing: Standing
    row: int
    file: str = ""
    live_id: str = ""
    reason: str = ""
    hint: str = ""
    fields: tuple[FieldChange, ...] = ()
    safer: tuple[str, ...] = ()
    riskier: tuple[str, ...] = ()
    writer: Writer | None = None
    live_hash: str = ""
    touched: bool | None = None
    notes: tuple[str, ...] = ()
    wave: int = 0
    pending: tuple[str, ...] = ()
    write: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    mark: Marker | None = None
    expect: str = ""

    @property
    def writes(self) -> bool:
        """Whether apply has anything to send."""
        return self.action not in (Action.HOLD, Action.NONE)

    @property
    def drifted(self) -> bool:
        """Whether live holds something that the server moved, that is kept, and that nobody expects."""
        return any(field.moved_by is Side.LIVE and not field.written and not field.expected for field in self.fields)

    @property
    def merges(self) -> bool:
        """Whether it writes some fields and leaves drift in others: such a playbook exists on neither side yet."""
        return self.writes and any(not field.written for field in self.fields) and any(f.written for f in self.fields)

    def bare(self) -> Change:
        """Return it without any text of a playbook: what a saved plan may hold."""
        bare = {"before": "", "after": "", "base": "", "steps": (), "by_live": (), "by_repo": ()}
        fields = tuple(replace(field, **bare) for field in self.fields)  # type: ignore[arg-type] # each by its name
        return replace(self, fields=fields, write=tuple((field, "") for field, _ in self.write))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why sync refuses the whole plan, with its numbers, and the way out."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Live rows by class. `managed` are ours with a base; the others are counted and never touched."""

    files: int = 0
    managed: int = 0
    retired: int = 0
    duplicates: int = 0
    copies: int = 0
    foreign: int = 0
    unmanaged: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a sync would do. `changes` are sorted by key and live id; `commit` has 12 hex digits.

    `config` is the digest of the configuration it was made with. `refusals` empty means that sync may begin.
    """

    environment: str
    namespace: str
    tenant_id: str
    app_id: str = ""
    commit: str = NO_COMMIT
    config: str = ""
    choices: Choices = NO_CHOICES
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    counts: Counts = Counts()
    notes: tuple[str, ...] = ()
    format: int = PLAN_FORMAT

    @property
    def to_write(self) -> tuple[Change, ...]:
        """The changes to carry out, in their order: wave, key, live id."""
        return tuple(sorted((c for c in self.changes if c.writes), key=lambda c: (c.wave, c.key, c.live_id)))

    @property
    def held(self) -> tuple[Change, ...]:
        """The changes that wait for a person."""
        return tuple(change for change in self.changes if change.action is Action.HOLD)

    def count(self, *actions: Action) -> int:
        """Return how many changes have one of these actions."""
        return sum(change.action in actions for change in self.changes)

    def bare(self) -> Plan:
        """Return it without any text of a playbook: what may be saved, and what a fresh plan is compared with."""
        return replace(self, changes=tuple(change.bare() for change in self.changes))


def placeholder(key: str) -> str:
    """Return what stands in a step's `playbook` for the id of a playbook that has none yet."""
    return _PLACEHOLDER + key


def placeholder_key(value: object) -> str | None:
    """Return the key that a placeholder names, None if `value` is none."""
    return value[len(_PLACEHOLDER) :] if isinstance(value, str) and value.startswith(_PLACEHOLDER) else None
