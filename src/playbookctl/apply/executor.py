"""A plan carried out: callees before callers, one canary of each kind first, then by many workers."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from playbookctl.apply.backup import Backups
from playbookctl.apply.calls import ApplyOptions
from playbookctl.apply.create import Creator
from playbookctl.apply.interrupt import stopping_on_signals
from playbookctl.apply.presence import present_keys, whole
from playbookctl.apply.result import Applied, Ended, Progress, ended, failed
from playbookctl.apply.update import Updater
from playbookctl.canonical import fill
from playbookctl.errors import PlaybookctlError, Refused, ServerError, Stopped
from playbookctl.model.outcome import Outcome, OutcomeKind
from playbookctl.model.plan import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from playbookctl.apply.calls import Playbooks
    from playbookctl.model.plan import Change, Plan

MOST_UNREACHED = 3  # changes that fail in a row because the server does not answer, before the run is given up
_WITH_ID = (OutcomeKind.DONE, OutcomeKind.ALREADY, OutcomeKind.ALTERED)


def apply_plan(
    plan: Plan,
    client: Playbooks,
    options: ApplyOptions | None = None,
    *,
    on_progress: Callable[[Progress], None] | None = None,
) -> Applied:
    """Carry out a plan and return what became of each change; nothing is raised for what happens to one of them.

    Before anything is created, all playbooks are listed a second time. Ctrl-C, SIGTERM or `options.stop` let what has
    begun come to its end, and nothing more begins. `on_progress` is called from the calling thread. Raises Refused for
    an unsafe plan, and what the client raises for that list: nothing has been sent then.
    """
    if plan.refusals:
        raise Refused(plan.refusals[0].message, hint=plan.refusals[0].hint)
    options = options or ApplyOptions()
    with stopping_on_signals(options.stop):
        return _Run(plan, client, options, on_progress).run()


class _Run:
    """One run: what is proven, which ids were made, why it ended early. Only the calling thread touches its state."""

    def __init__(
        self, plan: Plan, client: Playbooks, options: ApplyOptions, on_progress: Callable[[Progress], None] | None
    ) -> None:
        self._plan = plan
        self._client = client
        self._options = options
        self._on_progress = on_progress
        self._updater = Updater(client, options, Backups(options.backups))
        self._creator = Creator(client, options, plan.namespace, self._updater)
        self._changes = plan.to_write
        self._outcomes: dict[tuple[str, str], Outcome] = {}
        self._ids: dict[str, str] = {}
        self._proven: set[bool] = set()  # of creates (True), of changes to objects that exist (False)
        self._unreached = 0
        self._halt: PlaybookctlError | None = None

    def run(self) -> Applied:
        """Carry out wave after wave; what was held or could not begin has an outcome, too."""
        self._drop_what_appeared()
        with ThreadPoolExecutor(max(self._options.workers, 1), thread_name_prefix="apply") as workers:
            for _, wave in groupby(self._changes, key=lambda change: change.wave):
                self._carry_out(workers, [change for change in wave if _name(change) not in self._outcomes])
        for change in self._changes:
            if _name(change) not in self._outcomes:
                self._end(
                    change, ended(change, OutcomeKind.SKIPPED, self._why_not(), hint="run the same command again")
                )
        held = {_name(change): _held(change) for change in self._plan.held}
        ordered = [{**held, **self._outcomes}.get(_name(change)) for change in self._plan.changes]
        interrupted = self._options.stop.is_set()
        return Applied(tuple(outcome for outcome in ordered if outcome is not None), interrupted, self._halt)

    def _drop_what_appeared(self) -> None:
        """Absence has to be seen twice: a key that has an object by now is not created."""
        creates = [change for change in self._changes if change.action is Action.CREATE]
        rows = whole(self._client, self._client.list_playbooks(), "tags") if creates else ()
        present = present_keys(rows, self._plan.namespace)
        for change in creates:
            if change.key in present:
                message = f"'{present[change.key]}' has this key by now, which the plan did not see"
                self._end(change, ended(change, OutcomeKind.STALE, message, hint="plan again"))

    def _carry_out(self, workers: ThreadPoolExecutor, wave: list[Change]) -> None:
        """Carry out changes that do not depend on each other; until a kind is proven its changes go one by one."""
        later = []
        for change in wave:
            if (change.action is Action.CREATE) in self._proven:
                later.append(change)
            elif self._may_go_on():
                self._collect({self._begin(workers, change): change}, until=0)
        running: dict[Future[Ended], Change] = {}
        for change in later:
            self._collect(running, until=self._options.workers - 1)
            if not self._may_go_on():
                break
            running[self._begin(workers, change)] = change
        self._collect(running, until=0)

    def _begin(self, workers: ThreadPoolExecutor, change: Change) -> Future[Ended]:
        self._tell(change, None)
        without = sorted(key for key in change.pending if key not in self._ids)
        if without:
            message = f"not tried, it calls {', '.join(map(repr, without))}, which could not be created"
            return workers.submit(ended, change, OutcomeKind.SKIPPED, message, hint="sync again once that is solved")
        return workers.submit(self._one, fill(change, self._ids))

    def _one(self, change: Change) -> Ended:
        """Carry out one change; runs in a worker and touches nothing of the run's state."""
        try:
            if change.action is Action.CREATE:
                return self._creator.create(change)
            return self._updater.carry_out(change)
        except Stopped as error:
            return failed(change, error, OutcomeKind.SKIPPED)
        except PlaybookctlError as error:  # credentials, the backups' disk: the next change would meet it as well
            return replace(failed(change, error, OutcomeKind.FAILED), halt=error)

    def _collect(self, running: dict[Future[Ended], Change], *, until: int) -> None:
        """Take in what has ended, until at most `until` changes are running."""
        while len(running) > max(until, 0):
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda future: _name(running[future])):
                self._end(running.pop(future), future.result())

    def _end(self, change: Change, end: Ended) -> None:
        outcome = end.outcome
        self._outcomes[_name(change)] = outcome
        if outcome.kind in _WITH_ID and outcome.live_id:
            self._ids[change.key] = outcome.live_id
        if end.proven:
            self._proven.add(change.action is Action.CREATE)
        self._unreached = self._unreached + 1 if end.unreached else 0
        if self._unreached >= MOST_UNREACHED and self._halt is None:
            message = f"{self._unreached} playbooks in a row could not be written; the last: {outcome.message}"
            self._halt = ServerError(message, hint=outcome.hint)
        self._halt = self._halt or end.halt
        self._tell(change, outcome)

    def _may_go_on(self) -> bool:
        return self._halt is None and not self._options.stop.is_set()

    def _why_not(self) -> str:
        return f"not tried, the run was ended: {self._halt.message}" if self._halt else "not tried, interrupted"

    def _tell(self, change: Change, outcome: Outcome | None) -> None:
        if self._on_progress is not None:
            self._on_progress(Progress(change, outcome, len(self._outcomes), len(self._changes)))


def _name(change: Change) -> tuple[str, str]:
    """Return what tells a change from all others of a plan: a key may have several live objects."""
    return (change.key, change.live_id)


def _held(change: Change) -> Outcome:
    return ended(change, OutcomeKind.HELD, change.reason, hint=change.hint).outcome
