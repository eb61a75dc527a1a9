"""Which names of fields tell that their value says whom an alert is about, and what in a text does."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The kind of pseudonym by the words in a field's name. What stands below such a field tells as much.
_KINDS = {
    "user": "user users username usernames account accounts principal upn login logon person assignee owner actor caller "
    "sender senders recipient recipients from to cc employee manager phone mobile author reporter by",
    "email": "email emails mail mails mailbox mailboxes",
    "ip": "ip ips ipv address addresses addr mac src dst",
    "host": "host hosts hostname hostnames device devices computer computers machine machines workstation server servers "
    "endpoint endpoints asset assets fqdn domain domains",
    "token": "token tokens secret secrets password passwords passwd pwd passphrase key keys apikey session sessions "
    "cookie cookies credential credentials authorization",
    "value": "value values indicator indicators observable observables entity entities url urls uri uris link links",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_COMPOUND = {"ip": "ip", "host": "host", "hostname": "host", "user": "user", "username": "user", "mail": "email",
             "email": "email", "addr": "ip", "token": "token"}  # fmt: skip
_BEFORE = frozenset({
    "src", "dst", "source", "dest", "destination", "client", "server", "remote", "local", "peer", "public", "private",
    "target", "sub", "auth", "access", "refresh", "bearer", "api",
})  # fmt: skip
_NAMES = ("firstname", "lastname", "displayname", "fullname", "givenname", "surname", "nickname")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_AT_SIGNS = ("@", "%40", "\uff20")
_TOKEN = re.compile(r"[^\s<>()\[\]{},;\"'«»|=]+")
_ACCOUNT = re.compile(r"(?<![\w.-])[\w.-]{2,64}\\[\w.$-]+")  # CORP\sam
_IPV4 = re.compile(r"(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)")
_IPV6 = re.compile(r"(?<![0-9A-Za-z_:.])[0-9A-Fa-f:.]+(?![0-9A-Za-z_])")
_MAC = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?![0-9A-Fa-f])")
_LONGEST_IP, _FEWEST_COLONS = 45, 7  # of version 6


@lru_cache(maxsize=4096)
def kind_of(name: str) -> str | None:
    """Return the kind of what a field of this name holds (user, email, ip, host, token, value), None if it tells nothing."""
    words = [word.lower() for word in _WORD.findall(name)]
    kinds = (_KIND_OF.get(word) or _compound(word) for word in words)
    return next(filter(None, kinds), None) or ("user" if "".join(words).endswith(_NAMES) else None)


def telling_parts(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, kind) of addresses and accounts in a text: e-mail, IP, MAC, and Windows' domain and name."""
    if any(sign in text for sign in _AT_SIGNS):
        words = (word for word in _TOKEN.finditer(text) if any(sign in word.group() for sign in _AT_SIGNS))
        yield from ((word.start(), word.end(), "email") for word in words)
    if "\\" in text:
        yield from ((found.start(), found.end(), "user") for found in _ACCOUNT.finditer(text))
    for pattern in (_IPV4, _MAC):
        yield from ((found.start(), found.end(), "ip") for found in pattern.finditer(text))
    if "::" in text or text.count(":") >= _FEWEST_COLONS:
        for found in _IPV6.finditer(text):
            said = found.group()
            for part in (said, said.rstrip("."), said.rstrip(".:"), said.lstrip(":"), said.strip(".:")):
                if ":" in part and len(part) <= _LONGEST_IP and _is_ip(part):
                    start = found.start() + said.index(part)
                    yield start, start + len(part), "ip"
                    break


def names_within(kind: str, value: str) -> Iterator[str]:
    """Yield a telling value and what is part of it.

    'sam' and 'corp.example' of 'sam@corp.example', 'Sam' and 'Roe' of 'Sam Roe', 'srv' and 'corp.lan' of 'srv.corp.lan'.
    """
    yield value
    if kind in ("user", "email"):
        yield from value.partition("@")[::2]
        yield value.rpartition("\\")[2]
        yield from value.split()
    elif kind == "host" and not _is_ip(value):
        yield from value.partition(".")[::2]


def _compound(word: str) -> str | None:
    for end, kind in _COMPOUND.items():
        if word.endswith(end) and word[: -len(end)] in _BEFORE:
            return kind
    return None


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
