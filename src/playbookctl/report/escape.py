r"""Makes text from files and servers harmless, each time for one reader: a terminal, Markdown, XML, a CI's log.

Names, messages and values may come from a fork's pull request or from a tenant. They may hold control sequences,
direction overrides that show text in another order than it stands, commands that a CI reads out of its own log,
mentions that send mail. Nothing here is dropped silently: what cannot be shown is shown as an escape such as \x1b.
"""

from __future__ import annotations

import re

_JOINERS = "\u200c\u200d"
# Commands that a CI finds anywhere in a line of its log: ##[…] and ##vso[…] (Azure, older GitHub runners), TeamCity's.
_LOG_COMMAND = re.compile(r"#(#)(?=[A-Za-z]*\[)|^\s*(:):")  # and ::…:: at a line's beginning (GitHub)
# What GitHub and GitLab turn into a link, a mention or a picture wherever it stands in text, even behind a backslash.
_REFERENCE = re.compile(
    r"(?<=@)(?=[\w\"])|(?<=[#!&$])(?=\d)|(?<=[~%^])(?=[\w\"])|(?<=\b[Gg][Hh]-)(?=\d)"
    r"|(?<=[Ww]{3})(?=\.)|(?<=:)(?=//|[\w+-]+:)"
)
_MARKUP = {ord(mark): f"\\{mark}" for mark in "\\`*_[]|~$"} | {ord("<"): "&lt;", ord(">"): "&gt;", ord("&"): "&amp;"}
_MARK = re.compile(r"[!-,.:-@\[-`{-~]")  # every mark of ASCII but - and /
_BACKTICKS = re.compile(r"`+")
_UNSEEN = "\u200b"
_QUOTED = re.compile(r"(?<!\w)'([^']+)'|`([^`]+)`")  # not the apostrophe of a word


def visible(text: str, *, ascii_only: bool = False) -> str:
    r"""Return `text` on one line with everything that has no glyph of its own written as an escape (`\x1b`, `\u202e`).

    Joiners stay between characters that need them. With `ascii_only`, everything beyond ASCII is written as an escape.
    """
    if text.isprintable() and "##" not in text and "::" not in text and (text.isascii() or not ascii_only):
        return text
    return "".join(glyphs(text, ascii_only=ascii_only))


def glyphs(text: str, *, ascii_only: bool = False) -> list[str]:
    """Return for each character of `text` what is shown in its place."""
    shown: list[str] = []
    before = ""
    for character in text:
        harmless = character.isprintable() or (character in _JOINERS and before > "\x7f")
        if harmless and not (ascii_only and character > "\x7f"):
            shown.append(character)
            before = character
        else:
            shown.append(_escape(character))
            before = ""
    for command in _LOG_COMMAND.finditer(text):
        place = command.start(command.lastindex or 0)
        shown[place] = f"\\x{ord(text[place]):02x}"
    return shown


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def clip(text: str, limit: int, ellipsis: str = "…") -> str:
    """Return `text`, or its first characters and how many more there are, in at most `limit` + 25 characters."""
    if len(text) <= limit:
        return text
    rest = len(text) - limit
    return f"{text[:limit]}{ellipsis} ({rest:,} more character{'s' if rest > 1 else ''})"


def markdown(text: str, limit: int = 300) -> str:
    """Return `text` as prose of Markdown that is only text; what stands in quotes or backticks becomes code.

    References, mentions and addresses get a zero-width space, because GitHub and GitLab look for them after the markup
    has been read. At most `limit` characters of `text` are shown.
    """
    parts: list[str] = []
    end = 0
    shown = clip(visible(text), limit)
    for quoted in _QUOTED.finditer(shown):
        parts += [_prose(shown[end : quoted.start()]), _span(quoted[1] or quoted[2])]
        end = quoted.end()
    return "".join([*parts, _prose(shown[end:])])


def _prose(text: str) -> str:
    return _REFERENCE.sub(_UNSEEN, text).translate(_MARKUP)


def code(text: str, limit: int = 120) -> str:
    """Return `text` as a code span of Markdown, fit for a table's cell; at most `limit` characters of it are shown."""
    return _span(clip(visible(text), limit))


def html(text: str, limit: int = 120) -> str:
    """Return `text` as code in HTML that stands inside Markdown; at most `limit` characters of it are shown."""
    return _tag(clip(visible(text), limit))


def _span(shown: str) -> str:
    if "|" in shown or not shown.strip():
        return _tag(shown)
    if "`" not in shown and shown == shown.strip():
        return f"`{shown}`"
    fence = "`" * (max(map(len, _BACKTICKS.findall(shown)), default=0) + 1)
    return f"{fence} {shown} {fence}"


def _tag(shown: str) -> str:
    # an address is looked for after entities have been read, so that it needs the unseen space
    return f"<code>{_MARK.sub(lambda mark: f'&#{ord(mark[0])};', shown.replace('@', f'@{_UNSEEN}'))}</code>"


def xml(text: str, limit: int = 2000) -> str:
    """Return `text` for an attribute or the text of an element of XML 1.0; at most `limit` characters are shown."""
    shown = clip(visible(text), limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return shown.replace('"', "&quot;")


def github(text: str) -> str:
    """Return `text` as the message of a GitHub workflow command; line breaks of ours stay line breaks."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def github_property(text: str) -> str:
    """Return `text` as a property of a GitHub workflow command, which ends at a comma and at a colon."""
    return github(text).replace(":", "%3A").replace(",", "%2C")


def sarif(text: str) -> str:
    """Return `text` as a message of SARIF that has no placeholders (`{0}`) and no links (`[text](target)`)."""
    return _LINK.sub(r"\\[\1\\](", _PLACEHOLDER.sub(r"{{\1}}", text))


_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_LINK = re.compile(r"\[([^\[\]]*)\]\(")


def uri(path: str) -> str:
    """Return a file's path as a URI reference, percent-encoded; an absolute path as a file: URI."""
    from urllib.parse import quote

    try:
        raw = path.encode("utf-8", "surrogateescape")  # as the system gave it
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "surrogatepass")
    return ("file://" if path.startswith("/") else "") + quote(raw)
