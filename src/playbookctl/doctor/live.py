"""What the live side looks like: server, clock, token, tenant, permissions, names, marks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from playbookctl.doctor.said import count, fail, ok, some, warn
from playbookctl.errors import ExitCode
from playbookctl.marker import BadMarker
from playbookctl.model.checkup import Topic
from playbookctl.model.moment import ago
from playbookctl.plan.lookups import Missed
from playbookctl.plan.sides import LiveClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playbookctl.api.auth import Claims
    from playbookctl.model.checkup import Check
    from playbookctl.model.status import ConnectorWarning
    from playbookctl.model.workspace import Environment
    from playbookctl.plan.lookups import Lookups
    from playbookctl.plan.rows import LiveRows

SKEW_S = 60  # a clock that is off by more misjudges when a token expires
SHORT_S = 600  # a token that cannot be renewed should outlive a sync
FAULT = 500


def server(environment: Environment, status: int) -> Check:
    """Judge the answer to GET /health."""
    url = "the embedded server" if environment.is_embedded else environment.url or "the address in CPOD_BASE_URL"
    if status >= FAULT:
        return warn(Topic.SERVER, f"{url} answers, with {status} to /health", "is the platform having trouble?")
    return ok(Topic.SERVER, f"{url} answers")


def clock(date: str | None, now: datetime) -> Check:
    """Judge this machine's clock against the `Date` of an answer."""
    try:
        there = parsedate_to_datetime(date or "")
    except (ValueError, OverflowError):
        return ok(Topic.CLOCK, "the server does not say what time it is")
    skew = (now - (there if there.tzinfo else there.replace(tzinfo=timezone.utc))).total_seconds()
    if abs(skew) <= SKEW_S:
        return ok(Topic.CLOCK, "this machine and the server agree on the time")
    way = "ahead of" if skew > 0 else "behind"
    said = f"this machine's clock is {abs(skew):,.0f} s {way} the server's: tokens expire earlier or later than they seem to"
    return warn(Topic.CLOCK, said, "set the clock, with NTP")


def token(claims: Claims | None, now: datetime, *, renewable: bool) -> Check:
    """Judge a token that the server has accepted, by what it says of itself."""
    if claims is None:
        return ok(Topic.TOKEN, "accepted; it is no JWT, and says nothing of itself")
    if claims.expires_at is None or renewable:
        return ok(Topic.TOKEN, "accepted" + (", and renewed when it is due" if renewable else ""))
    expires = datetime.fromtimestamp(claims.expires_at, timezone.utc)
    said = f"accepted; it expires {ago(expires, now)}"
    if claims.expires_at - now.timestamp() < SHORT_S:
        return warn(
            Topic.TOKEN, f"{said}, and cannot be renewed", "take a new one, or CPOD_CLIENT_ID and CPOD_CLIENT_SECRET"
        )
    return ok(Topic.TOKEN, said)


def tenant(environment: Environment, tenant_id: str | None, app_id: str | None) -> Check:
    """Judge whose playbooks are seen; a pin that is wrong has raised before."""
    place = f"environments.{environment.name}"
    who = tenant_id or "one that nothing has named yet"
    if app_id is not None and environment.app_id is None:
        said = f"{who}, and the token is bound to the application {app_id}: only that application's playbooks are seen"
        return warn(Topic.TENANT, said, f"write {place}.app_id: {app_id}, or take a token that is bound to none")
    if environment.tenant_id is None and not environment.is_embedded:
        said = f"{who}, and the environment pins none: a token of another tenant would be used as well"
        return warn(
            Topic.TENANT, said, f"write {place}.tenant_id: {tenant_id}" if tenant_id else f"set {place}.tenant_id"
        )
    scope = f"; only the playbooks of the application {environment.app_id} are seen" if environment.app_id else ""
    return ok(Topic.TENANT, f"{who}{'' if environment.is_embedded else ', as pinned'}{scope}")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which calls the token may make; None: not tried, since there was nothing to get."""

    get_playbook: bool | None
    list_connectors: bool
    list_persons: bool


def permissions(allowed: Allowed) -> Check:
    """Judge what the token may read; playbooks could be listed."""
    if allowed.get_playbook is False:
        said = "playbooks may be listed, and not be got one by one"
        return fail(
            Topic.PERMISSIONS,
            said,
            "give the token's owner the permission to read playbooks",
            ExitCode.NOT_AUTHENTICATED,
        )
    lacking = [("connectors", allowed.list_connectors), ("persons", allowed.list_persons)]
    refused = [name for name, may in lacking if not may]
    if refused:
        said = f"{' and '.join(refused)} may not be listed: names of theirs need ids in the configuration"
        return warn(Topic.PERMISSIONS, said, "give the permission, or map each name to an id")
    return ok(Topic.PERMISSIONS, "playbooks, connectors and persons may be read; writing is not tried")


def lists(rows: LiveRows) -> Check:
    """Say how many playbooks there are: a list that is not complete has raised before."""
    deleted = rows.numbers[LiveClass.DELETED]
    gone = f", and {deleted:,} deleted" if deleted else ""
    return ok(Topic.LISTS, f"complete: {count(len(rows.by_id) - deleted, 'live playbook')}{gone}")


def connectors(
    names: Mapping[str, Iterable[str]], lookups: Lookups, unwell: Iterable[ConnectorWarning], environment: str
) -> Iterator[Check]:
    """Judge whether every connector that playbooks name has one id here, and works; `names` maps names to their keys."""
    found = _names(Topic.CONNECTORS, "connector", names, lookups, f"environments.{environment}.connectors")
    sick = [warn(Topic.CONNECTORS, warning.sentence, "mend it on the platform") for warning in unwell]
    yield from sick if sick and not found.code else [found, *sick]


def owners(names: Mapping[str, Iterable[str]], lookups: Lookups, environment: str) -> Check:
    """Judge whether every owner that playbooks name is one person here."""
    return _names(Topic.OWNERS, "owner", names, lookups, f"environments.{environment}.owners")


def _names(topic: Topic, kind: str, names: Mapping[str, Iterable[str]], lookups: Lookups, place: str) -> Check:
    missed = {name: found for name in sorted(names) if isinstance(found := lookups.find(kind, name), Missed)}
    if not missed:
        return ok(topic, f"{count(len(names), kind)} named by playbooks, each with one id here")
    held = {key for name in missed for key in names[name]}
    first = next(iter(missed.values()))
    said = f"{len(missed):,} of {count(len(names), kind)} ({some(missed)}): {first.reason}; {count(len(held), 'playbook')} held"
    return fail(topic, said, first.hint if len(missed) == 1 else f"map them under {place}", ExitCode.REFUSED)


def marks(rows: LiveRows, namespace: str) -> Iterator[Check]:
    """Judge our tags on live playbooks: those that cannot be read, copies, leftovers, other namespaces."""
    found = [*_bad(rows, namespace), *_several(rows), *_loose(rows)]
    ours = rows.numbers[LiveClass.OURS]
    others = sorted({_space(rows, id_) for id_, what in rows.class_of.items() if what is LiveClass.FOREIGN})
    beside = f", {rows.numbers[LiveClass.FOREIGN]:,} of {some(others)}" if others else ""
    loose = rows.numbers[LiveClass.UNMANAGED]
    unmanaged = f", {loose:,} unmanaged" if loose else ""
    yield from found or [ok(Topic.MARKS, f"{count(ours, 'playbook')} of namespace {namespace}{beside}{unmanaged}")]


def _bad(rows: LiveRows, namespace: str) -> Iterator[Check]:
    for id_ in _of(rows, LiveClass.BAD):
        marker = rows.by_id[id_].marker
        if isinstance(marker, BadMarker):
            said = f"the mark of {id_} ('{rows.by_id[id_].name}') cannot be read: {marker.reason}"
            remedy = "upgrade playbookctl" if marker.newer else f"correct or remove its tags: {', '.join(marker.tags)}"
            is_ours = any(space == namespace for space, _ in marker.keys)
            yield fail(Topic.MARKS, said, remedy, ExitCode.REFUSED) if is_ours else warn(Topic.MARKS, said, remedy)


def _several(rows: LiveRows) -> Iterator[Check]:
    for key in sorted(rows.keys):
        ids = [live.id for live in rows.group(key).of(LiveClass.OURS)]
        if len(ids) > 1:
            said = f"{len(ids)} live playbooks are marked as '{key}': {', '.join(ids)}"
            yield fail(Topic.MARKS, said, "sync --keep ID keeps one and disables the others", ExitCode.REFUSED)


def _loose(rows: LiveRows) -> Iterator[Check]:
    copies, unfinished = _of(rows, LiveClass.COPY), _of(rows, LiveClass.UNFINISHED)
    bare, twins = _of(rows, LiveClass.WITHOUT_BASE), [live.id for live in rows.acting_duplicates()]
    if bare:
        said = f"{count(len(bare), 'mark')} lost the base: {some(bare)}"
        yield warn(Topic.MARKS, said, "playbookctl plan says how each is mended")
    if twins:
        yield warn(
            Topic.MARKS,
            f"{count(len(twins), 'duplicate')} switched on again: {some(twins)}",
            "disable what is not meant to act",
        )
    if unfinished:
        yield warn(
            Topic.MARKS,
            f"{count(len(unfinished), 'create')} not finished: {some(unfinished)}",
            "the next sync finishes it",
        )
    if copies:
        said = f"{count(len(copies), 'copy').replace('copys', 'copies')} made in the editor: {some(copies)}; they are not ours"
        yield warn(Topic.MARKS, said, "take the playbookctl: tags off them, so that nobody is misled")


def _of(rows: LiveRows, what: LiveClass) -> list[str]:
    return sorted(id_ for id_, found in rows.class_of.items() if found is what)


def _space(rows: LiveRows, id_: str) -> str:
    return str(getattr(rows.by_id[id_].marker, "namespace", ""))
