"""Puts new texts in place of files: atomically, with the same permissions, and never over somebody else's change."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from typing import TYPE_CHECKING

from playbookctl.errors import UsageError
from playbookctl.load.entry import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARK = b"\xef\xbb\xbf"


def write_all(here: str, changes: Iterable[tuple[str, str, str]]) -> None:
    """Write (file, text before, text after), files relative to `here`, each whole or not at all.

    A file that goes by several names, as links do, is written once. Raises UsageError where a file cannot be written, or
    is not what it was when it was read.
    """
    done: dict[str, str] = {}
    for shown, before, after in changes:
        file = os.path.realpath(os.path.join(here, shown))
        if done.get(file) == after:
            continue
        try:
            _write(file, shown, before, after)
            done[file] = after
        except OSError as error:
            raise UsageError(f"'{shown}' cannot be written: {(error.strerror or str(error)).lower()}") from error


def _write(file: str, shown: str, before: str, after: str) -> None:
    """Replace a file by way of a temporary one beside it, with the same permissions. Raises OSError."""
    data = read_bytes(file)
    mark = _MARK if data.startswith(_MARK) else b""
    if data != mark + before.encode("utf-8"):
        raise UsageError(f"'{shown}' was changed by somebody else meanwhile; it is left as it is")
    mode = stat.S_IMODE(os.stat(file).st_mode)
    if not mode & 0o222:  # a folder that can be written to would let us replace it all the same
        raise UsageError(f"'{shown}' is read-only; it is left as it is", hint=f"chmod u+w {shown}, if it may change")
    descriptor, temporary = tempfile.mkstemp(prefix=".playbookctl-", dir=os.path.dirname(file))
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(mark + after.encode("utf-8"))
            target.flush()
            os.fsync(target.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
