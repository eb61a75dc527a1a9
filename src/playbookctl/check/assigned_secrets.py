"""Secrets inside a text that says itself what they are: `Pwd=…;`, `?api_key=…`, `X-Api-Key: …`, `password: …`."""

from __future__ import annotations

import re

from playbookctl.check.secret_formats import PASSWORDS, is_secret

_WORDS = ("passw", "pwd", "passphrase", "passcode", "secret", "token", "key")
_NAME = (
    r"[\w.-]{0,30}?(?:password|passwd|pwd|passphrase|passcode|secret|token|(?:api|access|secret|private|auth)[ _-]?key)"
)
_ASSIGNED = rf"(?<![\w.-])({_NAME})[\"']?\s?([=:])\s?[\"']?([^\s\"'&;,<>{{}}|]{{8,}})"
_MIXED = r"(?=.*\d)(?=.*[A-Za-z])"
_MIXED_MORE = r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])"  # after a colon stands prose, too


def assigned_secret(text: str) -> tuple[str, int] | None:
    """Return the name that a text gives to a secret it holds, and the secret's length; None if it holds none so."""
    if not ("=" in text or ":" in text) or not any(word in text.lower() for word in _WORDS):
        return None
    for match in re.finditer(_ASSIGNED, text, re.IGNORECASE):
        name, sign, value = match.groups()
        if "://" in value or not re.match(_MIXED if sign == "=" else _MIXED_MORE, value):
            continue
        if is_secret("password" if name.lower().endswith(PASSWORDS) else "token", value):
            return name, len(value)
    return None
