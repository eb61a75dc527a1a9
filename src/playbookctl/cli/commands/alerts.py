"""`playbookctl alerts`."""

from __future__ import annotations

import os
from typing import Any

import click

from playbookctl.alerts.paths import path_of
from playbookctl.alerts.redact import Redaction
from playbookctl.cli.connection import connected, connection_options
from playbookctl.cli.terminal import user_folder
from playbookctl.exporting import (
    holds_secret,
    lines,
    moment_since,
    newest,
    pseudonym_key,
    trigger_fields,
    write_private,
)
from playbookctl.model.moment import utc_now
from playbookctl.pipeline import Repository
from playbookctl.target import choose_environment

NETWORK = "reads"


@click.group("alerts", short_help="Export recent alerts, redacted, to try triggers on")
def command() -> None:
    """Take alerts out of the tenant, redacted, to try triggers on."""


@command.command("export")
@connection_options
@click.option(
    "-o", "--output", default="-", metavar="FILE", help="The file, closed to others. Default: standard output."
)
@click.option("--since", metavar="TIME", help="Only alerts since 24h, 7d, or a date.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True, help="Only the newest.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME",
    help="Write this field, too. May be repeated.",
)
@click.option("--keep", multiple=True, metavar="NAME", help="Write this field without pseudonyms. May be repeated.")
@click.option("--drop", multiple=True, metavar="NAME", help="Never write this field. May be repeated.")
def export(
    config: str | None, environment: str | None, output: str, since: str | None, limit: int, fields: tuple[str, ...],
    keep: tuple[str, ...], drop: tuple[str, ...], **options: Any,
) -> None:  # fmt: skip
    """Write recent alerts as JSON Lines for `playbookctl review --alerts`. Sends GET only.

    A line has the alert's id, timestamp, severity and source, and the fields that triggers of this repository read.
    Users, addresses, hosts and tokens in it are replaced by pseudonyms, one for each value.
    """
    oldest = moment_since(since, utc_now()) if since is not None else None
    repository = Repository(config, os.getcwd())
    target = choose_environment(repository.settings, environment)
    named = trigger_fields(repository) | set(map(path_of, fields))
    secret, is_kept = pseudonym_key(user_folder(os.environ), repository.settings.root)
    redact = Redaction(named, secret, holds_secret, keep=keep, drop=drop)
    with connected(repository, target, options) as client:
        chosen = newest(client.list_alerts(), oldest, limit)
    texts = lines(map(redact, chosen.alerts))
    if output == "-":
        for text in texts:
            click.echo(text, nl=False)
    else:
        write_private(output, texts)
    older = f"; {chosen.too_old} are older than {oldest:%Y-%m-%d %H:%M}" if oldest is not None else ""
    click.echo(f"{len(chosen.alerts)} of {chosen.seen} alerts{older}", err=True)
    if not is_kept:
        click.echo("note: no key could be kept in your cache folder; the next export has other pseudonyms", err=True)
