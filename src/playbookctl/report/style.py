"""Colours and glyphs for terminals; plain where there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.finding import Severity

if TYPE_CHECKING:
    from playbookctl.report.registry import Options

BOLD, DIM, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN = "1", "2", "31", "32", "33", "34", "35", "36"
SEVERITY = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.NOTE: CYAN}


class Style:
    """Paints, or does not, as the options say; knows the glyphs of the gutter."""

    __slots__ = ("arrow", "bar", "color", "ellipsis", "unicode")

    def __init__(self, options: Options) -> None:
        self.color = options.color
        self.unicode = options.unicode
        self.bar, self.arrow, self.ellipsis = ("│", "→", "…") if options.unicode else ("|", "->", "...")

    def paint(self, text: str, *codes: str) -> str:
        """Return `text` in the given colours. It must already be harmless."""
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self.color and text else text

    def say(self, text: str, limit: int = 1000) -> str:
        """Return text from a file or a server as it may be shown here, at most `limit` characters of it."""
        from playbookctl.report import escape

        return escape.clip(escape.visible(text, ascii_only=not self.unicode), limit, self.ellipsis)
