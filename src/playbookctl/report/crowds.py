"""Notes of one rule that come in crowds: said in one line, so that they do not hide an error among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playbookctl.model.finding import Finding
    from playbookctl.report.registry import Options

_MOST = 20  # notes of one rule that are shown one by one
_NAMED = 2  # files that stand for the rest


def of_notes(findings: Iterable[Finding], options: Options) -> dict[str, list[Finding]]:
    """Return the notes of each rule that has more than 20, by code; none where they were asked for or fail the run."""
    if options.verbose or options.fail_on is Severity.NOTE:
        return {}
    notes: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity is Severity.NOTE:
            notes.setdefault(finding.code, []).append(finding)
    return {code: found for code, found in sorted(notes.items()) if len(found) > _MOST}


def lines(crowds: Mapping[str, list[Finding]]) -> Iterator[str]:
    """Yield one line for each crowd: its rule, how many there are, the first two files."""
    for code, found in crowds.items():
        files = list(dict.fromkeys(finding.location.file for finding in found))
        first = " and ".join(files[:_NAMED])
        where = f"first in {first}" if len(files) > _NAMED else f"in {first}"
        yield f"note {code} {found[0].rule}: {len(found):,} times, {where}; -v shows all"
