"""What people decided for a run: options of the command line and `resolve:` of the config, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class OnDrift(Enum):
    """What becomes of fields that only the server moved."""

    KEEP = "keep"
    REVERT = "revert"
    FAIL = "fail"


class Take(Enum):
    """The side that a decision takes."""

    REPO = "repo"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer to a conflict, bound to the live value it was made for: `live` is the plan's `live_hash`.

    `until` is the last day (YYYY-MM-DD) on which it counts, empty for ever. `source` is the option, or the place in the config.
    """

    key: str
    take: Take
    live: str
    reason: str = ""
    until: str = ""
    source: str = "--resolve"


@dataclass(frozen=True, slots=True)
class Retirement:
    """`--retire KEY` or, for a playbook that was edited since, `--retire KEY@HASH`."""

    key: str
    live: str = ""


@dataclass(frozen=True, slots=True)
class Adoption:
    """`adopt KEY` (by name) or `adopt KEY=ID`."""

    key: str
    live_id: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Every flag that a plan obeys. The default decides nothing: live edits are kept, doubtful playbooks held.

    `only` limits the run to these keys (empty: all). `rollback` writes contents without marks, and neither creates nor
    retires.
    """

    only: frozenset[str] = frozenset()
    create: frozenset[str] = frozenset()
    takeover: frozenset[str] = frozenset()
    release: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    adopt: tuple[Adoption, ...] = ()
    retire: tuple[Retirement, ...] = ()
    resolve: tuple[Decision, ...] = ()
    on_drift: OnDrift = OnDrift.KEEP
    bootstrap: bool = False
    force: bool = False
    allow_older: bool = False
    rollback: bool = False


NO_CHOICES = Choices()
