"""`playbookctl validate`."""

from __future__ import annotations

import os
import sys

import click

from playbookctl.cli.options import config_option, output_options, show, today
from playbookctl.errors import ExitCode, UsageError
from playbookctl.model.finding import Severity
from playbookctl.pipeline import CheckOptions, Repository, check


@click.command("validate")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@config_option
@click.option(
    "--select", metavar="CODES", multiple=True, help="Only these rules: codes, prefixes or names, with commas."
)
@click.option("--ignore", metavar="CODES", multiple=True, help="Not these rules.")
@click.option("--fail-on", type=click.Choice([severity.value for severity in Severity]), default="error", show_default=True,
              help="The mildest finding that makes the exit code 1.")  # fmt: skip
@click.option("--stdin-filename", metavar="NAME", default="<stdin>", help="What '-' is called in the findings.")
@click.option("--today", "today_", metavar="DATE", help="The date by which suppressions expire. Default: today.")
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    config: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    stdin_filename: str,
    today_: str | None,
    format_name: str,
    reports: tuple[str, ...],
    color: str,
    verbose: bool,
    quiet: bool,
) -> None:
    """Check playbooks: schema, YAML traps, structure, connectors, ATT&CK, safety. Needs no network.

    Without PATH every playbook of the repository is checked. '-' reads standard input.
    Exit code 1 means findings; see --fail-on.
    """
    if "-" in paths and len(paths) > 1:
        raise UsageError("'-' stands alone: standard input is one playbook")
    options = CheckOptions(
        today=today_ or today(),
        select=_codes(select),
        ignore=_codes(ignore),
        stdin=sys.stdin.buffer.read() if paths == ("-",) else None,
        stdin_name=stdin_filename,
    )
    report = check(Repository(config, os.getcwd()), () if paths == ("-",) else paths, options)
    if not quiet or report.findings or format_name != "text":
        show(report, format_name, reports, color, verbose=verbose, fail_on=Severity(fail_on))
    failing = any(finding.severity.rank <= Severity(fail_on).rank for finding in report.findings)
    ctx.exit(ExitCode.FINDINGS if failing else ExitCode.DONE)


def _codes(words: tuple[str, ...]) -> list[str]:
    return [code.strip() for word in words for code in word.split(",") if code.strip()]
