"""What our tags on a live playbook say: whose it is, and what the repo last asked for (read by `marker.py`)."""

from __future__ import annotations

from dataclasses import dataclass

NO_COMMIT = "0" * 12  # the commit part of a base that was written outside git
FORMAT = 1  # the normalisation that this version writes


@dataclass(frozen=True, slots=True)
class Base:
    """What the repo last asked for, as digests.

    `digests` holds 8 hex digits per managed field, end to end, in the order of the marker's `format`. `self_id` is the
    digest of the object's own id, empty in a plan while the object has none. `commit` has 12 hex digits.
    """

    digests: str
    commit: str = NO_COMMIT
    self_id: str = ""
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Marker:
    """The tags of ours on one object. `base` is None where there is none and while `unfinished` (`base=1.new`).

    `echo` pairs an API field with the digest of what the server made of it. `retired` holds the digests of the object
    as it was before retiring switched it off, `duplicate_of` the id of the object that stays.
    """

    namespace: str
    key: str
    base: Base | None = None
    unfinished: bool = False
    echo: tuple[tuple[str, str], ...] = ()
    retired: str = ""
    duplicate_of: str = ""
