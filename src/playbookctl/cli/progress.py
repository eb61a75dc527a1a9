"""What a long run says while it goes on: a bar on a terminal, one line for a pause, nothing in a pipe."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from types import TracebackType

    from playbookctl.apply.result import Progress as Step

_WORTH_A_WORD_S = 2.0


class ProgressBar:
    """Shows the steps of a run on standard error; a context manager."""

    def __init__(self, *, quiet: bool) -> None:
        self._shown = sys.stderr.isatty() and not quiet
        self._quiet = quiet
        self._bar: Any = None

    def __enter__(self) -> ProgressBar:  # noqa: PYI034 - typing.Self is newer than Python 3.10
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.render_finish()

    def step(self, step: Step) -> None:
        """Show that a change has begun or ended."""
        if not self._shown:
            return
        if self._bar is None:
            self._bar = click.progressbar(length=step.total, file=sys.stderr, item_show_func=_name, width=24)
            self._bar.render_progress()
        self._bar.current_item = step.change.key
        self._bar.update(step.done - self._bar.pos)

    def pause(self, seconds: float) -> None:
        """Say that the server asked to wait."""
        if not self._quiet and seconds >= _WORTH_A_WORD_S:
            click.echo(f"the server asks to wait {seconds:.0f} s", err=True)


class Waiting:
    """One line on a terminal that says how long something has been waited for, and goes away at the end."""

    def __init__(self, what: str, *, quiet: bool = False) -> None:
        self._what = what
        self._shown = sys.stderr.isatty() and not quiet
        self._width = 0

    def __enter__(self) -> Waiting:  # noqa: PYI034 - typing.Self is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        if self._width:
            click.echo(f"\r{' ' * self._width}\r", nl=False, err=True)

    def look(self, seconds: float) -> None:
        """Say that it has been waited for so long."""
        if self._shown:
            text = f"waiting for {self._what}: {seconds:.0f} s"
            self._width = max(self._width, len(text))
            click.echo(f"\r{text}", nl=False, err=True)


def _name(key: str | None) -> str:
    return key or ""
