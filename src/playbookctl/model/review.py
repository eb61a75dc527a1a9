"""What a pull request changes, in a reviewer's terms: playbooks, risks, findings, and what was not looked at.

Texts are sentences in plain words, names in 'single quotes'; they hold text of the pull request, which is hostile:
renderers make it harmless. `alerts` and `target` are filled in where the command line asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playbookctl.model.review_effects import AlertsEffect, TargetEffect


class Level(Enum):
    """How much a risk matters; from worst to mildest."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Level).index(self)

    def is_at_least(self, other: Level) -> bool:
        """Tell whether this is as bad as `other`, or worse."""
        return self.rank <= other.rank


class RiskKind(Enum):
    """What became riskier, or needs somebody's eyes."""

    GATE_GONE = "gate gone"
    GATE_WEAKER = "gate weaker"
    DESTRUCTIVE = "destructive action added"
    AUTOMATIC = "automatic"
    ENABLED = "enabled"
    DISABLED = "disabled"
    REMOVED = "removed"
    TRIGGER = "trigger"
    CONDITION = "conditions"
    TARGET = "what is acted on"
    ERRORS = "error path"
    CAP = "cap"
    LIMITS = "limits"
    MANUAL = "manual step gone"
    IDENTITY = "identity"
    COMPATIBILITY = "compatibility"
    OWNER = "owner"
    SUPPRESSION = "suppression"
    UNREADABLE = "unreadable"
    CONNECTORS = "connectors"
    CONFIG = "configuration"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk: what it is in one sentence, how it was, how it is now, and what takes it back.

    `kinds` has more than one where several changes have a joint effect. `key` is the playbook it belongs to, '' for the
    repository's own files; `file` is a path relative to the root of the work tree. `steps` are ids on the head's side,
    `owners` those of the playbook and of what it lets act otherwise.
    """

    level: Level
    kinds: tuple[RiskKind, ...]
    sentence: str
    before: str
    now: str
    undo: str
    key: str = ""
    file: str = ""
    steps: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, int, str, str, str]:
        """The key by which risks are sorted: the worst first, then by playbook."""
        return self.level.rank, list(RiskKind).index(self.kinds[0]), self.key, self.file, self.sentence


class ChangeKind(Enum):
    """What became of a playbook. A renamed one has another key; one whose file moved is `MOVED`, or `CHANGED` as well."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    CHANGED = "changed"
    REWRITTEN = "rewritten"  # the text differs, what is sent does not: comments, order of keys, quotes


class StepKind(Enum):
    """What became of a step."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"  # another id, alike otherwise; `details` may say more
    REWIRED = "rewired"  # only where it leads
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class StepNote:
    """One step that changed: `id` on the head's side (the base's, if it was removed), and what is different, in words."""

    kind: StepKind
    id: str
    name: str
    details: tuple[str, ...] = ()
    before_id: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a set of names gained and lost, both sorted."""

    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is different."""
        return bool(self.gained or self.lost)


@dataclass(frozen=True, slots=True)
class Caller:
    """A playbook that calls another, directly or through those between."""

    key: str
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaybookChange:
    """One playbook of which something changed.

    `before_key` and `before_file` are the base's, '' if it was not there; `file` is '' if it is gone. `digests` are the
    canonical digests of base and head, '' for a side without it. `said` are sentences about everything but steps and the
    sets; `diagrams` are Mermaid flowcharts of the changed part, before and after, '' where a side has none.
    """

    kind: ChangeKind
    key: str
    name: str
    file: str
    before_key: str
    before_file: str
    owners: tuple[str, ...] = ()
    digests: tuple[str, str] = ("", "")
    said: tuple[str, ...] = ()
    steps: tuple[StepNote, ...] = ()
    connectors: Exchange = Exchange()
    actions: Exchange = Exchange()
    tactics: Exchange = Exchange()
    techniques: Exchange = Exchange()
    inputs: Exchange = Exchange()
    outputs: Exchange = Exchange()
    callers: tuple[Caller, ...] = ()
    diagrams: tuple[str, str] = ("", "")

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What each set of names gained and lost."""
        return self.connectors, self.actions, self.tactics, self.techniques, self.inputs, self.outputs


@dataclass(frozen=True, slots=True)
class ReviewFinding:
    """A finding that only one side has. `silenced` is the reason of a comment of the pull request that switches it off.

    Lines count from one, on the side that has the finding.
    """

    code: str
    severity: Literal["error", "warning", "note"]
    key: str
    file: str
    line: int
    message: str
    silenced: str | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """One side: what was asked for, and the commit it names (40 hex digits)."""

    ref: str
    id: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """The gates and triggers of all playbooks of one side."""

    playbooks: int = 0
    gates: int = 0
    automatic: int = 0
    ungated: int = 0  # destructive actions that a playbook reaches which starts by itself, with nobody asked
    techniques: int = 0  # of ATT&CK that at least one playbook names


@dataclass(frozen=True, slots=True)
class Review:
    """All of it, sorted: risks from the worst, playbooks by key, findings by file and line."""

    base: Commit
    head: Commit
    risks: tuple[Risk, ...] = ()
    playbooks: tuple[PlaybookChange, ...] = ()
    new_findings: tuple[ReviewFinding, ...] = ()
    fixed_findings: tuple[ReviewFinding, ...] = ()
    before: Numbers = Numbers()
    now: Numbers = Numbers()
    files: tuple[str, ...] = ()  # other files of ours that changed: the config, the connectors, the baseline
    not_checked: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()  # techniques that a playbook of the base names, and none of the head
    attack: tuple[tuple[str, str], ...] = ()  # ids of techniques and tactics that are told, with their names
    alerts: AlertsEffect | None = None
    target: TargetEffect | None = None

    def of_level(self, level: Level) -> tuple[Risk, ...]:
        """Return the risks of one level."""
        return tuple(risk for risk in self.risks if risk.level is level)
