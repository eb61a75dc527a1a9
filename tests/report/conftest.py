"""Four reports that every format has to render: a plain one, a hostile one, a plan and the outcomes of a sync."""

from __future__ import annotations

import json

import pytest

from playbookctl.model.finding import Edit, Finding, Fix, Location, Severity, Suppression
from playbookctl.model.marker import Base, Marker
from playbookctl.model.outcome import Outcome, OutcomeKind
from playbookctl.model.plan import (
    Action,
    Change,
    Counts,
    FieldChange,
    Plan,
    Refusal,
    Side,
    Standing,
    StepChange,
    StepKind,
    ValueChange,
    Writer,
)
from playbookctl.model.report import Report, RuleInfo, Skipped
from playbookctl.model.source import Span

VERSION = "1.2.3"
RULES = {
    "PB002": RuleInfo("PB002", "schema", Severity.ERROR, "A file does not fit the schema.", "A file does not fit.\n"),
    "PB102": RuleInfo(
        "PB102",
        "unknown-step",
        Severity.ERROR,
        "A step names another step that does not exist.",
        "A step names another step that does not exist.\n\n```yaml\nnext: notfy  # <- PB102\n```\n",
    ),
    "PB501": RuleInfo("PB501", "description", Severity.NOTE, "A description says too little.", "Too little.\n"),
}
# Every way a name can try to act: on a terminal, in a CI's log, in a comment, in XML, in a URI, in a reader's eyes.
HOSTILE = (
    "\x1b[31mred\x1b[0m\x1b]0;title\x07 \x9b31m\r\n::error file=a,line=1::pwned\n##[add-mask]x ##vso[task.complete]done "
    "@octocat @org/team #1 GH-2 !3 org/repo#4 [a](javascript:alert(1)) ![i](https://evil.example/p.png) "
    "<img src=x onerror=alert(1)> <script>x</script> <!-- --> --> ]]> &amp; \x00 `code` ``` ~~~ | \\| *b* _i_ $x$ "
    "https://evil.example www.evil.example me@evil.example {0} {{ x }} %25 %0A , :tada: "
    "\u202egnp.exe\u202c \u2066iso\u2069 \u200bzero \ufeff \u2028 \ud800 \ufffe e\u0301 封じ込め 👩\u200d💻"
)
LONG = "long " * 1000


def text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def place(file: str, line: int, start: int, end: int, line_text: str = "", *, end_line: int = 0) -> Location:
    span = Span(line, start, end_line or line, end, 100 * line + start, 100 * line + end)
    return Location(file, span, ("steps", line, "next"), line_text)


def finding(
    code: str, location: Location, message: str, severity: Severity = Severity.ERROR, **more: object
) -> Finding:
    return Finding(code, RULES[code].name if code in RULES else "a-rule", severity, message, location, **more)


@pytest.fixture
def plain() -> Report:
    isolate, phishing = "playbooks/isolate-host.yaml", "playbooks/edr/phishing 封.yaml"
    return Report(
        "validate",
        VERSION,
        findings=[
            finding(
                "PB102",
                place(isolate, 12, 11, 16, "    next: notfy"),
                "no step is called 'notfy', did you mean 'notify'?",
                related=((place(isolate, 14, 9, 15, "  - id: notify"), "the step 'notify' stands here"),),
                fix=Fix(
                    "write 'notify'",
                    (Edit(("steps", 12, "next"), "notify"),),
                    replacements=((place(isolate, 12, 11, 16, "    next: notfy"), "notify"),),
                ),
            ),
            finding("PB102", place(isolate, 30, 11, 16, "    next: notfy"), "no step is called 'notfy'"),
            finding(
                "PB002",
                place(isolate, 20, 3, 4, "  - id: reset", end_line=26),
                "a step of type 'action' needs 'action'",
            ),
            finding(
                "PB501",
                place(phishing, 2, 14, 18, "\tname:\t封じ込め 👩\u200d💻 # cafe\u0301"),
                "a description of 0 characters says nothing",
                Severity.NOTE,
            ),
            finding("PB404", place(phishing, 7, 400, 410, "x" * 400), "the call can fail silently", Severity.WARNING),
            finding(
                "PB404",
                place(phishing, 9, 120, 128, "    message: " + "word " * 21 + "{{ it }} and more of it " * 6),
                "the call can fail silently",
                Severity.WARNING,
                fix=Fix("add 'on_error: stop'", (), safe=False),
            ),
            finding(
                "PB501",
                place(isolate, 1, 1, 5, "name: x"),
                "it says nothing",
                Severity.NOTE,
                suppression=Suppression("inSource", "the name says it"),
            ),
        ],
        files=[isolate, phishing, "playbooks/clean.yaml", "playbooks/other.yaml"],
        rules=RULES,
        skipped=[Skipped("README.yaml", "outside 'playbooks:'")],
        messages=["rule 'PB199' is unknown, did you mean 'PB109'?"],
        data=[("ATT&CK enterprise", "19.2"), ("ATT&CK ics", "19.0")],
    )


@pytest.fixture
def hostile() -> Report:
    where = place(f"a/{HOSTILE}.yaml", 3, 5, 60, f"  {HOSTILE}")
    nasty = Change(
        key=f"key {HOSTILE}",
        name=HOSTILE,
        action=Action.HOLD,
        standing=Standing.CONFLICT,
        row=5,
        file=f"a/{HOSTILE}.yaml",
        live_id=HOSTILE,
        reason=HOSTILE,
        hint=HOSTILE,
        fields=(
            FieldChange("name", Side.BOTH, text(HOSTILE), text(LONG)),
            FieldChange("description", Side.BOTH, text(f"a\n{HOSTILE}\nb"), text("a\n  ::error::x\nb")),
            FieldChange("tags", Side.LIVE, text([HOSTILE]), text([])),
            FieldChange(
                "steps",
                Side.LIVE,
                text([{"id": HOSTILE}]),
                text([]),
                steps=(
                    StepChange(
                        HOSTILE, StepKind.ADDED, HOSTILE, (ValueChange(HOSTILE, text(HOSTILE), ""),), (HOSTILE,)
                    ),
                ),
            ),
        ),
        safer=(HOSTILE,),
        riskier=(HOSTILE,),
        writer=Writer(HOSTILE, HOSTILE, HOSTILE),
        touched=True,
        notes=(HOSTILE,),
    )
    return Report(
        HOSTILE,
        VERSION,
        findings=[
            finding("PB102", where, HOSTILE, related=((where, HOSTILE),), fix=Fix(HOSTILE, ())),
            finding("PB102", place("::error::b.yaml", 1, 1, 1, ""), f"'{HOSTILE}' and '{HOSTILE}'", Severity.WARNING),
            finding("PB002", place("-c.yaml", 2, 4500, 5000, LONG[:400]), LONG, Severity.NOTE),
            finding(
                "PB002", place("C:\\d.yaml", 1, 3, 4, "::error::x"), "", suppression=Suppression("external", HOSTILE)
            ),
            finding("PB501", place("/abs/e%20?#.yaml", 1, 1, 9, "\x00\x1b[2J"), "'", Severity.WARNING),
        ],
        files=[f"a/{HOSTILE}.yaml", "::error::b.yaml", "-c.yaml", "C:\\d.yaml", "/abs/e%20?#.yaml", HOSTILE],
        rules=RULES,
        skipped=[Skipped(HOSTILE, HOSTILE)],
        messages=[HOSTILE],
        data=[(HOSTILE, HOSTILE)],
        plan=Plan(HOSTILE, HOSTILE, HOSTILE, changes=(nasty,), refusals=(Refusal(HOSTILE, HOSTILE),), notes=(HOSTILE,)),
    )


def change(key: str, action: Action, standing: Standing, row: int = 5, **more: object) -> Change:
    more.setdefault("file", f"playbooks/{key}.yaml")
    name = key.replace("-", " ").capitalize()
    return Change(key=key, name=name, action=action, standing=standing, row=row, **more)


def _conflict() -> Change:
    return change(
        "lock-identity",
        Action.HOLD,
        Standing.CONFLICT,
        live_id="ply_01J8",
        reason="edited here and on the server since 0a1b2c3d4e5f",
        hint="playbookctl pull lock-identity, or sync --resolve lock-identity=repo@9f86d081",
        fields=(
            FieldChange(
                "description",
                Side.BOTH,
                text("Locks a user out. Asks the lead first. Tell the user by phone."),
                text("Locks a user out. Tell the user by mail."),
                base=text("Locks a user out."),
            ),
            FieldChange("enabled", Side.LIVE, text(value=False), text(value=True), brake=True),
        ),
        safer=("it was disabled",),
        writer=Writer("per_01J9LEAD", "2026-11-02T03:12:44Z", "frontend"),
        live_hash="9f86d081",
        touched=True,
    )


def _update() -> Change:
    steps = (
        StepChange("notify", StepKind.ADDED, "Tell the team"),
        StepChange(
            "reset",
            StepKind.CHANGED,
            "Reset the password",
            (
                ValueChange("with.user", text("{{ alert.user }}"), text("{{ alert.user_id }}")),
                ValueChange("timeout", "", text("2m")),
                ValueChange(
                    "message",
                    text("Hello. It is done."),
                    text("Hello. It is done now.\nThank you for waiting so long."),
                ),
            ),
        ),
        StepChange("by_hand", StepKind.MOVED, "By hand"),
        StepChange("old", StepKind.REMOVED, "Old way", (), ("x-layout",)),
    )
    return change(
        "phishing-triage",
        Action.UPDATE,
        Standing.REPO_AHEAD,
        live_id="ply_01J7",
        fields=(
            FieldChange("name", Side.REPO, text("Phishing"), text("Phishing triage"), written=True),
            FieldChange("mitre_techniques", Side.REPO, text(["T1566"]), text(["T1566.001", "T1566.002"]), written=True),
            FieldChange("steps", Side.REPO, text([]), text([]), written=True, steps=steps),
            FieldChange("category", Side.LIVE, text("identification"), text("containment")),
            FieldChange("required_connector_ids", Side.ENVIRONMENT, text(["cnn_1"]), text(["cnn_2"]), written=True),
        ),
        writer=Writer("per_01J9", "2026-11-02T03:12:44Z", "api"),
        mark=Marker("soc", "phishing-triage", Base("ab" * 48, "0a1b2c3d4e5f", "12345678")),
        write=(("name", text("Phishing triage")),),
        expect="ab" * 16,
    )


def _drifted() -> Change:
    return change(
        "isolate-host",
        Action.NONE,
        Standing.SERVER_DRIFTED,
        live_id="ply_01J6",
        hint="playbookctl pull isolate-host",
        fields=(
            FieldChange("auto_execute", Side.LIVE, text(value=True), text(value=False)),
            FieldChange(
                "steps",
                Side.LIVE,
                text([]),
                text([]),
                steps=(
                    StepChange(
                        "isolate",
                        StepKind.CHANGED,
                        "Isolate",
                        (ValueChange("approval", "", text({"by": ["soc-lead"], "expires": "15m"})),),
                    ),
                    StepChange("page_lead", StepKind.ADDED, "Page the lead"),
                ),
            ),
        ),
        riskier=("an approval was removed from the step 'isolate'", "it now starts by itself"),
        writer=Writer("per_01J9LEAD", "2026-11-02T03:12:44Z", "frontend"),
    )


@pytest.fixture
def full_plan() -> Plan:
    new = (
        FieldChange("name", Side.REPO, "", text("Ransomware"), written=True),
        FieldChange("description", Side.REPO, "", text("Contain first, ask later. " * 8), written=True),
        FieldChange("enabled", Side.REPO, "", text(value=True), written=True),
        FieldChange("tags", Side.REPO, "", text([]), written=True),
        FieldChange(
            "steps",
            Side.REPO,
            "",
            text([]),
            written=True,
            steps=(StepChange("isolate", StepKind.ADDED), StepChange("notify", StepKind.ADDED)),
        ),
    )
    changes = (
        _drifted(),
        _conflict(),
        change("notify-and-ticket", Action.MARK, Standing.REPO_AHEAD, live_id="ply_01J5"),
        change("old-malware", Action.NONE, Standing.IN_SYNC, 12, file="", live_id="ply_01J4", reason="no file has this key", hint="playbookctl sync --retire old-malware"),
        _update(),
        change("preserve-evidence", Action.HOLD, Standing.NEEDS_HUMAN, 10, reason="waits for 'protected-asset-check', which is held", hint="end the hold of 'protected-asset-check'"),
        change("ransomware", Action.CREATE, Standing.REPO_AHEAD, 1, fields=new),
        change("release-host", Action.ADOPT, Standing.REPO_AHEAD, 3, live_id="ply_01J2", reason="named by 'adopt'"),
        change("retired", Action.REVIVE, Standing.REPO_AHEAD, 9, live_id="ply_01J3"),
        change("twin", Action.DUPLICATE, Standing.REPO_AHEAD, 6, live_id="ply_01J1", reason="a copy of ply_01J0"),
        *(change(f"unchanged-{number}", Action.NONE, Standing.IN_SYNC) for number in range(3)),
    )  # fmt: skip
    return Plan(
        "prod",
        "soc-core",
        "tnt_01J0",
        commit="0a1b2c3d4e5f",
        changes=changes,
        refusals=(Refusal("the plan updates 14 of 20 playbooks, more than 30 %", "read the plan, then sync --force"),),
        counts=Counts(files=12, managed=10, unmanaged=14, foreign=2),
        notes=("the environment moved: connector 'okta' was made anew",),
    )


@pytest.fixture
def planned(full_plan: Plan) -> Report:
    return Report("plan", VERSION, plan=full_plan, data=[("ATT&CK enterprise", "19.2")])


@pytest.fixture
def synced(full_plan: Plan) -> Report:
    outcomes = (
        Outcome("ransomware", Action.CREATE, OutcomeKind.DONE, "ply_01J9", attempts=2),
        Outcome("notify-and-ticket", Action.MARK, OutcomeKind.ALREADY, "ply_01J5"),
        Outcome("lock-identity", Action.HOLD, OutcomeKind.HELD, "ply_01J8", "edited on both sides", "playbookctl pull lock-identity"),
        Outcome("phishing-triage", Action.UPDATE, OutcomeKind.ALTERED, "ply_01J7", "accepted, but read back different", altered=("name",), request_id="req-1", backup=".playbookctl/backup/ply_01J7.json", attempts=1),
        Outcome("release-host", Action.ADOPT, OutcomeKind.FAILED, "ply_01J2", "the server answered 422: tags: too long", "shorten the tags", "req-2", attempts=1),
        Outcome("retired", Action.REVIVE, OutcomeKind.UNKNOWN, "ply_01J3", "the answer was lost", "playbookctl plan", "req-3", attempts=1),
        Outcome("twin", Action.DUPLICATE, OutcomeKind.SKIPPED, "ply_01J1", "the canary stopped the run"),
    )  # fmt: skip
    return Report("sync", VERSION, plan=full_plan, outcomes=outcomes)
