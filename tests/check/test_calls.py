"""What is said across files about calls: that they fit, and that a file which cannot be read is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.pipeline import CheckOptions, Repository, check

if TYPE_CHECKING:
    from pathlib import Path

ISOLATE = """\
name: Isolate
inputs:
  host: {required: true}
  "reason ": {}
  level: {required: true, default: full}
outputs: {isolated: Whether it is}
steps:
  - {id: a, action: get-host, with: {x: "{{ inputs.host }} {{ inputs.reason }} {{ inputs.level }}"}}
"""


def found(folder: Path, *codes: str, **playbooks: str) -> list[tuple[str, int, str]]:
    (folder / "playbooks").mkdir()
    (folder / "playbookctl.yaml").write_text("namespace: test\n", "utf-8")
    for name, text in playbooks.items():
        (folder / "playbooks" / f"{name}.yaml").write_text(text, "utf-8")
    report = check(Repository(None, str(folder)), (), CheckOptions(today="2026-06-01"))
    return [
        (finding.severity.value, finding.location.span.start_line, finding.message)
        for finding in report.findings
        if finding.code in codes
    ]


def caller(given: str, read: str = "", more: str = "") -> str:
    return (
        "name: Main\nsteps:\n  - id: call\n    type: playbook\n    playbook: isolate\n"
        f"    with: {given}\n{more}  - {{id: tell, action: send-message, with: {{text: '{read}'}}}}\n"
    )


CASES: list[tuple[str, dict[str, Any], list[tuple[str, int, str]]]] = [
    ("it fits", {"given": "{host: x, reason: y}", "read": "{{ steps.call.output.isolated }}"}, []),
    ("nothing is given", {"given": "{}"}, [("error", 5, "'isolate' needs 'host', which 'with' does not give")]),
    ("a name too many", {"given": "{host: x, colour: y}"}, [("warning", 6, "'isolate' knows no input 'colour'")]),
    ("a misspelt name is one mistake", {"given": "{hots: x}"}, [("error", 6, "'isolate' knows no input 'hots'; did you mean 'host'?")]),
    ("a context that is shared", {"given": "{colour: x}", "more": "    shared_context: true\n"}, []),
    ("an output that is not there", {"given": "{host: x}", "read": "{{ steps.call.output.isolatd }}"}, [("error", 7, "'isolate' has no output 'isolatd'; did you mean 'isolated'?")]),
    ("how the call went", {"given": "{host: x}", "read": "{{ steps.call.status }} {{ steps.call.output }}"}, []),
]  # fmt: skip


@pytest.mark.parametrize("call, expected", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_call_fits_what_it_calls(tmp_path: Path, call: dict[str, Any], expected: list[tuple[str, int, str]]) -> None:
    assert found(tmp_path, "PB114", isolate=ISOLATE, main=caller(**call)) == expected


def test_a_playbook_that_declares_nothing_takes_anything_and_gives_nothing(tmp_path: Path) -> None:
    plain = "name: Isolate\nsteps:\n  - {id: a, action: get-host}\n"
    main = caller("{colour: x}", "{{ steps.call.output.done }}")
    assert found(tmp_path, "PB114", isolate=plain, main=main) == [
        ("error", 7, "'isolate' has no output 'done'; it declares none")
    ]


BROKEN = {
    "by the schema": "key: isolate\nname: Isolate\nsteps: []\n",
    "by YAML": "key: 'isolate'   # the key\nname: Isolate\nsteps:\n  - {id: a\n",
    "by YAML, with no key": "name: Isolate\nsteps:\n  - {id: a\n",
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_call_of_a_broken_file_is_no_call_of_nothing(tmp_path: Path, name: str) -> None:
    file = "isolate" if "no key" in name else "other"
    said = found(tmp_path, "PB109", "PB114", "PB006", "PB505", **{file: BROKEN[name], "main": caller("{host: x}")})
    assert said == []


def test_a_broken_file_still_claims_the_key_that_stands_in_it(tmp_path: Path) -> None:
    said = found(tmp_path, "PB006", a=BROKEN["by the schema"], isolate=ISOLATE)
    assert [message for _, _, message in said] == [
        "the key 'isolate' (from the file's name) is taken by playbooks/a.yaml"
    ]
    (tmp_path / "second").mkdir()
    assert (
        found(tmp_path / "second", "PB006", isolate=BROKEN["by YAML, with no key"], b="key: isolate\n" + ISOLATE) == []
    )


def test_a_secret_is_found_in_a_file_that_is_no_playbook_yet(tmp_path: Path) -> None:
    broken = "name: Broken\nsteps:\n  - {id: a, acton: look, with: {password: Sommer" + "2026!}}\n"
    assert [line for _, line, _ in found(tmp_path, "PB403", broken=broken)] == [3]
