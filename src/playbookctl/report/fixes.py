"""Which fixes can be said as a replacement of text: those that write anew exactly what the finding stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playbookctl.model.finding import Finding

_IN_PLACE = ("replace", "key")


def replacement(finding: Finding) -> str | None:
    """Return the text to put in place of the finding's span, None where the fix is of another kind.

    Inserting and deleting have to know the lines around; `validate --fix` does that.
    """
    fix, location = finding.fix, finding.location
    if fix is None or len(fix.edits) != 1:
        return None
    edit = fix.edits[0]
    on_one_line = location.span.start_line == location.span.end_line
    in_place = edit.mode in _IN_PLACE and edit.path == location.path
    return edit.text if in_place and on_one_line and "\n" not in edit.text else None
