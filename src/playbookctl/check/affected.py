"""Which playbooks a change can touch: those that changed, those that call them, or all if what changed decides about all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from playbookctl.model.workspace import Summary


class Affected(Value):
    """The files to check, sorted, and why: those in `changed`, and those in `callers` with the key that each calls.

    `deleted` counts playbooks that are gone. `decisive` names the changed file that decides about all of them, if one
    does; then `files` are all. Files are as shown to people.
    """

    __slots__ = ("callers", "changed", "decisive", "deleted", "files")

    def __init__(
        self,
        files: tuple[str, ...],
        changed: tuple[str, ...] = (),
        callers: Mapping[str, str] | None = None,
        deleted: int = 0,
        decisive: str = "",
    ) -> None:
        self.files = files
        self.changed = changed
        self.callers: Mapping[str, str] = callers or {}
        self.deleted = deleted
        self.decisive = decisive


def affected(
    everything: Collection[str],
    changed: Collection[str],
    gone_keys: Collection[str],
    summaries: Iterable[Summary],
    *,
    deleted: int = 0,
    decisive: str = "",
) -> Affected:
    """Decide what to check of `everything`.

    `changed` are the playbooks whose text changed, `gone_keys` the keys that they and the deleted ones had before. The
    rules look through calls of any depth, so callers of callers count.
    """
    if decisive:
        return Affected(tuple(sorted(everything)), tuple(sorted(changed)), {}, deleted, decisive)
    known = list(summaries)
    touched = {summary.key for summary in known if summary.file in changed} | set(gone_keys)
    callers = {
        file: key for file, key in _callers(known, touched).items() if file not in changed and file in everything
    }
    files = sorted({*changed, *callers} & set(everything))
    return Affected(tuple(files), tuple(sorted(changed)), callers, deleted)


def _callers(summaries: list[Summary], keys: set[str]) -> dict[str, str]:
    """Return the files that call one of `keys`, directly or through others, with the key that they call."""
    calling: dict[str, list[Summary]] = {}
    for summary in sorted(summaries, key=lambda summary: summary.file):
        for _, key in summary.facts.get("calls", ()):
            calling.setdefault(key, []).append(summary)
    found: dict[str, str] = {}
    pending = sorted(keys)
    for key in pending:
        for summary in calling.get(key, ()):
            if summary.file not in found:
                found[summary.file] = key
                if summary.key not in keys:
                    pending.append(summary.key)
    return found
