"""What a reviewed change does outside the repository: to the alerts of a file, and on the target of a plan."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from playbookctl.alerts.firing import Pair, firings
from playbookctl.alerts.read import AlertFile
from playbookctl.errors import UsageError
from playbookctl.history import ABBREVIATED, History
from playbookctl.model.review import ChangeKind
from playbookctl.model.review_effects import AlertsEffect, TargetEffect, TargetRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playbookctl.model.playbook import Playbook
    from playbookctl.model.review import Review
    from playbookctl.model.workspace import Settings
    from playbookctl.report.plan_shapes import Change, Plan
    from playbookctl.review.sides import Held, Side
    from playbookctl.reviewing import Reviewed

LARGEST_PLAN = 100_000_000  # bytes
_COMMIT = re.compile(f"[0-9a-f]{{{ABBREVIATED}}}")
_SAME_TRIGGER = (ChangeKind.MOVED, ChangeKind.REWRITTEN)


def with_effects(reviewed: Reviewed, here: str, *, alerts: str | None, plan: str | None) -> Review:
    """Return the review with what files of alerts and of a plan add to it; see the two functions below."""
    return replace(
        reviewed.review,
        alerts=None if alerts is None else alerts_effect(reviewed, alerts),
        target=None if plan is None else target_effect(reviewed, here, plan),
    )


def alerts_effect(reviewed: Reviewed, file: str) -> AlertsEffect:
    """Count which alerts of a file start the changed playbooks before and after. Raises UsageError if it cannot be read."""
    pairs, unreadable = _pairs(reviewed.review, reviewed.before, reviewed.now)
    try:
        with open(file, "rb") as stream:
            alerts = AlertFile(stream)
            rows = firings(pairs, alerts)
    except OSError as error:
        raise UsageError(f"'{file}' cannot be read: {(error.strerror or str(error)).lower()}") from error
    if not alerts.alerts:
        said = f": {alerts.notes()[0]}" if alerts.bad else ""
        raise UsageError(
            f"'{file}' holds no alert{said}",
            hint="one JSON object a line; 'playbookctl alerts export' writes such a file",
        )
    return AlertsEffect(os.path.basename(file), alerts.alerts, rows, (*alerts.notes(), *unreadable))


def target_effect(reviewed: Reviewed, here: str, file: str) -> TargetEffect:
    """Return what a plan would do, as `playbookctl plan --format json` prints it.

    A plan of another commit than the head, or of a target that the base's config does not name, says only so. Raises
    UsageError for what is no such plan.
    """
    plan = _read_plan(file)
    effect = TargetEffect(plan["environment"], plan["tenant_id"], plan["commit"] or "")
    wrong = _foreign(plan, reviewed.before.settings) or _stale(plan, reviewed.review.head.id, here)
    if wrong:
        return TargetEffect(effect.environment, effect.tenant_id, effect.commit, notes=(wrong,))
    changed = {key for each in reviewed.review.playbooks for key in (each.key, each.before_key) if key}
    shown = [change for change in plan["changes"] if change["group"] != "unchanged"]
    rows = tuple(sorted(map(_row, shown), key=lambda row: (row.key not in changed, row.key, row.group)))
    totals = tuple((group, number) for group, number in plan["totals"]["groups"].items() if number)
    return TargetEffect(
        effect.environment, effect.tenant_id, effect.commit, totals, rows, tuple(_remarks(plan, shown, changed))
    )


def _pairs(review: Review, before: Side, now: Side) -> tuple[list[Pair], tuple[str, ...]]:
    pairs: list[Pair] = []
    unreadable: list[str] = []
    for change in review.playbooks:
        if change.kind in _SAME_TRIGGER:
            continue
        old, new = before.playbooks.get(change.before_key), now.playbooks.get(change.key if change.file else "")
        if _broken(old) or _broken(new):
            unreadable.append(f"'{change.key}' cannot be read on one side: which alerts start it is not known")
        else:
            pairs.append(Pair(change.key, _playbook(old), _playbook(new)))
    return pairs, tuple(unreadable)


def _playbook(held: Held | None) -> Playbook | None:
    return held.playbook if held is not None else None


def _broken(held: Held | None) -> bool:
    return held is not None and held.playbook is None


def _read_plan(file: str) -> Plan:
    from pydantic import TypeAdapter, ValidationError

    from playbookctl.report.shapes import Report

    hint = "playbookctl plan --format json > FILE writes one"
    try:
        with open(file, "rb") as stream:
            text = stream.read(LARGEST_PLAN + 1)
    except OSError as error:
        raise UsageError(f"'{file}' cannot be read: {(error.strerror or str(error)).lower()}") from error
    if len(text) > LARGEST_PLAN:
        raise UsageError(f"'{file}' is larger than {LARGEST_PLAN:,} bytes", hint=hint)
    try:
        report = TypeAdapter(Report).validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "/".join(map(str, first["loc"]))
        raise UsageError(
            f"'{file}' is no plan: {first['msg'].lower()}{f' at {place}' if place else ''}", hint=hint
        ) from error
    if "plan" not in report:
        raise UsageError(f"'{file}' is a report of '{report['command']}' and holds no plan", hint=hint)
    return report["plan"]


def _foreign(plan: Plan, settings: Settings | None) -> str:
    """Return why a plan is of no target that the base's settings name; '' if it is of one."""
    name = plan["environment"]
    known = settings.environments.get(name) if settings is not None else None
    if known is None:
        return f"the plan is for the environment '{name}', which the base's configuration does not have"
    if plan["namespace"] != known.namespace:
        return (
            f"the plan is for the namespace '{plan['namespace']}'; that of '{name}' is '{known.namespace}' on the base"
        )
    if known.tenant_id is not None and plan["tenant_id"] != known.tenant_id:
        return f"the plan is for the tenant '{plan['tenant_id']}'; that of '{name}' is '{known.tenant_id}' on the base"
    return ""


def _stale(plan: Plan, head: str, here: str) -> str:
    """Return why a plan does not speak of the head; '' if it was made of it, or of a merge of it."""
    made, history = plan["commit"], History.of(here)
    if made is None:
        return "the plan was made of files that are in no commit"
    if not _COMMIT.fullmatch(made):
        return f"the plan names no commit, but '{made}'"
    if head.startswith(made):
        return ""
    if history is not None and any(history.commit_of(f"{made}^{number}") == head for number in (1, 2)):
        return ""
    return f"the plan was made of commit {made}, not of {head[: len(made)]}: plan again"


def _row(change: Change) -> TargetRow:
    fields = tuple(field["field"] for field in change["fields"])
    return TargetRow(change["key"], change["group"], fields, change["reason"])


def _remarks(plan: Plan, shown: Iterable[Change], changed: set[str]) -> Iterator[str]:
    for refusal in plan["refusals"]:
        yield f"sync would refuse the plan: {refusal['message']}"
    others = sorted({change["key"] for change in shown} - changed)
    if others:
        listed = ", ".join(f"'{key}'" for key in others[:5])
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""  # noqa: PLR2004 - those named
        yield f"not of this change, and in the plan: {listed}{more}"
    if riskier := plan["totals"]["riskier"]:
        yield f"{riskier} live {'playbook was' if riskier == 1 else 'playbooks were'} made riskier on the server"
    yield from plan["notes"]
