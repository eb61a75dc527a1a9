"""A create in two phases, such that at every point at most one object can act: made switched off, then completed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playbookctl.apply.bodies import completed, first_body, switched_off
from playbookctl.apply.presence import is_unfinished, key_tag, keys_of, whole
from playbookctl.apply.result import Ended, ended, failed
from playbookctl.canonical import digests_of, live_texts, missing
from playbookctl.errors import AnswerLost, PlaybookctlError, Rejected, ServerError, Transient
from playbookctl.marker import unfinished
from playbookctl.model.marker import Marker
from playbookctl.model.outcome import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.apply.calls import ApplyOptions, Playbooks, Row
    from playbookctl.apply.update import Updater
    from playbookctl.model.plan import Change

PLAN_AGAIN = "sync again: the next run finishes it, or says how it is created"
_COMPLETED = (OutcomeKind.DONE, OutcomeKind.ALTERED, OutcomeKind.ALREADY)


class Creator:
    """Creates playbooks of one namespace. Safe to share between threads."""

    def __init__(self, client: Playbooks, options: ApplyOptions, namespace: str, updater: Updater) -> None:
        self._client = client
        self._options = options
        self._namespace = namespace
        self._updater = updater

    def create(self, change: Change) -> Ended:
        """Create one playbook and say how it ended. Sends POST once, whatever happens. Raises AuthError."""
        body = first_body(change)
        try:
            made = self._client.create_playbook(body)
        except AnswerLost as error:
            return self._looked_for(change, body, error)
        except (Rejected, Transient) as error:
            return failed(change, error, OutcomeKind.FAILED, attempts=1)
        made_id = str(made["id"])
        try:
            rows = self._listed(change.key, made_id)
            own = self._client.get_playbook(made_id) if missing(made) else made
        except ServerError as error:
            message = f"created as '{made_id}' and left switched off; it could not be read: {error.message}"
            return _unknown(change, message, error, made_id)
        if all(row["id"] != made_id for row in rows):
            return _unknown(change, f"created as '{made_id}', switched off; no list shows it yet", None, made_id)
        if own is not made and not _untouched(own, body):
            return _unknown(
                change, f"created as '{made_id}', switched off; somebody has edited it since", None, made_id
            )
        return self._completed(change, own, rows)

    def _looked_for(self, change: Change, body: Row, lost: AnswerLost) -> Ended:
        """After a lost answer: complete the one unfinished object that holds what was sent, or leave it to the next run."""
        try:
            rows = self._listed(change.key)
            own = _holding(rows, body)
            if own is not None:  # completed only if it is still as the list shows it: as we sent it
                return self._completed(change, own, rows)
        except ServerError as error:
            return _unknown(change, f"{lost.message}; {error.message}", lost)
        return _unknown(change, f"{lost.message}; it has not been seen since", lost)

    def _completed(self, change: Change, own: Row, rows: list[Row]) -> Ended:
        change = replace(change, live_id=str(own["id"]))
        rival = _rival_before(own, rows)
        if rival is not None:
            return self._withdrawn(change, rival, as_duplicate=True)
        done = self._updater.carry_out(completed(change, own), saves=False)
        if done.outcome.kind in _COMPLETED:
            rival = self._rival_after(change)
            if rival is not None:
                return self._withdrawn(change, rival, as_duplicate=False)
        return _named_create(change, done)

    def _rival_after(self, change: Change) -> Row | None:
        """Return another finished object of the same key; of two runs that finish at once, the later one sees both."""
        try:
            rows = self._rows(change.key)
        except ServerError:
            return None  # it was looked for before the second phase; the next plan would hold two of one key
        return next((row for row in rows if row["id"] != change.live_id and not is_unfinished(row)), None)

    def _withdrawn(self, change: Change, rival: Row, *, as_duplicate: bool) -> Ended:
        """Another run made an object for this key: leave ours switched off, marked for what it is."""
        ours = _mark(change)
        mark = Marker(ours.namespace, ours.key, duplicate_of=str(rival["id"])) if as_duplicate else unfinished(ours)
        state = "is switched off"
        try:
            own = self._client.get_playbook(change.live_id)
            left = self._updater.carry_out(switched_off(change, own, mark), saves=False).outcome
            if left.failed:
                state = f"could not be marked: {left.message}"
        except ServerError as error:
            state = f"could not be marked: {error.message}"
        message = (
            f"another run created '{rival['id']}' for this key at the same time; ours, '{change.live_id}', {state}"
        )
        return ended(change, OutcomeKind.FAILED, message, hint="plan again", attempts=2)

    def _listed(self, key: str, made_id: str = "") -> list[Row]:
        """Return the objects of the key, once the list shows the one just made (any, where its id is not known)."""
        found: list[Row] = []
        for wait in self._options.patience.read_back:
            if wait and self._options.stop.wait(wait):
                break
            found = self._rows(key)
            if any(row["id"] == made_id for row in found) or (found and not made_id):
                break
        return found

    def _rows(self, key: str) -> list[Row]:
        rows = self._client.list_playbooks(tags=(key_tag(self._namespace, key),))
        return [row for row in whole(self._client, rows) if key in keys_of(row, self._namespace)]


def _holding(rows: list[Row], body: Mapping[str, Any]) -> Row | None:
    """Return the only unfinished object that holds what was sent."""
    sent = digests_of(live_texts(body))
    alike = [row for row in rows if is_unfinished(row) and digests_of(live_texts(row)) == sent]
    return alike[0] if len(alike) == 1 else None


def _untouched(own: Row, body: Mapping[str, Any]) -> bool:
    """Tell whether nobody has written to an object since it was created: it holds what was sent, or its stamps say so."""
    stamp = own.get("updated_at")
    return digests_of(live_texts(own)) == digests_of(live_texts(body)) or (
        stamp is not None and stamp == own.get("created_at")
    )


def _rival_before(own: Row, rows: list[Row]) -> Row | None:
    """Return the object that stands before ours: a finished one, else an unfinished one with a smaller id."""
    others = sorted((row for row in rows if row["id"] != own["id"]), key=lambda row: str(row["id"]))
    finished = [row for row in others if not is_unfinished(row)]
    smaller = [row for row in others if is_unfinished(row) and str(row["id"]) < str(own["id"])]
    return next(iter((*finished, *smaller)), None)


def _mark(change: Change) -> Marker:
    assert change.mark is not None  # noqa: S101 - first_body has refused a create without one
    return change.mark


def _unknown(change: Change, message: str, error: PlaybookctlError | None, made_id: str = "") -> Ended:
    said = {"hint": PLAN_AGAIN, "request_id": error.request_id if error else "", "live_id": made_id, "attempts": 1}
    return replace(ended(change, OutcomeKind.UNKNOWN, message, **said), unreached=error is not None)


def _named_create(change: Change, done: Ended) -> Ended:
    """Return the end of the second phase as the end of the create."""
    outcome = done.outcome
    message = outcome.message
    if outcome.kind not in _COMPLETED:
        message = f"created as '{change.live_id}' and left switched off: {message}"
    kind = OutcomeKind.DONE if outcome.kind is OutcomeKind.ALREADY else outcome.kind
    said = replace(outcome, action=change.action, kind=kind, message=message, attempts=outcome.attempts + 1)
    return replace(done, outcome=said)
