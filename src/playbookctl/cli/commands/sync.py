"""`playbookctl sync`."""

from __future__ import annotations

import os
import threading
from typing import Any

import click

from playbookctl.cli.choices import choice_options, make_choices
from playbookctl.cli.connection import connected, connection_options, show_plan
from playbookctl.cli.options import cache_option, output_options, today
from playbookctl.cli.progress import ProgressBar
from playbookctl.cli.writing import ask, refuse, stopping
from playbookctl.gather import gather
from playbookctl.pipeline import Repository
from playbookctl.reconcile import carry_out, reconcile, refuse_dirty, report_of
from playbookctl.target import choose_environment
from playbookctl.verdict import sync_exit_code

NETWORK = "writes"


@click.command("sync", short_help="Carry out the plan: create, update and mark")
@connection_options
@cache_option
@click.option("-y", "--yes", is_flag=True, help="Do not ask. Needed where no terminal can answer.")
@click.option("--allow-dirty", is_flag=True, help="Sync files that are not committed.")
@choice_options
@output_options
@click.pass_context
def command(ctx: click.Context, /, config: str | None, environment: str | None, **options: Any) -> None:
    """Carry out the plan: create, update and mark live playbooks. What needs a person is held and reported.

    What an analyst changed on the server is kept. Every write reads before it and verifies after it.
    """
    choices = make_choices(options)
    repository = Repository(config, os.getcwd(), key_folder=options["key_folder"])
    target = choose_environment(repository.settings, environment)
    if not options["allow_dirty"]:
        refuse_dirty(repository)
    gathered = gather(repository, today())
    stop = threading.Event()
    progress = ProgressBar(quiet=options["quiet"])
    with connected(repository, target, options, owners=gathered.owners, may_write=True, stop=stop) as client:
        reconciled = reconcile(repository, target, client, gathered, choices, today())
        plan = reconciled.plan
        refuse(plan)
        if plan.to_write and not options["yes"]:
            ask(plan, report_of("plan", reconciled), options, "Write", "sync --yes")
        with stopping(stop), progress:
            applied = carry_out(repository, target, client, plan, progress.step, stop)
    show_plan(report_of("sync", reconciled, applied.outcomes), options)
    ctx.exit(sync_exit_code(plan, applied))
