"""Secrets inside a text that says itself what they are: `Pwd=…;`, `?api_key=…`, `X-Api-Key: …`, `password: …`."""

from __future__ import annotations

import re

from playbookctl.check.secret_formats import PASSWORDS, holds_secret, is_secret

_SIGN = r"(?:password|passwd|pwd|passphrase|passcode|secret|token|key)[\"']?\s?([=:])\s?[\"']?"
_NAME_BEFORE = r"[\w.-]{0,40}$"
_VALUE = r"[^\s\"'&;,<>{}|=:]{8,200}={0,2}"
_LONGEST = 45  # characters before the sign among which the name is
_MIXED = r"(?=.*\d)(?=.*[A-Za-z])"
_MIXED_MORE = r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])"  # after a colon stands prose, too


def assigned_secret(text: str) -> tuple[str, int] | None:
    """Return the name that a text gives to a secret it holds, and the secret's length; None if it holds none so."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text  # some letter has another length there, and offsets must be those of the text
    for match in re.finditer(_SIGN, lowered):
        value = re.compile(_VALUE).match(text, match.end())
        if value is None:
            continue
        name = _name(text[max(0, match.start(1) - _LONGEST) : match.start(1)])
        mixed = _MIXED if match.group(1) == "=" else _MIXED_MORE
        if holds_secret(name) and re.match(mixed, value.group()):
            kind = "password" if name.lower().endswith(PASSWORDS) else "token"
            if is_secret(kind, value.group()):
                return name, len(value.group())
    return None


def _name(before: str) -> str:
    """Return the name that stands at the end of a text, quotes and spaces behind it left out."""
    found = re.search(_NAME_BEFORE, before.rstrip(" \t\"'"))
    return found.group() if found else ""
