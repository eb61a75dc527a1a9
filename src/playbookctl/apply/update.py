"""One change on one object that exists: read, compare with the plan, save, send the moved fields, read back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from playbookctl.apply.bodies import restored, update_body, wanted, with_echo
from playbookctl.apply.result import Ended, ended, failed
from playbookctl.apply.sight import Sight, sight
from playbookctl.apply.verify import ReadBack, read_back
from playbookctl.canonical import fingerprint
from playbookctl.errors import (
    AnswerLost,
    NotFound,
    PartlyDone,
    PlaybookctlError,
    Rejected,
    ServerError,
    Stopped,
    Transient,
)
from playbookctl.model.outcome import OutcomeKind
from playbookctl.transport.retry import repeat

if TYPE_CHECKING:
    from playbookctl.apply.backup import Backups
    from playbookctl.apply.calls import ApplyOptions, Playbooks, Row
    from playbookctl.model.plan import Change

RESTORED_HINT = "set 'update: replace' for this environment if its server replaces whole objects"


@dataclass(slots=True)
class _Attempts:
    """What is known of one change while it is tried: the object before it, the answer, how often it was sent."""

    number: int = 0
    backup: str = ""
    before: Row | None = None
    answer: Row | None = None


class Updater:
    """Carries out changes on existing objects. Safe to share between threads."""

    def __init__(self, client: Playbooks, options: ApplyOptions, backups: Backups) -> None:
        self._client = client
        self._options = options
        self._backups = backups

    def carry_out(self, change: Change, *, saves: bool = True) -> Ended:
        """Carry out one change and say how it ended; `saves` is False for an object that this run made.

        Raises AuthError, and ConfigError if the backup cannot be written.
        """
        tried = _Attempts()
        try:
            policy = self._options.patience.policy
            return repeat(policy, lambda: self._once(change, tried, saves=saves), on=(Transient, AnswerLost))
        except (Transient, AnswerLost) as error:
            return self._after_the_last(change, tried, error)
        except Stopped as error:
            kind = OutcomeKind.UNKNOWN if tried.number else OutcomeKind.SKIPPED
            return failed(change, error, kind, attempts=tried.number, backup=tried.backup)
        except _Unread as error:
            kind = OutcomeKind.UNKNOWN if tried.number else OutcomeKind.FAILED
            return failed(change, error, kind, attempts=tried.number, backup=tried.backup)
        except NotFound as error:
            return failed(change, error, OutcomeKind.STALE, attempts=tried.number, backup=tried.backup)
        except Rejected as error:
            return failed(change, error, OutcomeKind.FAILED, attempts=tried.number, backup=tried.backup)

    def _once(self, change: Change, tried: _Attempts, *, saves: bool) -> Ended:
        now = self._read(change)
        known = self._known(change, tried, now)
        if known is not None:
            return known
        if tried.number and self._options.stop.is_set():
            raise Stopped("interrupted before it was sent again", hint="run the command again")
        if saves and not tried.backup:
            tried.backup = self._backups.save(change.key, now)
        tried.before = now
        body = update_body(change, now, replaces=self._options.replaces)
        tried.number += 1
        tried.answer = self._client.update_playbook(change.live_id, body)
        return self._verified(change, tried, now)

    def _known(self, change: Change, tried: _Attempts, now: Row) -> Ended | None:
        """Return how the change has ended, if the object as read says so; None if it is to be sent."""
        seen = sight(change, now, sent=tried.number > 0)
        if seen is Sight.AS_PLANNED:
            return None
        if tried.before is not None and seen in (Sight.AS_WANTED, Sight.LANDED):
            return self._verified(change, tried, tried.before)
        if seen is Sight.AS_WANTED:
            return ended(change, OutcomeKind.ALREADY, "it was as wanted before anything was sent")
        if tried.number:
            message = "it was sent, and the object is neither what it was nor what was sent"
            return ended(
                change, OutcomeKind.UNKNOWN, message, hint="plan again", attempts=tried.number, backup=tried.backup
            )
        who = now.get("updated_by") or "somebody"
        said = "was deleted" if now.get("is_deleted") is True else f"was changed by '{who}' at {now.get('updated_at')}"
        return ended(change, OutcomeKind.STALE, f"the live playbook {said}, after the plan", hint="plan again")

    def _read(self, change: Change) -> Row:
        try:
            return self._client.get_playbook(change.live_id)
        except Rejected:
            raise
        except ServerError as error:  # the client has repeated it already
            raise _Unread(error) from error

    def _after_the_last(self, change: Change, tried: _Attempts, error: ServerError) -> Ended:
        """After the last attempt failed: look once more, since nobody knows what became of it."""
        said = {"attempts": tried.number, "backup": tried.backup}
        try:
            known = self._known(change, tried, self._client.get_playbook(change.live_id))
        except PlaybookctlError:
            return failed(change, error, OutcomeKind.UNKNOWN, **said)
        return known or failed(change, error, OutcomeKind.FAILED, **said)

    def _verified(self, change: Change, tried: _Attempts, before: Row) -> Ended:
        said = {"attempts": tried.number, "backup": tried.backup}
        aim = wanted(change, before)
        try:
            back = read_back(self._client, self._options, aim, before, tried.answer)
        except (ServerError, Stopped) as error:
            unread = f"the server accepted it and could not be read back: {error.message}"
            return ended(change, OutcomeKind.UNKNOWN, unread, hint="plan again", request_id=error.request_id, **said)
        if not back.deviation:
            return replace(ended(change, OutcomeKind.DONE, _note(back), **said), proven=True)
        if back.stale:
            message = "the server accepted it and goes on showing the state before"
            return ended(
                change, OutcomeKind.ALTERED, message, hint="plan again", altered=tuple(sorted(aim.sent)), **said
            )
        if back.deviation.lost:
            return self._put_back(change, tried, before, back)
        return self._altered(change, tried, before, back)

    def _altered(self, change: Change, tried: _Attempts, before: Row, back: ReadBack) -> Ended:
        """Report what the server made of the fields that were sent, and note it in the marks: it is said once."""
        names = back.deviation.altered
        said = {"attempts": tried.number, "backup": tried.backup, "altered": names}
        if back.deviation.marks:
            error = PartlyDone(
                f"the server did not keep the marks of '{change.key}' as they were sent",
                hint="without them a playbook cannot be recognised; does the server limit tags?",
            )
            said["altered"] = tuple(dict.fromkeys((*names, "tags")))
            return replace(failed(change, error, OutcomeKind.ALTERED, **said), halt=error)
        message = f"stored differently{'' if back.ours else ', or edited since'}: {', '.join(names)}"
        note = with_echo(change, names, before, back.row) if back.ours else None
        if note is not None:
            noted = self.carry_out(note, saves=False)
            if noted.outcome.failed:
                message += f"; this could not be noted: {noted.outcome.message}"
                return replace(ended(change, OutcomeKind.ALTERED, message, **said), halt=noted.halt)
        return replace(ended(change, OutcomeKind.ALTERED, message, **said), proven=back.ours)

    def _put_back(self, change: Change, tried: _Attempts, before: Row, back: ReadBack) -> Ended:
        """Fields that were not sent are gone: this server replaces objects. Bring the object back and go no further."""
        lost = ", ".join(back.deviation.lost)
        try:
            self._client.update_playbook(change.live_id, restored(before))
            whole = fingerprint(self._client.get_playbook(change.live_id)) == fingerprint(before)
        except PlaybookctlError:
            whole = False
        outcome = "it was brought back" if whole else f"it could NOT be brought back, see the backup '{tried.backup}'"
        error = PartlyDone(
            f"an update of '{change.key}' lost fields that were not sent ({lost}); {outcome}", hint=RESTORED_HINT
        )
        said = {"attempts": tried.number, "backup": tried.backup, "altered": back.deviation.lost}
        return replace(failed(change, error, OutcomeKind.FAILED, **said), halt=error)


def _note(back: ReadBack) -> str:
    if back.deviation.moved:
        return f"somebody changed {', '.join(back.deviation.moved)} at the same time; it was left as it is"
    return "somebody has written to it since" if back.again else ""


class _Unread(ServerError):
    """The object could not be read before the write: nothing is sent, and reading is not tried again."""

    def __init__(self, error: ServerError) -> None:
        super().__init__(error.message, hint=error.hint)
        self.request_id = error.request_id
