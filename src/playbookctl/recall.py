"""What playbooks were rendered to before: a cache by the content of their files, so that a plan reads only what changed.

Nothing depends on it. A row says what a file holds as far as a plan asks, and, for each environment, which ids stood behind
its names and what it was rendered to with them. `cache.py` says why nobody else can write one that is believed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.cache import digest
from playbookctl.load.document import decode
from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playbookctl.cache import Cache
    from playbookctl.repository import Repository

_NAME = "rendered 1"
_encode = json.JSONEncoder(separators=(",", ":")).encode


class About(Value):
    """What a plan asks of a file before it asks for its text. `names` is flat: a kind and a name in turn.

    `content` stands for the text that this was read from.
    """

    __slots__ = ("calls", "content", "has_key", "key", "name", "names", "owner", "unset")

    def __init__(
        self,
        content: str,
        key: str,
        name: str,
        owner: str,
        calls: Iterable[str],
        unset: Iterable[str],
        names: Iterable[str],
        *,
        has_key: bool,
    ) -> None:
        self.content = content
        self.key = key
        self.name = name
        self.owner = owner
        self.calls = tuple(calls)
        self.unset = tuple(unset)
        self.names = tuple(names)
        self.has_key = has_key


class Rendering(Value):
    """What a file was rendered to: `answers` are the ids behind its names, `packed` the body, both as digests."""

    __slots__ = ("answers", "digests", "packed", "pending")

    def __init__(self, answers: str, digests: str, packed: str, pending: Iterable[str]) -> None:
        self.answers = answers
        self.digests = digests
        self.packed = packed
        self.pending = tuple(pending)


class Recall:
    """The cache of one repository. Reading and writing never raise; without a cache nothing is known."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._cache: Cache | None = repository.cache_of(_NAME)

    def known(self, files: list[str]) -> dict[str, tuple[About, dict[str, Rendering]]]:
        """Return what is known of files (absolute paths) that hold what they held then; renderings by environment."""
        if self._cache is None:
            return {}
        found = []
        for file in files:
            row = self._cache.find(self._repository.within(file))
            if row is not None and self._holds(file, row[0], row[1]):
                found.append((file, row))
        texts = json.loads(f"[{','.join(f'{row[2]},{row[3]}' for _, row in found)}]")  # one call is three times as fast
        return {
            file: (_about(row[1], texts[2 * at]), {env: Rendering(*said) for env, said in texts[2 * at + 1].items()})
            for at, (file, row) in enumerate(found)
        }

    def keep(self, file: str, about: About, renderings: Mapping[str, Rendering]) -> None:
        """Take in what a file was rendered to; its stamp is the one of the beginning of the run."""
        if self._cache is None:
            return
        rows = {name: [one.answers, one.digests, one.packed, one.pending] for name, one in renderings.items()}
        columns = [about.key, about.name, about.has_key, about.owner, about.calls, about.unset, about.names]
        row = (self._repository.stamp(file), about.content, _encode(columns), _encode(rows))
        self._cache.keep(self._repository.within(file), row)

    def save(self) -> None:
        """Write the cache, if it has changed."""
        if self._cache is not None:
            self._cache.save({self._repository.within(file) for file in self._repository.files()})

    def _holds(self, file: str, stamp: str, content: str) -> bool:
        now = self._repository.stamp(file)
        if now and now == stamp:
            return True
        data = self._repository.read(file)
        text = decode(data) if isinstance(data, bytes) else None
        return isinstance(text, str) and content_of(text) == content


def content_of(text: str) -> str:
    """Return what stands for the text of a file."""
    return digest(text.encode("utf-8", "surrogatepass"))


def _about(content: str, columns: list[Any]) -> About:
    key, name, has_key, owner, calls, unset, names = columns
    return About(content, key, name, owner, calls, unset, names, has_key=has_key)
