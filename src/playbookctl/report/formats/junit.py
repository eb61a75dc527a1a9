"""For everything that shows test results: a suite per file, a case per finding, a passed case for a clean file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.value import Value
from playbookctl.report import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from playbookctl.model.finding import Finding
    from playbookctl.model.report import Report
    from playbookctl.report.registry import Options


class Case(Value):
    """One test case. `kind` is 'passed', 'failure' or 'skipped'; `type` and `message` say why, `text` everything."""

    __slots__ = ("file", "kind", "line", "message", "name", "text", "type")

    def __init__(
        self,
        name: str,
        kind: str = "passed",
        type: str = "",  # noqa: A002 - JUnit's word
        message: str = "",
        text: str = "",
        file: str = "",
        line: int = 0,
    ) -> None:
        self.name = name
        self.kind = kind
        self.type = type
        self.message = message
        self.text = text
        self.file = file
        self.line = line


def render(report: Report, options: Options) -> str:
    """Return JUnit XML.

    Findings less bad than `fail_on` pass and say so in their output; suppressed ones are skipped.
    """
    suites = list(_suites(report, options))
    name = escape.xml(f"playbookctl {report.command}")
    every_case = [case for _, cases in suites for case in cases]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{name}" {_numbers(every_case)}>',
        *(line for name, cases in suites for line in _suite(escape.xml(name), cases)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _suites(report: Report, options: Options) -> Iterator[tuple[str, list[Case]]]:
    by_file: dict[str, list[Case]] = {file: [] for file in report.files}
    for finding in (*report.findings, *report.suppressed):
        by_file.setdefault(finding.location.file, []).append(_case(finding, options))
    for file in sorted(by_file):
        yield file, by_file[file] or [Case("no findings", file=file)]
    if report.plan is not None or report.outcomes is not None:
        from playbookctl.report import plan_junit

        yield from plan_junit.suites(report)


def _case(finding: Finding, options: Options) -> Case:
    file, span = finding.location.file, finding.location.span
    name = f"{finding.code} {finding.rule}, line {span.start_line}, column {span.start_column}"
    if finding.suppression is not None:
        return Case(
            name, "skipped", finding.severity.value, finding.suppression.reason, file=file, line=span.start_line
        )
    said = f"{file}:{span.start_line}:{span.start_column}: {finding.severity.value} {finding.code}"
    text = "\n".join([f"{said} {finding.message}", *([f"fix: {finding.fix.title}"] if finding.fix else [])])
    kind = "failure" if finding.severity.rank <= options.fail_on.rank else "passed"
    return Case(name, kind, finding.severity.value, finding.message, text, file, span.start_line)


def _numbers(cases: Sequence[Case]) -> str:
    kinds = [case.kind for case in cases]
    failures, skipped = kinds.count("failure"), kinds.count("skipped")
    return f'tests="{len(kinds)}" failures="{failures}" errors="0" skipped="{skipped}"'


def _suite(name: str, cases: Sequence[Case]) -> Iterator[str]:
    yield f'  <testsuite name="{name}" {_numbers(cases)}>'
    for case in cases:
        yield from _lines(case, name)
    yield "  </testsuite>"


def _lines(case: Case, suite: str) -> Iterable[str]:
    file = f' file="{escape.xml(case.file)}"' if case.file else ""
    line = f' line="{case.line}"' if case.line else ""
    head = f'    <testcase classname="{suite}" name="{escape.xml(case.name)}"{file}{line}'
    text = "\n".join(escape.xml(part) for part in case.text.split("\n"))
    kind, message = escape.xml(case.type), escape.xml(case.message)
    match case.kind:
        case "failure":
            inner = f'<failure type="{kind}" message="{message}">{text}</failure>'
        case "skipped":
            inner = f'<skipped type="{kind}" message="{message}"/>'
        case _:
            inner = f"<system-out>{text}</system-out>" if case.text else ""
    return [f"{head}>", f"      {inner}", "    </testcase>"] if inner else [f"{head}/>"]
