"""A merge: written fields beside kept ones make a playbook that is on neither side. The rules judge it before it is sent.

The pipeline asks for `merged_document` of every change that `merges`, runs all rules on it and on the file, and plans again
with the codes that only the merge breaks as `Situation.broken_merges`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.model.fields import MANAGED
from playbookctl.plan.render import unrender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.model.plan import Change

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
