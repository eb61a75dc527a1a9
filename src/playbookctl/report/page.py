"""Lines for a terminal: indented, wrapped so that a continuation keeps its place, painted last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.report import cells
from playbookctl.report.style import Style

if TYPE_CHECKING:
    from playbookctl.report.registry import Options

_NARROWEST = 20  # cells that a text keeps however deep it stands


class Page:
    """Collects the lines of a text. Whatever is added is made harmless here, once; the marks and colours are ours."""

    __slots__ = ("lines", "style", "width")

    def __init__(self, options: Options) -> None:
        self.lines: list[str] = []
        self.style = Style(options)
        self.width = options.width

    def add(self, indent: int, mark: str, text: str, *paint: str, mark_paint: tuple[str, ...] = ()) -> None:
        """Add `text` behind `mark`, in as many lines as it needs."""
        hang = indent + cells.width(mark)
        pieces = cells.wrap(self.style.say(text), max(_NARROWEST, self.width - hang) if self.width else 0)
        first = f"{' ' * indent}{self.style.paint(mark, *(mark_paint or paint))}"
        self.lines.append((first + self.style.paint(pieces[0], *paint)).rstrip())
        # a piece may begin with what a CI reads as a command, so each of them is looked at again
        self.lines += [f"{' ' * hang}{self.style.paint(self.style.say(piece), *paint)}" for piece in pieces[1:]]

    def command(self, indent: int, text: str, *paint: str) -> None:
        """Add a hint; it is not wrapped, so that a command in it can be copied."""
        self.lines.append(f"{' ' * indent}{self.style.paint(f'{self.style.arrow} {self.style.say(text)}', *paint)}")

    def gap(self) -> None:
        """Add an empty line, never two, never at the top."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self) -> str:
        """Return the page, a line break at its end."""
        return "\n".join(self.lines) + "\n"
