"""The entry point: turns every error into a message and an exit code."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn

from playbookctl import __version__
from playbookctl.cli import plain
from playbookctl.errors import ExitCode, PlaybookctlError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process. No traceback reaches the user unless PLAYBOOKCTL_DEBUG is set."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit code."""
    try:
        if plain.fits(arguments):
            return plain.validate(arguments[1:])
        from playbookctl.cli import group

        return group.call(arguments)
    except KeyboardInterrupt:
        return _fail("interrupted", "", ExitCode.INTERRUPTED, arguments)
    except PlaybookctlError as error:
        return _fail(error.message, error.hint, error.code, arguments)
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except Exception as error:
        if os.environ.get("PLAYBOOKCTL_DEBUG"):
            raise
        message = f"an error inside playbookctl {__version__}: {type(error).__name__}: {error}"
        hint = "nothing more was done; set PLAYBOOKCTL_DEBUG=1 to see where, and please report it"
        return _fail(message, hint, ExitCode.INTERNAL, arguments)


def _fail(message: str, hint: str, code: int, arguments: list[str]) -> int:
    """Say what went wrong: on standard error for people, on standard output too where JSON was asked for."""
    import click

    from playbookctl.report.escape import visible

    click.echo(f"error: {visible(message)}", err=True)
    if hint:
        click.echo(f"hint: {visible(hint)}", err=True)
    if _wants_json(arguments):
        import json

        click.echo(json.dumps({"code": int(code), "message": message, "hint": hint}, ensure_ascii=False))
    return int(code)


def _wants_json(arguments: list[str]) -> bool:
    return "--format=json" in arguments or any(pair == ("--format", "json") for pair in pairwise(arguments))
