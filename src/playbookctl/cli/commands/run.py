"""`playbookctl run`."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import click

from playbookctl.cli.connection import connected, connection_options
from playbookctl.cli.options import display
from playbookctl.cli.progress import Waiting
from playbookctl.errors import UsageError
from playbookctl.pipeline import Repository
from playbookctl.report import run_said
from playbookctl.running import find, start, wait_for
from playbookctl.target import choose_environment
from playbookctl.verdict import run_exit_code

DEFAULT_TIMEOUT_S = 300


NETWORK = "writes"


@click.command("run", short_help="Run a live playbook, and wait for its end")
@click.argument("key")
@connection_options
@click.option("--input", "input_file", metavar="FILE", help="Its inputs: a JSON object in FILE, '-' is standard input.")
@click.option("--alert", "alert_id", metavar="ID", help="The alert that it runs for.")
@click.option("--wait", is_flag=True, help="Wait until it has ended.")
@click.option("--timeout", type=click.IntRange(1), metavar="SECONDS", help="With --wait: how long. Default: 300.")
@click.option("--format", "format_name", type=click.Choice(["json", "text"]), default="text", show_default=True,
              help="What standard output is for.")  # fmt: skip
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
              help="Colour. NO_COLOR is honoured.")  # fmt: skip
@click.pass_context
def command(
    ctx: click.Context, /, key: str, config: str | None, environment: str | None, input_file: str | None,
    alert_id: str | None, wait: bool, timeout: int | None, **options: Any,
) -> None:  # fmt: skip
    """Run the live playbook of KEY, as it is on the server.

    It is started once: where the answer is lost, nobody knows whether it runs, and the exit code is 4. With --wait a run
    that failed ends with 1; one that the server refuses, because it is disabled or a connector is missing, with 6.
    """
    if timeout is not None and not wait:
        raise UsageError("--timeout is how long --wait waits", hint="add --wait")
    inputs = _inputs(input_file)
    repository = Repository(config, os.getcwd())
    target = choose_environment(repository.settings, environment)
    known = {summary.key for summary in repository.summaries()}
    with connected(repository, target, options, may_write=True) as client:
        found = find(client, target.namespace, key, known)
        said = f"nobody knows whether '{key}' runs"
        try:
            run = start(client, found, inputs, alert_id)
            if wait:
                said = f"{run.run_id} goes on"
                with Waiting(f"{run.run_id} of {key}") as waiting:
                    run = wait_for(client, found, run, timeout or DEFAULT_TIMEOUT_S, waiting.look)
        except KeyboardInterrupt:
            click.echo(f"{said}; playbookctl status shows its last run", err=True)
            raise
    if options["format_name"] == "json":
        click.echo(run_said.json(run), nl=False)
    else:
        click.echo(run_said.text(run, display(options["color"])), nl=False, color=True)
    ctx.exit(run_exit_code(run))


def _inputs(file: str | None) -> dict[str, Any]:
    """Return the inputs in a file. Raises UsageError unless it holds one JSON object."""
    if file is None:
        return {}
    try:
        if file == "-":
            text = sys.stdin.read()
        else:
            with open(file, encoding="utf-8") as stream:
                text = stream.read()
        inputs = json.loads(text)
        json.dumps(inputs, allow_nan=False, ensure_ascii=False).encode()  # Python reads more than JSON may say
    except OSError as error:
        raise UsageError(f"'{file}' cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"'{file}' is not JSON: {error}", hint='for example {"host": "srv-1"}') from error
    if not isinstance(inputs, dict):
        raise UsageError(f"'{file}' holds no JSON object", hint='for example {"host": "srv-1"}')
    return inputs
