"""`playbookctl schema`."""

from __future__ import annotations

import click

from playbookctl.load.schema.files import schema_names, schema_text


@click.command("schema", short_help="Print a JSON Schema, for editors and other tools")
@click.argument("name", type=click.Choice(schema_names()), default="playbook")
def command(name: str) -> None:
    """Print a JSON Schema, for editors and other tools."""
    click.echo(schema_text(name), nl=False)
