"""A merge: written fields beside kept ones make a playbook that is on neither side. The rules judge it before it is sent.

The pipeline asks for `merged_document` of every change that `merges`, runs all rules on it and on the file, and hands the
codes that only the merge breaks to `hold_merge`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playbookctl.model.fields import MANAGED
from playbookctl.model.plan import Standing
from playbookctl.plan import wording
from playbookctl.plan.by_field import hold
from playbookctl.plan.render import unrender

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playbookctl.model.plan import Change, Plan

_FILE_FIELDS = {"owner_id": ("owner", "owner_id"), "steps": ("steps", "inputs", "outputs")}
_NAMES = {field.api_name: field.name for field in MANAGED}


def merged_document(data: Mapping[str, Any], change: Change, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return what the playbook would be after the change, in the shape of its file.

    `data` is the file's document, `names` as for `unrender`.
    """
    kept = {field.field: json.loads(field.before) for field in change.fields if not field.written}
    gone = {name for field in kept for name in _FILE_FIELDS.get(field, (_NAMES[field],))}
    rest = {name: value for name, value in data.items() if name not in gone}
    with_start = "steps" in kept and not ("inputs" in data or "outputs" in data)
    return rest | unrender(kept, names, with_start=with_start)


def hold_merge(change: Change, codes: Iterable[str]) -> Change:
    """Return the change as it is if the merge breaks no rule that the file keeps (`codes`), else held as a conflict."""
    broken = sorted(set(codes))
    if not broken or not change.merges:
        return change
    kept = [field for field in change.fields if not field.written]
    written = [field for field in change.fields if field.written]
    reason = f"{wording.names(written)} of the repo beside {wording.names(kept)} of the server would break {', '.join(broken)}"
    brake = any(field.brake for field in kept)
    return hold(change, Standing.CONFLICT, reason, wording.way_out(change.key, change.live_hash, brake=brake))


def with_changes(plan: Plan, changes: Iterable[Change]) -> Plan:
    """Return the plan with these changes in place of those of the same key and live id."""
    new = {(change.key, change.live_id): change for change in changes}
    return replace(plan, changes=tuple(new.get((change.key, change.live_id), change) for change in plan.changes))
