"""Faults a server can be told to have, to see what a client makes of them: which, on which requests, how often.

A fault is scripted (the `nth` matching request and the `times - 1` after it) or random (`chance`, from the seed); each
decision depends only on the seed, the fault's place in the list and how many requests matched it before.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections import Counter
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from playbookctl.errors import ConfigError


class FaultKind(Enum):
    """What goes wrong."""

    LATENCY = "latency"  # answers after `seconds`
    TOO_MANY = "too-many"  # 429 with Retry-After `seconds`, nothing done
    FAILURE = "failure"  # 500, nothing done
    RESET = "reset"  # the connection is reset, nothing done
    LOSE_ANSWER = "lose-answer"  # done and committed, then the connection is reset
    TRUNCATED_PAGE = "truncated-page"  # the last `rows` rows of a page are missing, the cursor stays
    CUT_BODY = "cut-body"  # the body ends in the middle
    REPEATED_ROW = "repeated-row"  # a page begins with the last row of the page before
    DROP_FIELD = "drop-field"  # a written `field` is silently not stored
    ALTER_FIELD = "alter-field"  # texts of a written `field` are trimmed, lists sorted without repetition
    REPLACE = "replace"  # an update sets every field it does not name to its default
    LIST_WITHOUT = "list-without"  # rows of a list lack `field`
    STALE_LIST = "stale-list"  # a list shows writes of the last `seconds` not yet


@dataclass(frozen=True)
class Fault:
    """One fault and when it strikes.

    `method` is one or several joined by `|`, `path` a regular expression searched in path and query; empty matches all.
    Only requests that the fault can do something to are counted towards `nth`.
    """

    kind: FaultKind
    method: str = ""
    path: str = ""
    nth: int = 1
    times: int | None = 1
    chance: float | None = None
    seconds: float = 1.0
    field: str = "steps"
    rows: int = 1


ALWAYS: dict[str, Any] = {"times": None}
PLAYBOOKS = "/soc/playbooks"

LIST = ("GET", r"/(playbooks|connectors|persons|alerts)(\?|$)")
NEXT_PAGE = ("GET", r"\?(.*&)?cursor=")
WRITE = ("POST|PATCH", r"/(playbooks|connectors|persons)(/[^/]+)?$")
CHANGE = ("POST|PATCH|DELETE", "^/api/v1/(soc|integration|people)/")
UPDATE = ("PATCH", PLAYBOOKS)

SENSIBLE: dict[FaultKind, tuple[str, str]] = {
    FaultKind.LOSE_ANSWER: CHANGE,
    FaultKind.TRUNCATED_PAGE: LIST,
    FaultKind.REPEATED_ROW: NEXT_PAGE,
    FaultKind.DROP_FIELD: WRITE,
    FaultKind.ALTER_FIELD: WRITE,
    FaultKind.REPLACE: UPDATE,
    FaultKind.LIST_WITHOUT: LIST,
    FaultKind.STALE_LIST: LIST,
}

PRESETS: dict[str, tuple[Fault, ...]] = {
    "slow": (Fault(FaultKind.LATENCY, seconds=0.2, **ALWAYS),),
    "rate-limited": (Fault(FaultKind.TOO_MANY, chance=0.2, seconds=1),),
    "flaky": (
        Fault(FaultKind.LATENCY, chance=0.2, seconds=0.3),
        Fault(FaultKind.TOO_MANY, chance=0.05, seconds=1),
        Fault(FaultKind.FAILURE, chance=0.05),
        Fault(FaultKind.RESET, chance=0.05),
        Fault(FaultKind.LOSE_ANSWER, chance=0.05, path=PLAYBOOKS),
    ),
    "lost-answers": (Fault(FaultKind.LOSE_ANSWER, chance=0.3, path=PLAYBOOKS),),
    "stale": (Fault(FaultKind.STALE_LIST, seconds=2, **ALWAYS),),
    "tidy": (Fault(FaultKind.ALTER_FIELD, field="tags", path=PLAYBOOKS, **ALWAYS),),
    "forgetful": (Fault(FaultKind.DROP_FIELD, field="mitre_techniques", path=PLAYBOOKS, **ALWAYS),),
    "replacing": (Fault(FaultKind.REPLACE, **ALWAYS),),
    "summary-lists": (Fault(FaultKind.LIST_WITHOUT, field="steps", path=PLAYBOOKS, **ALWAYS),),
}


class Faults:
    """The faults of one server. `counts` says how often each kind struck; `arm` adds more while it runs."""

    def __init__(self, *faults: Fault, seed: int = 0) -> None:
        self.seed = seed
        self.counts: Counter[FaultKind] = Counter()
        self._armed: list[Fault] = []
        self._matched: list[int] = []
        self._lock = threading.Lock()
        self.arm(*faults)

    def arm(self, *faults: Fault) -> None:
        """Add faults; their requests are counted from now."""
        with self._lock:
            self._armed += faults
            self._matched += [0] * len(faults)

    def clear(self) -> None:
        """Take all faults away; the counts stay."""
        with self._lock:
            self._armed.clear()
            self._matched.clear()

    def struck(self, method: str, target: str) -> tuple[Fault, ...]:
        """Return the faults that strike a request for `target` (path and query), and count them."""
        with self._lock:
            found = tuple(
                fault
                for index, fault in enumerate(self._armed)
                if _matches(fault, method, target) and self._strikes(index)
            )
            self.counts.update(fault.kind for fault in found)
        return found

    def watches(self, *kinds: FaultKind) -> bool:
        """Tell whether a fault of one of these kinds is armed, whether or not it strikes."""
        return any(fault.kind in kinds for fault in self._armed)

    def _strikes(self, index: int) -> bool:
        fault = self._armed[index]
        self._matched[index] += 1
        number = self._matched[index]
        if fault.chance is not None:
            return random.Random(f"{self.seed}/{index}/{number}").random() < fault.chance  # noqa: S311 - no secret
        return number >= fault.nth and (fault.times is None or number < fault.nth + fault.times)


def read_faults(text: str, name: str) -> Faults:
    """Read `{"seed": 0, "faults": [{"kind": "latency", …}]}`; raise ConfigError for anything else."""
    try:
        document = json.loads(text)
        return Faults(*(_fault(row) for row in document.pop("faults")), **document)
    except (ValueError, TypeError, KeyError, AttributeError, re.error) as error:
        kinds = ", ".join(kind.value for kind in FaultKind)
        raise ConfigError(
            f"'{name}' holds no faults: {error}", hint=f"kinds are {kinds}; see docs/server.md"
        ) from error


def _fault(row: dict[str, Any]) -> Fault:
    kind = FaultKind(row["kind"])
    known = {field.name for field in fields(Fault)}
    if unknown := sorted(row.keys() - known):
        raise ValueError(f"a fault has no '{unknown[0]}'")
    fault = Fault(**{**row, "kind": kind})
    re.compile(fault.path)
    return fault


def _matches(fault: Fault, method: str, target: str) -> bool:
    wanted = ((fault.method, fault.path), SENSIBLE.get(fault.kind, ("", "")))
    return all((not methods or method in methods.split("|")) and re.search(path, target) for methods, path in wanted)
