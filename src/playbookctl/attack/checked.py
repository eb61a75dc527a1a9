"""Reading an index that somebody else may have written: every line is checked before anything of it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.attack.kinds import IdKind, kind_of_id
from playbookctl.attack.table import DOMAINS, MAGIC, Section, columns_of, is_tactic, read_sections
from playbookctl.attack.values import Status
from playbookctl.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 4_000_000  # bytes; the largest bundled domain has 45,000
LONGEST_NAME = 200
_STATUSES = {status.value for status in Status}
_HINT = "restore it from git; or delete it, and build it again with playbookctl attack update"


def read_checked(path: str) -> tuple[Section, ...]:
    """Read the index in `path`. Raises ConfigError, with the line, for anything that is not one."""
    try:
        with open(path, "rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise ConfigError(f"cannot read the ATT&CK index '{path}': {error.strerror}") from error
    if len(data) > LIMIT:
        raise ConfigError(f"'{path}' is larger than {LIMIT:,} bytes, no ATT&CK index is", hint=_HINT)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"'{path}' is not UTF-8 at byte {error.start}, so it is no ATT&CK index", hint=_HINT
        ) from error
    return check_sections(text, path)


def check_sections(text: str, path: str) -> tuple[Section, ...]:
    """Return the sections of `text`. Raises ConfigError, with `path` and the line, for the first thing wrong."""
    for number, said in _wrong(text.split("\n")):
        raise ConfigError(f"'{path}' line {number}: {said}", hint=_HINT)
    return read_sections(text)


def _wrong(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield line numbers and what is wrong there; the caller stops at the first."""
    if lines[0].rstrip() != MAGIC:
        yield 1, _foreign(lines[0])
    ids: dict[str, set[str]] = {}
    section: set[str] | None = None
    for number, line in enumerate(lines, start=1):
        if line.startswith("["):
            domain, said = _domain_of(line)
            said = said or (f"the domain '{domain}' a second time" if domain in ids else "")
            section = ids.setdefault(domain, set())
        elif line and not line.startswith("#"):
            said = "a row before the first [domain version]" if section is None else _wrong_row(line, section)
        else:
            continue
        if said:
            yield number, said
    if not ids:
        yield len(lines), "the file has no [domain version]"
    for domain, held in ids.items():
        if not any(map(is_tactic, held)) or all(map(is_tactic, held)):
            yield len(lines), f"the domain '{domain}' has no tactics or no techniques"


def _foreign(first: str) -> str:
    """Say that a file is none of ours. Its text is not quoted: a pull request may have pointed us at a secret."""
    stem, _, number = MAGIC.rpartition(" ")
    if first.startswith(stem):
        return f"the index has another format than {number}, which is the one that this playbookctl reads"
    return f"this is no ATT&CK index, which begins with '{MAGIC}'"


def _domain_of(line: str) -> tuple[str, str]:
    domain, _, version = line[1:].rstrip().removesuffix("]").partition(" ")
    if not line.rstrip().endswith("]") or domain not in DOMAINS:
        return domain, f"'{_short(line)}' is no [domain version]; the domains are {', '.join(DOMAINS)}"
    if not is_version(version):
        return domain, f"'{_short(version)}' is no version such as 19.2"
    return domain, ""


def is_version(text: str) -> bool:
    """Tell whether `text` is a version of ATT&CK: numbers with dots between them."""
    return text.isascii() and len(text) < 10 and all(part.isdigit() for part in text.split("."))  # noqa: PLR2004 - '19.2.1'


def _wrong_row(line: str, seen: set[str]) -> str:
    """Return what is wrong with a row, '' if nothing is, and add it to the ids that its section has `seen`."""
    columns = columns_of(line)
    row, name, third, status, revoked_by = columns[:5]
    kind = kind_of_id(row)
    if len(columns) != 5:  # noqa: PLR2004 - a row's columns
        return f"{len(columns)} columns instead of at most 5"
    if not (kind.is_technique or kind is IdKind.TACTIC):
        return f"'{_short(row)}' is no id of a technique or tactic"
    if row in seen:
        return f"'{row}' a second time"
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return f"'{row}' has no name, or one that cannot be printed: '{_short(name)}'"
    if status not in _STATUSES:
        return f"'{row}' has the status '{_short(status)}', not one of {', '.join(sorted(_STATUSES))}"
    if revoked_by and not (
        kind.is_technique and kind_of_id(revoked_by).is_technique and status == Status.REVOKED.value
    ):
        return f"'{row}' cannot be {status} by '{_short(revoked_by)}'"
    seen.add(row)
    if kind is IdKind.TACTIC:
        return "" if third.replace("-", "").isalpha() else f"'{row}' has the short name '{_short(third)}'"
    unknown = [tactic for tactic in third.split(",") if tactic not in seen] if third else []
    return f"'{row}' names the tactic '{_short(unknown[0])}', which does not stand above it" if unknown else ""


def _short(text: str) -> str:
    return ascii(text[:60])[1:-1]
