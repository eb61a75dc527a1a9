"""What the repository's side looks like: config, environment, playbooks, history, credentials. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.doctor.said import count, fail, ok, some, warn
from playbookctl.errors import ExitCode
from playbookctl.model.checkup import Topic
from playbookctl.model.finding import Severity
from playbookctl.plan.sides import Ancestry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.gather import Gathered
    from playbookctl.model.checkup import Check
    from playbookctl.model.workspace import Environment, Settings
    from playbookctl.past import Past

_FETCH = "git fetch --unshallow, or 'fetch-depth: 0' in CI"
KEY, CLIENT_ID, CLIENT_SECRET = "CPOD_API_KEY", "CPOD_CLIENT_ID", "CPOD_CLIENT_SECRET"


def config(settings: Settings, shown: str) -> Check:
    """Judge the configuration, which could be read; `shown` is its path, '' without one."""
    if not shown:
        return warn(Topic.CONFIG, "there is no playbookctl.yaml; defaults count", "playbookctl init")
    names = ", ".join(settings.environments) or "none"
    return ok(Topic.CONFIG, f"{shown}: namespace {settings.namespace}, environments: {names}")


def environment(chosen: Environment) -> Check:
    """Say which environment it is; one that shares its playbooks with another has been refused before."""
    return ok(Topic.ENVIRONMENT, f"{chosen.name}: {chosen.url or 'the address in CPOD_BASE_URL'}")


def playbooks(gathered: Gathered) -> Check:
    """Judge the files: whether all can be read, and whether rules are broken that hold a playbook."""
    number, broken = len(gathered.playbooks), gathered.unreadable
    if broken:
        said = f"{len(broken):,} of {count(number + len(broken), 'file')} cannot be read as playbooks: "
        return fail(
            Topic.PLAYBOOKS, said + some(file.file for file in broken), "playbookctl validate", ExitCode.REFUSED
        )
    if not number:
        return warn(Topic.PLAYBOOKS, "there is none yet", "playbookctl init writes an example")
    errors = [finding for finding in gathered.report.findings if finding.severity is Severity.ERROR]
    wrong = sorted({finding.location.file for finding in errors})
    if wrong:
        said = f"{count(number, 'playbook')}; rules are broken in {some(wrong)}, and a sync holds what it would write there"
        return warn(Topic.PLAYBOOKS, said, "playbookctl validate")
    return ok(Topic.PLAYBOOKS, f"{count(number, 'playbook')}, all can be read, and no rule is broken")


def clone(commit: str | None, *, shallow: bool) -> Check:
    """Judge what git has here; `commit` is None outside git, and before the first commit."""
    if commit is None:
        said = "there is no git history: nobody can tell what was deleted on the server, or who changed a file"
        return warn(Topic.HISTORY, said, "git init, and commit")
    if shallow:
        said = f"commit {commit}; this clone is shallow, and what was applied before cannot be shown"
        return warn(Topic.HISTORY, said, _FETCH)
    return ok(Topic.HISTORY, f"commit {commit}")


def history(past: Past, *, shallow: bool) -> Check:
    """Judge how the commits that marks name stand to the one that is checked out."""
    if past.ancestry is Ancestry.OLDER:
        said = f"commit {past.applied_commit} was applied, and it is no ancestor of {past.commit}"
        return fail(Topic.HISTORY, said, "update the branch, or sync --allow-older", ExitCode.REFUSED)
    if past.ancestry is Ancestry.UNKNOWN:
        why = "; this clone is shallow" if shallow else ": squashed, rebased, or of another branch"
        remedy = _FETCH if shallow else "updates go on; what is created needs sync --create KEY"
        return warn(Topic.HISTORY, f"a commit that was applied is not in this clone{why}", remedy)
    if shallow:
        return clone(past.commit, shallow=True)
    applied = f", last applied {past.applied_commit}" if past.applied_commit else ", nothing applied yet"
    return ok(Topic.HISTORY, f"commit {past.commit}{applied}")


def credentials(variables: Mapping[str, str], *, embedded: bool) -> Check:
    """Judge which variables are set, never what is in them."""
    if embedded:
        return ok(Topic.CREDENTIALS, "none are needed: the server is embedded")
    there = [name for name in (KEY, CLIENT_ID, CLIENT_SECRET) if variables.get(name)]
    if KEY in there:
        return ok(
            Topic.CREDENTIALS, f"{KEY} is set" + (f"; it goes before {' and '.join(there[1:])}" if there[1:] else "")
        )
    if len(there) > 1:
        return ok(Topic.CREDENTIALS, f"{CLIENT_ID} and {CLIENT_SECRET} are set")
    if there:
        missing = CLIENT_SECRET if there == [CLIENT_ID] else CLIENT_ID
        said = f"{there[0]} is set, {missing} is not"
        return fail(Topic.CREDENTIALS, said, f"set {missing}, or {KEY}", ExitCode.NOT_AUTHENTICATED)
    said = f"neither {KEY} nor {CLIENT_ID} and {CLIENT_SECRET} are set"
    return fail(Topic.CREDENTIALS, said, "set one or the other", ExitCode.NOT_AUTHENTICATED)
