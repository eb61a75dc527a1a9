"""What doctor found: one check per layer of the set-up, in the order in which they depend on each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """How a check ended. `SKIPPED`: a layer below failed, so that it could not be looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "not checked"


class Topic(Enum):
    """What is checked, from the bottom up."""

    CONFIG = "config"
    ENVIRONMENT = "environment"
    PLAYBOOKS = "playbooks"
    HISTORY = "history"
    CREDENTIALS = "credentials"
    SERVER = "server"
    CLOCK = "clock"
    TOKEN = "token"  # noqa: S105 - a topic
    TENANT = "tenant"
    PERMISSIONS = "permissions"
    LISTS = "lists"
    CONNECTORS = "connectors"
    OWNERS = "owners"
    MARKS = "marks"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was found, what helps, and the exit code that a sync would end with for it (0 unless it fails)."""

    topic: Topic
    verdict: Verdict
    said: str
    remedy: str = ""
    code: int = 0


@dataclass(frozen=True, slots=True)
class Checkup:
    """All checks of one environment; `environment` is empty where it came to none."""

    environment: str
    checks: tuple[Check, ...]

    @property
    def first(self) -> Check | None:
        """The first check that failed, else the first that warns, None if everything is set up."""
        for verdict in (Verdict.FAIL, Verdict.WARN):
            found = next((check for check in self.checks if check.verdict is verdict), None)
            if found is not None:
                return found
        return None

    @property
    def codes(self) -> frozenset[int]:
        """The exit codes of all checks that failed."""
        return frozenset(check.code for check in self.checks if check.verdict is Verdict.FAIL)

    def count(self, verdict: Verdict) -> int:
        """Return how many checks ended in this way."""
        return sum(check.verdict is verdict for check in self.checks)
