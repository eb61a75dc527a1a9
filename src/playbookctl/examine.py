"""Playbooks examined one by one: from the cache where it knows their content, in several processes where there are many.

Whichever way a file goes, what comes out is the same, in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.load.entry import load_entry
from playbookctl.model.finding import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Protocol

    from playbookctl.cache import Cache, Row
    from playbookctl.check.examined import Examined, Examiner
    from playbookctl.model.workspace import Entry, Summary

    class Files(Protocol):
        """What is asked of a repository; files are absolute paths."""

        def read(self, file: str) -> bytes | Entry:
            """Return the content of a file, or the entry of one that cannot be read."""

        def stamp(self, file: str) -> str:
            """Return what changes with the content of a file, '' where only its content tells."""

        def shown(self, file: str) -> str:
            """Return a path as people see it."""

        def within(self, file: str) -> str:
            """Return a path relative to the root."""


class Examination:
    """Examines playbooks by the rules that look at one of them. `cache` is None where none is kept."""

    def __init__(self, files: Files, examiner: Examiner, cache: Cache | None, jobs: int) -> None:
        self._files = files
        self._examiner = examiner
        self._cache = cache
        self._jobs = jobs

    def examine(self, entry: Entry) -> Examined:
        """Examine one entry, past the cache."""
        return self._examiner.examine(entry)

    def examined(self, files: list[str]) -> Iterator[Examined]:
        """Yield the files examined, in their order."""
        for file in files:
            yield self._one(file, self._row(file)) if self._cache else self._examiner.examine(self._load(file))

    def of_entries(self, files: list[str], on_entry: Callable[[Entry], object]) -> Iterator[Examined]:
        """Yield the files examined, and show the entry of each to `on_entry` first: for who needs what is in them."""
        for file in files:
            stamp, data = self._files.stamp(file), self._files.read(file)
            entry = self._entry(file, data)
            on_entry(entry)
            if self._cache is None or not isinstance(data, bytes):
                yield self._examiner.examine(entry)
            else:
                yield self._one(file, self._row_of(file, stamp, data, entry))

    def summaries(self, files: list[str]) -> list[Summary]:
        """Return the summaries of files, in their order."""
        if self._cache is None:
            return [self._examiner.summarise(self._load(file)) for file in files]
        from playbookctl.check.record import read_summaries

        return read_summaries([self._files.shown(file) for file in files], [self._row(file)[3] for file in files])

    def save(self, known: Iterable[str]) -> None:
        """Write the cache, if it has changed. `known` are all files there are."""
        if self._cache is not None:
            self._cache.save({self._files.within(file) for file in known})

    def _one(self, file: str, row: Row) -> Examined:
        from playbookctl.check.record import read_found, read_summaries

        shown = self._files.shown(file)
        return read_found(shown, row[2], *read_summaries([shown], [row[3]]))

    def _row(self, file: str) -> Row:
        """Return the row of a file: the cache's, if the file has not been touched, or has the same content."""
        known, stamp = self._known(file), self._files.stamp(file)
        if known is not None and stamp and known[0] == stamp:
            return known
        data = self._files.read(file)
        if isinstance(data, bytes):
            return self._row_of(file, stamp, data, None)
        return _written("", "", self._examiner.examine(data))

    def _row_of(self, file: str, stamp: str, data: bytes, entry: Entry | None) -> Row:
        """Return the row of a file with this content, and keep it. The stamp was taken before the file was read."""
        from playbookctl.cache import digest

        known, content = self._known(file), digest(data)
        if known is not None and known[1] == content:
            row = (stamp, *known[1:])
        else:
            examined = self._examiner.examine(entry or self._entry(file, data))
            row = _written(stamp, content, examined)
            if any(said.code == SECRET for said in examined.said):
                return row  # its text stays in the one file where it is
        if self._cache is not None:
            self._cache.keep(self._files.within(file), row)
        return row

    def _known(self, file: str) -> Row | None:
        return self._cache.find(self._files.within(file)) if self._cache is not None else None

    def _load(self, file: str) -> Entry:
        return self._entry(file, self._files.read(file))

    def _entry(self, file: str, data: bytes | Entry) -> Entry:
        return load_entry(self._files.shown(file), data) if isinstance(data, bytes) else data


def _written(stamp: str, content: str, examined: Examined) -> Row:
    from playbookctl.check.record import write_found, write_summary

    return stamp, content, write_found(examined), write_summary(examined.summary)
