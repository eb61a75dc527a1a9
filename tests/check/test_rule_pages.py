"""Every rule's page is its test: each example is checked, and each `# <- CODE` must be met on its very line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from playbookctl.check.registry import all_rules
from playbookctl.flow.alert import ALERT_FIELDS
from playbookctl.pipeline import CheckOptions, Repository, check
from support.pages import MARK, example, examples, write_repository

RULES = all_rules()


def found(folder: Path, code: str, file: str) -> list[int]:
    report = check(Repository(None, str(folder)), (), CheckOptions(today="2026-06-01"))
    return [f.location.span.start_line for f in report.findings if f.code == code and f.location.file == file]


@pytest.mark.parametrize("code", sorted(RULES))
def test_each_example_finds_what_it_marks_and_nothing_else(code: str, tmp_path: Path) -> None:
    blocks = examples(RULES[code])
    assert {kind for kind, _, _ in blocks} == {"bad", "good"}
    for index, (kind, options, text) in enumerate(blocks):
        folder = tmp_path / str(index)
        folder.mkdir()
        write_repository(folder, options, text)
        wanted = [
            number
            for number, line in enumerate(text.splitlines(), start=1)
            if (mark := MARK.search(line)) and code in mark.group(1).split(", ")
        ]
        assert bool(wanted) == (kind == "bad")
        assert found(folder, code, example(options)) == wanted, f"{kind} example {index}"


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_page_says_why_and_how_to_fix(code: str) -> None:
    rule = RULES[code]
    assert rule.title.endswith("."), "the first line is one sentence"
    assert rule.doc.strip().splitlines()[1] == ""
    assert "**How to fix it:**" in rule.doc


def test_the_page_about_alert_fields_lists_all_of_them() -> None:
    prose = RULES["PB406"].doc.partition("```")[0]
    listed = re.findall(r"`([a-z_]+)`", prose.partition("written `alert.<field>`:")[2])
    assert len(listed) == len(set(listed))
    assert set(listed) == ALERT_FIELDS


def test_files_are_called_as_their_rules() -> None:
    folder = Path(all_rules.__code__.co_filename).parent / "rules"
    names = sorted(path.stem for path in folder.glob("pb*.py"))
    assert names == [f"{rule.code.lower()}_{rule.name.replace('-', '_')}" for rule in RULES.values()]
