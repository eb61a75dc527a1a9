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
    """A kind of secret: what a message calls it, its marker, and the whole of it.

    `in_run` says that it has no break, and at least 16 characters with its marker.
    """

    name: str
    marker: str
    pattern: str
    in_run: bool = True


FORMATS: tuple[Format, ...] = (
    Format("a private key", "PRIVATE KEY-----", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----", in_run=False),
    Format("an AWS access key", "AKIA", r"AKIA[A-Z2-7]{16}(?![A-Z0-9])"),
    Format("a temporary AWS access key", "ASIA", r"ASIA[A-Z2-7]{16}(?![A-Z0-9])"),
    Format("a GitHub token", "ghp_", r"ghp_[A-Za-z0-9]{36,}"),
    Format("a GitHub token", "gho_", r"gho_[A-Za-z0-9]{36,}"),
    Format("a GitHub token", "ghs_", r"ghs_[A-Za-z0-9]{36,}"),
    Format("a GitHub token", "ghu_", r"ghu_[A-Za-z0-9]{36,}"),
    Format("a GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{36,}"),
    Format("a GitLab token", "glpat-", r"glpat-[A-Za-z0-9_-]{20,}"),
    Format("a Slack token", "xox", r"xox[abeoprs]-[A-Za-z0-9-]{20,}"),
    Format("a Slack app token", "xapp-", r"xapp-\d-[A-Za-z0-9-]{20,}"),
    Format("a Slack webhook", "hooks.slack.com", r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{30,}"),
    Format(
        "a Teams webhook", "webhook.office.com", r"https://[a-z0-9.-]+\.webhook\.office\.com/webhookb2/[^\s\"']{40,}"
    ),
    Format("a Discord webhook", "/api/webhooks/", r"https://discord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_-]{40,}"),
    Format("a Telegram bot token", ":AA", r"\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    Format("a Google API key", "AIza", r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    Format("a Google client secret", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    Format("a Stripe key", "k_live_", r"[rs]k_live_[A-Za-z0-9]{20,}"),
    Format("a SendGrid key", "SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    Format("an npm token", "npm_", r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    Format("a PyPI token", "pypi-AgEIcHlwaS5vcmc", r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    Format("a Vault token", "hvs.", r"hvs\.[A-Za-z0-9_-]{24,}"),
    Format("a DigitalOcean token", "dop_v1_", r"dop_v1_[a-f0-9]{64}"),
    Format("a Databricks token", "dapi", r"dapi[a-f0-9]{32}(?![a-f0-9])"),
    Format("an Atlassian token", "ATATT3", r"ATATT3[A-Za-z0-9_=-]{100,}"),
    Format("an Anthropic key", "sk-ant-", r"sk-ant-[A-Za-z0-9_-]{40,}"),
    Format("an OpenAI key", "T3BlbkFJ", r"sk-[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}"),
    Format("an Azure storage key", "AccountKey=", r"AccountKey=[A-Za-z0-9+/]{86}=="),
    Format("an Azure signature", "sig=", r"sig=[A-Za-z0-9%+/]{40,}%3[dD]"),
    Format("a JSON web token", "eyJ", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
    Format("a bearer token", "Bearer ", r"Bearer (?=[^\s]*\d)[A-Za-z0-9._~+/=-]{20,}", in_run=False),
    Format("an API token", "SSWS ", r"SSWS [A-Za-z0-9_-]{30,}", in_run=False),
    Format("credentials", "Basic ", r"Basic (?=[^\s]*[\d=])[A-Za-z0-9+/]{16,}={0,2}(?![A-Za-z0-9+/])", in_run=False),
    Format(
        "a password for curl",
        "curl",
        r"curl\s[^|;\n]{0,200}?(?:-u|--user)[ =]?[\"']?[^\s:{}<>$\"']+:[^\s{}<>$\"']{6,}",
        in_run=False,
    ),
    Format(
        "a password in a URL",
        "://",
        r"[a-z][a-z0-9+.-]*://[^\s/:@{}<>$\[]+:[^\s/:@{}<>$\[]{3,}@[A-Za-z0-9]",
        in_run=False,
    ),
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

_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+"
_REMARK = r"\([^)]*\)"
_PLACEHOLDER = (
    r"^(?:true|false|yes|no|none|null|infected|admin|n/?a|\d{1,5}|(.)\1*)$"  # what archives of malware are locked with, too
    r"|example|changeme|change[-_ ]me|placeholder|redacted|dummy|your[-_ ]|todo|\.\.\.|…|x{4,}|\*{3,}"
    r"|^[$%\[({<@]|^(?:vault|env|secret|op|ref|ssm|arn)://?|^arn:|^inputs\.|^steps\.|^alert\."
)
_ENCRYPTED = r"^[A-Za-z0-9+/]{22}==\.[A-Za-z0-9+/=]+$|^ENC\[|^\$ANSIBLE_VAULT|^vault:v\d+:"
_MADE_BY_MACHINE = r"^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9._~+/=:-]{16,}$"


def known_format(text: str, formats: Iterable[Format] = FORMATS) -> tuple[str, int] | None:
    """Return what a text contains that an issuer's format says is a secret, and its length; None if nothing."""
    for name, marker, pattern, _ in formats:
        if marker in text:
            match = re.search(
                rf"(?<![A-Za-z0-9_])(?:{pattern})", text
            )  # compiled once there is a marker, which is rare
            if match and not re.search(_PLACEHOLDER, match.group(), re.IGNORECASE):
                return name, len(match.group())
    return None


@lru_cache(maxsize=4096)
def holds_secret(field: str) -> bool:
    """Tell whether a field of this name is made to hold a password or a token."""
    return _plain(field).endswith((*PASSWORDS, *TOKENS))


def is_secret(field: str, value: str) -> bool:
    """Tell whether the value of such a field is the secret itself: no template, no placeholder, not encrypted."""
    if "{{" in value or re.search(_PLACEHOLDER, value, re.IGNORECASE) or re.match(_ENCRYPTED, value):
        return False
    if _plain(field).endswith(PASSWORDS):
        return len(value) >= 4 and " " not in value.strip()  # noqa: PLR2004 - shorter ones are counts and flags
    return re.match(_MADE_BY_MACHINE, value) is not None


def _plain(field: str) -> str:
    return " ".join(word.lower() for word in re.findall(_WORD, re.sub(_REMARK, "", field)))
