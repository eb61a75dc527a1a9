"""What a plan says about a playbook: reasons, and the commands that end a hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.marker import Marker
from playbookctl.model.plan import Action, Side
from playbookctl.plan.rows import Row
from playbookctl.plan.sides import LiveClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from playbookctl.model.plan import Change, FieldChange
    from playbookctl.plan.sides import Live
    from playbookctl.plan.three_way import Settled

_AGREED = {
    Action.MARK: "the file and the server agree; only the mark is written",
    Action.FINISH: "its creation was interrupted; it is complete and only has to be marked",
    Action.REVIVE: "its file is back; nothing else changed since it was retired",
}
_UNCLEAR = {
    Row.OURS: "the repo and the server both changed",
    Row.UNFINISHED: "its creation was interrupted, and it was edited before it was finished",
    Row.WITHOUT_BASE: "its mark has lost the base, so nobody knows which side changed",
    Row.RETIRED: "it was edited after it was retired, in",
}


def agreed(action: Action) -> str:
    """Say that nothing but the mark is to be written."""
    return _AGREED[action]


def written(change: Change) -> str:
    """Say who moved what is written, and what is kept beside it."""
    parts = []
    for side, said in (
        (Side.REPO, "the repo changed"),
        (Side.ENVIRONMENT, "the environment moved: new ids in"),
        (Side.BOTH, "decided for the repo:"),
        (Side.LIVE, "taken back from the server:"),
    ):
        moved = [field for field in change.fields if field.written and field.moved_by is side]
        if moved:
            parts.append(f"{said} {names(moved)}")
    kept = [field for field in change.fields if not field.written]
    if kept:
        parts.append(f"the server's edit of {names(kept)} is kept")
    return "; ".join(parts)


def left(change: Change) -> str:
    """Say what was decided for the server: nothing of it is written, and from now on it counts as drift."""
    return (
        f"decided for the server: {names(change.fields)}; only the mark is written, and it shows as drift from now on"
    )


def drift(change: Change) -> str:
    """Say what only the server moved."""
    return f"the server changed {names(change.fields)}; the repo did not"


def conflict(change: Change, row: Row) -> str:
    """Say that both sides moved the same fields, or that nobody knows."""
    both = [field for field in change.fields if field.moved_by is Side.BOTH]
    return f"{_UNCLEAR[row]}{':' if row is not Row.RETIRED else ''} {names(both)}"


def clash(change: Change, settled: Settled, codes: Sequence[str]) -> str:
    """Say that the two sides moved different fields, and why the result is not sent: it breaks rules, or nobody knows it."""
    if codes:
        written = [field for field in change.fields if field.field in settled.written]
        kept = [field for field in change.fields if field.field in settled.kept]
        return f"{names(written)} of the repo beside {names(kept)} of the server would break {', '.join(codes)}"
    repo = [field for field in change.fields if field.moved_by is not Side.LIVE]
    live = [field for field in change.fields if field.moved_by is Side.LIVE]
    return (
        f"the repo changed {names(repo)} and the server changed {names(live)}: "
        "both say how it acts, and together nobody has reviewed them"
    )


def way_out(key: str, live_hash: str, *, brake: bool, decided: bool = False) -> str:
    """Name what ends a conflict; one that was `decided` for the repo is still held because of a brake."""
    release = f" --release {key}" if brake else ""
    if decided:
        return f"live was made safer: only sync --resolve {key}=repo@{live_hash} --release {key} undoes that"
    return (
        f"take the edit into the file and commit, or decide: sync --resolve {key}=repo@{live_hash}{release}, "
        f"or --resolve {key}=live@{live_hash}"
    )


def kept(change: Change) -> str:
    """Name what ends a drift that is kept: a release undoes the brakes, a decision the rest."""
    key, brakes = change.key, {field.brake for field in change.fields}
    undo = [f"--resolve {key}=repo@{change.live_hash}"] if False in brakes else []
    undo += [f"--release {key}"] if True in brakes else []
    return f"take the edit into the file and commit; sync {' '.join(undo)} undoes it"


def twin(created: Change, orphan: Change) -> str:
    """Say that a playbook without a file goes on beside a new one that is alike, and the command that ends that."""
    said = f"'{created.key}' is alike '{orphan.key}', which has no file any more"
    return f"{said}: both can act until {retiring(orphan)}"


def retiring(orphan: Change) -> str:
    """Return the command that retires a playbook without a file: bound to what is live where somebody has edited it."""
    return f"sync --retire {orphan.key}{f'@{orphan.live_hash}' if orphan.row == Row.EDITED_ORPHAN else ''}"


def braked(key: str) -> str:
    """Say that a brake was not undone."""
    return f"live was made safer, and that is kept; only --release {key} undoes it"


def invalid(files: Sequence[object]) -> str:
    """Say how many files are no playbooks."""
    return "1 file is not a valid playbook" if len(files) == 1 else f"{len(files):,} files are not valid playbooks"


def decide_later(pending: Sequence[str]) -> tuple[str, str]:
    """Say that a decision has to wait for an id."""
    said = listed(pending)
    return f"it calls {said}, which has no id yet; the decision can be carried out after that", f"sync {said} first"


def acting_duplicates(lives: Iterable[Live]) -> tuple[str, ...]:
    """Say which duplicates are switched on."""
    return tuple(f"the duplicate {live.id} ('{live.name}') is switched on again; both copies can act" for live in lives)


def strangers(lives: Iterable[Live], class_of: Mapping[str, LiveClass]) -> str:
    """Name live rows that are not ours, and whose they are where their mark says it."""
    return ", ".join(f"{live.id} ('{live.name}'{_whose(live, class_of[live.id])})" for live in lives)


def _whose(live: Live, what: LiveClass) -> str:
    if what is LiveClass.FOREIGN and isinstance(live.marker, Marker):
        return f", of the namespace '{live.marker.namespace}'"
    return ", a copy" if what is LiveClass.COPY else ""


def several(lives: Iterable[Live]) -> str:
    """Name live rows."""
    return ", ".join(f"{live.id} ('{live.name}')" for live in lives)


def names(fields: Iterable[FieldChange]) -> str:
    """List the fields in their order."""
    return ", ".join(field.field for field in fields)


def listed(keys: Iterable[str]) -> str:
    """List keys in quotes."""
    return ", ".join(f"'{key}'" for key in keys)
