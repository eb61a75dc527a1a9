"""`playbookctl render`."""

from __future__ import annotations

import os
from typing import Any

import click

from playbookctl.cli.connection import connected, connection_options
from playbookctl.cli.options import today
from playbookctl.gather import gather
from playbookctl.pipeline import Repository
from playbookctl.rendering import mapped_only, rendered
from playbookctl.report.dump import dump
from playbookctl.report.escape import visible
from playbookctl.survey import survey
from playbookctl.target import choose_environment

NETWORK = "reads"


@click.command("render", short_help="Print the body of a playbook as it would be sent")
@click.argument("key")
@connection_options
@click.option("--offline", is_flag=True, help="Ask no server: every name must be mapped to an id in the configuration.")
def command(key: str, config: str | None, environment: str | None, offline: bool, **options: Any) -> None:
    """Print the body of a playbook as it would be sent: JSON, defaults filled in, names turned into ids.

    A sync adds its marks to the tags, and of a playbook that is live sends only what moved. Sends GET only.
    """
    repository = Repository(config, os.getcwd())
    target = choose_environment(repository.settings, environment)
    gathered = gather(repository, today())
    if offline:
        lookups = mapped_only(target, repository.connectors, gathered)
    else:
        with connected(repository, target, options, owners=gathered.owners) as client:
            lookups = survey(repository, target, client, gathered, today()).lookups()
    found = rendered(gathered, key, lookups)
    for note in found.notes:
        click.echo(f"note: {visible(note)}", err=True)
    click.echo(dump(found.body), nl=False)
