"""A finding is the same one tomorrow if its place by name and the text it stands on are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.check.examined import locate
from playbookctl.check.identity import identity_of, playbook_of
from playbookctl.load.entry import load_entry
from playbookctl.model.source import Span

if TYPE_CHECKING:
    from playbookctl.check.identity import Identity
    from playbookctl.model.source import NodePath

TEXT = """\
name: Look
steps:
  - id: first
    action: get-host
  - action: send
    with: [1,
      2]
"""


def identity(text: str, path: NodePath, code: str = "PB102", span: Span | None = None) -> Identity:
    entry = load_entry("a.yaml", text.encode())
    return identity_of(code, locate(entry, path, span), entry)


ACTION: NodePath = ("steps", 0, "action")
# the path, the rule, what is edited, and whether it is the same finding still
EDITS = [
    (ACTION, "PB102", ("get-host", "get-hots"), False),
    (ACTION, "PB103", ("get-host", "get-host  # why"), True),
    (ACTION, "PB403", ("get-host", "get-hots"), True),
    (("name",), "PB501", ("name: Look", "name: Search"), True),
    ((), "PB504", ("get-host", "get-hots"), True),
    (("steps", 0), "PB102", ("get-host", "get-hots"), True),
    (("steps", 0), "PB102", ("first", "second"), False),
    (("steps", 1), "PB102", ("2]", "3]"), True),
    (("steps", 1), "PB102", ("send", "tell"), False),
    (("steps", 1, "with"), "PB102", ("2]", "3]"), True),
    (("steps", 1, "with"), "PB102", ("[1", "[0"), True),
    (("steps", 1, "with", 0), "PB102", ("[1", "[0"), False),
]


@pytest.mark.parametrize(("path", "code", "edit", "same"), EDITS)
def test_an_edit_makes_it_another_or_not(path: NodePath, code: str, edit: tuple[str, str], same: bool) -> None:
    edited = TEXT.replace(*edit)
    assert edited != TEXT
    assert (identity(TEXT, path, code) == identity(edited, path, code)) is same


EXACT = [
    (ACTION, "PB102", ("PB102", "/steps/first/action", "5483c372cb8ed02f")),
    (ACTION, "PB403", ("PB403", "/steps/first/action", "")),
    (("name",), "PB501", ("PB501", "/name", "")),
    ((), "PB504", ("PB504", "", "")),
    (("steps", 0), "PB102", ("PB102", "/steps/first", "")),
    (("steps", 1, "with"), "PB102", ("PB102", "/steps/*/with", "")),
]


@pytest.mark.parametrize(("path", "code", "expected"), EXACT)
def test_it_is_a_code_a_place_and_a_digest(path: NodePath, code: str, expected: Identity) -> None:
    assert identity(TEXT, path, code) == expected


def test_a_character_is_told_from_another_though_both_have_no_path() -> None:
    first, second = Span(1, 1, 1, 5, 0, 4), Span(2, 1, 2, 6, 11, 16)
    assert identity(TEXT, (), "PB007", first) != identity(TEXT, (), "PB007", second)
    assert identity(TEXT, (), "PB007", first) == identity(TEXT, (), "PB007", first)
    nothing = Span(1, 5, 1, 5, 4, 4)
    assert identity(TEXT, (), "PB007", nothing)[2] == ""


def test_a_file_that_is_no_yaml_has_an_identity_too() -> None:
    broken, other = "name: a\nsteps: {", "name: a\nsteps: ["
    span = Span(2, 8, 2, 9, 15, 16)
    assert identity(broken, (), "PB001", span) != identity(other, (), "PB001", span)
    several = Span(1, 1, 2, 9, 0, 16)
    assert identity(broken, (), "PB001", several) == identity(other, (), "PB001", several)


CALLED = [
    ("key: a\nname: b\n", "a"),
    ("name: b\n", "b"),
    ("key: ''\nname: b\n", "b"),
    ("key: [1]\nname: b\n", ""),
    ("steps: []\n", ""),
    ("{", ""),
]


@pytest.mark.parametrize(("text", "called"), CALLED)
def test_a_file_is_called_by_its_key_or_its_name(text: str, called: str) -> None:
    assert playbook_of(load_entry("a.yaml", text.encode())) == called
