"""What `serve` and its commands need: opening the database, listening, reading what a user gave."""

from __future__ import annotations

import ipaddress
import json
import os
import signal
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playbookctl.errors import ConfigError, MissingExtra, UsageError
from playbookctl.model.hidden import hide_from_git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.server.auth import Caller
    from playbookctl.server.faults import Faults
    from playbookctl.server.listening import QuietServer
    from playbookctl.server.operator import Operator
    from playbookctl.server.seed import Seed
    from playbookctl.server.service import Service

FOLDER = ".playbookctl"
SECRET = "PLAYBOOKCTL_SERVER_SECRET"  # noqa: S105 - the variable's name


def serve(service: Service, host: str, port: int, faults: Faults | None) -> None:
    """Serve until Ctrl-C; raise UsageError if the address cannot be listened on."""
    from playbookctl.server.guard import LOOPBACK_NAMES
    from playbookctl.server.listening import QuietServer, listening_socket

    try:
        listening = listening_socket(host, port)
    except OSError as error:
        service.close()
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror}", hint="--port takes another one"
        ) from error
    server = QuietServer(service.app(hosts=LOOPBACK_NAMES if _is_loopback(host) else frozenset(), faults=faults))
    try:
        with _stopped_by_signals(server):
            service.runner.start()
            _introduce(service, host, listening.getsockname()[1])
            server.run([listening])
    finally:
        listening.close()
        service.close()
    click.echo("stopped")


@contextmanager
def _stopped_by_signals(server: QuietServer) -> Iterator[None]:
    """Let the first Ctrl-C or polite kill stop the server, the second do what it did before.

    No exception is thrown into whatever runs at that moment, which would leave half of it behind.
    """
    before: dict[int, Any] = {}

    def stop(number: int, _: object) -> None:
        signal.signal(number, before[number])
        server.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.getsignal(number)
        signal.signal(number, stop)
    try:
        yield
    finally:
        for known, handler in before.items():
            signal.signal(known, handler)


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
        print_client(operator, caller)
    click.echo("Ctrl-C stops")


def open_service(database: Path, host: str = "127.0.0.1") -> Service:
    """Open the database. Raises MissingExtra without the server's packages, UsageError for an unsafe address."""
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
def operating(database: Path) -> Iterator[tuple[Operator, Service]]:
    """Give the operator of a database, and the service it belongs to."""
    service = open_service(database)
    try:
        from playbookctl.server.operator import Operator

        yield Operator(service.store), service
    finally:
        service.close()


def print_client(operator: Operator, caller: Caller) -> None:
    """Register a client and print its credentials, as a shell would take them."""
    client_id, secret = operator.new_client(caller)
    click.echo(f"  export CPOD_CLIENT_ID={client_id}\n  export CPOD_CLIENT_SECRET={secret}")


def bearer(caller: Caller, scope: str, sub: str | None = None) -> Caller:
    """Return a caller with another scope, and another person if one is given."""
    return replace(caller, scopes=frozenset(scope.split()), sub=sub or caller.sub)


def named_seed(connectors: tuple[str, ...], persons: tuple[str, ...]) -> Seed:
    """Return the seed of names given; raise UsageError for what is not NAME=PROVIDER."""
    from playbookctl.server.seed import Seed

    pairs = [text.partition("=") for text in connectors]
    for name, separator, provider in pairs:
        if not (name and separator and provider):
            raise UsageError(f"--connector {name}{separator}{provider} is not NAME=PROVIDER")
    return Seed({name: provider for name, _, provider in pairs}, persons)


def repository_seed(config: str | None) -> Seed:
    """Return the seed of a repository: its connectors, and the owners its playbooks name."""
    from playbookctl.pipeline import Repository
    from playbookctl.server.seed import Seed

    repository = Repository(config, str(Path.cwd()))
    entries = [repository.load(file) for file in repository.files()]
    owners = {entry.playbook.owner for entry in entries if entry.playbook is not None and entry.playbook.owner}
    connectors = {name: connector.provider for name, connector in repository.connectors.by_name.items()}
    return Seed(connectors, tuple(sorted(owners)))


def read_wanted_faults(wanted: str | None) -> Faults | None:
    """Return the faults of a preset or a file; raise ConfigError for neither."""
    if wanted is None:
        return None
    from playbookctl.server.faults import PRESETS, Faults, read_faults

    if wanted in PRESETS:
        return Faults(*PRESETS[wanted])
    try:
        text = Path(wanted).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"'{wanted}' is no preset and no readable file", hint=f"presets: {', '.join(PRESETS)}"
        ) from error
    return read_faults(text, wanted)


def read_alerts(text: str, name: str) -> list[dict[str, Any]]:
    """Return the alerts of a JSON text; raise ConfigError for anything else."""
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
    hide_from_git(folder)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
