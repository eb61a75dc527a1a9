"""`playbookctl sync`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from playbookctl.cli.choices import choice_options, make_choices
from playbookctl.cli.connection import connected, connection_options
from playbookctl.cli.options import output_options, show, today
from playbookctl.cli.progress import ProgressBar
from playbookctl.errors import ExitCode, Refused, UsageError
from playbookctl.gather import gather
from playbookctl.model.plan_totals import count_plan
from playbookctl.pipeline import Repository
from playbookctl.reconcile import carry_out, reconcile, refuse_dirty, report_of
from playbookctl.target import choose_environment
from playbookctl.verdict import sync_exit_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.plan import Plan


@click.command("sync")
@connection_options
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
    repository = Repository(config, os.getcwd())
    target = choose_environment(repository.settings, environment)
    if not options["allow_dirty"]:
        refuse_dirty(repository)
    gathered = gather(repository, today())
    stop = threading.Event()
    progress = ProgressBar(quiet=options["quiet"])
    with (
        _stopping(stop),
        connected(
            repository, target, options, owners=gathered.owners, may_write=True, stop=stop, on_pause=progress.pause
        ) as client,
    ):  # fmt: skip
        reconciled = reconcile(repository, target, client, gathered, choices, today())
        plan = reconciled.plan
        _refuse(plan)
        if plan.to_write and not options["yes"]:
            _ask(plan, report_of("plan", reconciled), options)
        with progress:
            applied = carry_out(repository, target, client, plan, progress.step, stop)
    show(report_of("sync", reconciled, applied.outcomes), options["format_name"], options["reports"], options["color"],
         verbose=options["verbose"])  # fmt: skip
    ctx.exit(sync_exit_code(plan, applied))


def _refuse(plan: Plan) -> None:
    if plan.refusals:
        first = plan.refusals[0]
        more = f" (and {len(plan.refusals) - 1} more reasons, see the plan)" if len(plan.refusals) > 1 else ""
        raise Refused(first.message + more, hint=first.hint)


def _ask(plan: Plan, report: Any, options: dict[str, Any]) -> None:
    """Show the plan and ask. Raises UsageError where nobody can answer, and ends the command at a no."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("nobody can be asked here", hint="read the plan, then sync --yes")
    show(report, "text", (), options["color"], verbose=options["verbose"])
    writes = count_plan(plan).writes
    if not click.confirm(
        f"Write {writes} {'playbook' if writes == 1 else 'playbooks'} to '{plan.environment}'?", err=True
    ):
        click.echo("nothing was written", err=True)
        raise click.exceptions.Exit(ExitCode.DONE)


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """Let the first Ctrl-C finish the calls in flight; a second one ends the process as ever."""

    def first(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        click.echo("\nfinishing the calls in flight; press Ctrl-C again to leave at once", err=True)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
