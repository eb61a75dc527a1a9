"""What is kept of a finding is the whole of it: written and read again, it is equal in everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.check.record import (
    read_findings,
    read_found,
    read_summaries,
    write_findings,
    write_found,
    write_summary,
)
from playbookctl.check.registry import all_rules
from playbookctl.check.suppress import Comment
from playbookctl.pipeline import CheckOptions, Repository, check

if TYPE_CHECKING:
    from pathlib import Path

    from playbookctl.check.examined import Examined

RULES = all_rules()
HEAD = "name: Sharp \u202e \U0001f680  # playbookctl: ignore[PB5,PB101] a reason until=2031-01-01\n"


def examined(tmp_path: Path, text: str) -> Examined:
    (tmp_path / "playbooks").mkdir()
    file = tmp_path / "playbooks" / "a.yaml"
    file.write_text(text, "utf-8")
    repository = Repository(None, str(tmp_path))
    return repository.examination().examine(repository.load(str(file)))


def slots_of(comment: Comment) -> dict[str, object]:
    return {name: getattr(comment, name) for name in Comment.__slots__}


def bad_examples() -> list[tuple[str, str]]:
    found = []
    for code, rule in RULES.items():
        for number, block in enumerate(rule.doc.split("```yaml bad")[1:]):
            found.append((f"{code}-{number}", block.partition("\n")[2].partition("```")[0]))
    return found


@pytest.mark.parametrize("text", [text for _, text in bad_examples()], ids=[name for name, _ in bad_examples()])
def test_what_was_found_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    before = examined(
        tmp_path, text.replace("name: ", HEAD + "description: ", 1) if text.startswith("name: ") else text
    )
    line = write_found(before)
    assert line.isascii()
    assert line.isprintable()
    (summary,) = read_summaries([before.file], [write_summary(before.summary)])
    after = read_found(before.file, line, summary)
    assert after.said == before.said
    assert [type(part) for said in after.said for part in said.location.path] == [
        type(part) for said in before.said for part in said.location.path
    ]
    assert [slots_of(comment) for comment in after.comments] == [slots_of(comment) for comment in before.comments]
    assert after.summary == before.summary
    assert (after.file, after.playbook) == (before.file, before.playbook) or not before.said


def test_findings_of_any_file_come_back_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    for name, text in bad_examples():
        (tmp_path / "playbooks" / f"{name.lower()}.yaml").write_text(text, "utf-8")
    report = check(Repository(None, str(tmp_path)), (), CheckOptions(today="2026-06-01"))
    every = [*report.findings, *report.suppressed]
    assert len({finding.code for finding in every}) > 40
    assert any(finding.related for finding in every)
    assert any(finding.suppression for finding in every)
    assert any(finding.fix and finding.fix.replacements for finding in every)
    text = write_findings(every)
    assert text.isascii()
    assert read_findings(text) == every
