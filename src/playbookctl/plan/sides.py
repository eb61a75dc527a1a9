"""The two sides of a plan, made small: what a file asks for, what the server holds; and what is known of the run."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import (
    POSITIONS,
    digests_of,
    fingerprint_of,
    free_tags,
    live_text,
    live_texts,
    pack,
    packed_digest,
    unpack,
    vendor_text,
)
from playbookctl.marker import BadMarker, read_tags, self_digest
from playbookctl.model.marker import NO_COMMIT, Marker
from playbookctl.model.plan import Writer
from playbookctl.steps import all_steps, have_plain_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

_STEPS = POSITIONS["steps"]


class LiveClass(Enum):
    """What a live row is to us. A row gets the first that fits, in this order."""

    DELETED = "deleted"
    BAD = "bad marker"
    FOREIGN = "foreign"
    DUPLICATE = "duplicate"
    COPY = "copy"
    UNFINISHED = "unfinished"
    WITHOUT_BASE = "without base"
    RETIRED = "retired"
    OURS = "ours"
    UNMANAGED = "unmanaged"


@dataclass(frozen=True, slots=True)
class Desired:
    """What one file asks for in this environment. Its body is not kept: `make_plan` asks for it where it must.

    `digests` as in `canonical.digests`, empty where it cannot be rendered; then `problem` says why, `hint` what helps.
    `calls` are the keys it calls, `pending` those of them without an id yet. `unset` are API fields that the file
    leaves out. `errors` are the codes of rules it breaks.
    """

    key: str
    name: str
    file: str
    digests: str
    has_key: bool = True
    calls: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    problem: str = ""
    hint: str = ""
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Live:
    """One object of the server: its managed values in few bytes, and what else a plan or a report asks of it.

    `packed` is `canonical.pack`, `vendor` `canonical.vendor_text`; `tags` are all tags as sent, `calls` the ids that its
    steps call. `untouched`: nobody has written to it since it was created; `by_its_creator`: who did so last created it.
    """

    id: str
    name: str
    digests: str
    packed: bytes
    vendor: str
    tags: tuple[str, ...]
    marker: Marker | BadMarker | None
    enabled: bool
    auto_execute: bool
    is_deleted: bool
    untouched: bool
    by_its_creator: bool
    calls: tuple[str, ...]
    writer: Writer

    @property
    def texts(self) -> tuple[str, ...]:
        """The canonical form of every managed field, see `canonical.live_texts`."""
        return live_texts(unpack(self.packed))

    def text(self, field: str) -> str:
        """Return the canonical form of one API field."""
        return live_text(field, unpack(self.packed)[field])

    @property
    def acts(self) -> bool:
        """Whether it can run or start by itself."""
        return self.enabled or self.auto_execute

    @property
    def fingerprint(self) -> str:
        """What `canonical.fingerprint` says of the object."""
        return fingerprint_of(self.digests, self.vendor, self.tags)

    def class_in(self, namespace: str) -> LiveClass:
        """Return what it is to the repository that has this namespace."""
        marker = self.marker
        if self.is_deleted:
            return LiveClass.DELETED
        if isinstance(marker, BadMarker):
            return LiveClass.BAD
        if marker is None:
            return LiveClass.UNMANAGED
        if marker.namespace != namespace:
            return LiveClass.FOREIGN
        if marker.duplicate_of:
            return LiveClass.DUPLICATE
        return self._class_by_base(marker)

    def _class_by_base(self, marker: Marker) -> LiveClass:
        if marker.base is not None and marker.base.self_id != self_digest(self.id):
            return LiveClass.COPY
        if marker.unfinished:
            return LiveClass.UNFINISHED
        if marker.base is None:
            return LiveClass.WITHOUT_BASE
        return LiveClass.RETIRED if marker.retired else LiveClass.OURS


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of managed values that were seen before: their digests, and whether their steps call anything."""

    digests: str
    calls: bool


NOTHING_KNOWN: Mapping[str, Known] = MappingProxyType({})


def read_live(body: Mapping[str, Any], known: Mapping[str, Known] = NOTHING_KNOWN) -> Live:
    """Return what a plan needs of an object of the API that has all managed fields (see `canonical.missing`).

    `known` holds, by `canonical.packed_digest`, values that files are rendered to: those need not be gone through again,
    and hold nothing of a vendor's.
    """
    tags, steps, stamp = body.get("tags"), body.get("steps"), body.get("updated_at")
    packed = pack(body)
    seen = known.get(packed_digest(packed)) if known else None
    vendor = ""
    if seen is None:
        texts = live_texts(body)
        seen = Known(digests_of(texts), '"playbook":' in texts[_STEPS])
        vendor = "" if have_plain_keys(steps) else vendor_text(body)
    return Live(
        id=str(body["id"]),
        name=str(body.get("name") or ""),
        digests=seen.digests,
        packed=packed,
        vendor=vendor,
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        marker=read_tags(tags),
        enabled=body.get("enabled") is not False,
        auto_execute=body.get("auto_execute") is True,
        is_deleted=body.get("is_deleted") is True,
        untouched=stamp is not None and stamp == body.get("created_at"),
        by_its_creator=body.get("created_by") is not None and body.get("created_by") == body.get("updated_by"),
        calls=_calls(steps) if seen.calls else (),
        writer=Writer(str(body.get("updated_by") or ""), str(stamp or ""), str(body.get("source_type") or "")),
    )


def _calls(steps: Any) -> tuple[str, ...]:
    return tuple(step["playbook"] for step in all_steps(steps) if isinstance(step.get("playbook"), str))


class Ancestry(Enum):
    """Where the commits that markers name stand to the commit that is checked out."""

    APPLIED = "applied"  # the newest of them is an ancestor of HEAD
    OLDER = "older"  # one is known, on a branch, and no ancestor: an old pipeline run again
    UNKNOWN = "unknown"  # one is not in this clone: squashed, rebased, shallow
    NO_HISTORY = "no history"  # outside git, or no marker names a commit


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be read. `key` is its key if that much is known, else its stem."""

    key: str
    file: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much one sync may change: percent of what is managed, and the number below which no threshold applies."""

    create: int = 30
    update: int = 30
    at_least: int = 10


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the run beside files, live rows and choices.

    `applied_keys` are the keys of the files at the last applied commit, None where that is not known; `touched` the
    keys whose files this commit changes. `alive` holds the ids of the environment's connectors and persons, None where
    they were not listed. `expected_drift` maps a key to the API fields that may differ, empty for all. `today` is
    YYYY-MM-DD. `unmanaged_fields` are names of the file or of the API. `sees_only` is an application whose playbooks alone
    are listed, unasked for. `broken_merges` are the keys of which both sides
    put together would break rules that the file keeps, with the codes of these rules.
    """

    environment: str
    namespace: str
    tenant_id: str = ""
    app_id: str = ""
    commit: str = NO_COMMIT
    config: str = ""
    today: str = ""
    ancestry: Ancestry = Ancestry.NO_HISTORY
    applied_commit: str = ""
    applied_keys: frozenset[str] | None = None
    touched: frozenset[str] | None = None
    alive: frozenset[str] | None = None
    unmanaged_fields: frozenset[str] = frozenset()
    expected_drift: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unreadable: tuple[Unreadable, ...] = ()
    thresholds: Thresholds = Thresholds()
    bootstrap_needed: bool = True
    sees_only: str = ""
    broken_merges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def expected_fields(self, key: str) -> frozenset[str]:
        """Return the API fields of a playbook whose drift is expected."""
        fields = self.expected_drift.get(key)
        return frozenset() if fields is None else fields or _ALL_FIELDS


_ALL_FIELDS = frozenset(POSITIONS)


def user_tags(live: Live) -> tuple[str, ...]:
    """Return the tags of an object that are not ours."""
    return tuple(free_tags(list(live.tags)))
