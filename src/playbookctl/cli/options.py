"""Options that several commands share, and what the terminal can show."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from playbookctl.cli import annotate
from playbookctl.cli.terminal import cores, display, today, user_folder
from playbookctl.errors import UsageError
from playbookctl.model.finding import Severity
from playbookctl.report.registry import Options, formats, render

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from playbookctl.model.report import Report

    Command = Callable[..., Any]

__all__ = [
    "cache_option", "config_option", "display", "environment_option", "jobs_option", "output_options", "show", "today",
    "today_option", "wanted_reports", "write_file",
]  # fmt: skip
FORMAT_NAMES = formats()


def config_option(command: Command) -> Command:
    """Add `--config`."""
    return click.option(
        "--config", metavar="FILE", type=click.Path(exists=True, dir_okay=False),
        help="The configuration. Default: the nearest playbookctl.yaml upwards.",
    )(command)  # fmt: skip


def output_options(command: Command) -> Command:
    """Add `--format`, `--report`, `--color`, `-v` and `-q`."""
    for option in reversed((
        click.option("--format", "format_name", type=click.Choice(FORMAT_NAMES), default="text", show_default=True,
                     help="What standard output is for. In GitHub Actions annotations are added to the text, unless "
                     "'--format text' or --no-annotations says otherwise."),
        click.option("--no-annotations", is_flag=True, expose_value=False, callback=annotate.forgo,
                     help="No annotations, in GitHub Actions either."),
        click.option("--report", "reports", metavar="FORMAT=PATH", multiple=True,
                     callback=_can_be_written, help="Write a format to a file too. May be repeated."),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
                     help="Colour. NO_COLOR is honoured."),
        click.option("-v", "--verbose", is_flag=True, help="Say more."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing where nothing is wrong, and nothing of progress."),
    )):  # fmt: skip
        command = option(command)
    return command


def cache_option(command: Command) -> Command:
    """Add `--no-cache`; the command is given `key_folder`, as `Repository` takes it."""
    return click.option(
        "--no-cache", "key_folder", is_flag=True, callback=lambda _, __, off: None if off else user_folder(os.environ),
        help="Examine every file anew; neither read nor write .playbookctl/cache/.",
    )(command)  # fmt: skip


def jobs_option(command: Command) -> Command:
    """Add `--jobs`; 0 stands for as many processes as this one may use cores."""
    return click.option(
        "-j", "--jobs", type=click.IntRange(min=0), default=0, metavar="N", callback=lambda _, __, jobs: jobs or cores(),
        help="Processes for a few hundred files or more. Default: as many as there are cores.",
    )(command)  # fmt: skip


def today_option(command: Command) -> Command:
    """Add `--today`; the command is given an ISO date."""
    return click.option("--today", metavar="DATE", callback=_date,
                        help="The date by which suppressions expire. Default: today.")(command)  # fmt: skip


def _date(_: click.Context, __: click.Parameter, date: str | None) -> str:
    if date is None:
        return today()
    from datetime import datetime

    try:
        return datetime.strptime(date, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day, not a moment
    except ValueError:
        raise UsageError(f"--today '{date}' is no date", hint="write for example 2027-01-31") from None


def environment_option(command: Command) -> Command:
    """Add `--env`."""
    return click.option("--env", "environment", metavar="NAME",
                        help="An environment of the configuration. Default: its default_environment.")(command)  # fmt: skip


def show(
    report: Report,
    format_name: str,
    reports: Sequence[str],
    color: str,
    *,
    verbose: bool = False,
    fail_on: Severity = Severity.ERROR,
    err: bool = False,
    silent: bool = False,
) -> None:
    """Print a report in the format asked for, and write the files asked for. Raises UsageError for a bad `--report`.

    `err` prints it on standard error, where standard output carries something else; `silent` prints no text.
    """
    for name, path in wanted_reports(reports, FORMAT_NAMES):
        write_file(path, render(name, report, Options(verbose=verbose, fail_on=fail_on)))
    if silent and format_name == "text":
        return
    options = display(color, verbose=verbose, fail_on=fail_on)
    text = render(format_name, report, options)
    if format_name == "text" and annotate.are_wanted(os.environ):
        said = annotate.of(report)
        text += said if options.unicode else said.encode("ascii", "backslashreplace").decode()
    # what programs read is UTF-8 whatever the terminal's encoding is
    click.echo(text if format_name == "text" else text.encode("utf-8"), nl=False, color=True, err=err)


def _can_be_written(_: click.Context, __: click.Parameter, reports: tuple[str, ...]) -> tuple[str, ...]:
    """Return the option as it is. Raises UsageError for a slip, before anything is sent: not after a sync."""
    for _name, path in wanted_reports(reports, FORMAT_NAMES):
        folder = os.path.dirname(path) or "."
        if os.path.isdir(path):
            raise UsageError(f"'{path}' cannot be written: it is a folder", hint="name a file in it")
        if not os.path.isdir(folder):
            raise UsageError(f"'{path}' cannot be written: there is no folder '{folder}'", hint=f"mkdir -p {folder}")
    return reports


def wanted_reports(reports: Iterable[str], names: Collection[str]) -> list[tuple[str, str]]:
    """Return the format and the path of every `--report`. Raises UsageError for one that is not FORMAT=PATH."""
    found = []
    for wanted in reports:
        name, separator, path = wanted.partition("=")
        if not separator or not path or name not in names:
            raise UsageError(f"--report {wanted} is not FORMAT=PATH", hint=f"formats: {', '.join(names)}")
        found.append((name, path))
    return found


def write_file(path: str, text: str) -> None:
    """Write a report file. Raises UsageError if it cannot be written."""
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror}") from error
