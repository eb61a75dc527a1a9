"""`playbookctl init`."""

from __future__ import annotations

import os
import re

import click

from playbookctl.errors import UsageError
from playbookctl.load.settings import find_config
from playbookctl.report.escape import visible
from playbookctl.starter import HOOK, hook_entry, look_around, modeline, slug, wanted_files, write_missing

NAMESPACE = re.compile(r"[a-z0-9-]{1,32}")


@click.command("init", short_help="Write what a repository of playbooks needs")
@click.option("--namespace", metavar="NAME",
              help="The name under which playbooks are marked on the server. Default: the folder's.")  # fmt: skip
def command(namespace: str | None) -> None:
    """Write what a repository of playbooks needs into this folder, and overwrite nothing.

    A configuration, the connectors that playbooks use, a pre-commit hook, the schema for the editor, and an example where
    there is no playbook yet. Needs no network.
    """
    root = os.getcwd()
    _refuse_what_does_not_fit(root, namespace)
    found = look_around(root)
    work_tree = _work_tree(root)
    files = wanted_files(found, namespace or slug(os.path.basename(root)), hook=work_tree in ("", root))
    broad = max(len(file.path) for file in files)
    for file in files:
        written = write_missing(root, file)
        said = visible(file.purpose) if written else "it is there already"
        click.echo(f"{'wrote' if written else 'left '}  {file.path:<{broad}}  {said}")
    _advise(root, work_tree or root, found.places)


def _refuse_what_does_not_fit(root: str, namespace: str | None) -> None:
    if namespace is not None and not NAMESPACE.fullmatch(namespace):
        raise UsageError(f"'{namespace}' is no namespace", hint="write lower-case letters, digits and '-', at most 32")
    above = find_config(root)
    if above is not None and os.path.dirname(above) != root:
        raise UsageError(
            f"this folder belongs to {above}",
            hint="run init there; for a configuration of its own, make one here first",
        )


def _work_tree(folder: str) -> str:
    """Return the root of the git work tree that `folder` lies in, '' outside git."""
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ""
        folder = parent
    return folder


def _advise(root: str, work_tree: str, places: tuple[str, ...]) -> None:
    """Say what is left to do by hand, and what comes next."""
    hook = os.path.join(work_tree, HOOK)
    if not _names_us(hook):
        prefix = "" if work_tree == root else os.path.relpath(root, work_tree).replace(os.sep, "/") + "/"
        shown = os.path.relpath(hook, root).replace(os.sep, "/")
        click.echo(f"\nto check playbooks at every commit, put this under 'repos:' in {shown}:\n")
        click.echo(hook_entry(places or ("playbooks",), prefix), nl=False)
    if places:
        click.echo(f"\neditors complete and explain a playbook that begins with\n  {modeline(places[0])}")
    click.echo("\nnext:\n  playbookctl validate  what is wrong with the playbooks, if anything")
    click.echo("  playbookctl plan      what a sync would do in the environment 'local'")


def _names_us(file: str) -> bool:
    try:
        with open(file, "rb") as stream:
            return b"playbookctl" in stream.read()
    except OSError:
        return False
