"""Random fixes on our own playbooks, in every dress a file can wear: what is meant changes, and nothing else.

`FIX_ROUNDS=5000 pytest tests/edit/test_any_fix.py` runs the long profile.
"""

from __future__ import annotations

import copy
import json
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.edit.fix import fix_all
from playbookctl.load.entry import load_entry
from playbookctl.load.schema.order import key_order
from playbookctl.model.finding import Edit, Fix
from playbookctl.model.source import Key
from playbookctl.model.workspace import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.source import NodePath

ROUNDS = int(os.environ.get("FIX_ROUNDS", "150"))
TEXTS = [
    path.read_text("utf-8")
    for path in sorted((Path(__file__).parent.parent.parent / "playbooks").glob("*.yaml"))
    if not path.name.endswith(".test.yaml")
]
DRESSES = {
    "as it is": lambda text: text,
    "with CRLF": lambda text: text.replace("\n", "\r\n"),
    "without a last line break": lambda text: text.rstrip("\n"),
    "with comments": lambda text: text.replace("\n  - ", " # 😀 c\n  # above\n  - "),
    "with blank lines": lambda text: text.replace("\n  - ", "\n\n  - "),
}


def opened(text: str) -> Entry:
    """Return the entry without its playbook: the schema is not asked, so that every change is tried."""
    entry = load_entry("a.yaml", text.encode("utf-8"))
    return Entry(entry.source, entry.document, None, entry.problems)


def paths(value: Any, path: NodePath = ()) -> Iterator[NodePath]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from paths(inner, (*path, key))


def random_edit(source: random.Random, data: Any) -> Edit:
    path = source.choice(list(paths(data)))
    mode = source.choice(["replace", "delete", "insert", "key"])
    if mode == "key" and isinstance(path[-1], str):
        return Edit((*path[:-1], Key(path[-1])), '"renamed key"', "key")
    if mode == "insert":
        return Edit((*path[:-1], 99 if isinstance(path[-1], int) else "inserted"), "{a: 1}", "insert")
    return Edit(path, "'new: text'", "replace") if mode != "delete" else Edit(path, "", "delete")


def after(data: Any, edit: Edit) -> Any:
    """Say independently of the code what the data must be."""
    changed = copy.deepcopy(data)
    holder = changed
    for part in edit.path[:-1]:
        holder = holder[part]
    last = edit.path[-1]
    if edit.mode == "delete":
        del holder[last]
    elif edit.mode == "key":
        holder["renamed key"] = holder.pop(last)
    elif isinstance(holder, list) and edit.mode == "insert":
        holder.append({"a": 1})
    else:
        holder[last] = {"a": 1} if edit.mode == "insert" else "new: text"
    return changed


def common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def is_one_piece(before: str, text: str, edit: Edit) -> bool:
    """Tell whether the texts differ in one place of the length of the change (a `[]` for a last element aside)."""
    start = common(before, text)
    end = common(before[start:][::-1], text[start:][::-1])
    gone, new = before[start : len(before) - end], text[start : len(text) - end]
    if edit.mode == "delete":
        return not new or new.startswith(" []") or new == "[]"
    return len(new) <= len(edit.text) + len(str(edit.path[-1])) + 60 and (edit.mode != "insert" or not gone)


@pytest.mark.parametrize("dress", DRESSES)
def test_a_random_fix_changes_what_is_meant_and_nothing_else(dress: str) -> None:
    source = random.Random(f"fix {dress}")  # noqa: S311 - a seed, not a secret
    made = 0
    for _ in range(ROUNDS // len(DRESSES)):
        entry = opened(DRESSES[dress](source.choice(TEXTS)))
        assert entry.document is not None
        edit = random_edit(source, entry.document.data)
        done = fix_all(entry, [Fix("mend", (edit,))], opened, key_order)
        if done.refusals[0]:
            assert done.entry is entry
            continue
        made += 1
        assert done.entry.document is not None
        wanted = json.dumps(after(entry.document.data, edit), sort_keys=True)
        assert json.dumps(done.entry.document.data, sort_keys=True) == wanted, (edit, dress)
        assert is_one_piece(entry.source.text, done.entry.source.text, edit), (edit, dress)
    assert made > ROUNDS // len(DRESSES) * 0.8, "most fixes can be made"
