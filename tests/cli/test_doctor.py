"""`doctor`: every layer that can be wrong is found, named first, and ends with the code that a sync would end with."""

from __future__ import annotations

import re
import subprocess
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.errors import ExitCode
from playbookctl.server.seed import Seed
from support.recording import Recorder
from support.server import CONNECTORS, PERSONS, PLAYBOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.team import Team

TOPICS = [
    "config", "environment", "playbooks", "history", "credentials", "server", "clock", "token", "tenant", "permissions",
    "lists", "connectors", "owners", "marks",
]  # fmt: skip


def doctor(team: Team) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Return the exit code, the verdicts by topic, and everything that was said."""
    code, said = team.run("doctor")
    assert said["code"] == code
    return code, {check["topic"]: check["verdict"] for check in said["checks"]}, said


@pytest.fixture
def recorder(synced: Team) -> Iterator[Recorder]:
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        yield recorder


def test_where_everything_is_set_up_every_check_is_ok_and_only_get_is_sent(synced: Team, recorder: Recorder) -> None:
    code, verdicts, said = doctor(synced)
    assert (code, verdicts) == (0, dict.fromkeys(TOPICS, "ok")), said
    assert {method for method, _ in recorder.asked} == {"GET"}
    assert ("GET", "/health") in recorder.asked
    assert synced.say("doctor")[1].splitlines()[-1] == "doctor: 14 ok"


def config_is_broken(team: Team, _: pytest.MonkeyPatch) -> None:
    (team.folder / "playbookctl.yaml").write_text("namespace: [\n", "utf-8")


def environment_is_unknown(team: Team, _: pytest.MonkeyPatch) -> None:
    path = team.folder / "playbookctl.yaml"
    path.write_text(path.read_text("utf-8").replace("prod:", "production:"), "utf-8")


def environments_share_a_tenant(team: Team, _: pytest.MonkeyPatch) -> None:
    team.configure(f"  copy: {{url: 'https://h.test', tenant_id: {team.server.tenant_id}}}\n")


def file_is_unreadable(team: Team, _: pytest.MonkeyPatch) -> None:
    team.edit("triage", "steps:", "\tsteps:")


def commit_is_older(team: Team, _: pytest.MonkeyPatch) -> None:
    team.edit("triage", "Look at the host.", "Later.")
    team.sync()
    team.git("branch", "later")
    team.git("reset", "-q", "--hard", "HEAD~1")


def no_credentials(_: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CPOD_API_KEY")


def half_of_the_credentials(_: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CPOD_API_KEY")
    monkeypatch.setenv("CPOD_CLIENT_ID", "cli_1")


def nobody_is_there(team: Team, _: pytest.MonkeyPatch) -> None:
    team.goes_through("http://127.0.0.1:9")


def another_address_is_wanted(_: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPOD_BASE_URL", "https://elsewhere.test")


def token_is_of_nobody(_: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPOD_API_KEY", "sesame-sesame-sesame")


def secret_is_wrong(_: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CPOD_API_KEY")
    monkeypatch.setenv("CPOD_CLIENT_ID", "cli_1")
    monkeypatch.setenv("CPOD_CLIENT_SECRET", "sesame-sesame-sesame")


def token_is_another_tenants(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPOD_API_KEY", team.server.token(tenant="other"))


def connector_is_missing(team: Team, _: pytest.MonkeyPatch) -> None:
    team.server.delete(team.connectors()["edr"]["id"])


def owner_is_missing(team: Team, _: pytest.MonkeyPatch) -> None:
    team.edit("triage", "owner: soc-lead", "owner: nobody")


def mark_is_damaged(team: Team, _: pytest.MonkeyPatch) -> None:
    team.analyst("Triage", tags=["playbookctl:key=soc/triage", "playbookctl:base=1.oh"])


def mark_is_newer(team: Team, _: pytest.MonkeyPatch) -> None:
    team.analyst("Triage", tags=["playbookctl:key=soc/triage", "playbookctl:base=9.x"])


def repository_is_somebody_elses(_: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")


BROKEN: list[tuple[Any, ExitCode, str, str]] = [
    (config_is_broken, ExitCode.USAGE, "config", "playbookctl.yaml:1:"),
    (environment_is_unknown, ExitCode.USAGE, "environment", "there is no environment 'prod'"),
    (environments_share_a_tenant, ExitCode.USAGE, "environment", "the environments 'copy' and 'prod' share the tenant"),
    (file_is_unreadable, ExitCode.REFUSED, "playbooks", "1 of 2 files cannot be read as playbooks: playbooks/triage.yaml"),
    (repository_is_somebody_elses, ExitCode.USAGE, "history", "detected dubious ownership"),
    (commit_is_older, ExitCode.REFUSED, "history", "is no ancestor of"),
    (no_credentials, ExitCode.NOT_AUTHENTICATED, "credentials", "neither CPOD_API_KEY nor"),
    (half_of_the_credentials, ExitCode.NOT_AUTHENTICATED, "credentials", "CPOD_CLIENT_ID is set, CPOD_CLIENT_SECRET is not"),
    (nobody_is_there, ExitCode.SERVER, "server", "cannot connect to 'http://127.0.0.1:9'"),
    (another_address_is_wanted, ExitCode.USAGE, "server", "CPOD_BASE_URL is 'https://elsewhere.test'"),
    (token_is_of_nobody, ExitCode.NOT_AUTHENTICATED, "token", "was answered 401"),
    (secret_is_wrong, ExitCode.NOT_AUTHENTICATED, "token", "POST /api/v1/auth/token was answered 401"),
    (token_is_another_tenants, ExitCode.NOT_AUTHENTICATED, "tenant", "the token belongs to tenant"),
    (connector_is_missing, ExitCode.REFUSED, "connectors", "1 of 2 connectors (edr): the connector 'edr' has no id"),
    (owner_is_missing, ExitCode.REFUSED, "owners", "1 of 1 owner (nobody): the owner 'nobody' has no id"),
    (mark_is_damaged, ExitCode.REFUSED, "marks", "cannot be read"),
    (mark_is_newer, ExitCode.REFUSED, "marks", "the base has format 9, this version knows up to 1"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "code", "topic", "words"), BROKEN, ids=[case[0].__name__ for case in BROKEN])
def test_what_is_wrong_is_found_and_named_first(
    synced: Team, monkeypatch: pytest.MonkeyPatch, damage: Any, code: ExitCode, topic: str, words: str
) -> None:
    damage(synced, monkeypatch)
    ended, verdicts, said = doctor(synced)
    assert (ended, verdicts[topic]) == (code, "fail"), said
    assert words in said["message"]
    assert said["hint"]
    below = TOPICS[: TOPICS.index(topic)]
    assert {name for name in below if verdicts[name] == "fail"} == set()
    _, out, err = synced.say("doctor")
    assert f"first to mend: {topic}: " in out
    assert err == ""
    assert "sesame" not in out + str(said)


def test_what_depends_on_a_layer_that_failed_is_not_tried(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    no_credentials(team, monkeypatch)
    _, verdicts, _ = doctor(team)
    assert [topic for topic in TOPICS if verdicts[topic] == "not checked"] == TOPICS[TOPICS.index("credentials") + 1 :]


ANSWERS: list[tuple[str, int, Any, str, str, ExitCode]] = [
    (PLAYBOOKS, 403, {"title": "Forbidden"}, "permissions", "fail", ExitCode.NOT_AUTHENTICATED),
    (PLAYBOOKS, 200, [{"id": f"ply_{n}"} for n in range(50)], "lists", "fail", ExitCode.SERVER),
    (PLAYBOOKS, 200, {"data": [], "total": 7}, "lists", "fail", ExitCode.SERVER),
    (PLAYBOOKS, 200, "<html>", "lists", "fail", ExitCode.SERVER),
    (CONNECTORS, 403, {"title": "Forbidden"}, "permissions", "warn", ExitCode.REFUSED),  # and no name has an id then
    (PERSONS, 403, {"title": "Forbidden"}, "permissions", "warn", ExitCode.REFUSED),
    ("/health", 404, {}, "server", "ok", ExitCode.DONE),
    ("/health", 503, {}, "server", "warn", ExitCode.DONE),
]  # fmt: skip


@pytest.mark.parametrize(("path", "status", "value", "topic", "verdict", "code"), ANSWERS)
def test_an_answer_that_is_not_as_it_should_be_is_the_fault_of_its_layer(
    synced: Team, recorder: Recorder, path: str, status: int, value: Any, topic: str, verdict: str, code: ExitCode
) -> None:
    recorder.instead[path] = (status, value)
    ended, verdicts, said = doctor(synced)
    assert (ended, verdicts[topic]) == (code, verdict), said


def test_a_playbook_that_may_be_listed_and_not_got_is_a_permission_that_lacks(synced: Team, recorder: Recorder) -> None:
    first = min(row["id"] for row in synced.live().values())
    recorder.instead[f"{PLAYBOOKS}/{first}"] = (403, {})
    code, verdicts, _ = doctor(synced)
    assert (code, verdicts["permissions"]) == (ExitCode.NOT_AUTHENTICATED, "fail")


def test_a_clock_that_is_off_is_said(synced: Team, recorder: Recorder) -> None:
    recorder.headers["Date"] = formatdate(0, usegmt=True)
    code, verdicts, said = doctor(synced)
    assert (code, verdicts["clock"]) == (0, "warn")
    (clock,) = [check for check in said["checks"] if check["topic"] == "clock"]
    assert re.search(r"clock is [\d,]+ s ahead of the server's", clock["said"])


def test_a_token_of_an_application_is_said_to_see_nothing_else(synced: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    synced.server.seed(Seed({"edr": "e", "chat": "c"}, ("soc-lead",)), app_id="app_1")
    monkeypatch.setenv("CPOD_API_KEY", synced.server.token(app_id="app_1"))
    _, verdicts, said = doctor(synced)
    (tenant,) = [check for check in said["checks"] if check["topic"] == "tenant"]
    assert verdicts["tenant"] == "warn"
    assert "bound to the application app_1: only that application's playbooks are seen" in tenant["said"]
    assert tenant["remedy"].startswith("write environments.prod.app_id: app_1")


def test_a_tenant_that_is_not_pinned_is_said_with_the_line_to_write(synced: Team) -> None:
    path = synced.folder / "playbookctl.yaml"
    path.write_text(path.read_text("utf-8").replace(f", tenant_id: {synced.server.tenant_id}", ""), "utf-8")
    code, verdicts, said = doctor(synced)
    assert (code, verdicts["tenant"]) == (0, "warn")
    assert f"write environments.prod.tenant_id: {synced.server.tenant_id}" in str(said)


def test_a_token_that_is_about_to_expire_is_said(synced: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPOD_API_KEY", synced.server.token(expires_in=120))
    assert doctor(synced)[1]["token"] == "warn"  # noqa: S105 - a topic


def test_a_shallow_clone_is_said(synced: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    synced.edit("triage", "Look at the host.", "Later.")
    clone = synced.folder.parent / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", synced.folder.as_uri(), str(clone)], check=True)
    monkeypatch.chdir(clone)
    code, verdicts, said = doctor(synced)
    assert (code, verdicts["history"]) == (0, "warn"), said
    assert "this clone is shallow" in str(said)


def test_copies_and_unwell_connectors_are_worth_a_word(synced: Team) -> None:
    synced.server.clone(synced.live()["Triage"]["id"])
    synced.connector("chat", enabled=False)
    code, verdicts, said = doctor(synced)
    assert (code, verdicts["marks"], verdicts["connectors"]) == (0, "warn", "warn")
    assert "1 copy made in the editor" in str(said)


def test_a_repository_without_a_playbook_can_still_be_looked_at(synced: Team) -> None:
    for path in (synced.folder / "playbooks").iterdir():
        path.unlink()
    code, verdicts, _ = doctor(synced)
    assert (code, verdicts["playbooks"], verdicts["marks"]) == (0, "warn", "ok")


def test_no_output_has_a_secret(synced: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    token = synced.server.token()
    monkeypatch.setenv("CPOD_API_KEY", token)
    monkeypatch.setenv("CPOD_CLIENT_SECRET", "sesame-sesame-sesame")
    log = synced.folder.parent / "log"
    _, out, err = synced.say("doctor", "--log-file", str(log))
    for text in (out, err, str(doctor(synced)), log.read_text("utf-8")):
        assert token not in text
        assert "sesame" not in text
