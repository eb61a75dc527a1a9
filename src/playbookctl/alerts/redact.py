"""An alert as it may leave the tenant: few fields, and pseudonyms for what tells whom it is about.

Nothing is written that was not asked for: fields are chosen, not struck out. Of what is chosen, a value under a telling
name becomes a pseudonym whole; in other texts addresses, accounts and the telling values of the same alert do; a text
that holds a secret becomes one pseudonym. Numbers, true and false under other names stay.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from playbookctl.alerts.paths import MOST_NESTING, NOTHING, cut, path_of
from playbookctl.alerts.telling import kind_of, names_within, telling_parts
from playbookctl.model.moment import parse_moment
from playbookctl.model.pseudonym import pseudonym

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from playbookctl.alerts.paths import FieldPath

ALWAYS = ("id", "timestamp", "severity", "source")
MOMENT = "created_at"  # stands in where an alert has no timestamp
SHORTEST_NAME = 3  # characters of a value that is looked for in other texts; shorter ones are in every word
LONGEST_SHORT_NAME = 5  # these are looked for as whole words only


class Redaction:
    """Redacts alerts. `named` fields are written beside `ALWAYS`, those of `keep` with their values, of `drop` never.

    `secret` (bytes) keys the pseudonyms: one value has one pseudonym as long as the secret is the same, and nobody
    without it can try out values. `holds_secret` tells whether a text holds a password or token.
    """

    def __init__(
        self,
        named: Iterable[FieldPath],
        secret: bytes,
        holds_secret: Callable[[str], object],
        *,
        keep: Iterable[str] = (),
        drop: Iterable[str] = (),
    ) -> None:
        self._keep = frozenset(map(path_of, keep))
        self._drop = frozenset(map(path_of, drop))
        self._wanted = frozenset({*map(path_of, ALWAYS), *named, *self._keep})
        self._secret = secret
        self._holds_secret = holds_secret

    def __call__(self, alert: dict[str, Any]) -> dict[str, Any]:
        """Return what may be written of an alert, its fields sorted after those of `ALWAYS`."""
        wanted = self._wanted if alert.get("timestamp") is not None else {*self._wanted, (MOMENT,)}
        kept = cut(alert, wanted)
        if kept is NOTHING:
            return {}
        one = _One(self, alert)
        first = [name for name in (*ALWAYS, MOMENT) if kept.get(name) is not None]
        order = [*first, *sorted(kept.keys() - {*ALWAYS, MOMENT})]
        found = {name: one.value(kept[name], (name,), kind_of(name)) for name in order}
        return {name: each for name, each in found.items() if each is not NOTHING}

    def keeps(self, path: FieldPath) -> bool:
        """Tell whether a field is written as it is."""
        return path == ("id",) or any(path[: len(kept)] == kept for kept in self._keep)

    def drops(self, path: FieldPath) -> bool:
        """Tell whether a field is never written."""
        return path in self._drop

    def holds_secret(self, text: str) -> bool:
        """Tell whether a text holds a password or token."""
        return bool(self._holds_secret(text))

    def pseudonym(self, kind: str, value: Any) -> str:
        """Return the pseudonym of a value; upper and lower case are one."""
        said = normalize("NFC", str(value)).strip().casefold().encode("utf-8", "surrogatepass")
        return pseudonym(kind, hmac.new(self._secret, said, hashlib.sha256).hexdigest())


class _One:
    """The redaction of one alert, which knows the telling values of all its fields, also of those not written."""

    def __init__(self, redaction: Redaction, alert: dict[str, Any]) -> None:
        self.redaction = redaction
        names: dict[str, tuple[str, str]] = {}
        for kind, value in _telling(alert, redaction):
            for name in names_within(kind, normalize("NFC", value).strip()):
                if len(name) >= SHORTEST_NAME:
                    names.setdefault(name.casefold(), (kind, name))
        self.names = names
        longest_first = sorted(names, key=lambda name: (-len(name), name))
        pattern = "|".join(_found(names[name][1]) for name in longest_first)
        self.pattern = re.compile(pattern, re.IGNORECASE) if names else None

    def value(self, value: Any, path: FieldPath, kind: str | None, nesting: int = 0) -> Any:
        """Return a value as it may be written; `kind` is that of the field, else of the one it lies in."""
        if self.redaction.drops(path) or nesting > MOST_NESTING:
            return NOTHING
        if self.redaction.keeps(path):
            return value
        if isinstance(value, dict):
            found = {
                self.text(name): self.value(each, (*path, name), kind_of(name) or kind, nesting + 1)
                for name, each in value.items()
            }
            return {name: each for name, each in found.items() if each is not NOTHING}
        if isinstance(value, list):
            parts = [self.value(each, path, kind, nesting + 1) for each in value]
            return [None if each is NOTHING else each for each in parts]
        if value is None or isinstance(value, bool) or value == "":
            return value
        if kind is not None:
            return self.redaction.pseudonym(kind, value)
        return self.text(value) if isinstance(value, str) and parse_moment(value) is None else value

    def text(self, text: str) -> str:
        """Return a text with pseudonyms for what in it tells."""
        if self.redaction.holds_secret(text):
            return self.redaction.pseudonym("secret", text)
        text = normalize("NFC", text)  # one letter can be written in several ways
        found = self.pattern.finditer(text) if self.pattern is not None else ()
        spans = [(each.start(), each.end(), self._kind(each.group())) for each in found]
        spans += telling_parts(text)  # of two that are the same place, the field's kind is the first
        written, end = [], 0
        for start, stop, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start >= end:
                written += [text[end:start], self.redaction.pseudonym(kind, text[start:stop])]
                end = stop
            elif stop > end:  # two that overlap: the rest of the second goes with the first
                end = stop
        return "".join([*written, text[end:]])

    def _kind(self, found: str) -> str:
        return self.names.get(found.casefold(), ("host", ""))[0]


def _found(name: str) -> str:
    """Return the pattern that finds a telling value in a text: a short one as a word, a longer one anywhere.

    What has a dot may be a domain: whatever lies in it is found as well.
    """
    escaped = rf"(?:[\w-]{{1,63}}\.){{0,8}}{re.escape(name)}" if "." in name else re.escape(name)
    return escaped if len(name) > LONGEST_SHORT_NAME else rf"(?<![^\W_]){escaped}(?![^\W_])"


def _telling(alert: dict[str, Any], redaction: Redaction) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of every text under a telling name, at any depth, kept fields left out."""
    pending: list[tuple[Any, FieldPath, str | None]] = [(alert, (), None)]
    for value, path, kind in pending:
        if redaction.keeps(path):
            continue
        if isinstance(value, dict):
            pending += [(each, (*path, name), kind_of(name) or kind) for name, each in value.items()]
        elif isinstance(value, list):
            pending += [(each, path, kind) for each in value]
        elif kind is not None and isinstance(value, str):
            yield kind, value
