"""The database file: SQLite in WAL mode, every commit on disk before it is acknowledged, one writer at a time.

Reads take a connection from a pool and see one snapshot; writes share one connection behind a lock. Other processes
(the operator's commands) may write to the same file: they wait for each other, at most `BUSY_MS` milliseconds.
"""

from __future__ import annotations

import os
import queue
import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from playbookctl.errors import ConfigError
from playbookctl.server.ids import Ulids
from playbookctl.server.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_MS = 10_000
RECENT = 1_000  # rows looked at to find the last id given out
CACHE_KIB = 16_384


class Store:
    """An open database; ConfigError for a file that is none. `reading` and `writing` are the only ways in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ids = Ulids()
        self._lock = threading.Lock()
        self._closed = False
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        _create_private(path)
        self._writer = _open(path)
        try:
            _tune(self._writer)
            migrate(self._writer, path)
            self._resume_ids()
        except sqlite3.DatabaseError as error:
            self._writer.close()
            raise ConfigError(f"'{path}' cannot be used: {error}", hint="use another --database") from error
        except ConfigError:
            self._writer.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one snapshot of the database."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = _tuned(self.path)
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.execute("ROLLBACK")
            self._idle.put(connection)
            if self._closed:  # a reader that was slower than the server's end
                self._close_idle()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the writing connection; all of it is on disk when the block ends, none of it when the block raises."""
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._commit()

    def backup(self, target: Path) -> None:
        """Write a consistent copy to `target` while others read and write."""
        _create_private(target)
        copy = sqlite3.connect(target)
        try:
            with self.reading() as connection:
                connection.backup(copy)
        finally:
            copy.close()

    def close(self) -> None:
        """Close every connection; the write-ahead log is merged into the file."""
        self._closed = True
        self._close_idle()
        with self._lock:
            self._writer.close()

    def _close_idle(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _commit(self) -> None:
        self._writer.execute("COMMIT")

    def _resume_ids(self) -> None:
        found = self._writer.execute(
            "SELECT max(substr(id, 5)) FROM (SELECT id FROM objects ORDER BY rowid DESC LIMIT ?)", (RECENT,)
        ).fetchone()[0]
        if found is not None:
            self.ids.resume_after(f"any_{found}")


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.create_function("folded", 1, str.casefold, deterministic=True)
    return connection


def _tuned(path: Path) -> sqlite3.Connection:
    """Open a connection, and close it again if it cannot be used."""
    connection = _open(path)
    try:
        return _tune(connection)
    except sqlite3.DatabaseError:
        connection.close()
        raise


def _tune(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def _create_private(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise ConfigError(f"'{path}' cannot be written: {error.strerror}", hint="use another --database") from error
