"""`.playbookctl/cache/`: what was found in each playbook, by its content, so that only what has changed is examined again.

A cache has one `name` for one state of the tool, the config, the connectors and the ATT&CK data, and two files of that name:
a line for each playbook, and the last whole report, for the run that finds nothing changed. Each begins with a sealed line.
Nothing depends on them: what is missing, damaged, from elsewhere or cannot be written costs time and changes no report.

The seal is a keyed hash over everything below it. The key lies in the user's own cache folder, never in the repository:
whoever can put files into a repository, such as the author of a pull request, cannot make a cache that is believed.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from typing import TYPE_CHECKING

try:
    from _blake2 import blake2b  # what hashlib hands on; hashlib itself loads OpenSSL first, 4 ms of every start
except ImportError:  # pragma: no cover - a Python that keeps it elsewhere
    from hashlib import blake2b

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import TypeAlias

    # The stamp of the file, the digest of its content, and what `check/record.py` writes of it; all ASCII, no tab.
    Row: TypeAlias = tuple[str, str, str, str]

FOLDER = os.path.join(".playbookctl", "cache")
_ROWS, _REPORT = "rows", "report"
_KEY_NAME = "cache.key"
_KEY_BYTES = 32
_MOST_BYTES = 1 << 30
_MOST_FILES = (
    8  # of one repository, two a cache: those of an editor, a hook and a terminal may be of different versions
)
_RACY = 2_000_000_000  # ns: a file this young may change again without a change of its times
_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_CODE_ENDINGS = (".py", ".tsv", ".json")


class Cache:
    """The rows of one cache by path relative to the root, and the last whole report. Reading and writing never raise."""

    def __init__(self, root: str, key: bytes, name: str) -> None:
        self._folder = os.path.join(root, FOLDER)
        self._name = name
        self._key = key
        self._is_changed = False
        self._rows: dict[str, Row] | None = None  # read when first asked for: a whole report does without

    def find(self, path: str) -> Row | None:
        """Return the row of a playbook, if there is one; whether it still holds is for the caller to see."""
        return self._all().get(path)

    def keep(self, path: str, row: Row) -> None:
        """Take a row in."""
        rows = self._all()
        if rows.get(path) != row:
            rows[path] = row
            self._is_changed = True

    def save(self, known: Collection[str]) -> None:
        """Write the rows if they have changed, whole or not at all. What another process has written meanwhile is kept.

        `known` are all playbooks there are: rows of others are dropped.
        """
        if not self._is_changed:
            return
        kept = {**self._read_rows(), **self._all()}
        lines = ["\t".join((ascii_path(path), *kept[path])) for path in sorted(kept.keys() & set(known))]
        self._write(_ROWS, "".join(f"{line}\n" for line in lines))
        self._is_changed = False

    def find_report(self, state: str) -> str | None:
        """Return the last whole report, if it was made in this `state`: of all files, and of what was asked."""
        of, _, text = self._read(_REPORT).partition("\n")
        return text if of == state else None

    def keep_report(self, state: str, text: str) -> None:
        """Write a whole report (ASCII) in place of the last."""
        self._write(_REPORT, f"{state}\n{text}")

    def _all(self) -> dict[str, Row]:
        if self._rows is None:
            self._rows = self._read_rows()
        return self._rows

    def _read_rows(self) -> dict[str, Row]:
        return dict(_rows(self._read(_ROWS)))

    def _read(self, kind: str) -> str:
        """Return what was written as this kind, '' where nothing can be believed."""
        try:
            data = _read_own(os.path.join(self._folder, f"{self._name}.{kind}"), _MOST_BYTES)
        except OSError:
            return ""
        first, _, body = data.partition(b"\n")
        return body.decode("ascii") if first == self._first(kind, body) else ""

    def _write(self, kind: str, text: str) -> None:
        body = text.encode("ascii")
        with contextlib.suppress(OSError):
            _make_folder(self._folder)
            _write(os.path.join(self._folder, f"{self._name}.{kind}"), self._first(kind, body) + b"\n" + body)
            _drop_old(self._folder)

    def _first(self, kind: str, body: bytes) -> bytes:
        """Return the first line: the format, and the seal over everything that has a meaning."""
        title = f"playbookctl cache 1 {kind}".encode("ascii")
        seal = blake2b(title + self._name.encode("ascii") + b"\n" + body, key=self._key, digest_size=32).hexdigest()
        return title + b" " + seal.encode("ascii")


def ascii_path(path: str) -> str:
    """Return a path as text without tab and line break, one for each path."""
    return path if path.isascii() and path.isprintable() and "\\" not in path else ascii(path)


def digest(data: bytes) -> str:
    """Return what stands for the content of a file: 32 hex digits."""
    return blake2b(data, digest_size=16).hexdigest()


def stamp(status: os.stat_result, now: int) -> str:
    """Return what changes whenever the content of a file does, without reading it; '' where it would not be sure.

    Of a file younger than two seconds it is not (a clock may stand still that long), nor of a link, nor on Windows,
    where the time of the last change is not told. `now` is in ns. Size and time of writing can be set by anybody; the
    time of change and the number of the file cannot.
    """
    young = max(status.st_mtime_ns, status.st_ctime_ns) > now - _RACY
    if young or not stat.S_ISREG(status.st_mode) or os.name == "nt":
        return ""
    return f"{status.st_size}.{status.st_mtime_ns}.{status.st_ctime_ns}.{status.st_ino}"


def name_of(parts: Iterable[str | bytes | None]) -> str:
    """Return the name of the cache for a state of things: the tool's own files and what else decides, in this order."""
    hashed = blake2b(digest_size=16)
    for part in (sys.version, *_code(_PACKAGE), *parts):
        data = part if isinstance(part, bytes) else b"-" if part is None else part.encode("utf-8", "surrogatepass")
        hashed.update(b"%d:%b" % (len(data), data))
    return hashed.hexdigest()


def key_in(folder: str, root: str, name: str = _KEY_NAME) -> bytes | None:
    """Return the key of that name in the user's own folder, made if there is none; None where there can be none to rely on.

    It must be a plain file of this user that nobody else can read, and lie outside `root`: what lies in a repository
    came from whoever wrote to it.
    """
    real, inside = os.path.realpath(folder), os.path.realpath(root)
    if not os.path.isabs(folder) or (real + os.sep).startswith(inside.rstrip(os.sep) + os.sep):
        return None
    file = os.path.join(folder, name)
    try:
        if not os.path.lexists(file):
            os.makedirs(folder, 0o700, exist_ok=True)
            _write(file, os.urandom(_KEY_BYTES))
        key = _read_own(file, _KEY_BYTES)
    except OSError:
        return None
    return key if len(key) == _KEY_BYTES else None


def _code(folder: str) -> Iterator[str]:
    """Yield what changes with the tool's own code and data: names, sizes and times of the files of the package."""
    try:
        with os.scandir(folder) as found:
            rows = sorted(found, key=lambda row: row.name)
        for row in rows:
            if row.name.endswith(_CODE_ENDINGS):
                status = row.stat()
                yield f"{row.path}:{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"
            elif row.name not in ("__pycache__", "server") and row.is_dir():
                yield from _code(row.path)
    except OSError:
        yield "?"


def _rows(text: str) -> Iterator[tuple[str, Row]]:
    for line in text.split("\n")[:-1]:
        path, stamp, digest, found, summary = line.split("\t")
        yield (_path(path) if "\\" in path else path), (stamp, digest, found, summary)


def _path(text: str) -> str:
    from ast import literal_eval

    return str(literal_eval(text))


def _make_folder(folder: str) -> None:
    """Make the folder and the one above, closed to others and ignored by git. Raises OSError where one is a link.

    A link in a repository may lead anywhere; nothing is written behind it.
    """
    above = os.path.dirname(folder)
    for path in (above, folder):
        if os.path.islink(path):
            raise OSError(f"'{path}' is a link")
        if not os.path.isdir(path):
            os.makedirs(path, 0o700, exist_ok=True)
    from playbookctl.model.hidden import hide_from_git  # not at the start: most runs only read

    hide_from_git(above)


def _read_own(file: str, most: int) -> bytes:
    """Read a plain file of this user that nobody else can read or write. Raises OSError for any other."""
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        mine = os.name == "nt" or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)
        if not stat.S_ISREG(status.st_mode) or not mine or status.st_size > most:
            raise OSError(f"'{file}' is not this user's own")
        return stream.read()


def _write(file: str, data: bytes) -> None:
    """Write a file for its owner only: beside its place, then put there in one go. Raises OSError."""
    temporary = f"{file}.{os.getpid()}.new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)  # of a process that was killed
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.replace(temporary, file)
    except OSError:
        os.unlink(temporary)
        raise


def _drop_old(folder: str) -> None:
    """Keep the newest few caches: each state of config or tool has one of its own."""
    with os.scandir(folder) as found:
        rows = sorted(found, key=lambda row: row.stat(follow_symlinks=False).st_mtime_ns, reverse=True)
    for row in rows[_MOST_FILES:]:
        os.unlink(row.path)


_BINARY = getattr(os, "O_BINARY", 0)
