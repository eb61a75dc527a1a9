"""Every format renders every sample as its golden says; a new format is in these tests by being in the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import UsageError
from playbookctl.model.report import Report
from playbookctl.report import registry
from playbookctl.report.registry import Options, formats, render

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = ("plain", "hostile", "planned", "synced")
TERMINALS = {
    "wide-colour": Options(color=True, width=120),
    "narrow": Options(width=40),
    "ascii": Options(width=80, unicode=False),
    "verbose": Options(verbose=True),
}


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("name", formats())
def test_a_format_renders_a_sample_as_its_golden_says(
    name: str, sample: str, request: pytest.FixtureRequest, golden: Callable[[str, str], None]
) -> None:
    golden(f"{sample}.{name}", render(name, request.getfixturevalue(sample)))


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("terminal", TERMINALS)
def test_the_text_fits_the_terminal(
    terminal: str, sample: str, request: pytest.FixtureRequest, golden: Callable[[str, str], None]
) -> None:
    golden(f"{sample}.{terminal}.text", render("text", request.getfixturevalue(sample), TERMINALS[terminal]))


@pytest.mark.parametrize("name", formats())
def test_the_same_report_gives_the_same_bytes(name: str, hostile: Report) -> None:
    assert render(name, hostile) == render(name, hostile)


@pytest.mark.parametrize("name", formats())
def test_every_output_ends_with_exactly_one_line_break_and_can_be_encoded(name: str, hostile: Report) -> None:
    text = render(name, hostile)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    text.encode("utf-8")


def test_the_choice_of_formats_is_the_folder() -> None:
    folder = Path(registry.__file__).parent / "formats"
    assert formats() == tuple(sorted(file.stem for file in folder.glob("[a-z]*.py")))
    assert set(formats()) >= {"text", "json", "sarif", "github", "gitlab", "junit", "rdjson", "markdown"}


def test_an_unknown_format_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match=r"no format is called 'sarf'.*did you mean 'sarif'") as caught:
        render("sarf", Report("validate", "0"))
    assert "rdjson" in caught.value.hint


def test_nothing_found_is_one_line_of_text() -> None:
    assert render("text", Report("validate", "0", files=["a.yaml", "b.yaml"])) == "2 files checked, no findings\n"
