"""Annotations beside the text for people, where GitHub Actions reads the log.

Nothing is lost by them: the text stays, and a run that says which format it wants gets just that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.model.report import Report

_FORGONE = "playbookctl.no_annotations"
_PER_STEP = 10  # annotations of each kind that GitHub shows of one step; the text before them has the rest


def forgo(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    """Remember `--no-annotations`."""
    context.meta[_FORGONE] = value


def are_wanted(environ: Mapping[str, str]) -> bool:
    """Tell whether this run is a step of GitHub Actions, and neither `--no-annotations` nor a `--format` was given."""
    context = click.get_current_context(silent=True)
    if environ.get("GITHUB_ACTIONS") != "true" or context is None or context.meta.get(_FORGONE):
        return False
    return context.get_parameter_source("format_name") is not ParameterSource.COMMANDLINE


def of(report: Report) -> str:
    """Return the lines of the format `github` that GitHub would show: the worst ten of each kind, the totals among them."""
    from playbookctl.report.registry import render

    lines = render("github", report).splitlines()
    totals = lines.pop()
    room = dict.fromkeys(("error", "warning", "notice"), _PER_STEP)
    room["notice"] -= 1  # for the totals
    shown = []
    for line in lines:
        kind = line[2:].partition(" ")[0]
        if room.get(kind, 0):
            room[kind] -= 1
            shown.append(line)
    return "".join(f"{line}\n" for line in ["", *shown, totals])
