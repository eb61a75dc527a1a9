
"""`playbookctl serve`: the reference server, and what its operator does beside the API."""

from __future__ import annotations

import ipaddress
import json
import os
import signal
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from playbookctl.errors import ConfigError, MissingExtra, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.server.auth import Caller
    from playbookctl.server.faults import Faults
    from playbookctl.server.operator import Operator
    from playbookctl.server.seed import Seed
    from playbookctl.server.service import Service

FOLDER = ".playbookctl"
SECRET = "PLAYBOOKCTL_SERVER_SECRET"
TENANT = click.option("--tenant", default="default", show_default=True, metavar="NAME", help="A tenant's name or id.")


@click.group(invoke_without_command=True)
@click.option("--database", type=click.Path(dir_okay=False, path_type=Path), default=Path(FOLDER, "server.db"),
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
        _serve(_service(database, host), host, port, _faults(faults))


@command.command("client")
@TENANT
@click.option("--app", "app_id", metavar="ID", help="Bind its tokens to one application.")
@click.option("--scope", default="read write", show_default=True, help="What its tokens may do.")
@click.pass_obj
def client(database: Path, tenant: str, app_id: str | None, scope: str) -> None:
    """Register a client; its secret is printed now and never again."""
    with _operating(database) as (operator, _):
        _print_client(operator, _bearer(operator.caller(tenant, app_id=app_id), scope))


@command.command("token")
@TENANT
@click.option("--app", "app_id", metavar="ID", help="Bind it to one application.")
@click.option("--sub", metavar="ID", help="The person it speaks for. Default: the operator.")
@click.option("--scope", default="read write", show_default=True, help="What it may do.")
@click.option("--expires-in", type=click.IntRange(1), default=3600, show_default=True, metavar="SECONDS")
@click.pass_obj
def token(database: Path, tenant: str, app_id: str | None, sub: str | None, scope: str, expires_in: int) -> None:
    """Print a bearer token, for CPOD_API_KEY."""
    with _operating(database) as (operator, service):
        caller = _bearer(operator.caller(tenant, app_id=app_id), scope, sub)
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
    wanted = _named_seed(connectors, persons) if connectors or persons else _repository_seed(config)
    with _operating(database) as (operator, _):
        operator.seed(operator.caller(tenant), wanted)
    click.echo(f"seeded {len(wanted.connectors)} connectors and {len(wanted.persons)} persons")


@command.command("ingest")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@TENANT
@click.pass_obj
def ingest(database: Path, file: Any, tenant: str) -> None:
    """Take in alerts from FILE ('-' is standard input): one JSON object, or a list of them.

    Each prints its id and the runs it queued; a running server executes them, else the next one does.
    """
    alerts = _alerts(file.read(), file.name)
    with _operating(database) as (operator, _):
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
    with _operating(database) as (operator, _):
        operator.delete(operator.caller(tenant), object_id)


@command.command("clone")
@click.argument("playbook_id", metavar="ID")
@TENANT
@click.pass_obj
def clone(database: Path, playbook_id: str, tenant: str) -> None:
    """Copy a playbook with its tags, as the vendor's editor does, and print the copy's id."""
    with _operating(database) as (operator, _):
        click.echo(operator.clone(operator.caller(tenant), playbook_id))


@command.command("backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(database: Path, target: Path) -> None:
    """Write a consistent copy of the database to TARGET; a running server goes on."""
    if target.exists():
        raise UsageError(f"'{target}' exists", hint="name a new file")
    with _operating(database) as (_, service):
        service.store.backup(target)
    click.echo(f"{target}")


def _serve(service: Service, host: str, port: int, faults: Faults | None) -> None:
    from playbookctl.server.guard import LOOPBACK_NAMES
    from playbookctl.server.listening import QuietServer, listening_socket

    try:
        listening = listening_socket(host, port)
    except OSError as error:
        service.close()
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror}", hint="--port takes another one"
        ) from error
    app = service.app(hosts=LOOPBACK_NAMES if _is_loopback(host) else frozenset(), faults=faults)
    _introduce(service, host, listening.getsockname()[1])
    signal.signal(signal.SIGTERM, _interrupt)
    service.runner.start()
    try:
        QuietServer(app).run([listening])
    except KeyboardInterrupt:
        click.echo("stopped")
    finally:
        listening.close()
        service.close()


def _introduce(service: Service, host: str, port: int) -> None:
    from playbookctl.server.operator import Operator

    operator = Operator(service.store)
    caller = operator.caller()
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    click.echo(f"serving on {url} (documentation: {url}/docs), database '{service.store.path}'")
    click.echo(f"tenant 'default' is {caller.tenant_id}")
    if operator.has_clients():
        click.echo("'playbookctl serve client' makes another client, 'serve token' prints a token")
    else:
        click.echo("a first client; its secret is shown only now:")
        _print_client(operator, caller)
    click.echo("Ctrl-C stops")


def _service(database: Path, host: str = "127.0.0.1") -> Service:
    try:
        from playbookctl.server.service import Service
    except ModuleNotFoundError as error:
        raise MissingExtra("server", error.name or "fastapi") from error

    secret = os.environ.get(SECRET)
    if not _is_loopback(host):
        if secret is None:
            raise UsageError(
                f"'{host}' can be reached from other machines, and {SECRET} is not set",
                hint="set it to 32 random bytes or more, or leave --host out",
            )
        click.echo(f"warning: '{host}' can be reached from other machines, and there is no TLS", err=True)
    if database.parent.name == FOLDER:
        _hide(database.parent)
    return Service(database, secret=secret)


@contextmanager
def _operating(database: Path) -> Iterator[tuple[Operator, Service]]:
    service = _service(database)
    try:
        from playbookctl.server.operator import Operator

        yield Operator(service.store), service
    finally:
        service.close()


def _print_client(operator: Operator, caller: Caller) -> None:
    client_id, secret = operator.new_client(caller)
    click.echo(f"  export CPOD_CLIENT_ID={client_id}\n  export CPOD_CLIENT_SECRET={secret}")


def _bearer(caller: Caller, scope: str, sub: str | None = None) -> Caller:
    return replace(caller, scopes=frozenset(scope.split()), sub=sub or caller.sub)


def _named_seed(connectors: tuple[str, ...], persons: tuple[str, ...]) -> Seed:
    from playbookctl.server.seed import Seed

    pairs = [text.partition("=") for text in connectors]
    for name, separator, provider in pairs:
        if not (name and separator and provider):
            raise UsageError(f"--connector {name}{separator}{provider} is not NAME=PROVIDER")
    return Seed({name: provider for name, _, provider in pairs}, persons)


def _repository_seed(config: str | None) -> Seed:
    from playbookctl.pipeline import Repository
    from playbookctl.server.seed import Seed

    repository = Repository(config, str(Path.cwd()))
    entries = [repository.load(file) for file in repository.files()]
    owners = {entry.playbook.owner for entry in entries if entry.playbook is not None and entry.playbook.owner}
    connectors = {name: connector.provider for name, connector in repository.connectors.by_name.items()}
    return Seed(connectors, tuple(sorted(owners)))


def _faults(wanted: str | None) -> Faults | None:
    if wanted is None:
        return None
    from playbookctl.server.faults import PRESETS, Faults, read_faults

    if wanted in PRESETS:
        return Faults(*PRESETS[wanted])
    try:
        text = Path(wanted).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"'{wanted}' is no preset and cannot be read", hint=f"presets: {', '.join(PRESETS)}"
        ) from error
    return read_faults(text, wanted)


def _alerts(text: str, name: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"'{name}' is not JSON: {error}") from error
    alerts = document if isinstance(document, list) else [document]
    if not all(isinstance(alert, dict) for alert in alerts):
        raise ConfigError(f"'{name}' holds something that is no alert", hint="one JSON object, or a list of them")
    return alerts


def _hide(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", "utf-8")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _interrupt(_: int, __: object) -> NoReturn:
    raise KeyboardInterrupt
