"""`playbookctl adopt`."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import click

from playbookctl.cli.connection import connected, connection_options, show_plan
from playbookctl.cli.options import cache_option, output_options, today
from playbookctl.cli.progress import ProgressBar
from playbookctl.cli.writing import ask, refuse, stopping
from playbookctl.errors import UsageError
from playbookctl.gather import gather
from playbookctl.model.choices import Adoption
from playbookctl.pipeline import Repository
from playbookctl.reconcile import adoptions, carry_out, refuse_dirty, report_of
from playbookctl.survey import survey
from playbookctl.target import choose_environment
from playbookctl.verdict import sync_exit_code

if TYPE_CHECKING:
    from playbookctl.model.report import Report
    from playbookctl.reconcile import Reconciled


NETWORK = "writes"


@click.command("adopt", short_help="Take over live playbooks that were made by hand")
@click.argument("playbooks", nargs=-1, metavar="[KEY[=ID]...]")
@connection_options
@cache_option
@click.option("--dry-run", is_flag=True, help="Show the pairs, and write nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask. Needed where no terminal can answer.")
@click.option("--allow-dirty", is_flag=True, help="Adopt for files that are not committed.")
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, playbooks: tuple[str, ...], config: str | None, environment: str | None, **options: Any
) -> None:
    """Take over live playbooks that were made by hand, by name: each gets the mark of the file that has its name.

    Without KEY, all files that have no live playbook. Only marks are written: what differs between file and server stays
    as it is, and shows as drift. A name that fits twice is listed, and bound only by KEY=ID.
    """
    named = [_adoption(text) for text in playbooks]
    repository = Repository(config, os.getcwd(), key_folder=options["key_folder"])
    target = choose_environment(repository.settings, environment)
    if not (options["allow_dirty"] or options["dry_run"]):
        refuse_dirty(repository)
    gathered = gather(repository, today())
    stop, progress = threading.Event(), ProgressBar(quiet=options["quiet"])
    with connected(
        repository, target, options, owners=gathered.owners, may_write=not options["dry_run"],
        stop=stop,
    ) as client:  # fmt: skip
        reconciled, messages = adoptions(survey(repository, target, client, gathered, today()), named)
        for message in messages:
            click.echo(message, err=True)
        plan = reconciled.plan
        if options["dry_run"]:
            show_plan(_report(reconciled, options), options)
            return
        refuse(plan)
        if plan.to_write and not options["yes"]:
            ask(plan, _report(reconciled, options), options, "Mark as ours", "adopt --yes")
        with stopping(stop), progress:
            applied = carry_out(repository, target, client, plan, progress.step, stop)
    show_plan(report_of("adopt", reconciled, applied.outcomes), options)
    ctx.exit(sync_exit_code(plan, applied))


def _adoption(text: str) -> Adoption:
    key, equals, live_id = text.partition("=")
    if not key or (equals and not live_id):
        raise UsageError(f"'{text}' is neither KEY nor KEY=ID", hint="for example: adopt phishing=ply_01J8ZQ4K3N")
    return Adoption(key, live_id)


def _report(reconciled: Reconciled, options: dict[str, Any]) -> Report:
    """Return the report of the plan: for people only the pairs, unless they want to see more."""
    brief = options["format_name"] == "text" and not options["verbose"]
    return report_of("adopt", reconciled.in_short() if brief else reconciled)
