"""What a post of ours says: the hidden line by which it is found again, then the text, cut where the forge's limit is."""

from __future__ import annotations

import re

from playbookctl.errors import UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_OURS = re.compile(r"<!-- playbookctl:[A-Za-z0-9:_-]* -->[ \t]*(?:\r?\n|\Z)")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_COMMAND = re.compile(r"(?m)^(?=[ \t]*/[A-Za-z])")
_UNSEEN = "\u200b"
NOTHING = "<!-- playbookctl:nothing -->"


def marker(kind: str, environment: str) -> str:
    """Return the first line of a post of ours: `kind` is 'comment' or 'issue', one post per environment ('': of none).

    Raises UsageError for an environment that no configuration can have: it would end the hidden line early.
    """
    if environment and not _NAME.fullmatch(environment):
        raise UsageError(
            f"'{environment}' is no name of an environment",
            hint="write lower-case letters, digits, '_' and '-', at most 64",
        )
    return f"<!-- playbookctl:{kind}{':' if environment else ''}{environment} -->"


def bears(body: str, wanted: str) -> bool:
    """Tell whether a post begins with this marker. Anywhere else it is somebody's quotation."""
    return body.partition("\n")[0].rstrip() == wanted


def nothing_left(commit: str) -> str:
    """Return what a post says once nothing is left to say; `commit` may be ''."""
    about = f" about commit `{commit[:12]}`" if commit.isalnum() else ""
    return f"**playbookctl** has nothing to say{about}. What stood here before no longer holds."


def content(text: str) -> str:
    """Return a report without the hidden lines that it begins with; '' if nothing is left."""
    rest = _hidden(text)[1]
    return rest.strip("\r\n") if rest.strip() else ""


def says_nothing(text: str) -> bool:
    """Tell whether a report needs no comment: it is empty, or says so in a hidden line at its beginning."""
    return not content(text) or NOTHING in _hidden(text)[0]


def _hidden(text: str) -> tuple[str, str]:
    """Return the hidden lines that a report begins with, and the rest."""
    whole = rest = text.lstrip("\ufeff")
    while match := _OURS.match(rest):
        rest = rest[match.end() :]
    return whole[: len(whole) - len(rest)], rest


def compose(wanted: str, text: str, limit: int) -> str:
    """Return the post: the marker, then `text` without commands to bots, in at most `limit` characters.

    What does not fit is cut between two lines, what was open there is closed, and the post says how much is missing.
    """
    body = f"{wanted}\n{_COMMAND.sub(_UNSEEN, text)}\n"
    return body if length(body) <= limit else _cut(body, limit)


def length(text: str) -> int:
    """Return the characters of a text as forges count them at worst: a character beyond U+FFFF is two."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def _cut(body: str, limit: int) -> str:
    lines = body.splitlines(keepends=True)
    whole = length(body)
    kept = used = 0
    open_: list[str] = []
    for line in lines:
        after = _open_after(open_, line)
        foot = _foot(after, len(lines), whole, limit)
        if used + length(line) + length(foot) > limit:
            break
        kept, used, open_ = kept + 1, used + length(line), after
    return "".join(lines[:kept]) + _foot(open_, len(lines) - kept, whole - used, limit)


def _foot(open_: list[str], lines: int, characters: int, limit: int) -> str:
    closing = "".join(f"{end}\n" for end in reversed(open_))
    return (
        f"{closing}\n… {lines:,} more line{'s' if lines > 1 else ''} ({characters:,} characters) not shown here: a comment"
        f" may have {limit:,} characters.\n"
    )


def _open_after(open_: list[str], line: str) -> list[str]:
    """Return what has to be closed after `line`: a fence, or folded sections outside of one."""
    text = line.strip()
    fence = _FENCE.match(text)
    inside = bool(open_) and open_[-1][0] in "`~"
    if inside:
        ends = fence is not None and text == text[0] * len(text) and text.startswith(open_[-1])
        return open_[:-1] if ends else open_
    if fence is not None:
        return [*open_, fence[1]]
    after = [*open_, *["</details>"] * text.count("<details")]
    for _ in range(min(text.count("</details>"), len(after))):
        after.pop()
    return after
