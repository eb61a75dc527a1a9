"""What every command that talks to the API shares: its options, and the client that they open."""

from __future__ import annotations

import logging
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from playbookctl.cli.options import config_option, environment_option, show
from playbookctl.cli.progress import WaitNotes
from playbookctl.errors import UsageError
from playbookctl.target import open_target
from playbookctl.verdict import needs_no_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from playbookctl.api.client import Client
    from playbookctl.model.report import Report
    from playbookctl.model.workspace import Environment
    from playbookctl.pipeline import Repository

    Command = Callable[..., Any]

_LOGGER = "playbookctl"


def connection_options(command: Command) -> Command:
    """Add `--config`, `--env`, `--insecure-http` and `--log-file`."""
    for option in reversed((
        config_option,
        environment_option,
        click.option("--insecure-http", is_flag=True, help="Allow plain http to a host that is not this machine."),
        click.option("--log-file", metavar="FILE", help="Add a line for every request to FILE. It holds no secrets."),
    )):  # fmt: skip
        command = option(command)
    return command


@contextmanager
def connected(
    repository: Repository,
    environment: Environment,
    options: dict[str, Any],
    *,
    owners: Iterable[str] = (),
    may_write: bool = False,
    **more: Any,
) -> Iterator[Client]:
    """Open the environment's API as the options of `connection_options` say; read-only unless `may_write`.

    Waits for the server are told on standard error. `more` goes to `open_target` as it is. Raises what that raises, and
    UsageError for a log that cannot be written.
    """
    patience = WaitNotes(quiet=bool(options.get("quiet")))
    more = {"on_pause": patience.pause, "on_retry": patience.retry, **more}
    with (
        logging_to(options["log_file"]),
        open_target(
            repository.settings, environment, repository.connectors, os.environ, owners=owners, may_write=may_write,
            insecure_http=options["insecure_http"], **more,
        ) as client,
    ):  # fmt: skip
        yield client


@contextmanager
def logging_to(path: str | None) -> Iterator[None]:
    """Add what is logged to a file, readable by its owner only; do nothing for None. Raises UsageError."""
    if path is None:
        yield
        return
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        written = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror}") from error
    form = logging.Formatter("%(asctime)s.%(msecs)03dZ %(message)s", "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    written.setFormatter(form)
    logger = logging.getLogger(_LOGGER)
    before = logger.level
    logger.addHandler(written)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(before)
        logger.removeHandler(written)
        written.close()


def show_plan(report: Report, options: dict[str, Any]) -> None:
    """Print the report of a plan, or of what came of it, as `output_options` say."""
    silent = options["quiet"] and needs_no_word(report)
    show(
        report, options["format_name"], options["reports"], options["color"], verbose=options["verbose"], silent=silent
    )
