"""`playbookctl graph`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from playbookctl.cli.options import config_option
from playbookctl.errors import UsageError
from playbookctl.flow.dot import dot
from playbookctl.flow.mermaid import mermaid
from playbookctl.model.nearest import did_you_mean
from playbookctl.pipeline import Repository

if TYPE_CHECKING:
    from playbookctl.model.playbook import Playbook

FORMATS = {"mermaid": mermaid, "dot": dot}


@click.command("graph", short_help="Draw the flow of a playbook")
@click.argument("key")
@config_option
@click.option("--format", "format_name", type=click.Choice(list(FORMATS)), default="mermaid", show_default=True,
              help="Mermaid is shown by GitHub and GitLab as it is; dot is Graphviz'.")  # fmt: skip
def command(key: str, config: str | None, format_name: str) -> None:
    """Draw the flow of a playbook: who is asked is yellow, what takes something away is red.

    KEY is the playbook's key, or the path of its file.
    """
    repository = Repository(config, os.getcwd())
    drawn = FORMATS[format_name](_find(repository, key), repository.connectors)
    click.echo(drawn.encode("utf-8"), nl=False)


def _find(repository: Repository, key: str) -> Playbook:
    """Return the playbook. Raises UsageError if there is none, or if its file cannot be read as one."""
    keys = []
    for file in [os.path.abspath(key)] if os.path.isfile(key) else repository.files():
        entry = repository.load(file)
        if entry.playbook is None:
            if os.path.isfile(key):
                hint = f"'playbookctl validate {key}' says why"
                raise UsageError(f"{entry.source.path} is no playbook that can be drawn", hint=hint)
            continue
        if entry.playbook.key == key or os.path.isfile(key):
            return entry.playbook
        keys.append(entry.playbook.key)
    raise UsageError(f"no playbook has the key '{key}'{did_you_mean(key, keys)}", hint="name a key, or a file")
