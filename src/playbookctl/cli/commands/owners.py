"""`playbookctl owners`."""

from __future__ import annotations

import difflib
import os

import click

from playbookctl.cli.options import config_option, write_file
from playbookctl.code_owners import Owned, block, merged, owned, unmapped
from playbookctl.errors import ExitCode, UsageError
from playbookctl.pipeline import Repository
from playbookctl.report.escape import visible
from playbookctl.report.summary import count


@click.command("owners", short_help="Show who owns the playbooks, or write CODEOWNERS")
@config_option
@click.option(
    "--codeowners", is_flag=True, help="Print a CODEOWNERS file: each playbook with those who have to review it."
)
@click.option(
    "--output", metavar="FILE", help="With --codeowners: write it into FILE, and keep what else stands there."
)
@click.option("--check", is_flag=True, help="With --output: write nothing; exit code 1 if FILE would change.")
@click.pass_context
def command(ctx: click.Context, /, config: str | None, codeowners: bool, output: str | None, check: bool) -> None:
    """Show who owns the playbooks, and write CODEOWNERS from it.

    'owner:' of a playbook is a name; 'code_owners:' of the config says which user, team or group it is on the forge. Owners
    without one are named. Needs no network.
    """
    if (output is not None and not codeowners) or (check and output is None):
        raise UsageError("--check needs --output, and --output needs --codeowners")
    repository = Repository(config, os.getcwd())
    found = owned(repository)
    mapping = repository.settings.code_owners
    if not codeowners:
        for owner, number in found.counts().items():
            shown = " ".join(mapping.get(owner, ())) or "-"
            click.echo(f"{visible(owner) or '(no owner)'}  {shown}  {count(number, 'playbook')}")
    elif output is None:
        click.echo("\n".join(block(found, mapping)))
    _name_what_is_missing(found, unmapped(found, mapping))
    moved = output is not None and _bring_up_to_date(output, block(found, mapping), check=check)
    ctx.exit(ExitCode.FINDINGS if found.unreadable or (check and moved) else ExitCode.DONE)


def _bring_up_to_date(path: str, lines: list[str], *, check: bool) -> bool:
    """Write the block into a file, or show what it would change; tell whether it differs."""
    before = _read(path)
    after = merged(before, lines)
    if before == after:
        click.echo(f"{visible(path)} is up to date")
        return False
    if not check:
        write_file(path, after)
        click.echo(f"wrote {visible(path)}")
        return True
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), path, path, n=0, lineterm=""):
        click.echo(visible(line))
    click.echo(
        f"{visible(path)} is not up to date; 'playbookctl owners --codeowners --output {visible(path)}' writes it",
        err=True,
    )
    return True


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"'{path}' cannot be read: {error}") from error


def _name_what_is_missing(found: Owned, missing: dict[str, int]) -> None:
    for owner, number in missing.items():
        click.echo(f"note: no code owner is known for '{visible(owner)}' ({count(number, 'playbook')})", err=True)
    if number := found.counts().get("", 0):
        click.echo(f"note: {count(number, 'playbook')} without 'owner:'", err=True)
    for file in found.unreadable:
        click.echo(
            f"error: nobody knows the owner of {visible(file)}; 'playbookctl validate {visible(file)}' says why",
            err=True,
        )
