"""`playbookctl review`."""

from __future__ import annotations

import os

import click

from playbookctl.cli.options import config_option, today
from playbookctl.errors import ExitCode
from playbookctl.reviewing import review


@click.command("review")
@click.option("--base", metavar="REF", required=True, help="What the change is to be merged into; it judges.")
@click.option("--head", metavar="REF", default="HEAD", show_default=True, help="The change.")
@config_option
@click.pass_context
def command(ctx: click.Context, /, base: str, head: str, config: str | None) -> None:
    """Say what a pull request changes, in a reviewer's terms: risks first. Needs no network and no token."""
    reviewed = review(os.getcwd(), base, head, config, today())
    for change in reviewed.review.playbooks:
        click.echo(f"{change.kind.value} {change.key!a}")
    ctx.exit(ExitCode.DONE)
