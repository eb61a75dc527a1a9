"""Carries out a pickled plan in a process of its own, to be killed or interrupted: python applying.py URL TOKEN PLAN OUT [DIE_AFTER]."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from playbookctl.api import BearerToken, Client, RetryPolicy
from playbookctl.apply import ApplyOptions, Patience, apply_plan

FAST = RetryPolicy(4, wait_initial=0.001, wait_max=0.01, wait_jitter=0.001)
WORKERS = 4
BRISK = Patience(4, 0.001, 0.01, 0.001, read_back=(0.0, 0.02, 0.05, 0.1))


class Mortal(Client):
    """A client whose process is killed once `lives` calls have come to their end."""

    lives = -1
    lock = threading.Lock()

    def _counted(self, answer: Any) -> Any:
        with Mortal.lock:
            Mortal.lives -= 1
            if Mortal.lives == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def list_playbooks(self, **options: Any) -> Any:
        return self._counted(iter(list(super().list_playbooks(**options))))

    def get_playbook(self, playbook_id: str) -> Any:
        return self._counted(super().get_playbook(playbook_id))

    def create_playbook(self, body: dict[str, Any]) -> Any:
        return self._counted(super().create_playbook(body))

    def update_playbook(self, playbook_id: str, body: dict[str, Any]) -> Any:
        return self._counted(super().update_playbook(playbook_id, body))


class Announced(threading.Event):
    """Says on standard output that the run was asked to stop, for whoever sent the signal."""

    def set(self) -> None:
        super().set()
        os.write(1, b"stopping\n")


def main() -> None:
    url, token, plan_file, out_file, *die_after = sys.argv[1:]
    Mortal.lives = int(die_after[0]) if die_after else -1
    plan = pickle.loads(Path(plan_file).read_bytes())  # noqa: S301 - written by the test
    with Mortal(url, BearerToken(token), may_write=True, policy=FAST) as client:
        applied = apply_plan(
            plan,
            client,
            ApplyOptions(workers=WORKERS, patience=BRISK, stop=Announced()),
            on_progress=lambda _: os.write(1, b"*\n"),
        )
    said = [(outcome.key, outcome.kind.value) for outcome in applied.outcomes]
    Path(out_file).write_bytes(pickle.dumps((said, applied.interrupted, int(applied.exit_code))))
    sys.exit(int(applied.exit_code))


if __name__ == "__main__":
    main()
