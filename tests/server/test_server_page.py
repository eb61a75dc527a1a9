"""docs/server.md says what the code does: options, faults, presets, limits."""

from __future__ import annotations

import re
from pathlib import Path

from playbookctl.cli.commands.serve import command
from playbookctl.server.auth import CLOCK_SKEW_S, SECRET_BYTES
from playbookctl.server.bodies import DEEPEST, LARGEST_BODY
from playbookctl.server.faults import PRESETS, FaultKind
from playbookctl.server.query import LARGEST_PAGE, PAGE
from playbookctl.server.store import BUSY_MS

PAGE_TEXT = (Path(__file__).parents[2] / "docs" / "server.md").read_text("utf-8")


def section(title: str) -> str:
    return PAGE_TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_the_page_names_every_kind_of_fault_and_every_preset() -> None:
    assert sorted(re.findall(r"^\| `([a-z-]+)` \|", section("Faults"), re.MULTILINE)) == sorted(
        k.value for k in FaultKind
    )
    presets = section("Faults").partition("\nPresets: ")[2].partition(".")[0]
    assert re.findall(r"`([a-z-]+)`", presets) == list(PRESETS)


def test_the_page_names_every_option_and_every_command() -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"^\| `(--[a-z]+)", section("Start it"), re.MULTILINE)) == options
    said = {name for name in command.commands if f"serve {name}" in PAGE_TEXT or f"- `{name}" in PAGE_TEXT}
    assert said == set(command.commands)


def test_the_page_gives_the_limits_of_the_code() -> None:
    limits = section("Limits")
    for said in (
        f"| body | {LARGEST_BODY // 1024**2} MiB |",
        f"| nesting of a body | {DEEPEST} |",
        f"| {PAGE} unless `limit` says otherwise, at most {LARGEST_PAGE} |",
        f"{CLOCK_SKEW_S} s of clock skew",
        f"waits up to {BUSY_MS // 1000} s",
    ):
        assert said in limits
    assert f"({SECRET_BYTES} bytes or more)" in PAGE_TEXT
