"""Carets stand under what they mean, on a real terminal's grid, whatever the line holds."""

from __future__ import annotations

import pyte
import pytest
import wcwidth

from playbookctl.report import cells
from playbookctl.report.cells import Excerpt, excerpt

# line, first marked character, end of the marked part
LINES = {
    "plain": ("    next: notfy", 10, 15),
    "tabs": ("\tname:\tvalue\tmore", 7, 12),
    "a tab is marked": ("a\tb", 1, 2),
    "wide": ("  名前: 封じ込め # end", 6, 10),
    "emoji": ("  🚨 alert: x", 5, 10),
    "combining": ("  cafe\u0301: value", 9, 14),
    "joined emoji": ("  👩\u200d💻 who: x", 6, 9),
    "emoji style": ("  ☠\ufe0f bad: x", 5, 8),
    "hangul jamo": ("  \u1100\u1161 x: y", 5, 6),
    "escapes": ("a\x1b[31m b: red", 7, 8),
    "direction override": ("\u202eabc: d", 1, 4),
    "nothing marked": ("abc", 3, 3),
    "beyond the end": ("abc", 7, 9),
}


BEYOND_PYTE = ("joined emoji", "emoji style", "hangul jamo")  # it draws them apart; wcwidth speaks for terminals


def on_a_terminal(text: str) -> list[str]:
    """Return the cells of one row; the second cell of a wide character is ''."""
    screen = pyte.Screen(120, 2)
    pyte.Stream(screen).feed(text)
    return [screen.buffer[0][column].data for column in range(120)]


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("name", [name for name in LINES if name not in BEYOND_PYTE])
def test_on_a_terminal_the_carets_stand_under_the_marked_characters(name: str, unicode: bool) -> None:
    line, start, end = LINES[name]
    part = excerpt(line, start, end, unicode=unicode)
    under = "".join(on_a_terminal(part.text)[part.indent : part.indent + part.length])
    alone = excerpt(line[start:end] or " ", 0, 99, unicode=unicode).text
    assert under.strip() == "".join(on_a_terminal(alone)).strip()


@pytest.mark.parametrize("name", LINES)
def test_the_carets_begin_and_end_where_wcwidth_puts_the_characters(name: str) -> None:
    line, start, end = LINES[name]
    part = excerpt(line, start, end)
    before, marked = (excerpt(f"{line[:place]}|", 0, 1).text[:-1] for place in (start, end))
    assert part.indent == wcwidth.wcswidth(before)
    assert part.length == max(1, wcwidth.wcswidth(marked) - wcwidth.wcswidth(before))


@pytest.mark.parametrize("limit", [16, 9])
@pytest.mark.parametrize("name", LINES)
def test_a_window_fits_and_holds_the_beginning_of_the_mark(name: str, limit: int) -> None:
    line, start, end = LINES[name]
    part, whole = excerpt(line, start, end, limit), excerpt(line, start, end)
    assert wcwidth.wcswidth(part.text) <= limit
    assert part.indent + part.length <= limit
    assert (part.indent, part.text) == (whole.indent, whole.text) or "…" in part.text


def test_a_long_line_is_shown_around_its_mark() -> None:
    assert excerpt("0123456789" * 10, 50, 55, 24) == Excerpt("…3456789012345678901234…", 8, 5)
    assert excerpt("0123456789" * 10, 0, 5, 24) == Excerpt("0123456789012345678901…", 0, 5)
    assert excerpt("0123456789" * 10, 95, 100, 24).text.startswith("…")
    assert not excerpt("0123456789" * 10, 95, 100, 24).text.endswith("…")


def test_a_mark_longer_than_the_window_fills_it() -> None:
    part = excerpt("x" * 20 + "y" * 100, 20, 120, 30)
    assert part.indent + part.length <= 30
    assert part.text[part.indent : part.indent + part.length] == "y" * part.length


TEXTS = [
    "abc",
    "封じ込め",
    "e\u0301",
    "🚨🚨",
    "👩\u200d💻",
    "☠\ufe0f",
    "🇩🇪",
    "\u1100\u1161",
    "\uff41\uff42",
    "مرحبا",
    "नमस्ते",
    "…→│",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_as_wide_as_terminals_make_it(text: str) -> None:
    assert cells.width(text) == wcwidth.wcswidth(text)


@pytest.mark.parametrize("text", [*TEXTS, "a b " * 20, "封 " * 20, "x" * 50, ""])
@pytest.mark.parametrize("limit", [5, 7, 20])
def test_wrapped_pieces_fit_and_lose_nothing_but_spaces(text: str, limit: int) -> None:
    pieces = cells.wrap(text, limit)
    assert [piece for piece in pieces if cells.width(piece) > limit] == []
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("limit", [2, 3, 8])
def test_a_cut_text_fits_and_says_that_it_was_cut(limit: int) -> None:
    for text in ("封じ込め封じ込め", "abcdefghijk"):
        cut = cells.cut(text, limit)
        assert cells.width(cut) <= limit
        assert cut.endswith("…")
    assert cells.cut("ab", 2) == "ab"
