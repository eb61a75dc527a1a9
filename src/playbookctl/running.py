"""Running a live playbook of ours: found by its mark, started once, and looked at until it has ended."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from playbookctl.errors import AnswerLost, PartlyDone, PlaybookctlError, Refused, Rejected, UsageError
from playbookctl.marker import PREFIX
from playbookctl.model.nearest import did_you_mean
from playbookctl.model.run import Run, RunEnd
from playbookctl.plan.rows import LiveRows
from playbookctl.plan.sides import LiveClass
from playbookctl.survey import live_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from playbookctl.api.client import Client
    from playbookctl.plan.sides import Live

CONFLICT = 409
FIRST_LOOK_S, LONGEST_S, GROWTH = 0.2, 5.0, 1.5  # between two looks
ENDS = {
    "succeeded": RunEnd.SUCCEEDED, "success": RunEnd.SUCCEEDED, "successful": RunEnd.SUCCEEDED,
    "completed": RunEnd.SUCCEEDED, "failed": RunEnd.FAILED, "failure": RunEnd.FAILED, "error": RunEnd.FAILED,
    "timed_out": RunEnd.FAILED, "cancelled": RunEnd.FAILED, "skipped": RunEnd.SKIPPED,
}  # fmt: skip
UNDER_WAY = frozenset({"queued", "pending", "started", "running", "in_progress", "waiting"})


@dataclass(frozen=True, slots=True)
class Target:
    """The live playbook that is to run: its id, and its `last_run_id` and `run_stats` from before."""

    key: str
    live_id: str
    last_run_id: str
    stats: Mapping[str, Any]


def find(client: Client, namespace: str, key: str, known: Collection[str]) -> Target:
    """Return the one live playbook that is marked as `key`. `known` are the keys that files have.

    Raises UsageError if there is none, Refused if it is not clear which one it is or if it is not complete.
    """
    bodies: dict[str, Mapping[str, Any]] = {}
    tagged = client.list_playbooks(tags=(f"{PREFIX}key={namespace}/{key}",))
    rows = LiveRows(live_of(client, tagged, lambda row: bodies.update({str(row["id"]): row})), namespace)
    group = rows.group(key)
    ours = group.of(LiveClass.OURS, LiveClass.WITHOUT_BASE, LiveClass.RETIRED)
    if len(ours) == 1:
        body = bodies[ours[0].id]
        stats = body.get("run_stats")
        return Target(key, ours[0].id, str(body.get("last_run_id") or ""), stats if isinstance(stats, dict) else {})
    if ours:
        ids = ", ".join(live.id for live in ours)
        raise Refused(
            f"{len(ours)} live playbooks are marked as '{key}': {ids}", hint="playbookctl plan says what ends it"
        )
    raise _missing(key, group.of(LiveClass.UNFINISHED, LiveClass.BAD), known)


def start(client: Client, target: Target, inputs: dict[str, Any], alert_id: str | None) -> Run:
    """Start the playbook, once. Raises Refused with what is missing, PartlyDone if nobody knows whether it runs."""
    try:
        answer = client.run_playbook(target.live_id, inputs, alert_id)
    except AnswerLost as error:
        raise PartlyDone(
            f"nobody knows whether '{target.key}' runs: {error.message}{_seen_since(client, target)}",
            hint="it is never started twice; look at its last_run_id (playbookctl status) before you start it again",
        ) from error
    except Rejected as error:
        if error.status != CONFLICT:
            raise
        reasons = "; ".join(said for _, said in error.pointers) or error.message
        raise Refused(
            f"'{target.key}' cannot run: {reasons}", hint="mend that on the platform, then run it again"
        ) from error
    return Run(target.key, target.live_id, str(answer["run_id"]))


def wait_for(client: Client, target: Target, run: Run, timeout_s: float, on_look: Callable[[float], None]) -> Run:
    """Return the run once it has ended. `on_look` is told the seconds that have passed.

    Raises PartlyDone if it has not ended in time: it goes on.
    """
    began, pause = time.monotonic(), FIRST_LOOK_S
    while True:
        row = client.get_playbook(run.live_id)
        passed = time.monotonic() - began
        end = ended(row, target, run.run_id)
        if end is not RunEnd.GOING:
            return replace(run, end=end, seconds=passed, stats=row.get("run_stats") or {})
        on_look(passed)
        if passed + pause > timeout_s:
            raise PartlyDone(
                f"run {run.run_id} of '{run.key}' has not ended within {timeout_s:.0f} s{_other(row, target, run)}",
                hint="it goes on; playbookctl status shows its end, and --timeout waits longer",
            )
        time.sleep(pause)
        pause = min(pause * GROWTH, LONGEST_S)


def ended(row: Mapping[str, Any], target: Target, run_id: str) -> RunEnd:
    """Return how a run has ended, as the playbook says it. Pure.

    A server may name a run when it begins or when it ends: it has ended once the counts have moved, or the status is one
    of an end and was not there before.
    """
    stats = row.get("run_stats")
    stats = stats if isinstance(stats, dict) else {}
    if row.get("last_run_id") != run_id:
        return RunEnd.GOING
    status = str(stats.get("last_status") or "").strip().lower()
    if status in UNDER_WAY or not _counted(stats, target.stats):
        return RunEnd.GOING
    return ENDS.get(status) or _grown(stats, target.stats)


def _counted(stats: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether one more run is counted; a server that does not count is taken at its word."""
    now, then = stats.get("total"), before.get("total", 0)
    return not isinstance(now, int) or not isinstance(then, int) or now > then


def _grown(stats: Mapping[str, Any], before: Mapping[str, Any]) -> RunEnd:
    """Return which of the counts has grown, where the status says nothing that we know."""
    for name, end in (("failed", RunEnd.FAILED), ("skipped", RunEnd.SKIPPED), ("succeeded", RunEnd.SUCCEEDED)):
        now, then = stats.get(name), before.get(name, 0)
        if isinstance(now, int) and isinstance(then, int) and now > then:
            return end
    return RunEnd.UNKNOWN


def _missing(key: str, doubtful: list[Live], known: Collection[str]) -> PlaybookctlError:
    if doubtful:
        return Refused(
            f"'{key}' is not complete on the server: {doubtful[0].id}", hint="playbookctl plan says what ends it"
        )
    if key in known:
        return UsageError(f"'{key}' is not on the server", hint="playbookctl sync creates it")
    return UsageError(f"there is no playbook '{key}'{did_you_mean(key, known)}", hint="playbookctl status lists them")


def _seen_since(client: Client, target: Target) -> str:
    """Say what can be seen after an answer was lost; it proves nothing, but helps."""
    try:
        row = client.get_playbook(target.live_id)
    except PlaybookctlError:
        return ""
    last = str(row.get("last_run_id") or "none")
    moved = "it was" if last == (target.last_run_id or "none") else f"before it was {target.last_run_id or 'none'}, now"
    return f"; its last_run_id: {moved} {last}"


def _other(row: Mapping[str, Any], target: Target, run: Run) -> str:
    last = str(row.get("last_run_id") or "")
    return f"; another run, {last}, has ended meanwhile" if last not in ("", run.run_id, target.last_run_id) else ""
