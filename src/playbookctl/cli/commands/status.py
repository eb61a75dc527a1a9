"""`playbookctl status`."""

from __future__ import annotations

import os
from typing import Any

import click

from playbookctl.cli.connection import connected, connection_options
from playbookctl.cli.options import cache_option, display, today
from playbookctl.gather import gather
from playbookctl.model.choices import NO_CHOICES
from playbookctl.model.moment import utc_now
from playbookctl.pipeline import Repository
from playbookctl.reconcile import plan_from
from playbookctl.report import status_json, status_text
from playbookctl.status import Vitals, status_of
from playbookctl.survey import survey
from playbookctl.target import choose_environment

NETWORK = "reads"


@click.command("status", short_help="Show one line per playbook: where it stands, how it ran")
@connection_options
@cache_option
@click.option("--format", "format_name", type=click.Choice(["json", "text"]), default="text", show_default=True,
              help="What standard output is for.")  # fmt: skip
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
              help="Colour. NO_COLOR is honoured.")  # fmt: skip
def command(config: str | None, environment: str | None, format_name: str, color: str, **options: Any) -> None:
    """Show one line per playbook: where it stands, whether it acts, how it ran; and which connectors are unwell.

    Sends GET only.
    """
    repository = Repository(config, os.getcwd(), key_folder=options["key_folder"])
    target = choose_environment(repository.settings, environment)
    gathered = gather(repository, today())
    vitals = Vitals()
    with connected(repository, target, options, owners=gathered.owners) as client:
        found = survey(repository, target, client, gathered, today(), vitals.look)
    reconciled = plan_from(found, NO_CHOICES)
    status = status_of(found, reconciled.plan, reconciled.lookups, vitals, utc_now())
    text = status_json.render(status) if format_name == "json" else status_text.render(status, display(color))
    click.echo(text, nl=False, color=True)
