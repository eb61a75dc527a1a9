"""What makes a finding the same one tomorrow: its rule, where it stands by name, and the text it stands on.

Lines do not matter, nor do positions in lists: a step is known by its id, a branch or an input by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.finding import SECRET

if TYPE_CHECKING:
    from typing import TypeAlias

    from playbookctl.model.finding import Location
    from playbookctl.model.source import NodePath
    from playbookctl.model.workspace import Entry

    Identity: TypeAlias = "tuple[str, str, str]"  # code, at, text

_ANY = "*"
_DIGITS = 16


def identity_of(code: str, location: Location, entry: Entry) -> Identity:
    """Return what makes a finding at `location` of `entry` the same one tomorrow."""
    data = entry.document.data if entry.document else None
    return code, place_of(location.path, data), text_of(code, location, entry)


def playbook_of(entry: Entry) -> str:
    """Return what a file says it is, wherever it lies: its key, else its name."""
    data = entry.document.data if entry.document else {}
    said = data.get("key") or data.get("name")
    return said if isinstance(said, str) else ""


def place_of(path: NodePath, data: Any) -> str:
    """Return a path in a document by names: `/steps/isolate/action`, with `*` for an element that has none.

    It reads like a JSON Pointer: `~` and `/` in a name are `~0` and `~1`.
    """
    parts = []
    for part in path:
        name = str(part)
        inside = _inside(data, part)
        if isinstance(part, int):
            name = _name(inside)
        parts.append(name.replace("~", "~0").replace("/", "~1"))
        data = inside
    return "".join(f"/{part}" for part in parts)


def text_of(code: str, location: Location, entry: Entry) -> str:
    """Return 16 hex digits for the text that a finding stands on, '' where its place alone says what is meant.

    Of a text of several lines the place says it, if it has a name: its owner edits inside without making it another
    one. What is missing from a file stands at the file's `name`, or at the file as a whole, whatever these are.
    A secret leaves no digest: a short one could be found again by trying.
    """
    span, path = location.span, location.path
    if code == SECRET or path == ("name",) or (not path and _is_whole(location, entry)):
        return ""
    text = entry.source.text[span.start : span.end]
    if span.start_line != span.end_line:
        if path and place_of(path, entry.document.data if entry.document else None)[-2:] != f"/{_ANY}":
            return ""
        text = text.partition("\n")[0]
    words = " ".join(text.split())
    import hashlib  # OpenSSL is loaded only where something was found

    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS] if words else ""


def _inside(data: Any, part: str | int) -> Any:
    if isinstance(data, list) and isinstance(part, int):
        return data[part] if part < len(data) else None
    return data.get(part) if isinstance(data, dict) else None


def _name(element: Any) -> str:
    """Return what an element of a list is called."""
    if isinstance(element, dict):
        for field in ("id", "name"):
            if isinstance(element.get(field), str):
                return str(element[field])
    return _ANY


def _is_whole(location: Location, entry: Entry) -> bool:
    return entry.document is not None and location.span == entry.document.spans.locate(())
