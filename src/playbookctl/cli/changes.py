"""What `--changed-since` checks and why, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.report.escape import visible
from playbookctl.report.summary import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.check.affected import Affected


def explain(affected: Affected, ref: str, total: int, *, verbose: bool = False) -> Iterator[str]:
    """Yield one line, such as '3 playbooks changed since main, and 2 that call them: 5 of 612 are checked'.

    `verbose` adds one for each file.
    """
    if affected.decisive:
        playbooks = "the one playbook is" if total == 1 else f"all {count(total, 'playbook')} are"
        yield f"{visible(affected.decisive)} changed since {visible(ref)} and decides about all: {playbooks} checked"
        return
    parts = [f"{count(len(affected.changed), 'playbook')} changed"] if affected.changed else []
    parts += [f"{count(affected.deleted, 'playbook')} deleted"] if affected.deleted else []
    number, checked = len(affected.callers), len(affected.files)
    callers = f", and {number:,} that {'calls' if number == 1 else 'call'} them" if number else ""
    what = f"{', '.join(parts) or 'no playbook changed'} since {visible(ref)}{callers}"
    yield f"{what}: {checked:,} of {total:,} {'is' if checked == 1 else 'are'} checked"
    if verbose:
        for file in affected.files:
            key = affected.callers.get(file)
            yield f"  {visible(file)}: {'changed' if key is None else f'calls {visible(repr(key))}'}"
