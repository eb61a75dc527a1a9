"""One run of a live playbook, as far as the server has told."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class RunEnd(Enum):
    """How a run ended. `GOING`: it was started, and its end was not waited for or not seen yet."""

    GOING = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"  # it was let in, and could not begin any more
    UNKNOWN = "ended, and the server does not say how"


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the playbook `key`. `seconds` is how long it was waited for, `stats` what the server counts of all runs."""

    key: str
    live_id: str
    run_id: str
    end: RunEnd = RunEnd.GOING
    seconds: float = 0.0
    stats: Mapping[str, Any] = field(default_factory=dict)
