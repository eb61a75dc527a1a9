"""What a run of apply says: while it goes on, and at its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from playbookctl.errors import ExitCode, PlaybookctlError, Rejected, ServerError, worst
from playbookctl.model.outcome import Outcome, OutcomeKind

if TYPE_CHECKING:
    from playbookctl.model.plan import Change


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of the run: `outcome` is None when a change begins. `done` of `total` changes have ended."""

    change: Change
    outcome: Outcome | None
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Applied:
    """The outcomes in the plan's order, held playbooks included; why the run ended early, if it did.

    `halt` is the error that ended it: credentials refused, the server gone, a canary that came back damaged.
    """

    outcomes: tuple[Outcome, ...]
    interrupted: bool = False
    halt: PlaybookctlError | None = None

    @property
    def exit_code(self) -> ExitCode:
        """What the run alone would end with: 130, 3, 5, 4 or 0; held playbooks are the caller's matter."""
        codes = {ExitCode.INTERRUPTED} if self.interrupted else set()
        if self.halt is not None:
            codes.add(self.halt.code)
        if any(outcome.failed for outcome in self.outcomes):
            codes.add(ExitCode.PARTLY_DONE)
        return worst(codes)


@dataclass(frozen=True, slots=True)
class Ended:
    """How one change ended. `proven`: its object was written and came back whole, so the server can be trusted with more.

    `unreached`: the server did not answer, or talked nonsense. `halt` is the error for which the run must not go on.
    """

    outcome: Outcome
    proven: bool = False
    unreached: bool = False
    halt: PlaybookctlError | None = None


def ended(change: Change, kind: OutcomeKind, message: str = "", **more: object) -> Ended:
    """Return how a change ended without anything proven; `more` are further fields of the outcome."""
    fields = {"live_id": change.live_id, **more}
    return Ended(Outcome(change.key, change.action, kind, message=message, **fields))  # type: ignore[arg-type]


def failed(change: Change, error: PlaybookctlError, kind: OutcomeKind, **more: object) -> Ended:
    """Return how a change ended that an error stopped."""
    said: dict[str, object] = {"hint": error.hint, "request_id": error.request_id, **more}
    unreached = isinstance(error, ServerError) and not isinstance(error, Rejected)
    return replace(ended(change, kind, error.message, **said), unreached=unreached)
