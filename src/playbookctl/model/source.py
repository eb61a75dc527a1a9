"""Where a value stands: a source file, the document in it, and the span of any path inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.value import Value

if TYPE_CHECKING:
    from typing import Protocol, TypeAlias

    from playbookctl.model.node import Node

    NodePath: TypeAlias = tuple["str | int", ...]

    class Spans(Protocol):
        """Finds the text of a value; made by the loader, which alone knows the parser."""

        def locate(self, path: NodePath) -> Span:
            """Return the span of `path`, or of its nearest ancestor that stands in the text."""

        def between(self, start: int, end: int) -> Span:
            """Return the span from one offset to another, white space at its end included."""

        def has(self, path: NodePath) -> bool:
            """Tell whether the text has exactly this path."""

        def in_text(self, offset: int) -> bool:
            """Tell whether `offset` lies inside a scalar, where `#` begins no comment."""

        def extent(self, offset: int) -> tuple[int, int]:
            """Return start and end of what begins at `offset`: an element of a list, or a key with its value."""

        def tree(self) -> Node:
            """Return the nodes of the document, as the text has them."""


class Key(str):
    """The last element of a path that means the key itself, not its value: `("steps", 0, Key("aktion"))`."""

    __slots__ = ()


class Span(Value):
    """A piece of text. Lines and columns count from one, columns in characters; the end is exclusive.

    `start` and `end` are offsets in characters from the beginning of the text (a byte-order mark does not count).
    """

    __slots__ = ("end", "end_column", "end_line", "start", "start_column", "start_line")

    def __init__(
        self, start_line: int, start_column: int, end_line: int, end_column: int, start: int = 0, end: int = 0
    ) -> None:
        self.start_line = start_line
        self.start_column = start_column
        self.end_line = end_line
        self.end_column = end_column
        self.start = start
        self.end = end


def stem(path: str) -> str:
    """Return the file's name without folder and ending; the key of a playbook without `key:`."""
    return path.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or path


class Source(Value):
    """A text file as read. `path` is for people: relative to the current folder, with `/`."""

    __slots__ = ("path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    def line(self, number: int) -> str:
        """Return line `number` (one-based) without its line break, or '' where there is none."""
        lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return lines[number - 1] if 0 < number <= len(lines) else ""


class Document(Value):
    """The one mapping of a file: plain JSON values in `data`, and where each of them stands.

    Keys are text always: a key that YAML reads as a boolean or number is kept as it is written.
    """

    __slots__ = ("data", "source", "spans")

    def __init__(self, source: Source, data: dict[str, Any], spans: Spans) -> None:
        self.source = source
        self.data = data
        self.spans = spans
