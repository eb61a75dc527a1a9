"""Which formats there are, found by listing the folder; only the chosen one is imported."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from playbookctl.errors import UsageError
from playbookctl.model.finding import Severity
from playbookctl.model.value import Value

if TYPE_CHECKING:
    from playbookctl.model.report import Report

_FOLDER = os.path.join(os.path.dirname(__file__), "formats")


class Options(Value):
    """How to render, decided by the command line; a format ignores what does not concern it.

    `width` is the terminal's width in cells, 0 where lines may be of any length (a pipe, a file). `unicode` is False
    where the output cannot carry more than ASCII. `verbose` shows what is otherwise only counted. Findings at least as
    bad as `fail_on` are what the run fails for, where a format (JUnit) knows only passed and failed.
    """

    __slots__ = ("color", "fail_on", "unicode", "verbose", "width")

    def __init__(
        self,
        *,
        color: bool = False,
        width: int = 0,
        unicode: bool = True,
        verbose: bool = False,
        fail_on: Severity = Severity.ERROR,
    ) -> None:
        self.color = color
        self.width = width
        self.unicode = unicode
        self.verbose = verbose
        self.fail_on = fail_on


def formats() -> tuple[str, ...]:
    """Return the names of all formats, sorted, without importing any of them."""
    names = os.listdir(_FOLDER)
    return tuple(sorted(name[:-3] for name in names if name.endswith(".py") and not name.startswith("_")))


def render(name: str, report: Report, options: Options | None = None) -> str:
    """Return `report` in the format called `name`, ending with a line break.

    Raises UsageError for an unknown format.
    """
    known = formats()
    if name not in known:
        from playbookctl.model.nearest import did_you_mean

        raise UsageError(
            f"no format is called '{name}'{did_you_mean(name, known)}", hint=f"formats: {', '.join(known)}"
        )
    module = import_module(f"playbookctl.report.formats.{name}")
    text: str = module.render(report, options or Options())
    return text
