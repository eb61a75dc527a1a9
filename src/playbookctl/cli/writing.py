"""What every command shares that carries out a plan: refusing, asking, and being interrupted."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from playbookctl.cli.options import show
from playbookctl.errors import ExitCode, Refused, UsageError
from playbookctl.model.plan_totals import count_plan

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from playbookctl.model.plan import Plan
    from playbookctl.model.report import Report


def refuse(plan: Plan) -> None:
    """Raise Refused for a plan that is unsafe as a whole."""
    if plan.refusals:
        first = plan.refusals[0]
        more = f" (and {len(plan.refusals) - 1} more reasons, see the plan)" if len(plan.refusals) > 1 else ""
        raise Refused(first.message + more, hint=first.hint)


def ask(plan: Plan, report: Report, options: dict[str, Any], verb: str, otherwise: str) -> None:
    """Show the plan and ask whether to `verb` so many playbooks. Ends the command at a no.

    Raises UsageError where nobody can answer; `otherwise` is the command that does not ask.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("nobody can be asked here", hint=f"read the plan, then {otherwise}")
    show(report, "text", (), options["color"], verbose=options["verbose"])
    writes = count_plan(plan).writes
    question = f"{verb} {writes:,} {'playbook' if writes == 1 else 'playbooks'} in '{plan.environment}'?"
    if not click.confirm(question, err=True):
        click.echo("nothing was written", err=True)
        raise click.exceptions.Exit(ExitCode.DONE)


@contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
    """Let the first Ctrl-C finish the calls in flight; the second ends the process at once, in the middle of them.

    For as long as a plan is carried out: before that nothing was written, and Ctrl-C may end the process as ever.
    """

    def first(*_: object) -> None:
        signal.signal(signal.SIGINT, _leave)  # before anything is said, which takes time
        stop.set()
        click.echo("\nfinishing the calls in flight; press Ctrl-C again to leave at once", err=True)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave(*_: object) -> NoReturn:
    """End the process without waiting for the workers, which a KeyboardInterrupt would do."""
    cursor = "\x1b[?25h" if sys.stderr.isatty() else ""  # the progress bar has hidden it
    click.echo(f"{cursor}\nleft in the middle; what was being written may be written or not: plan again", err=True)
    os._exit(ExitCode.INTERRUPTED)
