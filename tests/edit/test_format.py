"""The canonical form as a table: before, after; and what is refused, with the reason."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from playbookctl.edit.format import formatted
from playbookctl.edit.patch import Unfit
from playbookctl.load.entry import load_entry
from playbookctl.load.schema.order import key_order

if TYPE_CHECKING:
    from playbookctl.model.source import Document
    from playbookctl.model.workspace import Entry

COMMENT = re.compile(r"(?:(?<=\s)|^)#.*$", re.MULTILINE)
PLAYBOOKS = Path(__file__).parent.parent.parent / "playbooks"

CASES = {
    "keys at the top": ("steps:\n- id: a\nname: x\nkey: k\n", "key: k\nname: x\nsteps:\n  - id: a\n"),
    "the file's comment stays first": ("# file\nname: x\nkey: k\n", "# file\nkey: k\nname: x\n"),
    "comments go with their key": (
        "name: x # of x\n# of key\nkey: k\n\n# of tags\ntags: []\n",
        "# of key\nkey: k\nname: x # of x\n\n# of tags\ntags: []\n",
    ),
    "a comment above the first key goes with it": ("# file\n\n# of x\nname: x\nkey: k\n", "# file\n\nkey: k\n# of x\nname: x\n"),
    "a deeper comment stays with the block above": (
        "name: x\ntags:\n  - a\n  # more\nkey: k\n",
        "key: k\nname: x\ntags:\n  - a\n  # more\n",
    ),
    "keys of a step": ("steps:\n  - action: b\n    id: a # c\n", "steps:\n  - id: a # c\n    action: b\n"),
    "keys of a step in a loop": (
        "steps:\n  - id: l\n    steps:\n      - name: n\n        id: m\n",
        "steps:\n  - id: l\n    steps:\n      - id: m\n        name: n\n",
    ),
    "a step in braces stays": ("steps:\n  - {action: b, id: a}\n", "steps:\n  - {action: b, id: a}\n"),
    "a comment with no place behind a dash": (
        "steps:\n  - action: b\n    # of a\n    id: a\n",
        "steps:\n  - action: b\n    # of a\n    id: a\n",
    ),
    "a vendor's key stays behind its neighbour": ("name: x\nx-a: 1\nkey: k\n", "key: k\nname: x\nx-a: 1\n"),
    "inputs of an action keep their order": (
        "steps:\n  - id: a\n    with: {z: 1, a: 2}\n",
        "steps:\n  - id: a\n    with: {z: 1, a: 2}\n",
    ),
    "four columns": ("steps:\n    -   id: a\n        with:\n            b: 1\n", "steps:\n  - id: a\n    with:\n      b: 1\n"),
    "a block of text moves as a whole": (
        "steps:\n    - id: a\n      message: |\n          # one\n            two\n",
        "steps:\n  - id: a\n    message: |\n        # one\n          two\n",
    ),
    "blanks at the end": ("name: x  \n \ntags: [a] # c \t\n", "name: x\n\ntags: [a] # c\n"),
    "blanks in a text stay": ("name: |\n  x  \n  y\n", "name: |\n  x  \n  y\n"),
    "no line break at the end": ("name: x", "name: x\n"),
    "many line breaks at the end": ("name: x\n\n\n", "name: x\n"),
    "CRLF": ("steps:\r\n- id: a\r\nname: x", "name: x\r\nsteps:\r\n  - id: a\r\n"),
    "emoji": ("steps:\n- id: a\nname: '😀 x'\n", 'name: "😀 x"\nsteps:\n  - id: a\n'),
    "a text that ends the file without a line break": ("name: |\n  x", "name: |\n  x"),
    "a text that ends the file with blank lines": ("name: |+\n    x\n\n\n", "name: |+\n    x\n\n\n"),
}  # fmt: skip


def opened(text: str) -> Entry:
    return load_entry("a.yaml", text.encode("utf-8"))


def reread(text: str) -> Document | None:
    return opened(text).document


@pytest.mark.parametrize("name", CASES)
def test_a_file_gets_its_canonical_form_and_keeps_it(name: str) -> None:
    before, after = CASES[name]
    assert formatted(opened(before), reread, key_order) == after
    assert formatted(opened(after), reread, key_order) == after


REFUSED = {
    "broken": ("name: [x\n", "no YAML"),
    "a key twice": ("name: x\nname: y\n", "a key stands twice"),
    "a comment that ends where only YAML sees it": (
        "steps:\u0085  - id: a\u0085    next: end # a-b\u0085  - id: c\u0085  - id: d\u0085",
        "a comment ends with U[+]0085",
    ),
    "an anchor that would follow its alias": (
        "tags: &t\n  - a\nkey: k\nmitre_tactics: *t\n",
        "the order of keys in the playbook cannot be changed",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_could_lose_something_is_refused(name: str) -> None:
    before, reason = REFUSED[name]
    with pytest.raises(Unfit, match=reason):
        formatted(opened(before), reread, key_order)


@pytest.mark.parametrize("path", sorted(PLAYBOOKS.glob("*[!t].yaml")), ids=lambda path: path.name)
def test_our_own_playbooks_read_the_same_afterwards(path: Path) -> None:
    entry = opened(path.read_text("utf-8"))
    after = formatted(entry, reread, key_order)
    assert entry.document is not None
    assert opened(after).document.data == entry.document.data  # type: ignore[union-attr]
    assert Counter(COMMENT.findall(after)) == Counter(COMMENT.findall(entry.source.text)) != Counter()
