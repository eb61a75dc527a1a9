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


_WORTH_A_FORK = 200  # files: forking takes 10 ms, reading the results some more
_CHUNK, _MOST_CHUNKS = 50, 4_000
_BATCH = 200  # rows read at once: a third of the time of one by one


class Examination:
    """Examines playbooks by the rules that look at one of them. `cache` is None where none is kept."""

    def __init__(self, files: Files, examiner: Examiner, cache: Cache | None, jobs: int) -> None:
        self._files = files
        self._examiner = examiner
        self._cache = cache
        self._jobs = jobs
        self._rows: dict[str, Row] = {}  # of files that other processes have examined

    def examine(self, entry: Entry) -> Examined:
        """Examine one entry, past the cache."""
        return self._examiner.examine(entry)

    def examined(self, files: list[str]) -> Iterator[Examined]:
        """Yield the files examined, in their order."""
        self._examine_many(files)
        if self._cache is None and not self._rows:
            for file in files:
                yield self._examined(self._load(file))
            return
        for at in range(0, len(files), _BATCH):
            batch = files[at : at + _BATCH]
            yield from self._read(batch, [self._row(file) for file in batch])

    def of_entries(self, files: list[str], on_entry: Callable[[Entry], object]) -> Iterator[Examined]:
        """Yield the files examined, and show the entry of each to `on_entry` first: for who needs what is in them."""
        for file in files:
            stamp, data = self._files.stamp(file), self._files.read(file)
            entry = self._entry(file, data)
            on_entry(entry)
            if self._cache is None or not isinstance(data, bytes):
                yield self._examined(entry)
            else:
                yield from self._read([file], [self._row_of(file, stamp, data, entry)])

    def summaries(self, files: list[str]) -> list[Summary]:
        """Return the summaries of files, in their order."""
        self._examine_many(files)
        if self._cache is None and not self._rows:
            return [self._examiner.summarise(self._load(file)) for file in files]
        from playbookctl.check.record import read_summaries

        return read_summaries([self._files.shown(file) for file in files], [self._row(file)[3] for file in files])

    def save(self, known: Iterable[str]) -> None:
        """Write the cache, if it has changed. `known` are all files there are."""
        if self._cache is not None:
            self._cache.save({self._files.within(file) for file in known})

    def _read(self, files: list[str], rows: list[Row]) -> Iterator[Examined]:
        """Yield what rows say of files."""
        from playbookctl.check.record import read_found, read_summaries

        shown = [self._files.shown(file) for file in files]
        summaries = read_summaries(shown, [row[3] for row in rows])
        for name, row, summary in zip(shown, rows, summaries, strict=True):
            yield read_found(name, row[2], summary)

    def _row(self, file: str) -> Row:
        """Return the row of a file: the cache's, if the file has not been touched, or has the same content."""
        if file in self._rows:
            return self._rows.pop(file)
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
            examined = self._examined(entry or self._entry(file, data))
            # A secret stays in the one file where it is: such a row is not kept.
            keeps = not any(said.code == SECRET for said in examined.said)
            row = _written(stamp, content if keeps else "", examined)
        self._keep(file, row)
        return row

    def _keep(self, file: str, row: Row) -> None:
        if self._cache is not None and row[1]:
            self._cache.keep(self._files.within(file), row)

    def _examine_many(self, files: list[str]) -> None:
        """Have those files that must be read examined by several processes, if that is worth their start."""
        if self._jobs == 1 or len(files) < _WORTH_A_FORK:
            return
        from playbookctl.workers import CAN_FORK, spread

        unknown = files if self._cache is None else [file for file in files if not self._is_known(file)]
        if len(unknown) < _WORTH_A_FORK or not CAN_FORK:
            return
        size = max(_CHUNK, len(unknown) // _MOST_CHUNKS + 1)
        chunks = [unknown[at : at + size] for at in range(0, len(unknown), size)]

        def work(number: int) -> bytes:
            return "".join("\t".join(self._row(file)) + "\n" for file in chunks[number]).encode("ascii")

        for number, data in spread(len(chunks), work, self._jobs).items():
            for file, line in zip(chunks[number], data.decode("ascii").split("\n"), strict=False):
                stamp, content, found, summary = line.split("\t")
                self._rows[file] = row = (stamp, content, found, summary)
                self._keep(file, row)

    def _is_known(self, file: str) -> bool:
        known = self._known(file)
        return known is not None and known[0] != "" and known[0] == self._files.stamp(file)

    def _examined(self, entry: Entry) -> Examined:
        examined = self._examiner.examine(entry)
        if entry.playbook is not None:
            entry.playbook.let_go()
        return examined

    def _known(self, file: str) -> Row | None:
        return self._cache.find(self._files.within(file)) if self._cache is not None else None

    def _load(self, file: str) -> Entry:
        return self._entry(file, self._files.read(file))

    def _entry(self, file: str, data: bytes | Entry) -> Entry:
        return load_entry(self._files.shown(file), data) if isinstance(data, bytes) else data


def _written(stamp: str, content: str, examined: Examined) -> Row:
    from playbookctl.check.record import write_found, write_summary

    return stamp, content, write_found(examined), write_summary(examined.summary)
