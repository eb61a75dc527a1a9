"""A checkup for programs, versioned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.report.dump import dump

if TYPE_CHECKING:
    from playbookctl.model.checkup import Checkup
    from playbookctl.report import live_shapes as shapes


def render(checkup: Checkup, code: int) -> str:
    """Return the checkup as JSON in ASCII; `code` is the exit code, `message` and `hint` what is wrong first."""
    first = checkup.first if code else None
    said: shapes.Checkup = {
        "format": "playbookctl/checkup",
        "version": 1,
        "code": code,
        "message": first.said if first else "",
        "hint": first.remedy if first else "",
        "environment": checkup.environment,
        "checks": [
            {
                "topic": check.topic.value,
                "verdict": check.verdict.value,
                "said": check.said,
                "remedy": check.remedy,
            }
            for check in checkup.checks
        ],
    }
    return dump(said)
