"""What one element of a regular expression asks of a character or of a place in the text, as Python's `re` has it."""

from __future__ import annotations

from re import ASCII, DOTALL, IGNORECASE
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    CharacterTest: TypeAlias = Callable[[str], bool]
    PositionTest: TypeAlias = Callable[[str, int], bool]


def character_test(code: str, arg: Any, flags: int) -> CharacterTest:
    """Return the test of a LITERAL, NOT_LITERAL, ANY or IN of Python's pattern tree."""
    if code == "ANY":
        return (lambda _: True) if flags & DOTALL else (lambda character: character != "\n")
    items = arg if code == "IN" else [("LITERAL", arg)]
    negate = code == "NOT_LITERAL" or any(str(kind) == "NEGATE" for kind, _ in items)
    classes = [_item_test(str(kind), value, flags) for kind, value in items if str(kind) == "CATEGORY"]
    letters = [_item_test(str(kind), value, flags) for kind, value in items if str(kind) in ("LITERAL", "RANGE")]
    if not flags & IGNORECASE:
        tests = classes + letters
        return lambda character: any(test(character) for test in tests) is not negate
    return lambda character: (
        negate
        is not (
            any(test(character) for test in classes)
            or any(test(each) for each in _cases(character) for test in letters)
        )
    )


def position_test(code: str, *, multiline: bool) -> PositionTest:
    """Return the test of an AT of Python's pattern tree: a beginning, an end, a word boundary."""
    if multiline and code in ("AT_BEGINNING", "AT_END"):
        code += "_LINE"
    return _POSITIONS[code]


def _item_test(kind: str, value: Any, flags: int) -> CharacterTest:
    if kind == "LITERAL":
        wanted = chr(value)
        return lambda character: character == wanted
    if kind == "RANGE":
        first, last = chr(value[0]), chr(value[1])
        return lambda character: first <= character <= last
    name = str(value)
    test = _CATEGORIES[name.replace("_NOT_", "_")]
    if flags & ASCII:
        plain = test
        test = lambda character: character.isascii() and plain(character) and character not in _SPACE_BEYOND_ASCII  # noqa: E731 - one of two tests
    return (lambda character: not test(character)) if "_NOT_" in name else test


def _cases(character: str) -> Iterable[str]:
    """Yield the forms of a character that are one to a search that ignores case."""
    forms = {character, character.lower(), character.upper(), *_SAME_CASE.get(character, ())}
    return [form for form in forms if len(form) == 1]


_SAME_CASE = {  # what neither lower() nor upper() joins in one step, among the letters that people write in patterns
    "i": "\u0131\u0130", "I": "\u0131\u0130", "\u0131": "iI\u0130", "\u0130": "iI\u0131",
    "s": "\u017f", "S": "\u017f", "\u017f": "sS",
    "k": "\u212a", "K": "\u212a", "\u212a": "kK",
}  # fmt: skip

_SPACE_BEYOND_ASCII = "\x1c\x1d\x1e\x1f"  # ASCII characters, but white space to Unicode alone
_CATEGORIES: dict[str, CharacterTest] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_WORD": lambda character: character.isalnum() or character == "_",
}


def _word_at(text: str, position: int) -> bool:
    return 0 <= position < len(text) and _CATEGORIES["CATEGORY_WORD"](text[position])


def _boundary(text: str, position: int) -> bool:
    return _word_at(text, position - 1) is not _word_at(text, position)


_POSITIONS: dict[str, PositionTest] = {
    "AT_BEGINNING": lambda _, position: position == 0,
    "AT_BEGINNING_STRING": lambda _, position: position == 0,
    "AT_BEGINNING_LINE": lambda text, position: position == 0 or text[position - 1] == "\n",
    "AT_END": lambda text, position: position == len(text) or (position == len(text) - 1 and text[-1] == "\n"),
    "AT_END_STRING": lambda text, position: position == len(text),
    "AT_END_LINE": lambda text, position: position == len(text) or text[position] == "\n",
    "AT_BOUNDARY": _boundary,
    "AT_NON_BOUNDARY": lambda text, position: bool(text) and not _boundary(text, position),
}
