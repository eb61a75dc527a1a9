"""The other side of a plan: opens an environment's API, which for `url: embedded` is a server in this process."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playbookctl.api.auth import BearerToken, ClientCredentials
from playbookctl.api.client import Client
from playbookctl.errors import AuthError, ConfigError, MissingExtra, UsageError
from playbookctl.model.hidden import hide_from_git
from playbookctl.model.nearest import did_you_mean

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from playbookctl.api.auth import Credentials
    from playbookctl.model.workspace import Connectors, Environment, Settings

STATE_FOLDER = ".playbookctl"


def choose_environment(settings: Settings, name: str | None) -> Environment:
    """Return the environment called `name`, else the config's default. Never guesses.

    Raises UsageError, and ConfigError where another environment would write to the very same playbooks.
    """
    wanted = name or settings.default_environment
    known = settings.environments
    if wanted is None:
        if settings.config_file is None:
            raise UsageError(
                "there is no playbookctl.yaml here or above, so no environment to plan against",
                hint="'playbookctl init' writes one with an embedded server to try",
            )
        listed = ", ".join(known) or "none is configured"
        raise UsageError(
            f"which environment? playbookctl.yaml has no default_environment ({listed})",
            hint="add --env NAME, or set default_environment in playbookctl.yaml",
        )
    if wanted not in known:
        raise UsageError(
            f"there is no environment '{wanted}'{did_you_mean(wanted, known)}",
            hint=f"the configuration has {', '.join(known)}"
            if known
            else "add it under 'environments:' in playbookctl.yaml",
        )
    _is_alone(known[wanted], known.values())
    return known[wanted]


def credentials_from(variables: Mapping[str, str]) -> Credentials | None:
    """Return the credentials that environment variables hold: CPOD_API_KEY, else CPOD_CLIENT_ID and CPOD_CLIENT_SECRET."""
    if token := variables.get("CPOD_API_KEY"):
        return BearerToken(token)
    client_id, secret = variables.get("CPOD_CLIENT_ID"), variables.get("CPOD_CLIENT_SECRET")
    return ClientCredentials(client_id, secret) if client_id and secret else None


def state_folder(settings: Settings) -> Path:
    """Return `.playbookctl/` beside the config: made if it is missing, closed to others, ignored by git."""
    folder = Path(settings.root) / STATE_FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        hide_from_git(folder)
    except OSError as error:
        raise ConfigError(f"'{folder}' cannot be written: {error.strerror}") from error
    return folder


@contextmanager
def open_target(
    settings: Settings,
    environment: Environment,
    connectors: Connectors,
    variables: Mapping[str, str],
    *,
    owners: Iterable[str] = (),
    may_write: bool = False,
    insecure_http: bool = False,
    stop: threading.Event | None = None,
    **told: Callable[..., None] | None,
) -> Iterator[Client]:
    """Open a client of the environment's API; read-only unless `may_write`.

    `variables` are the process's environment variables, `told` what is to be told of waits: `on_pause`, `on_retry`.
    Raises AuthError without credentials, UsageError where CPOD_BASE_URL disagrees with the configuration, and what
    `Client` raises.
    """
    options = {"may_write": may_write, "insecure_http": insecure_http, "stop": stop, **told}
    if environment.is_embedded:
        with (
            _embedded(settings, environment, connectors, owners) as (url, token),
            Client(url, BearerToken(token), **options) as client,  # type: ignore[arg-type] # a plain dict of options
        ):
            yield client
        return
    url = _url(environment, variables)
    credentials = credentials_from(variables)
    if credentials is None:
        raise AuthError(
            f"there are no credentials for the environment '{environment.name}'",
            hint="set CPOD_API_KEY, or CPOD_CLIENT_ID and CPOD_CLIENT_SECRET",
        )
    pins = {"tenant_id": environment.tenant_id, "app_id": environment.app_id}
    with Client(url, credentials, **pins, **options) as client:  # type: ignore[arg-type] # a plain dict of options
        yield client


def _is_alone(environment: Environment, others: Iterable[Environment]) -> None:
    """Raise ConfigError where two environments name one tenant and one namespace: each would undo the other's ids."""
    for other in others:
        if environment.tenant_id and other.name != environment.name and _place(environment) == _place(other):
            one, two = sorted((environment.name, other.name))
            raise ConfigError(
                f"the environments '{one}' and '{two}' share the tenant '{environment.tenant_id}' and the namespace "
                f"'{environment.namespace}'",
                hint=f"give one of them a namespace of its own: environments.{two}.namespace",
            )


def _place(environment: Environment) -> tuple[str | None, str | None, str]:
    return (environment.tenant_id, environment.app_id, environment.namespace)


def _url(environment: Environment, variables: Mapping[str, str]) -> str:
    override = variables.get("CPOD_BASE_URL") or None
    if environment.url and override and override.rstrip("/") != environment.url.rstrip("/"):
        raise UsageError(
            f"CPOD_BASE_URL is '{override}', but the environment '{environment.name}' has '{environment.url}'",
            hint="unset CPOD_BASE_URL: it could send one environment's token to another",
        )
    url = environment.url or override
    if not url:
        raise ConfigError(
            f"the environment '{environment.name}' has no url", hint=f"set environments.{environment.name}.url"
        )
    return url


@contextmanager
def _embedded(
    settings: Settings, environment: Environment, connectors: Connectors, owners: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Start the reference server on a database beside the config; connectors and owners stand ready in it."""
    try:
        from playbookctl.server.embedded import EmbeddedServer
        from playbookctl.server.seed import Seed
    except ImportError as error:
        raise MissingExtra("server", error.name or "fastapi") from error
    names = {name: connector.provider for name, connector in connectors.by_name.items()}
    seed = Seed(connectors=names, persons=tuple(sorted({*owners, *environment.owners})))
    database = state_folder(settings) / f"{environment.name}.db"
    with EmbeddedServer(database, seed=seed) as server:
        if os.name == "posix":
            database.chmod(0o600)
        yield server.url, server.token()
