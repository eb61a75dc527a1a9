"""Hostile pull requests, told beside an honest change: nothing but their own findings differs, and no program runs.

Every one of them also takes the approval off `lock`: that risk has to be told as it is told without the rest.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.cli.main import run
from playbookctl.errors import ExitCode
from playbookctl.model.plan import Action, Change, FieldChange, Plan, Refusal, Side, Standing, Writer
from playbookctl.model.report import Report
from playbookctl.report.registry import render
from support.page import ACTIVE, ALLOWED, page, runner_commands
from support.pull_request import CATALOGUE, CONFIG, Clone, estate, step

if TYPE_CHECKING:
    from collections.abc import Callable

    Attack = Callable[[Clone], object]

PIECES = [
    "<img src=x onerror=alert(1)>",
    "![p](https://evil.example/p.png)",
    "[c](javascript:alert(1))",
    "@octo/team #1 GH-1 !2 $3",
    "</details><!-- x -->",
    "| a | b |",
    "`code` ```x",
    "::error file=a::b",
    "##[error]c",
    "##vso[task.setvariable variable=d]e",
    "${{ secrets.TOKEN }} {{ 7*7 }} %0A::set-output name=x::y",
    "\x1b[31mred\x1b]0;title\x07",
    "\u202egnp.exe\u2066",
    "zero\u200bwidth\u00adhyphen",
    "www.evil.example :smile: ~a@b.example",
    "one\n::error::two\r\n##[group]three\n\n# four",
    "```mermaid\nclick a href \"javascript:alert(1)\"\n%%{init: {'securityLevel': 'loose'}}%%\n```",
    '"] --> x["<b>y</b>',
    "'a' it's 'b",
    "\\",
    "<!-- playbookctl:review:prod -->",
    "\u2028\u2029\ufeff",
    "- [x] done\n> quoted",
    "$x^2$ &lt;b&gt; &#64;octocat",
]
NASTY = " ".join(PIECES)


class Pull(Clone):
    """A clone with a pull request of which one change is honest: `lock` does not ask any more. `ran` tells of a program."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(folder / "clone")
        self.marker = folder / "ran"
        self._capsys = capsys
        self.base(estate())
        self.edit("lock", lambda book: step(book, "disable").pop("approval"))
        self.commit("the approval goes")

    def program(self) -> str:
        """Return a program that tells that it was run, and how."""
        program = self.folder / ".git" / "evil"
        program.write_text(f'#!/bin/sh\necho "$0 $@" >> {self.marker}\n')
        program.chmod(0o755)
        return str(program)

    @property
    def ran(self) -> str:
        return self.marker.read_text("utf-8") if self.marker.exists() else ""

    def say(self, *arguments: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = run(["review", *arguments])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def review(self) -> dict[str, Any]:
        code, out, err = self.say("--base", "main", "--format", "json")
        assert code == 0, err
        assert out.isascii()
        said: dict[str, Any] = json.loads(out)
        return said

    def state(self) -> tuple[str, list[str]]:
        """Return what git and the file system say of the work tree."""
        files = sorted(str(path) for path in self.folder.rglob("*") if ".git" not in path.parts)
        return self.git("-c", "core.fsmonitor=false", "status", "--porcelain=v2", "--ignored"), files


@pytest.fixture
def pull(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Pull:
    pull = Pull(tmp_path, capsys)
    monkeypatch.chdir(pull.folder)
    return pull


def add(name: str, content: Any, path: str = "") -> Attack:
    """Add a file; a mapping is a playbook whose key is `name`."""
    data = {"key": name, **content} if isinstance(content, dict) and not path else content
    return lambda pull: pull.write(path or f"playbooks/{name}.yaml", data)


def configure(**changes: Any) -> Attack:
    return lambda pull: pull.write("playbookctl.yaml", {**CONFIG, **changes})


def link(path: str, target: str) -> Attack:
    def make(pull: Clone) -> None:
        place = pull.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(target)

    return make


def both(*attacks: Attack) -> Attack:
    def make(pull: Clone) -> None:
        for attack in attacks:
            attack(pull)

    return make


def nasty(text: str) -> dict[str, Any]:
    """Return a playbook that says a nasty thing wherever something can be said."""
    return {
        "name": f"{text} a name", "description": NASTY, "owner": text, "category": text, "tags": [text], "auto_execute": True,
        "trigger_conditions": [{"field": "alert.title", "op": "contains", "value": text}, {"expr": text}],
        "mitre_techniques": [text], "required_connectors": [text], "inputs": {text: {"default": NASTY}}, "outputs": {text: {}},
        "steps": [
            {"id": "ask", "type": "manual", "name": text, "message": NASTY, "assignee": text,
             "choices": [text, "no"], "branches": [{"name": text, "next": "act"}, {"name": "no", "next": "end"}]},
            {"id": "act", "name": text, "connector": text, "action": text, "with": {text: NASTY}, "approval": text},
            {"id": "wipe", "name": text, "connector": "edr", "action": "wipe-host", "timeout": "5m"},
        ],
    }  # fmt: skip


def nasty_playbooks(pull: Clone) -> None:
    for number, text in enumerate(PIECES):
        pull.write(f"playbooks/nasty-{number}.yaml", {"key": f"nasty-{number}", **nasty(text)})


def nasty_changes(pull: Clone) -> None:
    """Say nasty things in playbooks of the base, so that what was and what is are told."""
    for key, text in (("enrich", PIECES[0]), ("report", PIECES[15]), ("sweep", PIECES[7])):
        pull.edit(key, lambda book, text=text: book.update({**nasty(text), "key": book["key"]}))


BOMB = "key: bomb\nname: Bomb\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
PYTHON = 'key: py\nname: !!python/object/apply:os.system ["touch RAN"]\nsteps: [{id: a, action: get-host}]\n'
SWALLOW = {"format": "playbookctl/baseline", "version": 1, "findings": []}
QUIET = {edr: {**data, "actions": {}} for edr, data in CATALOGUE.items()}
READ_ONLY = {
    name: {**data, "actions": {key: {"effect": "read"} for key in data["actions"]}} for name, data in CATALOGUE.items()
}
ATTACKS: dict[str, Attack] = {
    "texts full of markup": nasty_playbooks,
    "playbooks of the base that get such texts": nasty_changes,
    "a config that points elsewhere": configure(environments={"prod": {"url": "https://evil.example", "tenant_id": "tnt_2"}}),
    "a config without playbooks": configure(playbooks="nowhere"),
    "a config with playbooks outside": configure(playbooks=["../../..", "/etc"]),
    "a config that excludes all": configure(exclude=["**"]),
    "a config with another catalogue": both(
        configure(connectors="theirs.yaml"), add("theirs", {"connectors": READ_ONLY}, "theirs.yaml")
    ),
    "a config with a catalogue outside": configure(connectors="../../../../etc/passwd"),
    "a config that ignores all rules": configure(rules={"ignore": ["PB"], "severity": {"PB402": "note"}}),
    "a config with a baseline that has all": both(
        configure(rules={"severity": {"PB402": "error"}, "baseline": "theirs.json"}), add("", SWALLOW, "theirs.json")
    ),
    "a config with other ATT&CK data": configure(attack={"version": "19", "file": "/dev/zero"}),
    "a config that cannot be read": add("", "namespace: [", "playbookctl.yaml"),
    **{
        f"a config of other shapes: {text}": add("", f"namespace: soc\n{text}\n", "playbookctl.yaml")
        for text in ("rules: 3", "rules: {per_path: [1]}", "expected_drift: [3]", "expected_drift: [{key: 1, until: []}]")
    },
    "a config that is gone": lambda pull: (pull.folder / "playbookctl.yaml").unlink(),
    "a second config": add("", "playbooks: nowhere\n", "playbooks/playbookctl.yaml"),
    "a config that is a link": link("playbookctl.yaml", "/etc/passwd"),
    "a catalogue that is a link": link("connectors.yaml", "/etc/passwd"),
    "a catalogue of actions that only read": add("", {"connectors": READ_ONLY}, "connectors.yaml"),
    "a catalogue without actions": add("", {"connectors": QUIET}, "connectors.yaml"),
    "git told to ignore the playbooks": add("", "*\n!.gitignore\n", ".gitignore"),
    "a link out of the repository": link("playbooks/out.yaml", "/etc/passwd"),
    "a link out by steps": link("playbooks/out.yaml", "../../../../../../etc/passwd"),
    "a link into git's own folder": link("playbooks/out.yaml", "../.git/config"),
    "a link to itself": link("playbooks/out.yaml", "out.yaml"),
    "a link with a nasty target": link("playbooks/out.yaml", PIECES[0] + PIECES[11] + PIECES[15]),
    "a folder that is a link": link("playbooks/sub", "/etc"),
    "an alias bomb": add("bomb", BOMB),
    "an object of Python": add("py", PYTHON),
    "a broken file": add("broken", "key: broken\nsteps: [\n"),
    "a file of zeros": add("zeros", b"\0" * 10_000),
    "a file in no encoding": add("bytes", b"key: \xff\xfe\x80\nname: x\n"),
    "a file that nests without end": add("deep", "[" * 100_000),
    "a file of 5 MB and more": add("big", b"key: big\n# " + b"x" * 5_300_000),
    "a file that vanishes": lambda pull: (pull.folder / "playbooks" / "report.yaml").unlink(),
    "a key that is an option": add("--output=x", {"name": "Option", "steps": [{"id": "a", "action": "get-host"}]}),
    "attributes that run programs": add(
        "", "* filter=evil diff=evil merge=evil text=auto eol=crlf ident\n", ".gitattributes"
    ),
    "modules to fetch": add("", '[submodule "x"]\npath = x\nurl = ext::sh -c touch\nupdate = !touch RAN\n', ".gitmodules"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_change_changes_nothing_but_its_own_findings(pull: Pull, name: str) -> None:
    honest = pull.review()
    (risk,) = [each for each in honest["risks"] if each["key"] == "lock"]
    assert risk["level"] == "high"
    ATTACKS[name](pull)
    pull.git("add", "-Af")
    pull.git("commit", "-qm", NASTY)
    touched = set(pull.git("diff", "--name-only", "-z", "--no-ext-diff", "HEAD^", "HEAD").split("\0"))
    keys = {path.removeprefix("playbooks/").removesuffix(".yaml") for path in touched}
    before = pull.state()
    begin = time.process_time()
    said = pull.review()
    assert time.process_time() - begin < 20, "seconds of CPU"
    own = lambda row: row["file"] in touched or row["key"] in keys or not row["key"]  # noqa: E731 - of one row
    for part in ("risks", "playbooks", "new_findings", "fixed_findings"):
        assert [row for row in said[part] if not own(row)] == [row for row in honest[part] if not own(row)], part
    assert risk in said["risks"]
    assert pull.say("--base", "main", "--fail-on", "risk=high")[0] == ExitCode.FINDINGS
    shows_as_text(pull)
    assert pull.state() == before
    assert pull.ran == ""


def shows_as_text(pull: Pull) -> None:
    """Assert that the review is only text where it is read: by a person on a terminal, in a log, in a comment."""
    for form in ("text", "markdown"):
        code, text, _ = pull.say("--base", "main", "--format", form, "--color", "never", "-v")
        assert code == 0
        bad = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn")}
        assert bad <= {"\n", *(["\u200b"] if form == "markdown" else [])}
        assert runner_commands(text) == []
    is_only_text(text)


def is_only_text(text: str) -> None:
    """Assert that Markdown has nothing in it that a forge would act on but tables, folds and drawings."""
    seen = page(text)
    assert len(text) <= 65_000
    assert seen.tags <= ALLOWED | {"h3", "h4", "ul", "li", "sub", "details", "summary", "strong", "hr"}
    assert seen.attributes <= {"lang"}
    assert ACTIVE.findall("".join(seen.prose)) == []
    assert len(seen.comments) == 1
    for drawing in re.findall(r"^```mermaid\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        assert [line for line in drawing.splitlines() if not draws_only(line)] == []


def draws_only(line: str) -> bool:
    """Tell whether a line of Mermaid draws a node, an arrow or a class, and its labels are text and our line breaks."""
    labels = re.findall(r'"([^"]*)"', line)
    rest = re.sub(r'"[^"]*"', "_", line).strip()
    known = re.fullmatch(
        r"flowchart TD|end|subgraph \w+\[_\]|class(Def)? [\w,]+ [\w:#,. -]+|\w+[\[({/]+_[\])}/]+|\w+ -\.?->?(\|_\|)? \w+",
        rest,
    )
    return known is not None and not any(re.search(r"<(?!br/>)|`", label) for label in labels)


# What a repository's own settings of git can have run, and files that are run. None of it is the pull request's, but a
# job may find it where another has left it.
PROGRAMS = [
    "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.alternateRefsCommand",
    "diff.external", "diff.evil.textconv", "diff.evil.command", "filter.evil.clean", "filter.evil.smudge",
    "filter.evil.process", "merge.evil.driver", "gpg.program", "credential.helper", "pager.diff", "pager.log",
    "sequence.editor", "uploadpack.packObjectsHook", "remote.origin.uploadpack",
]  # fmt: skip


@pytest.mark.parametrize("attributes", [True, False])
def test_no_program_that_git_is_told_of_is_run(pull: Pull, attributes: bool) -> None:
    honest = pull.review()
    if attributes:
        pull.write(".gitattributes", "* filter=evil diff=evil merge=evil\n")
        pull.commit("attributes")
    program, hooks = pull.program(), pull.folder / ".git" / "hooks"
    for hook in ("post-index-change", "fsmonitor-watchman", "query-watchman", "reference-transaction", "post-checkout"):
        (hooks / hook).write_text(Path(program).read_text("utf-8"))
        (hooks / hook).chmod(0o755)
    for setting in PROGRAMS:
        pull.git("config", setting, f"!{program}" if setting == "credential.helper" else program)
    pull.git("config", "filter.evil.required", "true")
    pull.git("config", "log.showSignature", "true")
    for file in (pull.folder / "playbooks").iterdir():
        os.utime(file, (1, 1))  # git has to look into them again
    pull.marker.unlink(missing_ok=True)
    said = pull.review()
    shows_as_text(pull)
    assert pull.ran == ""
    assert (said["risks"], said["playbooks"]) == (honest["risks"], honest["playbooks"])


def test_the_programs_would_be_seen(pull: Pull) -> None:
    pull.git("config", "core.fsmonitor", pull.program())
    pull.git("status")
    assert pull.ran


NAMES = [
    "new\nline", "tab\there", 'quo"te', "apostrophe's", "-rf", "--output=x", "%0A::error::x", "::error::x", "##[error]x",
    "\u202egnp", "a|b", "<img src=x>", "@octocat", "#1", "`tick`", "$(touch RAN)", "; touch RAN;", "[x](y)", "back\\slash",
    "\u00e9", "e\u0301", "\x1b[31m", " space ", "{{ 7*7 }}", "${{ github.token }}", "!tag", "https:x", "*",
]  # fmt: skip


def test_files_may_be_called_anything(pull: Pull) -> None:
    honest = pull.review()
    for number, name in enumerate(NAMES):
        pull.write(f"playbooks/{name}.yaml", {"key": f"odd-{number}", "name": name, "steps": [{"id": "a"}]})
        pull.write(
            f"playbooks/{name}.x/b.yaml", {"key": f"odd-{number}-b", "name": name, "steps": [{"id": "a", "x": 1}]}
        )
    raw = os.path.join(os.fsencode(pull.folder), b"playbooks", b"raw\xff\xfe.yaml")
    with open(raw, "wb") as file:
        file.write(b"key: raw\nname: Raw\nsteps: [{id: a}]\n")
    pull.commit("odd names")
    said = pull.review()
    added = {row["key"]: row["file"] for row in said["playbooks"] if row["kind"] == "added"}
    assert {added[f"odd-{number}"] for number in range(len(NAMES))} == {f"playbooks/{name}.yaml" for name in NAMES}
    assert "raw" in added
    assert [row for row in said["risks"] if row["key"] == "lock"] == [
        row for row in honest["risks"] if row["key"] == "lock"
    ]
    shows_as_text(pull)
    assert pull.ran == ""


REFS = [
    "--output=x", "--upload-pack=touch x", "-h", "--", "", " ", "main:playbooks", "main..pr", "^main", "main^@",
    "$(touch x)", "; touch x", "nothing", "0" * 40, ":/base", "@{u}", "HEAD^{tree}", "refs/heads/*", "main\n--all", "\x1b[31m",
]  # fmt: skip


@pytest.mark.parametrize("option", ["--base", "--head"])
@pytest.mark.parametrize("ref", REFS)
def test_a_ref_that_names_no_commit_is_an_error_and_no_option_of_git(pull: Pull, option: str, ref: str) -> None:
    before = pull.state()
    other = "--head" if option == "--base" else "--base"
    code, out, err = pull.say(f"{option}={ref}", other, "main", "--format", "text")
    if code == 0:
        assert ref == ":/base", "it names a commit by its message"
    else:
        assert (code, out) == (ExitCode.USAGE, ""), err
        assert "\x1b" not in err
    assert pull.state() == before


@pytest.mark.parametrize("name", ["main", "origin/main"])
def test_a_tag_that_is_called_like_the_base_does_not_become_the_judge(pull: Pull, name: str) -> None:
    """git takes a tag before a branch: whoever may push tags would choose what a change is compared with."""
    pull.git("update-ref", "refs/remotes/origin/main", "main")
    pull.git("tag", name, "pr")
    code, out, err = pull.say("--base", name)
    assert (code, out) == (ExitCode.USAGE, "")
    branch = "refs/heads/main" if name == "main" else "refs/remotes/origin/main"
    assert f"'{name}' can mean 'refs/tags/{name}' and '{branch}', which are different commits" in err
    assert f"hint: write {branch}" in err
    code, out, _ = pull.say("--base", branch, "--format", "json")
    assert [row["key"] for row in json.loads(out)["risks"]] == ["lock"]
    pull.git("tag", "-f", "-a", "-m", "same", name, branch)
    assert pull.say("--base", name)[0] == 0


def test_a_submodule_is_named_and_not_entered(pull: Pull, tmp_path: Path) -> None:
    inner = Clone(tmp_path / "inner")
    inner.write("evil.yaml", {"key": "evil", "name": "Evil", "steps": [{"id": "a"}]})
    inner.commit()
    honest = pull.review()
    commit = inner.git("rev-parse", "HEAD")
    pull.git("update-index", "--add", "--cacheinfo", f"160000,{commit},playbooks/sub")
    pull.git("commit", "-qm", "a submodule")
    said = pull.review()
    own = [risk for risk in said["risks"] if risk["file"] == "playbooks/sub"]
    assert [(risk["level"], risk["kinds"]) for risk in own] == [("high", ["unreadable"])]
    assert [risk for risk in said["risks"] if risk not in own] == honest["risks"]
    assert said["playbooks"] == honest["playbooks"]
    assert "1 changed submodule: 'playbooks/sub'" in said["not_checked"]


@pytest.mark.unmeasured
def test_fifty_thousand_steps_are_reviewed_and_fit_into_a_comment(pull: Pull, tmp_path: Path) -> None:
    """Measured 18 s of CPU, for 100,006 findings; the limit leaves room for a busy machine."""
    (honest,) = (row for row in pull.review()["risks"] if row["key"] == "lock")
    rows = "".join(f"- {{id: s{number}, connector: edr, action: wipe-host}}\n" for number in range(50_000))
    pull.write("playbooks/huge.yaml", "key: huge\nname: Huge\nauto_execute: true\nsteps:\n" + rows)
    pull.commit("huge")
    comment = tmp_path / "comment.md"
    begin = time.process_time()
    code, out, err = pull.say("--base", "main", "--format", "json", "--report", f"markdown={comment}")
    assert time.process_time() - begin < 180, "seconds of CPU"
    assert code == 0, err
    assert honest in json.loads(out)["risks"]
    text = comment.read_text("utf-8")
    assert len(text) <= 65_000
    assert "| steps that take something away, with nobody asked | 0 | 50,001 |" in text
    is_only_text(text)


def test_a_file_that_takes_a_key_does_not_hide_what_becomes_of_the_other(pull: Pull) -> None:
    """`aaa` claims to be `lock`, as it was before; the real one has lost its approval."""
    pull.write("playbooks/aaa.yaml", estate()["lock"])
    pull.commit("a second lock")
    said = pull.review()
    assert any(row["code"] == "PB006" for row in said["new_findings"])
    told, claimed = sorted(said["risks"], key=lambda row: row["file"], reverse=True)
    assert (told["key"], told["level"], told["kinds"]) == ("lock", "high", ["gate gone"])
    sentence = "claims the key 'lock' of 'playbooks/lock.yaml', so nothing of it is reviewed"
    assert (claimed["file"], claimed["level"], claimed["sentence"]) == ("playbooks/aaa.yaml", "high", sentence)


def test_of_two_files_that_take_the_key_of_one_that_is_gone_one_is_said_to_be_passed_over(pull: Pull) -> None:
    pull.write("playbooks/aaa.yaml", estate()["lock"])
    pull.git("mv", "playbooks/lock.yaml", "playbooks/zzz.yaml")
    pull.commit("lock hides")
    (claimed,) = (row for row in pull.review()["risks"] if row["kinds"] == ["unreadable"])
    assert (claimed["file"], claimed["level"]) == ("playbooks/zzz.yaml", "high")


def test_a_content_that_is_not_here_is_an_error_and_no_removal(pull: Pull) -> None:
    blob = pull.git("rev-parse", "HEAD:playbooks/lock.yaml")
    (pull.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    code, out, err = pull.say("--base", "main")
    assert (code, out) == (ExitCode.USAGE, "")
    assert "lacks" in err


def test_a_review_needs_no_network_and_asks_for_none(pull: Pull) -> None:
    """A partial clone would fetch what it lacks, by whatever program its remote names."""
    pull.git("config", "extensions.partialClone", "origin")
    pull.git("config", "remote.origin.url", f"ext::{pull.program()} x")
    pull.git("config", "core.repositoryFormatVersion", "1")
    pull.git("config", "remote.origin.promisor", "true")
    pull.git("config", "protocol.ext.allow", "always")
    blob = pull.git("rev-parse", "HEAD:playbooks/lock.yaml")
    (pull.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert pull.say("--base", "main")[0] == ExitCode.USAGE
    assert pull.ran == ""
    subprocess.run(["git", "cat-file", "-p", blob], cwd=pull.folder, check=False, capture_output=True)
    assert pull.ran, "git itself would have fetched"


def plan_that_says(text: str, commit: str) -> str:
    """Return a plan for the head's target, as the command prints it, with a text wherever one can stand."""
    field = FieldChange(text, Side.REPO, json.dumps(text), json.dumps([text]))
    change = Change(
        key=text, name=text, action=Action.HOLD, standing=Standing.NEEDS_HUMAN, row=3, file=text, live_id=text, reason=text,
        hint=text, fields=(field,), safer=(text,), riskier=(text,), writer=Writer(text, text, text), notes=(text,),
    )  # fmt: skip
    plan = Plan(
        "prod", "soc", "tnt_1", app_id=text, commit=commit, changes=(change,), refusals=(Refusal(text, text),), notes=(text,)
    )  # fmt: skip
    return render("json", Report("plan", text, plan=plan, messages=[text]))


@pytest.mark.parametrize(
    "text", [*PIECES, NASTY], ids=lambda text: f"{PIECES.index(text)}" if text in PIECES else "all"
)
def test_a_plan_and_alerts_of_a_stranger_are_only_text_too(pull: Pull, tmp_path: Path, text: str) -> None:
    plan, alerts, comment = (tmp_path / name for name in ("plan.json", f"{text[:60].replace('/', '-')}.jsonl", "c.md"))
    rows = [{"id": text, "severity": "critical", "title": text}, {"severity": "high"}, text]
    alerts.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    pull.edit("lock", lambda book: book.update(trigger_conditions=[{"field": "alert.title", "op": "not_exists"}]))
    pull.git("commit", "-qam", text)
    plan.write_text(plan_that_says(text, pull.git("rev-parse", "HEAD")[:12]), "utf-8")
    given = ("--base", "main", "--alerts", str(alerts), "--plan", str(plan))
    code, out, err = pull.say(*given, "--format", "text", "--report", f"markdown={comment}", "--color", "never")
    assert code == 0, err
    assert "alerts lock: 1" in out
    assert "target " in out
    bad = {c for c in out if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn")}
    assert bad <= {"\n"}
    assert runner_commands(out) == []
    is_only_text(comment.read_text("utf-8"))


def test_a_history_of_its_own_is_compared_with_nothing(pull: Pull) -> None:
    pull.git("checkout", "-q", "--orphan", "alone")
    pull.git("commit", "-qm", "alone")
    code, out, err = pull.say("--base", "main")
    assert (code, out) == (ExitCode.USAGE, "")
    assert "have no commit in common" in err


@pytest.mark.parametrize("name", ["..", ".git", ".", "a\\b", "CON"])
def test_a_folder_may_have_a_name_that_no_file_system_would_take(pull: Pull, name: str) -> None:
    """A tree made by hand: checked out, it would lead out of the work tree. Nothing is checked out."""
    honest = pull.review()
    blob = pull.git("rev-parse", "HEAD:playbooks/enrich.yaml")
    inner = tree_of(pull, b"100644 evil.yaml\0" + bytes.fromhex(blob))
    old = subprocess.run(
        ["git", "cat-file", "tree", "HEAD:playbooks"], cwd=pull.folder, check=True, capture_output=True
    ).stdout
    playbooks = tree_of(pull, f"40000 {name}\0".encode() + bytes.fromhex(inner) + old)
    whole = subprocess.run(
        ["git", "cat-file", "tree", "HEAD^{tree}"], cwd=pull.folder, check=True, capture_output=True
    ).stdout
    was = bytes.fromhex(pull.git("rev-parse", "HEAD:playbooks"))
    commit = pull.git(
        "commit-tree", "-p", "HEAD", "-m", "odd", tree_of(pull, whole.replace(was, bytes.fromhex(playbooks)))
    )
    code, out, err = pull.say("--base", "main", "--head", commit, "--format", "json")
    assert code == 0, err
    lock = [row for row in honest["risks"] if row["key"] == "lock"]
    assert [row for row in json.loads(out)["risks"] if row["key"] == "lock"] == lock
    assert not (pull.folder.parent / "evil.yaml").exists()


def tree_of(pull: Pull, content: bytes) -> str:
    """Store a tree as it is, whatever stands in it, and return its name."""
    done = subprocess.run(
        ["git", "hash-object", "-t", "tree", "--literally", "-w", "--stdin"],
        cwd=pull.folder, input=content, check=True, capture_output=True,
    )  # fmt: skip
    return done.stdout.decode().strip()
