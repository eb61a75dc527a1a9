"""What the data must be after an edit: the same, but for exactly what the edit says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.edit.patch import Unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from playbookctl.model.finding import Edit
    from playbookctl.model.workspace import Entry

    Reopen = Callable[[str], Entry]


def intended(data: dict[str, Any], edits: Iterable[Edit], reopen: Reopen) -> dict[str, Any]:
    """Return a copy of `data` with the edits made in it, one after the other.

    `reopen` reads a text as a file is read. Raises Unfit.
    """
    copy: dict[str, Any] = json.loads(json.dumps(data))
    for edit in edits:
        if edit.mode != "comment":
            _make(copy, edit, reopen)
    return copy


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal as JSON: 1, 1.0 and true are three things; the order of keys does not count."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _make(data: dict[str, Any], edit: Edit, reopen: Reopen) -> None:
    holder: Any = data
    for part in edit.path[:-1]:
        holder = holder[part]
    last = edit.path[-1]
    if edit.mode == "delete":
        del holder[last]
    elif edit.mode == "key":
        _rename(holder, str(last), next(iter(_read(f"{edit.text}: 0", reopen))))
    elif edit.mode == "insert" and isinstance(holder, list):
        holder.insert(int(last), _read(f"value: {edit.text}", reopen)["value"])
    else:
        holder[last] = _read(f"value: {edit.text}", reopen)["value"]


def _rename(holder: dict[str, Any], old: str, new: str) -> None:
    if new != old and new in holder:
        raise Unfit(f"there is a key '{new}' already")
    holder[new] = holder.pop(old)


def _read(text: str, reopen: Reopen) -> dict[str, Any]:
    document = reopen(text).document
    if document is None:
        raise Unfit("what the edit would write is no YAML")
    return document.data
