"""Markdown that outsiders may have written, so that it is read and does nothing.

In a fork's pull request the job that writes the review runs what the fork says, so its text can be anything. Nothing in
it may mention people, load pictures, lead elsewhere, refer to issues or hide characters. Our own reports use headings,
tables, code, fences and folded sections; these keep working. What stands in a code span is made harmless like the rest:
whoever is led astray about where a span ends would take for code what the forge takes for a mention.
"""

from __future__ import annotations

import re

UNSEEN = "\u200b"
_FENCE = re.compile(r"(`{3,})([a-z]*)")
_LANGUAGES = frozenset(("", "console", "diff", "json", "mermaid", "sh", "text", "yaml"))  # anything else may be drawn
_TAG = re.compile(r"<(?!/?(?:details|summary|br|code|sub|sup|b|i|strong|em|kbd) */?>|details open>)")
_ACTIVE = re.compile(
    r"(?<=@)(?!\u200b)"  # mentions
    r"|(?<=[#!$%~^&])(?=[\w\"#$])(?<!#)|(?<=#)(?=\d)|(?<=\b[Gg][Hh]-)(?=\d)"  # references, alerts, formulas, entities
    r"|(?<=!)(?=\[)|(?<=\])(?=[(\[:])"  # pictures, links and what they are defined by
    r"|(?<=[Ww]{3})(?=\.)|(?<=:)(?=//|[\w+-]+:)|(?<=[Mm][Aa][Ii][Ll][Tt][Oo])(?=:)|(?<=[Xx][Mm][Pp][Pp])(?=:)"  # addresses
)
# The entities that our own reports write: of marks, which read before mentions are looked for must not make one.
_ENTITY = re.compile(r"(?<!\\)&(?:lt|gt|amp|quot|#(?:3[3-9]|4[0-7]|58|59|6[0-4]|9[1-6]|12[3-6]));")
_RUN = re.compile(r"`{3,}|~{3,}")
_LEADS = re.compile(r"(?<=:)(?=//)|(?<=[Ww]{3})(?=\.)|\b(?=(?:click|href|link|callback)\b)", re.IGNORECASE)


def defused(text: str) -> str:
    """Return Markdown of unknown origin with everything active made plain; our own reports look as they did."""
    done: list[str] = []
    ends: re.Pattern[str] | None = None
    drawn = blank = False
    for line in map(_visible, ["", *text.splitlines()]):
        opening = _FENCE.fullmatch(line) if blank else None
        if ends is not None:
            done.append(_LEADS.sub(UNSEEN, line) if drawn else line)
            ends = None if ends.fullmatch(line) else ends
        elif opening is not None:
            language = opening[2] if opening[2] in _LANGUAGES else "text"
            ends, drawn = re.compile(rf" {{0,3}}`{{{len(opening[1])},}}[ \t]*"), language == "mermaid"
            done.append(opening[1] + language)
        else:
            done.append(_plain(line))
        blank = not line.strip(" \t")
    return "\n".join(done[1:])


def _plain(line: str) -> str:
    """Return a line outside of fences: entities as they are, and no fence, because only those after blank lines count."""
    entities = ["", *_ENTITY.findall(line)]
    parts = []
    for entity, part in zip(entities, _ENTITY.split(line), strict=True):
        follows = UNSEEN if entity and part[:1] not in {"", " ", UNSEEN} else ""
        parts.append(entity + follows + _TAG.sub(f"<{UNSEEN}", _ACTIVE.sub(UNSEEN, part)))
    return _RUN.sub(lambda run: UNSEEN.join(run[0]), "".join(parts))


def _visible(line: str) -> str:
    return "".join(character if _harmless(character) else _escape(character) for character in line)


def _harmless(character: str) -> bool:
    return character.isprintable() or character in "\t\u200b\u200c\u200d"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
