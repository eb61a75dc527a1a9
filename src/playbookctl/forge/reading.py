"""The two files that another job may have left behind: the report and the number of the pull request."""

from __future__ import annotations

import os
import stat
import sys

from playbookctl.errors import UsageError
from playbookctl.forge.place import number_in

LARGEST_REPORT = 4_000_000  # bytes
LARGEST_NUMBER = 20


def read_report(path: str, *, untrusted: bool) -> str:
    """Return the text of a report, '-' is standard input.

    Raises UsageError if it cannot be read, is larger than 4 MB, or, if `untrusted`, is not a plain file: a link in an
    artifact could lead to this job's secrets.
    """
    data = (
        sys.stdin.buffer.read(LARGEST_REPORT + 1) if path == "-" else _read(path, LARGEST_REPORT, untrusted=untrusted)
    )
    if len(data) > LARGEST_REPORT:
        raise UsageError(f"'{path}' is larger than {LARGEST_REPORT // 1_000_000} MB", hint="no report of ours is")
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def read_number(path: str) -> int:
    """Return the number that a file holds and nothing else; the file is taken for untrusted. Raises UsageError."""
    return number_in(_read(path, LARGEST_NUMBER, untrusted=True).decode("ascii", "replace"), f"'{path}'")


def _read(path: str, most: int, *, untrusted: bool) -> bytes:
    """Return at most `most` bytes and one of a file."""
    try:
        flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)
        if untrusted:
            flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            if untrusted and not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(f"'{path}' is no plain file", hint="what another job left behind is read only as one")
            return file.read(most + 1)
    except OSError as error:
        raise UsageError(f"'{path}' cannot be read: {error.strerror}", hint="a link is not followed") from error
