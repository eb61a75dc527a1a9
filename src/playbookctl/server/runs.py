"""What a playbook means to the server: whether an alert fires it, and what its run comes to.

The one module of the server that reads `flow`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.flow.evaluate import evaluate_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SUCCEEDED, FAILED, SKIPPED = "succeeded", "failed", "skipped"

Trace = list[dict[str, str]]


def fires(playbook: dict[str, Any], alert: dict[str, Any], connectors: Iterable[str]) -> bool:
    """Tell whether an alert meets every trigger condition; one that cannot be told (an opaque `expr`) is not met.

    `connectors` are the names and ids of those that are available. A playbook without conditions fires always.
    """
    return evaluate_all(playbook["trigger_conditions"], {"alert": alert, "connectors": list(connectors)}) is True


def walk(steps: list[dict[str, Any]], available: Callable[[str], bool]) -> tuple[str, Trace]:
    """Take the steps in order and return the run's status and one row per step taken.

    A step whose connector is not available is skipped if it is `optional`, and fails otherwise; a failed step ends the
    run unless its `on_error` is `continue`.
    """
    trace: Trace = []
    for number, step in enumerate(steps, start=1):
        name = str(step.get("id", number))
        connector = step.get("connector")
        if connector is None or available(str(connector)):
            trace.append({"step": name, "outcome": SUCCEEDED})
        elif step.get("optional") is True:
            trace.append({"step": name, "outcome": SKIPPED})
        else:
            trace.append({"step": name, "outcome": FAILED})
            if step.get("on_error") != "continue":
                return FAILED, trace
    return SUCCEEDED, trace
