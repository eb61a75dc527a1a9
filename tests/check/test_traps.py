"""The traps met in thousands of real playbooks: each gives its finding at its place, or is read as it was meant."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from playbookctl.pipeline import CheckOptions, Repository, check

if TYPE_CHECKING:
    from pathlib import Path

Found = list[tuple[str, int, int]]
HEAD = "key: a\nname: A\ndescription: d\nowner: o\ncategory: containment\nmitre_techniques: [T1566]\n"
STEP = "steps:\n  - id: one\n    action: get-host\n"


def findings(folder: Path, text: str | bytes, **others: str) -> Found:
    """Return the findings in one file of a repository: code, line, column."""
    (folder / "playbooks").mkdir(exist_ok=True)
    for name, content in others.items():
        (folder / "playbooks" / f"{name}.yaml").write_text(content, "utf-8")
    path = folder / "playbooks" / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    report = check(Repository(None, str(folder)), (), CheckOptions(today="2026-06-01"))
    mine = [finding for finding in report.findings if finding.location.file.endswith("/a.yaml")]
    return [(f.code, f.location.span.start_line, f.location.span.start_column) for f in mine]


ASK = HEAD + "steps:\n  - id: one\n    type: manual\n    message: Cut it?\n    branches:\n"
MESSAGE = HEAD + "steps:\n  - id: one\n    type: manual\n"
TRAPS = [
    ("a branch named yes", ASK + "      - {name: yes, next: end}\n", [("PB004", 12, 16)]),
    ("yes, no and on as keys", HEAD + STEP + "    with:\n      yes: 1\n      no: 2\n      on: 3\n",
     [("PB004", 11, 7), ("PB004", 12, 7), ("PB004", 13, 7)]),
    ("an unknown field called on", HEAD + "on: x\n" + STEP, [("PB002", 7, 1)]),
    ("1.0 where text is meant", "key: a\nname: 1.0\ndescription: d\n" + STEP, [("PB004", 2, 7)]),
    ("a version that loses its zero", HEAD + STEP + "    with: {version: 1.10}\n", [("PB004", 10, 21)]),
    ("a date", HEAD + STEP + "    with: {since: 2026-01-31}\n", [("PB004", 10, 19)]),
    ("a leading zero", HEAD + STEP + "    with: {pin: 0123}\n", [("PB004", 10, 17)]),
    ("a time of day", HEAD + STEP + "    with: {at: 12:30}\n", [("PB004", 10, 16)]),
    ("a key that stands twice", HEAD + "owner: p\n" + STEP, [("PB003", 7, 1)]),
    ("a key that stands twice beside a merge", HEAD + STEP + "    with: {<<: {b: 1}, b: 2, a: 1, a: 2}\n", [("PB003", 10, 36)]),
    ("a key that stands twice before a merge", HEAD + STEP + "    with: {a: 1, a: 2, <<: {b: 1}}\n", [("PB003", 10, 18)]),
    ("a leading zero beside a merge", HEAD + STEP + "    with: {pin: 0123, <<: {pan: 0777}}\n",
     [("PB004", 10, 17), ("PB004", 10, 33)]),
    ("a leading zero that is taken in twice", HEAD + STEP + "    with: {a: &a {pin: 0123}, b: *a, c: {<<: *a}}\n", [("PB004", 10, 24)]),
    ("a scalar =", HEAD + STEP + "    if: {field: alert.user, op: =, value: x}\n", [("PB002", 10, 33)]),
    ("a tab", HEAD + "steps:\n\t- id: one\n", [("PB001", 8, 1)]),
    ("two documents", HEAD + STEP + "---\nname: B\n", [("PB009", 11, 1)]),
    ("a list at the top", "- name: A\n", [("PB009", 1, 1)]),
    ("a no-break space", HEAD.replace("name: A", "name: A\u00a0B") + STEP, [("PB007", 2, 8)]),
    ("a zero-width space", HEAD.replace("name: A", "name: A\u200bB") + STEP, [("PB007", 2, 8)]),
    ("an id that does not exist", HEAD.replace("T1566", "T4198.001") + STEP, [("PB302", 6, 20)]),
    ("a D3FEND id", HEAD.replace("T1566", "T1566, D3-AL") + STEP, [("PB307", 6, 27)]),
    ("a password", HEAD + STEP + "    with: {password: hunter2-Xk9}\n", [("PB403", 10, 22)]),
    ("text that ends at #", MESSAGE + "    message: see #1234 ticket\n", [("PB004", 10, 18)]),
    ("a template without quotes", HEAD + STEP + "    with: {user: {{ alert.user }}}\n", [("PB004", 10, 18)]),
    ("a template and text without quotes", HEAD + STEP + "    with:\n      user: {{ alert.user }} now\n", [("PB001", 11, 30)]),
    ("@user", HEAD + STEP + "    with: {user: @user}\n", [("PB001", 10, 18)]),
    ("a backtick", HEAD + STEP + "    with: {query: `x`}\n", [("PB001", 10, 19)]),
    ("approval: false", HEAD + STEP + "    approval: false\n", [("PB002", 10, 15)]),
    ("an empty approval", HEAD + STEP + "    approval: ''\n", [("PB002", 10, 15)]),
    ("timeout: 0s", HEAD + STEP + "    timeout: 0s\n", [("PB002", 10, 14)]),
    ("CRLF", (HEAD + STEP + "    next: nowhere\n").replace("\n", "\r\n"), [("PB102", 10, 11)]),
    ("no final newline", HEAD + STEP + "    next: nowhere", [("PB102", 10, 11)]),
    ("a byte-order mark", b"\xef\xbb\xbf" + (STEP + "key: a\nnaem: A\n").encode(),
     [("PB002", 5, 1)]),
    ("emoji before a mistake", HEAD + STEP + "    with: {'😀': '😀😀'}\n    next: nowhere\n", [("PB102", 11, 11)]),
    ("a mark and tabs before a mistake", HEAD + STEP + "    next:\t\tnowhere\n", [("PB102", 10, 12)]),
]  # fmt: skip
FINE = [
    ("{message: Cut it?}", HEAD + "steps:\n  - {id: one, type: manual, message: Cut it?}\n"),
    ("emoji", HEAD.replace("name: A", "name: 🚨 A 👩\u200d💻") + STEP),
    ("CRLF", (HEAD + STEP).replace("\n", "\r\n")),
    ("no final newline", (HEAD + STEP).rstrip("\n")),
    ("a byte-order mark", "\ufeff" + HEAD + STEP),
    ("a line of 6,000 characters", HEAD + STEP + "    with: {query: '" + "x or " * 1200 + "y'}\n"),
    ("= in quotes", HEAD + STEP + "    with: {op: '=', eq: =}\n"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in TRAPS], ids=[row[0] for row in TRAPS])
def test_a_trap_is_found_at_its_place(text: str | bytes, expected: Found, tmp_path: Path) -> None:
    assert findings(tmp_path, text) == expected


@pytest.mark.parametrize("text", [row[1] for row in FINE], ids=[row[0] for row in FINE])
def test_what_only_looks_like_a_trap_is_left_alone(text: str, tmp_path: Path) -> None:
    assert findings(tmp_path, text) == []


def test_a_name_used_twice_is_no_key_and_is_said(tmp_path: Path) -> None:
    assert findings(tmp_path, HEAD.replace("key: a", "key: z") + STEP, b=HEAD.replace("key: a", "key: b") + STEP) in (
        [("PB505", 2, 7)],
        [],  # the first of the two files is left alone
    )


def test_a_chain_of_calls_seven_deep_is_followed(tmp_path: Path) -> None:
    call = "steps:\n  - id: one\n    type: playbook\n    playbook: {}\n"
    chain = {
        f"p{i}": HEAD.replace("key: a", f"key: p{i}").replace("name: A", f"name: P{i}")
        + call.replace("{}", f"p{i + 1}")
        for i in range(6)
    }
    chain["p6"] = HEAD.replace("key: a", "key: p6").replace("name: A", "name: P6") + STEP
    assert findings(tmp_path, HEAD + call.replace("{}", "p0"), **chain) == []
    chain["p6"] = chain["p6"].replace(STEP, call.replace("{}", "a"))
    findings(tmp_path, HEAD + call.replace("{}", "p0"), **chain)
    report = check(Repository(None, str(tmp_path)), (), CheckOptions(today="2026-06-01"))
    assert [(f.code, f.location.span.start_line, f.location.span.start_column) for f in report.findings] == [
        ("PB110", 10, 15)
    ]


def test_a_playbook_of_200_kilobytes_and_107_steps_costs_little(tmp_path: Path) -> None:
    steps = "".join(f"  - id: s{i}\n    action: get-host\n    description: '{'x' * 1800}'\n" for i in range(107))
    begin = time.perf_counter()
    assert findings(tmp_path, f"{HEAD}steps:\n{steps}") == []
    assert time.perf_counter() - begin < 5
