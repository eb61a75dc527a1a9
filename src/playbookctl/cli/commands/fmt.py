"""`playbookctl fmt`."""

from __future__ import annotations

import os

import click

from playbookctl.cli.difference import unified
from playbookctl.cli.options import config_option
from playbookctl.errors import ExitCode
from playbookctl.pipeline import Repository
from playbookctl.report.escape import visible
from playbookctl.report.summary import count
from playbookctl.rewrite import write_all
from playbookctl.tidy import Tidied, tidy


@click.command("fmt", short_help="Write playbooks in canonical form, and lose nothing")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@config_option
@click.option("--check", "only_check", is_flag=True, help="Write nothing. Exit code 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Show what would change, and write nothing. Exit code 1 if anything.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong.")
@click.pass_context
def command(
    ctx: click.Context, /, paths: tuple[str, ...], config: str | None, only_check: bool, diff: bool, quiet: bool
) -> None:
    """Write playbooks in canonical form: order of keys, quotes, indentation, blanks and line breaks at the ends.

    A file that could lose anything by it is left as it is, with the reason; the exit code is then 1. Without PATH every
    playbook of the repository is formatted.
    """
    repository = Repository(config, os.getcwd())
    done = tidy(repository, paths)
    writes = not (only_check or diff)
    if diff:
        click.echo(unified(done.changes), nl=False)
    elif writes:
        write_all(repository.here, done.changes)
    _tell(done, writes=writes, quiet=quiet)
    ctx.exit(ExitCode.FINDINGS if done.refused or (done.changes and not writes) else ExitCode.DONE)


def _tell(done: Tidied, *, writes: bool, quiet: bool) -> None:
    for shown, reason in done.refused:
        click.echo(f"{visible(shown)}: left as it is: {visible(reason)}", err=True)
    if quiet:
        return
    for shown in done.skipped:
        click.echo(f"note: skipped {visible(shown)}: no playbook of this repository", err=True)
    for shown, _, _ in done.changes:
        click.echo(f"{'formatted' if writes else 'would format'} {visible(shown)}", err=True)
    same = done.files - len(done.changes) - len(done.refused)
    click.echo(f"{count(len(done.changes), 'file')} {'formatted' if writes else 'to format'}, {same:,} as it should be",
               err=True)  # fmt: skip
