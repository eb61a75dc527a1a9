"""What the rules say of the bad examples of their pages, word for word: place, message, related places and fixes.

A new rule need not be in the golden; `pytest --update-golden` takes it in.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from playbookctl.check.registry import all_rules
from playbookctl.pipeline import CheckOptions, Repository, check
from support.pages import examples, write_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from playbookctl.model.finding import Finding, Location

GOLDEN = Path(__file__).parent / "golden" / "said.txt"
RULES = all_rules()


def place(location: Location) -> str:
    span = location.span
    return f"{Path(location.file).name}:{span.start_line}:{span.start_column}-{span.end_line}:{span.end_column}"


def said(finding: Finding) -> Iterator[str]:
    path = "/".join(map(str, finding.location.path))
    yield f"{place(finding.location)} {finding.severity.value} [{path}] {finding.message}"
    for location, message in finding.related:
        yield f"    {place(location)} {message}"
    if finding.fix:
        edits = [f"{edit.mode} {'/'.join(map(str, edit.path))}: {edit.text!r}" for edit in finding.fix.edits]
        yield f"    {'safe' if finding.fix.safe else 'unsafe'} fix, {finding.fix.title}; {'; '.join(edits)}"


def said_of_examples(code: str, folder: Path) -> str:
    lines = [f"# {code}"]
    for index, (kind, options, text) in enumerate(examples(RULES[code])):
        if kind == "bad":
            here = folder / f"{code}-{index}"
            here.mkdir()
            write_repository(here, options, text)
            report = check(Repository(None, str(here)), (), CheckOptions(today="2026-06-01"))
            for finding in report.findings:
                lines += said(finding) if finding.code == code else ()
    return "\n".join(lines) + "\n"


def test_each_bad_example_is_told_in_the_same_words(
    tmp_path: Path, golden: Callable[[str, str], None], request: pytest.FixtureRequest
) -> None:
    known = (
        RULES
        if request.config.getoption("--update-golden")
        else re.findall(r"^# (PB\d+)", GOLDEN.read_text("utf-8"), re.MULTILINE)
    )
    assert len(known) > 50
    golden("said.txt", "\n".join(said_of_examples(code, tmp_path) for code in sorted(known)))
