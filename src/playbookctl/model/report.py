"""What a run has to say, ready for any format: findings, plan, outcomes, and totals that are counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.finding import Severity
from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playbookctl.model.finding import Finding
    from playbookctl.model.outcome import Outcome
    from playbookctl.model.plan import Plan
    from playbookctl.model.plan_totals import OutcomeTotals, PlanTotals


class RuleInfo(Value):
    """What a format may say of a rule: `title` is one sentence, `help` the rule's page in Markdown."""

    __slots__ = ("code", "help", "name", "severity", "title")

    def __init__(self, code: str, name: str, severity: Severity, title: str = "", help: str = "") -> None:  # noqa: A002 - SARIF's word
        self.code = code
        self.name = name
        self.severity = severity
        self.title = title
        self.help = help


class Skipped(Value):
    """A path that was passed and not looked at, and why."""

    __slots__ = ("path", "reason")

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason


class Totals(Value):
    """The numbers of a report. Suppressed findings count nowhere but in `suppressed`."""

    __slots__ = ("errors", "files", "files_with_findings", "fixable", "notes", "skipped", "suppressed", "warnings")

    def __init__(
        self,
        errors: int,
        warnings: int,
        notes: int,
        suppressed: int,
        files: int,
        files_with_findings: int,
        skipped: int,
        fixable: int,
    ) -> None:
        self.errors = errors
        self.warnings = warnings
        self.notes = notes
        self.suppressed = suppressed
        self.files = files
        self.files_with_findings = files_with_findings
        self.skipped = skipped
        self.fixable = fixable  # findings with a safe fix

    @property
    def findings(self) -> int:
        """All findings that are not suppressed."""
        return self.errors + self.warnings + self.notes


class Report(Value):
    """Everything a format may show.

    `findings` and `suppressed` are sorted by file, line, column and code; secrets in their lines are masked.
    `files` are the paths that were checked. `rules` maps the code of a finding to what is known of its rule; it may
    lack some. `data` pairs the name of a data set with its version, such as ('ATT&CK enterprise', '19.2'). `plan` is
    None for a command that makes none, `outcomes` is None for one that carries none out; so are their totals.
    """

    __slots__ = (
        "command", "data", "files", "findings", "messages", "outcome_totals", "outcomes", "plan", "plan_totals",
        "rules", "skipped", "suppressed", "totals", "version",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - everything a run may have to say
        self,
        command: str,
        version: str,
        *,
        findings: Iterable[Finding] = (),
        files: Iterable[str] = (),
        rules: Mapping[str, RuleInfo] | None = None,
        skipped: Iterable[Skipped] = (),
        messages: Iterable[str] = (),
        data: Iterable[tuple[str, str]] = (),
        plan: Plan | None = None,
        outcomes: Iterable[Outcome] | None = None,
    ) -> None:
        ordered = sorted(_masked(list(findings)), key=lambda finding: finding.order)
        self.command = command
        self.version = version
        self.findings = tuple(finding for finding in ordered if finding.suppression is None)
        self.suppressed = tuple(finding for finding in ordered if finding.suppression is not None)
        self.files = tuple(files)
        self.rules: Mapping[str, RuleInfo] = rules or {}
        self.skipped = tuple(skipped)
        self.messages = tuple(messages)
        self.data = tuple(sorted(data))
        self.totals = _count(self.findings, len(self.suppressed), len(self.files), len(self.skipped))
        self.plan = plan
        self.outcomes = None if outcomes is None else tuple(outcomes)
        self.plan_totals, self.outcome_totals = _count_changes(plan, self.outcomes)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all findings, suppressed ones included, sorted."""
        return tuple(sorted({finding.code for finding in (*self.findings, *self.suppressed)}))


def _masked(findings: list[Finding]) -> list[Finding]:
    if not findings:
        return []
    from playbookctl.model.masking import masked

    return masked(findings)


def _count(findings: tuple[Finding, ...], suppressed: int, files: int, skipped: int) -> Totals:
    by_severity = dict.fromkeys(Severity, 0)
    with_findings = set()
    fixable = 0
    for finding in findings:
        by_severity[finding.severity] += 1
        with_findings.add(finding.location.file)
        fixable += finding.fix is not None and finding.fix.safe
    return Totals(
        errors=by_severity[Severity.ERROR],
        warnings=by_severity[Severity.WARNING],
        notes=by_severity[Severity.NOTE],
        suppressed=suppressed,
        files=files,
        files_with_findings=len(with_findings),
        skipped=skipped,
        fixable=fixable,
    )


def _count_changes(
    plan: Plan | None, outcomes: tuple[Outcome, ...] | None
) -> tuple[PlanTotals | None, OutcomeTotals | None]:
    if plan is None and outcomes is None:
        return None, None
    from playbookctl.model.plan_totals import count_outcomes, count_plan

    return (
        None if plan is None else count_plan(plan),
        None if outcomes is None else count_outcomes(outcomes),
    )
