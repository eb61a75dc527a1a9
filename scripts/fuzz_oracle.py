"""What must hold of every file whatever its bytes are: nothing raises, every place lies in the text, time is bounded.

Used by scripts/fuzz.py and, with a seed, by the tests.
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from playbookctl.attack import AttackIndex
from playbookctl.check.baseline import Recorder, read_baseline
from playbookctl.check.engine import Engine
from playbookctl.check.facts import summary_of
from playbookctl.check.registry import all_rules
from playbookctl.check.rule import Context
from playbookctl.check.selection import Selection
from playbookctl.flow.dot import dot
from playbookctl.flow.mermaid import mermaid
from playbookctl.load.connectors import load_connectors
from playbookctl.load.entry import load_entry
from playbookctl.load.settings import load_settings
from playbookctl.model.finding import Severity
from playbookctl.model.report import Report, RuleInfo
from playbookctl.model.workspace import Workspace
from playbookctl.report.registry import Options, formats, render

if TYPE_CHECKING:
    from playbookctl.model.finding import Finding, Location
    from playbookctl.model.workspace import Entry

ROOT = Path(__file__).resolve().parent.parent
SHOWN = "playbooks/mutant.yaml"
BESIDE = (
    "isolate-host.yaml",
    "lock-identity.yaml",
    "notify-and-ticket.yaml",
    "phishing.yaml",
    "preserve-evidence.yaml",
)
KINDS = ("playbook", "connectors", "config")
BASE_S = 0.5  # processor time that any file may take to be loaded and checked by all rules …
PER_BYTE_S = 10e-6  # … and for each byte of it: ten seconds for a megabyte
FORMATS = formats()
_BREAK = re.compile(r"\r\n|\n|\r")
_WIDTHS = (0, 20, 80)


class Broken(AssertionError):
    """Something that must hold does not."""


class Oracle:
    """Checks files beside some playbooks of this repository, as `validate` does, and what comes of it.

    `patience` stretches the bound of time: a run that measures coverage on a loaded machine is several times slower.
    """

    def __init__(self, patience: float = 1) -> None:
        self._patience = patience
        settings, _ = load_settings(str(ROOT / "playbookctl.yaml"), str(ROOT))
        connectors, _ = load_connectors(settings)
        self._context = Context(settings, connectors, AttackIndex.of(settings))
        self._selection = Selection(settings)
        self._rules = all_rules()
        self._infos = {code: RuleInfo(code, r.name, r.severity, r.title, r.doc) for code, r in self._rules.items()}
        self._beside = []
        for name in BESIDE:
            entry = load_entry(f"playbooks/{name}", (ROOT / "playbooks" / name).read_bytes())
            self._beside.append(summary_of(entry, self._context))
        self.slowest = (0.0, b"")  # the largest part of its bound that a file took, and the file

    def judge(self, data: bytes, kind: str = "playbook", *, thorough: bool = False) -> set[str]:
        """Check one file; return a signature of what was found. Raises Broken, or whatever the product raises.

        `thorough` renders all formats, checks again, and puts a baseline around it.
        """
        began = time.process_time()
        entry = load_entry(SHOWN, data, kind)
        findings = self._check(entry)
        took = time.process_time() - began
        self._judge_time(took, data)
        _judge_entry(entry, kind)
        for finding in findings:
            _judge_finding(finding, entry)
        self._judge_rendering(findings, thorough=thorough)
        if thorough:
            self._judge_again(entry, findings)
        return {f"{finding.code} {re.sub(r'[0-9]+|', '', finding.message)[:60]}" for finding in findings}

    def _check(self, entry: Entry, known: Recorder | None = None) -> list[Finding]:
        engine = Engine(self._rules, self._context, self._selection, lambda _: entry, "2026-01-01", known)
        findings = engine.check_entry(entry)
        summaries = sorted([*self._beside, engine.summarise(entry)], key=lambda summary: summary.file)
        findings += engine.check_workspace(Workspace(tuple(summaries)), {SHOWN})
        findings += engine.check_suppressions({SHOWN})
        return findings

    def _judge_time(self, took: float, data: bytes) -> None:
        bound = (BASE_S + PER_BYTE_S * len(data)) * self._patience
        if took / bound > self.slowest[0]:
            self.slowest = (took / bound, data)
        if took > bound:
            raise Broken(f"{len(data)} bytes took {took:.2f} s of processor time; at most {bound:.2f} s are allowed")

    def _judge_rendering(self, findings: list[Finding], *, thorough: bool) -> None:
        report = Report("validate", "0", findings=findings, files=[SHOWN], rules=self._infos)
        names = FORMATS if thorough else ("text",)
        for name in names:
            for width in _WIDTHS if thorough and name == "text" else (80,):
                text = render(name, report, Options(width=width, unicode=width != 20, verbose=thorough))  # noqa: PLR2004 - any
                text.encode("utf-8")
                if not text.endswith("\n"):
                    raise Broken(f"the format {name} does not end with a line break")

    def _judge_again(self, entry: Entry, findings: list[Finding]) -> None:
        """Check once more: the same comes out, and a baseline that was just written knows all of it."""
        if [repr(each) for each in self._check(entry)] != [repr(each) for each in findings]:
            raise Broken("a second check of the same file says something else")
        recorder = Recorder("known.json", str)
        self._check(entry, recorder)
        known = read_baseline("known.json", recorder.text().encode(), str, lambda _: True)
        new = [each for each in self._check(entry, known) if each.suppression is None]  # type: ignore[arg-type]
        if new or known.remarks([SHOWN], set(self._rules)):
            raise Broken(f"a baseline does not know what it was made of: {new}")
        if entry.playbook is not None:
            mermaid(entry.playbook, self._context.connectors)
            dot(entry.playbook, self._context.connectors)


def _judge_entry(entry: Entry, kind: str) -> None:
    """See that a file that is no playbook says so."""
    if kind == "playbook" and entry.playbook is None and not entry.problems:
        raise Broken("a file is no playbook, and nothing says why")


def _judge_finding(finding: Finding, entry: Entry) -> None:
    if not finding.message:
        raise Broken(f"{finding.code} says {finding.message!r}")
    if finding.severity not in Severity:
        raise Broken(f"{finding.code} has no severity")
    for location in (finding.location, *(place for place, _ in finding.related)):
        if location.file == SHOWN:
            judge_place(location, entry.source.text, finding)


def judge_place(location: Location, text: str, finding: Finding) -> None:
    """See that the span lies in the text, and that its offsets and its lines and columns say the same."""
    span = location.span
    lines, starts = _lines(text)
    ok = 1 <= span.start_line <= span.end_line <= len(lines) and (span.start_line, span.start_column) <= (
        span.end_line, span.end_column,
    )  # fmt: skip
    if not text:
        return  # it could not be decoded: the place is counted in bytes that are no text
    ok = ok and 1 <= span.start_column <= len(lines[span.start_line - 1]) + 1
    ok = ok and 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
    ok = ok and 0 <= span.start <= span.end <= len(text)
    if ok:
        ok = starts[span.start_line - 1] + span.start_column - 1 == span.start
        ok = ok and starts[span.end_line - 1] + span.end_column - 1 == span.end
        ok = ok and _is_shown(lines[span.start_line - 1], location.line_text)
    if not ok:
        raise Broken(
            f"{finding.code} stands at {span!r}, line {location.line_text!r}; the text has {len(text)} characters"
        )


def _is_shown(line: str, shown: str) -> bool:
    """Tell whether a text is the beginning of a line, but for the stars that hide a secret."""
    return len(shown) <= len(line) and all(theirs in (ours, "*") for ours, theirs in zip(line, shown, strict=False))


@lru_cache(maxsize=2)
def _lines(text: str) -> tuple[list[str], list[int]]:
    """Return the lines of a text, and the offsets at which they begin."""
    return _BREAK.split(text), [0, *(match.end() for match in _BREAK.finditer(text))]
