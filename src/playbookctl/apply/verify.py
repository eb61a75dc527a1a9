"""Reading back what was written, until the server shows this write and not the state before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.apply.bodies import Deviation, Wanted, deviation
from playbookctl.canonical import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.apply.calls import ApplyOptions, Playbooks, Row

_FINE = re.compile(r"\.[0-9]{3}")  # a time stamp that tells milliseconds


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What was found: the object, how it deviates, and whether the server really showed the write.

    `stale`: it went on showing the state before, however long we waited. `again`: somebody has written since; the
    deviation is then that of the answer to our own write. `ours`: the row is surely what our own write left, and nobody
    edited it in between; without an answer to the write (lost, or empty) that cannot be told.
    """

    row: Row
    deviation: Deviation
    stale: bool = False
    again: bool = False
    ours: bool = False


def read_back(
    client: Playbooks, options: ApplyOptions, aim: Wanted, before: Mapping[str, Any], answer: Row | None
) -> ReadBack:
    """Return the object as the server shows it after a write; `answer` is what it answered to the write, if it did.

    Reads until `updated_at` is the write's or the object is as wanted, at most as often as the options' patience says.
    Raises what the client raises.
    """
    row: Row = dict(before)
    for wait in options.patience.read_back:
        if wait and options.stop.wait(wait):
            break
        row = client.get_playbook(str(before["id"]))
        found = deviation(aim, before, row)
        if not found:
            return ReadBack(row, found)
        whose = _whose(row.get("updated_at"), before.get("updated_at"), answer and answer.get("updated_at"))
        if whose == "write":
            return ReadBack(row, found, ours=answer is not None and _is_as_answered(row, answer))
        if whose == "another" and answer is not None:
            return ReadBack(answer, deviation(aim, before, answer), again=True)
    return ReadBack(row, deviation(aim, before, row), stale=row.get("updated_at") == before.get("updated_at"))


def _is_as_answered(row: Row, answer: Row) -> bool:
    """Tell whether a row that has the stamp of our write is its doing: a stamp of whole seconds may be an edit's as well."""
    return bool(_FINE.search(str(row.get("updated_at")))) or fingerprint(row) == fingerprint(answer)


def _whose(now: Any, before: Any, answered: Any) -> str:
    """Return whose write a time stamp is: 'before' ours, the 'write' itself, or 'another' that came after."""
    if answered is None:
        return "before" if now == before else "write"
    if now == answered:
        return "write" if answered != before else "before"  # clocks of one second cannot tell the two apart
    return "before" if now == before else "another"
