"""`playbookctl plan`."""

from __future__ import annotations

import os
from typing import Any

import click

from playbookctl.cli.choices import choice_options, make_choices
from playbookctl.cli.connection import connected, connection_options, show_plan
from playbookctl.cli.options import cache_option, output_options, today
from playbookctl.errors import ExitCode
from playbookctl.gather import gather
from playbookctl.pipeline import Repository
from playbookctl.reconcile import reconcile, report_of
from playbookctl.target import choose_environment
from playbookctl.verdict import detailed_exit_code

NETWORK = "reads"


@click.command("plan", short_help="Show what a sync would do, field by field")
@connection_options
@cache_option
@click.option(
    "--detailed-exitcode", is_flag=True, help="20 repo ahead, 21 server drifted, 22 both, 23 a person is needed."
)
@choice_options
@output_options
@click.pass_context
def command(ctx: click.Context, /, config: str | None, environment: str | None, **options: Any) -> None:
    """Show what a sync would do: what the repository moved, what the server moved, what needs a person.

    Sends GET only. Exit code 0, whatever the plan says; see --detailed-exitcode.
    """
    choices = make_choices(options)
    repository = Repository(config, os.getcwd(), key_folder=options["key_folder"])
    target = choose_environment(repository.settings, environment)
    gathered = gather(repository, today())
    with connected(repository, target, options, owners=gathered.owners) as client:
        reconciled = reconcile(repository, target, client, gathered, choices, today())
    show_plan(report_of("plan", reconciled), options)
    ctx.exit(detailed_exit_code(reconciled.plan) if options["detailed_exitcode"] else ExitCode.DONE)
