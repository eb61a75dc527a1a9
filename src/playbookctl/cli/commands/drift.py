"""`playbookctl drift`."""

from __future__ import annotations

import os
from typing import Any

import click

from playbookctl.cli.connection import connected, connection_options, show_plan
from playbookctl.cli.options import cache_option, output_options, today
from playbookctl.gather import gather
from playbookctl.pipeline import Repository
from playbookctl.reconcile import drift_report
from playbookctl.survey import survey
from playbookctl.target import choose_environment
from playbookctl.verdict import drift_exit_code

NETWORK = "reads"


@click.command("drift", short_help="Show what moved on the server since the last sync")
@connection_options
@cache_option
@click.option("--only", metavar="KEY", multiple=True, help="Only this playbook. May be repeated.")
@click.option("--fail", is_flag=True, help="Exit code 1 if something moved that the configuration does not expect.")
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    config: str | None,
    environment: str | None,
    only: tuple[str, ...],
    fail: bool,
    **options: Any,
) -> None:
    """Show what moved on the server since the last sync, and nothing else.

    What the repository changed meanwhile does not count. Sends GET only. Exit code 0, whatever has drifted; see --fail.
    """
    repository = Repository(config, os.getcwd(), key_folder=options["key_folder"])
    target = choose_environment(repository.settings, environment)
    gathered = gather(repository, today())
    with connected(repository, target, options, owners=gathered.owners) as client:
        found = survey(repository, target, client, gathered, today())
    report = drift_report(found, frozenset(only))
    show_plan(report, options)
    assert report.plan is not None  # noqa: S101 - drift_report has made one
    ctx.exit(drift_exit_code(report.plan, fail=fail))
