"""`playbookctl doctor`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from playbookctl.cli.connection import connected, connection_options
from playbookctl.cli.options import display, today
from playbookctl.doctor import Patient, examine
from playbookctl.report import checkup_json, checkup_text
from playbookctl.verdict import checkup_exit_code

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from playbookctl.api.client import Client
    from playbookctl.model.workspace import Environment
    from playbookctl.pipeline import Repository


NETWORK = "reads"


@click.command("doctor", short_help="Check the set-up layer by layer, from config to marks")
@connection_options
@click.option("--format", "format_name", type=click.Choice(["json", "text"]), default="text", show_default=True,
              help="What standard output is for.")  # fmt: skip
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
              help="Colour. NO_COLOR is honoured.")  # fmt: skip
@click.pass_context
def command(
    ctx: click.Context, /, config: str | None, environment: str | None, format_name: str, color: str, **options: Any
) -> None:
    """Check the whole set-up layer by layer, and say what is wrong first: configuration, credentials, server, token,
    tenant, permissions, lists, names, history, marks.

    Sends GET only, and prints no secret. The exit code is the one that a sync would end with.
    """  # noqa: D205 - click shows the whole first paragraph

    def open_client(
        repository: Repository, target: Environment, owners: Iterable[str]
    ) -> AbstractContextManager[Client]:
        return connected(repository, target, options, owners=owners)

    checkup = examine(Patient(config, os.getcwd(), environment, os.environ, today(), open_client))
    code = checkup_exit_code(checkup)
    if format_name == "json":
        click.echo(checkup_json.render(checkup, int(code)), nl=False)
    else:
        click.echo(checkup_text.render(checkup, display(color)), nl=False, color=True)
    ctx.exit(code)
