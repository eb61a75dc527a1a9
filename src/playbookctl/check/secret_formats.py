"""How secrets look: formats that issuers have given their tokens, and names of fields that hold one.

Each format has a marker, a piece of text that every such token contains: only texts with it are searched. Formats are
facts published by the issuers; chance (entropy) alone is never taken for a secret.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Format(NamedTuple):
    """A kind of secret: what a message calls it, its marker, and the whole of it."""

    name: str
    marker: str
    pattern: re.Pattern[str]


def _format(name: str, marker: str, pattern: str) -> Format:
    return Format(name, marker, re.compile(rf"(?<![A-Za-z0-9_])(?:{pattern})"))


FORMATS: tuple[Format, ...] = (
    _format("a private key", "PRIVATE KEY-----", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    _format("an AWS access key", "AKIA", r"AKIA[A-Z2-7]{16}(?![A-Z0-9])"),
    _format("a temporary AWS access key", "ASIA", r"ASIA[A-Z2-7]{16}(?![A-Z0-9])"),
    _format("a GitHub token", "ghp_", r"ghp_[A-Za-z0-9]{36,}"),
    _format("a GitHub token", "gho_", r"gho_[A-Za-z0-9]{36,}"),
    _format("a GitHub token", "ghs_", r"ghs_[A-Za-z0-9]{36,}"),
    _format("a GitHub token", "ghu_", r"ghu_[A-Za-z0-9]{36,}"),
    _format("a GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{36,}"),
    _format("a GitLab token", "glpat-", r"glpat-[A-Za-z0-9_-]{20,}"),
    _format("a Slack token", "xox", r"xox[abeoprs]-[A-Za-z0-9-]{20,}"),
    _format("a Slack app token", "xapp-", r"xapp-\d-[A-Za-z0-9-]{20,}"),
    _format(
        "a Slack webhook", "hooks.slack.com", r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{30,}"
    ),
    _format(
        "a Teams webhook", "webhook.office.com", r"https://[a-z0-9.-]+\.webhook\.office\.com/webhookb2/[^\s\"']{40,}"
    ),
    _format("a Discord webhook", "/api/webhooks/", r"https://discord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_-]{40,}"),
    _format("a Telegram bot token", ":AA", r"\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    _format("a Google API key", "AIza", r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    _format("a Google client secret", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    _format("a Stripe key", "k_live_", r"[rs]k_live_[A-Za-z0-9]{20,}"),
    _format("a SendGrid key", "SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _format("an npm token", "npm_", r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    _format("a PyPI token", "pypi-AgEIcHlwaS5vcmc", r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    _format("a Vault token", "hvs.", r"hvs\.[A-Za-z0-9_-]{24,}"),
    _format("a DigitalOcean token", "dop_v1_", r"dop_v1_[a-f0-9]{64}"),
    _format("a Databricks token", "dapi", r"dapi[a-f0-9]{32}(?![a-f0-9])"),
    _format("an Atlassian token", "ATATT3", r"ATATT3[A-Za-z0-9_=-]{100,}"),
    _format("an Anthropic key", "sk-ant-", r"sk-ant-[A-Za-z0-9_-]{40,}"),
    _format("an OpenAI key", "T3BlbkFJ", r"sk-[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}"),
    _format("an Azure storage key", "AccountKey=", r"AccountKey=[A-Za-z0-9+/]{86}=="),
    _format("an Azure signature", "sig=", r"sig=[A-Za-z0-9%+/]{40,}%3[dD]"),
    _format("a JSON web token", "eyJ", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
    _format("a bearer token", "Bearer ", r"Bearer (?=[^\s]*\d)[A-Za-z0-9._~+/=-]{20,}"),
    _format("an API token", "SSWS ", r"SSWS [A-Za-z0-9_-]{30,}"),
    _format("credentials", "Basic ", r"Basic (?=[^\s]*[\d=])[A-Za-z0-9+/]{16,}={0,2}(?![A-Za-z0-9+/])"),
    _format("a password in a URL", "://", r"[a-z][a-z0-9+.-]*://[^\s/:@{}<>$\[]+:[^\s/:@{}<>$\[]{3,}@[A-Za-z0-9]"),
)

# The last words of a field's name. A password may be any text; the others look made by a machine.
PASSWORDS = ("password", "passwd", "pwd", "passphrase", "passcode")
TOKENS = (
    "secret",
    "token",
    "api key",
    "apikey",
    "access key",
    "secret key",
    "private key",
    "authorization",
    "auth key",
)

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_REMARK = re.compile(r"\([^)]*\)")
_NO_SECRET = re.compile(
    r"^(?:true|false|yes|no|none|null|infected|admin|n/?a|\d{1,5}|(.)\1*)$"  # what archives of malware are locked with, too
    r"|example|changeme|change[-_ ]me|placeholder|redacted|dummy|your[-_ ]|todo|\.\.\.|…|x{4,}|\*{3,}"
    r"|^[$%\[({<@]|^(?:vault|env|secret|op|ref|ssm|arn)://?|^arn:|^inputs\.|^steps\.|^alert\.",
    re.IGNORECASE,
)
_ENCRYPTED = re.compile(r"^[A-Za-z0-9+/]{22}==\.[A-Za-z0-9+/=]+$|^ENC\[|^\$ANSIBLE_VAULT|^vault:v\d+:")
_MADE_BY_MACHINE = re.compile(r"^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9._~+/=:-]{16,}$")


def known_format(text: str, formats: Iterable[Format] = FORMATS) -> tuple[str, int] | None:
    """Return what a text contains that an issuer's format says is a secret, and its length; None if nothing."""
    for name, marker, pattern in formats:
        if marker in text and (match := pattern.search(text)) and not _NO_SECRET.search(match.group()):
            return name, len(match.group())
    return None


@lru_cache(maxsize=4096)
def holds_secret(field: str) -> bool:
    """Tell whether a field of this name is made to hold a password or a token."""
    return _plain(field).endswith((*PASSWORDS, *TOKENS))


def is_secret(field: str, value: str) -> bool:
    """Tell whether the value of such a field is the secret itself: no template, no placeholder, not encrypted."""
    if "{{" in value or _NO_SECRET.search(value) or _ENCRYPTED.match(value):
        return False
    if _plain(field).endswith(PASSWORDS):
        return len(value) >= 4 and " " not in value.strip()  # noqa: PLR2004 - shorter ones are counts and flags
    return bool(_MADE_BY_MACHINE.match(value))


def _plain(field: str) -> str:
    return " ".join(word.lower() for word in _WORD.findall(_REMARK.sub("", field)))
