"""`playbookctl schema`."""

from __future__ import annotations

import os

import click

from playbookctl.cli.options import config_option
from playbookctl.errors import ConfigError, UsageError
from playbookctl.load.schema.files import schema_names, schema_text


@click.command("schema", short_help="Print a JSON Schema, for editors and other tools")
@click.argument("name", type=click.Choice(schema_names()), default="playbook")
@click.option("--with-connectors", is_flag=True, help="Offer the connectors of connectors.yaml and their actions, and mark "
              "any other name. Write it again when connectors.yaml changes.")  # fmt: skip
@config_option
def command(name: str, config: str | None, with_connectors: bool) -> None:
    """Print a JSON Schema, for editors and other tools."""
    if not with_connectors:
        click.echo(schema_text(name), nl=False)
        return
    if name != "playbook":
        raise UsageError(f"--with-connectors is for the schema 'playbook', not for '{name}'")
    from playbookctl.load.connectors import load_connectors
    from playbookctl.load.schema.with_connectors import schema_with_connectors
    from playbookctl.load.settings import find_config, load_settings

    here = os.getcwd()
    found = config or find_config(here)
    settings, _ = load_settings(found, here, os.path.relpath(found) if found else "")
    connectors, _ = load_connectors(settings)
    if connectors.file is None:
        raise ConfigError(
            f"there are no connectors to offer: '{settings.connectors}' is missing or cannot be read",
            hint="'playbookctl init' writes one; 'playbookctl validate' says what is wrong with it",
        )
    click.echo(schema_with_connectors(connectors), nl=False)
