"""What became of one change: said by apply, shown by report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from playbookctl.model.plan import Action  # noqa: TC001 - pydantic reads the annotations


class OutcomeKind(Enum):
    """How a change ended. `DONE` and `ALREADY` are successes, `HELD` is the plan's own no, the rest are failures."""

    DONE = "done"
    ALREADY = "already so"  # the object was what we want before anything was sent
    HELD = "held"  # the plan sent nothing
    STALE = "stale"  # it was no longer what the plan saw; nothing was sent
    ALTERED = "altered"  # accepted, but read back different
    FAILED = "failed"  # refused by the server, or not sent after all attempts
    UNKNOWN = "unknown"  # sent, and no answer tells whether it was carried out
    SKIPPED = "skipped"  # not tried: a callee failed, the canary stopped the run, or it was interrupted


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the change of `key`. `altered` names the API fields that read back different.

    `request_id` is the server's, for its log. `attempts` counts requests that
    were sent to write; `backup` is the file the live body was saved to before it was overwritten.
    """

    key: str
    action: Action
    kind: OutcomeKind
    live_id: str = ""
    message: str = ""
    hint: str = ""
    request_id: str = ""
    altered: tuple[str, ...] = ()
    attempts: int = 0
    backup: str = ""

    @property
    def failed(self) -> bool:
        """Whether the run has to end with 4: something was to be written and is not as planned."""
        return self.kind not in (OutcomeKind.DONE, OutcomeKind.ALREADY, OutcomeKind.HELD)
