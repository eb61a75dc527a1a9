"""Files as nobody should write them: formatted and fixed without loss, or left as they are with the reason."""

from __future__ import annotations

import pytest
import yaml

from playbookctl.edit.format import formatted
from playbookctl.edit.patch import Unfit
from playbookctl.load.document import parse
from playbookctl.load.entry import load_entry
from playbookctl.load.schema.order import key_order
from playbookctl.model.source import Document, Source


def reread(text: str) -> Document | None:
    return parse(Source("a.yaml", text), text.encode("utf-8"))[0]


def canonical(text: str) -> str:
    return formatted(load_entry("a.yaml", text.encode("utf-8")), reread, key_order)


FORMATTED = {
    "CR alone": ("steps:\r- id: a\rname: x", "name: x\rsteps:\r  - id: a\r"),
    "mixed line breaks": ("a:\r\n- 1\n- 2\r\n", "a:\r\n  - 1\n  - 2\r\n"),
    "tabs behind values": ("name: x\t\ntags: [a,\tb]\t# c\t\n", "name: x\ntags: [a,\tb]\t# c\n"),
    "a comment between a dash and its step": (
        "steps:\n-   # of a\n    id: a\n-\n    id: b\n",
        "steps:\n  -   # of a\n    id: a\n  -\n    id: b\n",
    ),
    "comments at every place": (
        "# file\n# more\nsteps: # of steps\n# of a\n- id: a # of id\n  # in a\n  action: b\n  # end of a\n# end of steps\nname: x\n# end\n",
        "# file\n# more\n# end of steps\nname: x\nsteps: # of steps\n  # of a\n  - id: a # of id\n    # in a\n    action: b\n    # end of a\n# end\n",
    ),
    "comments in four columns": (
        "steps:\n    - id: a\n      with:\n          b: 1\n          # of b\n      # of a\n    # of steps\n# of all\n",
        "steps:\n  - id: a\n    with:\n      b: 1\n      # of b\n    # of a\n  # of steps\n# of all\n",
    ),
    "a comment in no column": ("steps:\n- id: a\n   # so\n- id: b\n", "steps:\n  - id: a\n  # so\n  - id: b\n"),
    "a comment like a key": ("steps:\n- id: a\n# name: y\nname: x\n", "# name: y\nname: x\nsteps:\n  - id: a\n"),
    "a hash in every kind of text": (
        "steps:\n- id: a\n  message: |\n    # no comment\n  name: 'a # b'\n  action: a#b # yes\n",
        'steps:\n  - id: a\n    name: "a # b"\n    action: a#b # yes\n    message: |\n      # no comment\n',
    ),
    "block scalars indented by one": ("steps:\n- id: a\n  message: |\n   x\n     y\n", "steps:\n  - id: a\n    message: |\n     x\n       y\n"),
    "block scalars that say their indentation": (
        "steps:\n- id: a\n  message: |2\n      x\n    y\n",
        "steps:\n  - id: a\n    message: |2\n        x\n      y\n",
    ),
    "a block scalar behind a wide dash": (
        "steps:\n-    id: a\n     message: |2\n         x\n       y\n",
        "steps:\n  - id: a\n    message: |2\n        x\n      y\n",
    ),
    "blank lines that a block scalar keeps": (
        "steps:\n- id: a\n  message: |+\n    x\n\n\nname: x\n",
        "name: x\nsteps:\n  - id: a\n    message: |+\n      x\n\n\n",
    ),
    "lines of blanks in a block scalar": (
        "steps:\n- id: a\n  message: |\n    x\n      \n    y\n",
        "steps:\n  - id: a\n    message: |\n      x\n        \n      y\n",
    ),
    "blanks at the end of the last line of a block scalar": ("name: |\n  x  \ntags: []\n", "name: |\n  x  \ntags: []\n"),
    "text over several lines": (
        "steps:\n- id: a\n  message: one\n    two\n\n    three\n  name: 'one\n    two'\n",
        "steps:\n  - id: a\n    name: 'one\n      two'\n    message: one\n      two\n\n      three\n",
    ),
    "an anchor, its alias and a merge": (
        "x-base: &b {a: 1}\nsteps:\n- id: a\n  with: {<<: *b, c: 2}\n- id: b\n  with: *b\n",
        "x-base: &b {a: 1}\nsteps:\n  - id: a\n    with: {<<: *b, c: 2}\n  - id: b\n    with: *b\n",
    ),
    "a merge in a block": (
        "x-base: &b\n    a: 1\nsteps:\n- id: a\n  with:\n      <<: *b\n      c: 2\n",
        "x-base: &b\n  a: 1\nsteps:\n  - id: a\n    with:\n      <<: *b\n      c: 2\n",
    ),
    "an anchor on a list": ("tags: &t # of t\n- a\nx-b: *t\n", "tags: &t # of t\n  - a\nx-b: *t\n"),
    "everything in braces": ("{steps: [{id: 'a'}], name: x}\n", '{steps: [{id: "a"}], name: x}\n'),
    "JSON": ('{"name": "x", "steps": [{"id": "a"}]}\n', '{"name": "x", "steps": [{"id": "a"}]}\n'),
    "brackets over lines": ("steps:\n- id: a\n  with: {x: 1,\n    # of y\n    y: [2,\n  3]}\n", "steps:\n  - id: a\n    with: {x: 1,\n      # of y\n      y: [2,\n    3]}\n"),
    "a document's marks": ("---\nname: x\nkey: k\n...\n", "---\nkey: k\nname: x\n...\n"),
    "a directive": ("%YAML 1.1\n---\nsteps:\n- id: a\n", "%YAML 1.1\n---\nsteps:\n  - id: a\n"),
    "wide characters": ("steps:\n- id: a\n  name: '封じ込め 👩‍💻'\n", "steps:\n  - id: a\n    name: '封じ込め 👩‍💻'\n"),
    "line breaks of YAML 1.1": ('steps:\n- id: a\n  name: "a\u2028b"\n', 'steps:\n  - id: a\n    name: "a\u2028b"\n'),
    "a line of 20,000 characters": (f"steps:\n- id: a\n  name: {'x y ' * 5000}z\n", f"steps:\n  - id: a\n    name: {'x y ' * 5000}z\n"),
    "lists in lists": ("a:\n- - 1\n  - 2\n-  - 3\n", "a:\n  - - 1\n    - 2\n  - - 3\n"),
    "a list behind a key on the dash": ("steps:\n- branches:\n  - name: x\n  id: a\n", "steps:\n  - id: a\n    branches:\n      - name: x\n"),
    "empty values": ("steps:\n-\n- id:\nname:\nkey: k\n", "key: k\nname:\nsteps:\n  -\n  - id:\n"),
    "a key of its own": ("x-a:\n    ? b\n    : c\n", "x-a:\n    ? b\n    : c\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATTED)
def test_a_strange_file_is_formatted_without_loss_and_once(name: str) -> None:
    before, after = FORMATTED[name]
    assert canonical(before) == after
    assert canonical(after) == after
    assert yaml.load(before, yaml.CSafeLoader) == yaml.load(after, yaml.CSafeLoader)


LEFT = {
    "a key twice": ("steps:\n- id: a\n  id: b\n", "a key stands twice"),
    "an anchor that would follow its alias": ("tags: &t\n  - a\nkey: k\nmitre_tactics: *t\n", "the order of keys in the playbook"),
    "an anchor inside a step that would follow its alias": (
        "steps:\n  - id: a\n    x-a: &s [1]\n    description: d\n    x-b: *s\n  - with: *s\n    id: b\n", None,
    ),
    "a tab as indentation": ("steps:\n\t- id: a\n", "a tab cannot indent"),
    "broken in the middle": ("name: x\nsteps: [\n", "no YAML"),
    "two documents": ("name: x\n---\nname: y\n", "2 documents"),
    "an alias to itself": ("a: &a [*a]\n", None),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_what_could_lose_something_is_left_with_the_reason(name: str) -> None:
    before, reason = LEFT[name]
    if reason is None:  # whichever way: nothing is lost
        try:
            assert yaml.safe_load(canonical(before)) == yaml.safe_load(before)
        except Unfit:
            return
    else:
        with pytest.raises(Unfit, match=reason):
            canonical(before)
