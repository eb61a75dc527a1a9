"""`attack update`: from a bundle to a pinned index, which changes whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playbookctl.attack.build import build_sections, gather
from playbookctl.attack.checked import check_sections, is_version, read_checked
from playbookctl.attack.stream import read_objects
from playbookctl.attack.table import Section, render_sections
from playbookctl.attack.values import Status
from playbookctl.errors import ConfigError, UsageError


@dataclass(frozen=True)
class Comparison:
    """What a new section changes for those who used the old one: ids, sorted."""

    domain: str
    old_version: str
    new_version: str
    techniques: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    revoked: tuple[str, ...]
    deprecated: tuple[str, ...]


def is_url(text: str) -> bool:
    """Tell a URL, which `fetch` can download, from a file's path."""
    return "://" in text


def build_from_file(path: Path, version: str, domains: tuple[str, ...] = (), name: str = "") -> tuple[Section, ...]:
    """Build the sections of the STIX bundle in `path`; `name` is what messages and the index call it.

    Raises ConfigError if the file cannot be read or used, UsageError if `version` is none.
    """
    if not is_version(version):
        raise UsageError(f"'{version}' is no version of ATT&CK", hint="a number such as 20 or 19.2")
    called = "".join(mark for mark in name or path.name if mark.isprintable())
    try:
        digest = _digest(path)
        with path.open(encoding="utf-8-sig") as stream:
            bundle = gather(read_objects(stream, called))
    except OSError as error:
        raise ConfigError(f"cannot read '{path}': {error.strerror}") from error
    return build_sections(bundle, version, called, domains, f"sha256:{digest}")


def write_index(target: Path, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Put `sections` into the index `target`, in place of those of the same domains; return all that it holds now.

    The new text is checked like anybody's, written beside `target` and renamed over it. Raises ConfigError, and leaves
    `target` as it was, if it exists and is no index, or if it cannot be written.
    """
    kept = {section.domain: section for section in read_checked(str(target))} if target.exists() else {}
    together = tuple((kept | {section.domain: section for section in sections}).values())
    text = render_sections(together)
    check_sections(text, str(target))
    try:
        _replace(target, text)
    except OSError as error:
        raise ConfigError(f"cannot write '{target}': {error.strerror}") from error
    return together


def compare(old: Section, new: Section) -> Comparison:
    """Say what `new` changes against `old` of the same domain."""
    before = {technique.id: technique.status for technique in old.techniques()}
    after = {technique.id: technique.status for technique in new.techniques()}

    def became(status: Status) -> tuple[str, ...]:
        return tuple(sorted(row for row in after if after[row] is status and before.get(row, status) is not status))

    return Comparison(
        domain=new.domain,
        old_version=old.version,
        new_version=new.version,
        techniques=sum(status is Status.ACTIVE for status in after.values()),
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        revoked=became(Status.REVOKED),
        deprecated=became(Status.DEPRECATED),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        digest = hashlib.sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _replace(target: Path, text: str) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(beside).chmod(mode)
        Path(beside).replace(target)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
