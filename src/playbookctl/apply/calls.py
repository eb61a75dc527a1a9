"""What apply needs of the live API, and how patient it is. `api.Client` fits; apply does not know it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from playbookctl.transport.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TypeAlias

    Row: TypeAlias = dict[str, Any]


class Playbooks(Protocol):
    """The live playbooks. Errors are those of `errors.py`: reads are repeated by whoever implements this, writes never."""

    def list_playbooks(self, *, include_deleted: bool = False, tags: tuple[str, ...] = ()) -> Iterator[Row]:
        """Yield all playbooks that carry `tags`; complete once it ends without an error."""

    def get_playbook(self, playbook_id: str) -> Row:
        """Return one playbook."""

    def create_playbook(self, body: Row) -> Row:
        """Create a playbook, once."""

    def update_playbook(self, playbook_id: str, body: Row) -> Row | None:
        """Replace top-level fields, once; None where the server answers without the object."""


@dataclass(frozen=True)
class Patience:
    """How often a write is tried, each time after reading, and how long the result is waited for. Times in seconds."""

    attempts: int = 4
    wait_initial: float = 0.2
    wait_max: float = 5.0
    wait_jitter: float = 0.5
    read_back: tuple[float, ...] = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6)

    @property
    def policy(self) -> RetryPolicy:
        """How often a write is tried."""
        return RetryPolicy(
            self.attempts, wait_initial=self.wait_initial, wait_max=self.wait_max, wait_jitter=self.wait_jitter
        )


@dataclass(frozen=True)
class ApplyOptions:
    """The run's settings: `replaces` is the environment's `update: replace`; backups go to `backups`, None for none.

    `stop` set means: begin nothing more, finish what was begun.
    """

    workers: int = 16
    replaces: bool = False
    backups: Path | None = None
    patience: Patience = Patience()
    stop: threading.Event = field(default_factory=threading.Event)
