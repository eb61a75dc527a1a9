"""`validate --fix` and `--diff` on the command line: what is written, shown and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from playbookctl.cli.difference import unified
from playbookctl.errors import ExitCode, UsageError
from playbookctl.repair import repair
from playbookctl.report.summary import count
from playbookctl.rewrite import write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playbookctl.model.report import Report
    from playbookctl.pipeline import CheckOptions, Repository


def refuse_what_does_not_fit(paths: tuple[str, ...], options: dict[str, Any]) -> None:
    """Raise UsageError for options that contradict each other."""
    if not (options["fix"] or options["diff"]):
        raise UsageError("--unsafe-fixes changes nothing by itself", hint="add --fix, or --diff to look first")
    if options["write_baseline"] is not None:
        raise UsageError("--fix and --write-baseline do not go together: fix first, then take down what remains")
    if options["diff"] and (options["format_name"] != "text" or options["reports"]):
        raise UsageError("--diff prints a diff, not a report: no --format and no --report beside it")
    if "-" in paths and options["format_name"] != "text":
        raise UsageError("with '-' --fix prints the text of the file: no --format beside it", hint="use --report")


def fix(
    repository: Repository,
    paths: Sequence[str],
    make_options: Callable[[], CheckOptions],
    options: dict[str, Any],
    *,
    quiet: bool,
) -> Report:
    """Fix, and write what came of it. Return the report of what remains; `--diff` shows the changes and ends here.

    From standard input nothing can be written back: the text goes to standard output, fixed or not.
    """
    done = repair(repository, paths, make_options, unsafe=options["unsafe_fixes"])
    data = make_options().stdin
    if options["diff"]:
        click.echo(unified(done.changes), nl=False)
    elif data is not None:
        click.echo(_marked(data, done.changes[0][2]) if done.changes else data, nl=False)
    else:
        write_all(repository.here, done.changes)
    if done.fixed and not quiet:
        said = "would fix" if options["diff"] else "fixed"
        click.echo(f"{said} {count(done.fixed, 'finding')} in {count(len(done.changes), 'file')}", err=True)
    if options["diff"]:
        raise click.exceptions.Exit(ExitCode.FINDINGS if done.changes else ExitCode.DONE)
    return done.report


def _marked(data: bytes, text: str) -> bytes:
    mark = b"\xef\xbb\xbf"
    return (mark if data.startswith(mark) else b"") + text.encode("utf-8")
