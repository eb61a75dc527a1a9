"""`playbookctl serve`: the reference server, and what its operator does beside the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from playbookctl.cli.serving import (
    FOLDER,
    SECRET,
    bearer,
    named_seed,
    open_service,
    operating,
    print_client,
    read_alerts,
    read_wanted_faults,
    repository_seed,
    serve,
)
from playbookctl.errors import UsageError
from playbookctl.report.summary import count

TENANT = click.option("--tenant", default="default", show_default=True, metavar="NAME", help="A tenant's name or id.")


@click.group(invoke_without_command=True, short_help="Serve the reference API on loopback, from an SQLite file")
@click.option("--database", type=click.Path(dir_okay=False, path_type=Path), default=Path(FOLDER, "local.db"),
              show_default=True, help="The SQLite file; made if it is missing.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=4000, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True,
              help=f"Another address than the loopback needs a secret in {SECRET}.")  # fmt: skip
@click.option("--faults", metavar="FILE|PRESET", help="Fail on purpose; docs/server.md lists the presets.")
@click.pass_context
def command(ctx: click.Context, database: Path, port: int, host: str, faults: str | None) -> None:
    """Serve the reference API on loopback, from one SQLite file, until Ctrl-C.

    The first start makes a client and prints its secret once; `serve client` makes more, `serve token` a token.
    """
    ctx.obj = database
    if ctx.invoked_subcommand is None:
        serve(open_service(database, host), host, port, read_wanted_faults(faults))


@command.command("client")
@TENANT
@click.option("--app", "app_id", metavar="ID", help="Bind its tokens to one application.")
@click.option("--scope", default="read write", show_default=True, help="What its tokens may do.")
@click.pass_obj
def client(database: Path, tenant: str, app_id: str | None, scope: str) -> None:
    """Register a client; its secret is printed now and never again."""
    with operating(database) as (operator, _):
        print_client(operator, bearer(operator.caller(tenant, app_id=app_id), scope))


@command.command("token")
@TENANT
@click.option("--app", "app_id", metavar="ID", help="Bind it to one application.")
@click.option("--sub", metavar="ID", help="The person it speaks for. Default: the operator.")
@click.option("--scope", default="read write", show_default=True, help="What it may do.")
@click.option("--expires-in", type=click.IntRange(1), default=3600, show_default=True, metavar="SECONDS")
@click.pass_obj
def token(database: Path, tenant: str, app_id: str | None, sub: str | None, scope: str, expires_in: int) -> None:
    """Print a bearer token, for CPOD_API_KEY."""
    with operating(database) as (operator, service):
        caller = bearer(operator.caller(tenant, app_id=app_id), scope, sub)
        click.echo(service.signer.mint(caller, expires_in=expires_in))


@command.command("seed")
@TENANT
@click.option("--connector", "connectors", multiple=True, metavar="NAME=PROVIDER", help="May be repeated.")
@click.option("--person", "persons", multiple=True, metavar="NAME", help="May be repeated.")
@click.option("--config", metavar="FILE", help="The repository to seed from. Default: the nearest playbookctl.yaml.")
@click.pass_obj
def seed(
    database: Path, tenant: str, connectors: tuple[str, ...], persons: tuple[str, ...], config: str | None
) -> None:
    """Add connectors and persons that are missing: those named, else the repository's connectors and owners."""
    wanted = named_seed(connectors, persons) if connectors or persons else repository_seed(config)
    with operating(database) as (operator, _):
        operator.seed(operator.caller(tenant), wanted)
    click.echo(f"seeded {count(len(wanted.connectors), 'connector')} and {count(len(wanted.persons), 'person')}")


@command.command("ingest")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@TENANT
@click.pass_obj
def ingest(database: Path, file: Any, tenant: str) -> None:
    """Take in alerts from FILE ('-' is standard input): one JSON object, or a list of them.

    Each prints its id and the runs it queued; a running server executes them, else the next one does.
    """
    alerts = read_alerts(file.read(), file.name)
    with operating(database) as (operator, _):
        caller = operator.caller(tenant)
        for alert in alerts:
            taken = operator.ingest(caller, alert)
            skipped = f", {taken.skipped} playbooks could not run" if taken.skipped else ""
            click.echo(f"{taken.alert_id} runs: {' '.join(taken.run_ids) or 'none'}{skipped}")


@command.command("delete")
@click.argument("object_id", metavar="ID")
@TENANT
@click.pass_obj
def delete(database: Path, object_id: str, tenant: str) -> None:
    """Soft-delete an object of any kind, as the vendor's interface does; the API has no call for it."""
    with operating(database) as (operator, _):
        operator.delete(operator.caller(tenant), object_id)


@command.command("clone")
@click.argument("playbook_id", metavar="ID")
@TENANT
@click.pass_obj
def clone(database: Path, playbook_id: str, tenant: str) -> None:
    """Copy a playbook with its tags, as the vendor's editor does, and print the copy's id."""
    with operating(database) as (operator, _):
        click.echo(operator.clone(operator.caller(tenant), playbook_id))


@command.command("backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(database: Path, target: Path) -> None:
    """Write a consistent copy of the database to TARGET; a running server goes on."""
    if target.exists():
        raise UsageError(f"'{target}' exists", hint="name a new file")
    with operating(database) as (_, service):
        service.store.backup(target)
    click.echo(f"{target}")
