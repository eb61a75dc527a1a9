"""What a long run says while it goes on: a bar on a terminal, one line for each wait."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from playbookctl.report.escape import visible

if TYPE_CHECKING:
    from types import TracebackType

    from playbookctl.apply.result import Progress as Step
    from playbookctl.errors import PlaybookctlError

_WORTH_A_WORD_S = 2.0
_WORTH_A_RETRY_S = 0.4  # the first repetition comes sooner, and mostly succeeds


class ProgressBar:
    """Shows the steps of a run on standard error; a context manager."""

    def __init__(self, *, quiet: bool) -> None:
        self._shown = sys.stderr.isatty() and not quiet
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


class WaitNotes:
    """Says on standard error that the run waits for the server, for how long and why; nothing where it is quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._until = 0.0  # the end of the wait that was said last: many workers wait for one server

    def pause(self, seconds: float) -> None:
        """Say that the server asked to wait."""
        if seconds >= _WORTH_A_WORD_S:
            self._say(seconds, f"the server asks to wait {seconds:.0f} s")

    def retry(self, error: PlaybookctlError, seconds: float) -> None:
        """Say that a call is tried again, after so many seconds at least."""
        if seconds >= _WORTH_A_RETRY_S:
            self._say(seconds, f"waiting {seconds:.1f} s before another try: {error.message}")

    def _say(self, seconds: float, text: str) -> None:
        now = time.monotonic()
        if not self._quiet and now >= self._until:
            self._until = now + seconds
            click.echo(visible(text), err=True)


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
