"""The cache may save time and nothing else: whatever changes, a report is the one that an examination from scratch gives."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from playbookctl import cache as cache_module
from playbookctl.cache import Cache, digest, key_in, stamp
from playbookctl.cli.main import run
from playbookctl.pipeline import Repository

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG = (
    "namespace: test\nentry_points: [p00]\nrules:\n  per_path:\n"
    "    playbooks/quiet: {severity: {PB505: note}, ignore: [PB501]}\n"
)
CONNECTORS = "connectors:\n  edr: {provider: edr, actions: {get-host: {}, isolate-host: {effect: destructive}}}\n"
PLAIN = (
    "key: p{number:02}\nname: Playbook {number:02}\ndescription: It does number {number:02} of forty things.\nsteps:\n"
    "  - {{id: look, connector: edr, action: get-host}}\n"
)
ODD = {
    "playbooks/calls.yaml": "key: calls\nname: Calls\nsteps:\n  - {id: a, type: playbook, playbook: p00}\n"
    "  - {id: b, type: playbook, playbook: gone}\n",
    "playbooks/same.yaml": "key: p01\nname: Playbook 02\nsteps:\n  - {id: a, action: get-host}\n",
    "playbooks/broken.yaml": "name: Broken\nsteps: [\n",
    "playbooks/shape.yaml": "name: 12\nstep:\n  - {id: on, actoin: get-host}\n",
    "playbooks/doubt.yaml": "key: doubt\nname: Doubt\nname: Twice \u00e9\u202e\nmitre_techniques: [T1086]\nsteps:\n"
    "  - id: one  # playbookctl: ignore[PB202] agreed until=2026-09-30\n    connector: nose\n    action: get\n"
    "  - {id: one, action: isolate-host, next: nowhere}\n  # playbookctl: ignore[PB101]\n  - {id: two, action: x}\n",
    "playbooks/quiet/same.yaml": "key: quiet\nname: Playbook 03\nsteps:\n  - {id: a, action: get-host}\n",
    "playbooks/no-key.yaml": "name: No key\nversion: 1.10\nsteps:\n  - {id: a, action: get-host, with: {a: see #12 there}}\n",
}

RACY = 100_000_000  # ns; the tests wait for it a hundred times


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cache_module, "_RACY", RACY)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    plain = {f"playbooks/p{number:02}.yaml": PLAIN.format(number=number) for number in range(40)}
    files = {"playbookctl.yaml": CONFIG, "connectors.yaml": CONNECTORS, **plain, **ODD}
    for name, text in files.items():
        write(folder / name, text)
    monkeypatch.chdir(folder)
    age(folder)
    return folder


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def age(folder: Path) -> None:
    """Wait until every file is old enough for its times to be relied upon."""
    youngest = max(file.stat().st_ctime for file in folder.rglob("*.yaml"))
    time.sleep(max(0.0, youngest + RACY / 1e9 + 0.02 - time.time()))


def reported(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return all that a check says: exit code, report, and what it says beside it."""
    code = run(["validate", "--format", "json", *arguments])
    said = capsys.readouterr()
    return f"{code}\n{said.err}\n{said.out}"


def caches(folder: Path, ending: str = "rows") -> list[Path]:
    return sorted((folder / ".playbookctl" / "cache").glob(f"*.{ending}"))


def replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text
        write(folder / name, text.replace(old, new))

    return change


def same_size_same_time(folder: Path) -> None:
    """Change a playbook so that neither its size nor its time of writing tells."""
    file = folder / "playbooks/p05.yaml"
    before = file.stat()
    replace("playbooks/p05.yaml", "get-host", "got-host")(folder)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = file.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def put_in_place(folder: Path) -> None:
    """Put another file in a playbook's place, of the same size and time of writing."""
    file, other = folder / "playbooks/p05.yaml", folder / "other"
    before = file.stat()
    write(other, file.read_text("utf-8").replace("edr", "nvr"))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)


def other_times(folder: Path) -> None:
    """What a fresh checkout does: everything is new, and nothing has changed."""
    for file in folder.rglob("*.yaml"):
        os.utime(file)


def leads_out(folder: Path) -> None:
    write(folder.parent / "outside.yaml", (folder / "playbooks/p06.yaml").read_text("utf-8"))
    (folder / "playbooks/p06.yaml").unlink()
    (folder / "playbooks/p06.yaml").symlink_to("../../outside.yaml")


def folder_leads_out(folder: Path) -> None:
    (folder / "playbooks/quiet").rename(folder.parent / "quiet")
    (folder / "playbooks/quiet").symlink_to("../../quiet")


def write_baseline(folder: Path) -> None:
    assert run(["validate", "-q", "--no-cache", "--write-baseline", "known.json"]) in (0, 1)
    write(folder / "playbookctl.yaml", CONFIG.replace("rules:\n", "rules:\n  baseline: known.json\n"))


CHANGES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "nothing": (lambda _: None, []),
    "a playbook": (replace("playbooks/p05.yaml", "get-host", "isolate-host"), []),
    "a playbook, its size and time as before": (same_size_same_time, []),
    "a playbook replaced by another of that size and time": (put_in_place, []),
    "a playbook's key, which another calls": (replace("playbooks/p00.yaml", "key: p00", "key: p0"), []),
    "a playbook gone": (lambda folder: (folder / "playbooks/p00.yaml").unlink(), []),
    "a playbook more": (lambda folder: write(folder / "playbooks/gone.yaml", PLAIN.format(number=77)), []),
    "a playbook renamed": (lambda folder: (folder / "playbooks/no-key.yaml").rename("playbooks/gone.yaml"), []),
    "two playbooks exchanged": (
        lambda folder: [
            (folder / "playbooks/no-key.yaml").rename("x"), (folder / "playbooks/broken.yaml").rename("playbooks/no-key.yaml"),
            Path("x").rename("playbooks/broken.yaml"),
        ], [],
    ),
    "a playbook mended": (lambda folder: write(folder / "playbooks/broken.yaml", PLAIN.format(number=50)), []),
    "a comment that suppresses": (replace("playbooks/doubt.yaml", "[PB202]", "[PB201,PB202]"), []),
    "a playbook that is a link out now": (leads_out, []),
    "a folder that is a link out now": (folder_leads_out, []),
    "all times": (other_times, []),
    "the config": (replace("playbookctl.yaml", "[p00]", "[p00, doubt]"), []),
    "a mistake in the config": (replace("playbookctl.yaml", "rules:", "rule_s: {}\nrules:"), []),
    "severities by path": (replace("playbookctl.yaml", "PB505: note", "PB505: error"), []),
    "rules switched off": (replace("playbookctl.yaml", "rules:\n", "rules:\n  ignore: [PB1]\n"), []),
    "ATT&CK's version": (replace("playbookctl.yaml", "rules:", "attack: {version: '18'}\nrules:"), []),
    "the config gone": (lambda folder: (folder / "playbookctl.yaml").unlink(), []),
    "the connectors": (replace("connectors.yaml", "edr:", "edr2:"), []),
    "a mistake in the connectors": (replace("connectors.yaml", "provider:", "provide:"), []),
    "the connectors gone": (lambda folder: (folder / "connectors.yaml").unlink(), []),
    "a baseline": (write_baseline, []),
    "a baseline, and a playbook": (
        lambda folder: [write_baseline(folder), replace("playbooks/doubt.yaml", "nose", "noise")(folder)], [],
    ),
    "the day": (lambda _: None, ["--today", "2027-01-01"]),
    "what is selected": (lambda _: None, ["--select", "PB1,PB4", "--ignore", "PB103"]),
    "what is ignored": (lambda _: None, ["--ignore", "PB505"]),
    "one file is asked for": (lambda _: None, ["playbooks/calls.yaml"]),
    "three files are asked for, one changed": (
        replace("playbooks/p00.yaml", "key: p00", "key: p0"), ["playbooks/calls.yaml", "playbooks/p01.yaml", "playbooks/p02.yaml"],
    ),
    "a folder is asked for": (lambda _: None, ["playbooks/quiet"]),
    "the connectors are asked for": (lambda _: None, ["connectors.yaml"]),
    "another place to stand": (lambda _: os.chdir("playbooks/quiet"), []),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_the_report_is_the_one_made_without_a_cache(
    folder: Path, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    before = reported(capsys, "--today", "2026-06-01")
    made = caches(folder)
    assert len(made) == 1
    assert reported(capsys, "--today", "2026-06-01") == before

    act, arguments = CHANGES[change]
    act(folder)
    arguments = [*([] if "--today" in arguments else ["--today", "2026-06-01"]), *arguments]
    honest = reported(capsys, "--no-cache", *arguments)
    age(folder)
    for without in ("", "", "report", "", "rows", ""):  # what was kept, or a part of it, or what the last run kept
        for file in caches(folder, without) if without else []:
            file.unlink()
        assert reported(capsys, *arguments) == honest


def test_the_table_of_changes_changes_reports(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only what cannot matter leaves the report as it was; so the test above compares what differs."""
    before = reported(capsys, "--today", "2026-06-01")
    same = set()
    texts = {file: file.read_bytes() for file in folder.rglob("*.yaml")}
    for name, (act, arguments) in CHANGES.items():
        if name in ("a folder that is a link out now", "a playbook that is a link out now"):
            continue
        act(folder)
        if (
            reported(
                capsys, "--no-cache", *(arguments if "--today" in arguments else ["--today", "2026-06-01", *arguments])
            )
            == before
        ):
            same.add(name)
        os.chdir(folder)
        for file in set(folder.rglob("*.yaml")) - set(texts):
            file.unlink()
        for file, text in texts.items():
            file.write_bytes(text)
    assert same == {"nothing", "all times"}


@pytest.mark.parametrize("standing", [".", "playbooks"])
def test_standard_input_is_checked_beside_the_cached_playbooks(
    folder: Path, monkeypatch: pytest.MonkeyPatch, standing: str
) -> None:
    text = (folder / "playbooks/calls.yaml").read_text("utf-8").replace("playbook: p00", "playbook: p99")
    monkeypatch.chdir(folder / standing)
    said = [
        subprocess.run(
            [sys.executable, "-m", "playbookctl", "validate", "-", "--stdin-filename", "playbooks/calls.yaml", *more],
            input=text, text=True, capture_output=True, check=False,
        ).stdout
        for more in ([], [], ["--no-cache"])
    ]  # fmt: skip
    assert said[0] == said[1] == said[2]
    assert "p99" in said[0]
    assert len(caches(folder)) == 1


def test_changes_since_a_commit_are_the_same_with_a_cache(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.test"]
    for arguments in (["init", "-q"], ["add", "playbooks"], [*identity, "commit", "-qm", "all"]):
        subprocess.run(["git", *arguments], check=True, capture_output=True)
    reported(capsys)
    write(folder / "playbooks/p00.yaml", PLAIN.format(number=80))
    kept = reported(capsys, "--changed-since", "HEAD")
    assert "playbooks/calls.yaml" in kept
    assert (
        kept == reported(capsys, "--changed-since", "HEAD") == reported(capsys, "--no-cache", "--changed-since", "HEAD")
    )


def test_fixes_are_the_same_with_a_cache(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def fixed(*arguments: str) -> tuple[str, str]:
        code = run(["validate", *arguments])
        said = capsys.readouterr()
        return f"{code} {said.out}", said.err

    reported(capsys)
    assert fixed("--diff", "--unsafe-fixes") == fixed("--no-cache", "--diff", "--unsafe-fixes")
    text = (folder / "playbooks/doubt.yaml").read_text("utf-8")
    fixed("--fix")
    with_cache, left = (folder / "playbooks/doubt.yaml").read_text("utf-8"), reported(capsys)
    assert with_cache != text
    write(folder / "playbooks/doubt.yaml", text)
    fixed("--fix", "--no-cache")
    assert (folder / "playbooks/doubt.yaml").read_text("utf-8") == with_cache
    assert reported(capsys) == left == reported(capsys, "--no-cache")


def forged(file: Path, key: bytes, *, seal: bytes | None = None) -> None:
    """Let what was kept say that a playbook with mistakes has none, sealed with `key`."""
    first, _, body = file.read_bytes().partition(b"\n")
    text = body.decode()
    if file.suffix == ".report":
        text = text.partition("\n")[0] + "\n[]"
    else:
        row = next(line for line in text.split("\n") if line.startswith("playbooks/doubt.yaml\t"))
        path, its_stamp, content, _, summary = row.split("\t")
        text = text.replace(row, f'{path}\t{its_stamp}\t{content}\t["",[],[]]\t{summary}')
    kind = file.suffix.removeprefix(".")
    honest = Cache(str(file.parent.parent.parent), key, file.stem)._first(kind, text.encode())
    file.write_bytes((honest if seal is None else first.rpartition(b" ")[0] + b" " + seal) + b"\n" + text.encode())


@pytest.mark.parametrize("kind", ["rows", "report"])
def test_a_cache_is_believed_only_with_the_seal_of_this_user(
    folder: Path, home: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    honest = reported(capsys)
    assert "playbooks/doubt.yaml" in honest
    key = (home / "playbookctl" / "cache.key").read_bytes()
    whole = {file.name: file.read_bytes() for file in (*caches(folder), *caches(folder, "report"))}
    its_seal = caches(folder, kind)[0].read_bytes().partition(b"\n")[0].rpartition(b" ")[2]
    believed = []
    for other, seal in ((b"\0" * 32, None), (b"", its_seal), (b"", b""), (b"", b"0" * 64), (key, None)):
        for name, data in whole.items():
            (folder / ".playbookctl" / "cache" / name).write_bytes(data)
        (file,) = caches(folder, kind)
        forged(file, other, seal=seal)
        if kind == "rows":
            caches(folder, "report")[0].unlink()
        believed.append(reported(capsys) != honest)
    assert believed == [False, False, False, False, True], "the last shows that what was kept is looked at"


def test_a_seal_holds_for_one_name_and_one_kind_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reported(capsys)
    (rows,) = caches(folder)
    write(folder / "playbookctl.yaml", CONFIG + "# another state\n")
    reported(capsys)
    (other,) = set(caches(folder)) - {rows}
    key_folder = Path(os.environ["XDG_CACHE_HOME"]) / "playbookctl"
    key = (key_folder / "cache.key").read_bytes()
    assert Cache(str(folder), key, other.stem).find("playbooks/p00.yaml") is not None
    other.write_bytes(rows.read_bytes())
    assert Cache(str(folder), key, other.stem).find("playbooks/p00.yaml") is None
    report = other.with_suffix(".report")
    report.write_bytes(other.read_bytes().replace(b" rows ", b" report ", 1))
    assert Cache(str(folder), key, other.stem).find_report("playbooks") is None


def test_a_key_that_lies_in_the_repository_is_not_used(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a pipeline keeps the home folder in the work tree, a pull request could bring key and cache along."""
    assert key_in(str(folder.parent / "elsewhere"), str(folder)) is not None
    for inside in (folder / ".cache" / "playbookctl", folder):
        assert key_in(str(inside), str(folder)) is None
    assert key_in("relative", str(folder)) is None
    (folder.parent / "link").symlink_to(folder)
    assert key_in(str(folder.parent / "link" / "home"), str(folder)) is None
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / ".cache"))
    reported(capsys)
    assert caches(folder) == []


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o622])
def test_a_key_that_others_can_read_is_not_used(tmp_path: Path, mode: int) -> None:
    assert key_in(str(tmp_path / "own"), str(tmp_path / "x")) is not None
    (tmp_path / "own" / "cache.key").chmod(mode)
    assert key_in(str(tmp_path / "own"), str(tmp_path / "x")) is None


def test_a_key_that_is_cut_short_or_a_link_is_not_used(tmp_path: Path) -> None:
    own = tmp_path / "own"
    key = key_in(str(own), str(tmp_path / "x"))
    assert key is not None
    (own / "cache.key").write_bytes(key[:31])
    assert key_in(str(own), str(tmp_path / "x")) is None
    (own / "cache.key").rename(own / "other")
    (own / "other").write_bytes(key)
    (own / "cache.key").symlink_to("other")
    assert key_in(str(own), str(tmp_path / "x")) is None


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda data: data[: len(data) // 2],
    "a byte changed": lambda data: data[:-20] + bytes([data[-20] ^ 1]) + data[-19:],
    "noise": lambda data: os.urandom(len(data)),
    "no line break": lambda data: data.replace(b"\n", b" "),
    "a line more": lambda data: data + b"playbooks/x.yaml\t\t\t[]\t[]\n",
    "of another format": lambda data: data.replace(b" cache 1 ", b" cache 9 "),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_is_made_anew(folder: Path, capsys: pytest.CaptureFixture[str], damage: str) -> None:
    honest = reported(capsys)
    for kind in ("rows", "report"):
        (file,) = caches(folder, kind)
        whole = file.read_bytes()
        file.write_bytes(DAMAGE[damage](whole))
        for report in caches(folder, "report") if kind == "rows" else []:
            report.unlink()
        assert reported(capsys) == honest
        assert file.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_done_without(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    honest = reported(capsys, "--no-cache")
    assert caches(folder) == []
    write(folder / ".playbookctl", "a file where the folder would be")
    assert reported(capsys) == honest
    (folder / ".playbookctl").unlink()
    (folder.parent / "outside").mkdir()
    for link in (folder / ".playbookctl", folder / ".playbookctl" / "cache"):
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(folder.parent / "outside")
        assert reported(capsys) == honest
        link.unlink()
    assert list((folder.parent / "outside").iterdir()) == []


def test_a_folder_that_is_read_only_is_done_without(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    honest = reported(capsys, "--no-cache")
    if os.geteuid() == 0:  # who writes everywhere, but not here
        unwritable = Cache("/proc", b"k" * 32, "name")
        unwritable.keep("a", ("1", "a", "[]", "[]"))
        unwritable.save(["a"])
        assert unwritable.find("a") == ("1", "a", "[]", "[]")
        return
    folder.chmod(0o555)
    try:
        assert reported(capsys) == honest
    finally:
        folder.chmod(0o755)
    assert caches(folder) == []


@pytest.mark.parametrize(("config", "arguments"), [(CONFIG, ["--no-cache"]), (CONFIG + "cache: false\n", [])])
def test_no_cache_is_kept_where_none_is_wanted(
    folder: Path, home: Path, capsys: pytest.CaptureFixture[str], config: str, arguments: list[str]
) -> None:
    write(folder / "playbookctl.yaml", config)
    reported(capsys, *arguments)
    assert not (folder / ".playbookctl").exists()
    assert not home.exists()


def test_a_folder_without_a_config_is_left_as_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "playbookctl.yaml").unlink()
    reported(capsys)
    assert not (folder / ".playbookctl").exists()


def test_a_small_repository_keeps_no_cache(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(20):
        (folder / f"playbooks/p{number:02}.yaml").unlink()
    reported(capsys)
    assert not (folder / ".playbookctl").exists()


def test_the_cache_is_for_its_owner_only_and_ignored_by_git(
    folder: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reported(capsys)
    made = [
        folder / ".playbookctl/.gitignore",
        *caches(folder),
        *caches(folder, "report"),
        home / "playbookctl/cache.key",
    ]
    assert [file.stat().st_mode & 0o777 for file in made] == [0o600] * 4
    assert [path.stat().st_mode & 0o777 for path in (made[0].parent, made[1].parent)] == [0o700, 0o700]
    subprocess.run(["git", "init", "-q"], check=True)
    status = subprocess.run(["git", "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True)
    assert ".playbookctl" not in status.stdout


def test_what_a_secret_stands_in_is_not_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "ghp_" + "A1b2C3d4E5f6G7h8I9j0" + "K1l2M3n4O5p6Q7r8"
    write(folder / "playbooks/p09.yaml", PLAIN.format(number=9).replace("It does", f"It uses {secret} for"))
    said = reported(capsys)
    assert '"PB403"' in said
    assert said == reported(capsys)
    (file,) = caches(folder)
    kept = file.read_text("ascii")
    assert "playbooks/p08.yaml" in kept
    assert "playbooks/p09.yaml" not in kept
    assert secret not in kept
    age(folder)
    reported(capsys)
    assert caches(folder, "report") == []


def test_a_few_caches_are_kept_for_a_few_states_of_the_config(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(7):
        write(folder / "playbookctl.yaml", CONFIG + f"# {number}\n")
        reported(capsys)
    assert len(caches(folder)) == len(caches(folder, "report")) == 4


def test_another_state_of_the_tool_has_another_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    write(package / "check" / "rules" / "pb999.py", "one")
    monkeypatch.setattr(cache_module, "_PACKAGE", str(package))
    names = {cache_module.name_of(("config", None))}
    for parts in (("config",), ("config", ""), ("confi", "g", None), ("other", None)):
        names.add(cache_module.name_of(parts))
    assert len(names) == 5
    file = package / "check" / "rules" / "pb999.py"
    before = file.stat()
    time.sleep(0.01)
    write(file, "two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert cache_module.name_of(("config", None)) not in names


def test_a_file_that_was_just_written_is_known_by_its_content_only(tmp_path: Path) -> None:
    file = tmp_path / "a"
    write(file, "a")
    status = file.lstat()
    last = max(status.st_mtime_ns, status.st_ctime_ns)
    assert stamp(status, last) == ""
    assert stamp(status, last + RACY - 1) == ""
    assert stamp(status, last + RACY) != ""
    (tmp_path / "link").symlink_to(file)
    assert stamp((tmp_path / "link").lstat(), last + 10**10) == ""


def test_a_file_that_has_not_been_touched_is_not_read_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reported(capsys)
    read: list[str] = []

    class Watched(Repository):
        def read(self, file: str) -> object:  # type: ignore[override]
            read.append(os.path.basename(file))
            return super().read(file)

    repository = Watched(None, str(folder), key_folder=os.path.join(os.environ["XDG_CACHE_HOME"], "playbookctl"))
    repository.summaries()
    assert read == []
    os.utime(folder / "playbooks/p07.yaml")
    repository = Watched(None, str(folder), key_folder=os.path.join(os.environ["XDG_CACHE_HOME"], "playbookctl"))
    repository.summaries()
    assert read == ["p07.yaml"]


def test_paths_of_any_characters_are_kept(tmp_path: Path) -> None:
    names = [
        "a.yaml",
        "ü/ö.yaml",
        "a\tb.yaml",
        "a\nb.yaml",
        "a\\nb.yaml",
        "'a'.yaml",
        '"a".yaml',
        "\udcff.yaml",
        "a b.yaml",
    ]
    made = Cache(str(tmp_path), b"k" * 32, "name")
    rows = {
        name: (str(index), digest(name.encode("utf-8", "surrogateescape")), "[]", "[]")
        for index, name in enumerate(names)
    }
    for name, row in rows.items():
        made.keep(name, row)
    made.save(names)
    again = Cache(str(tmp_path), b"k" * 32, "name")
    assert {name: again.find(name) for name in names} == rows


def test_what_two_processes_find_is_kept_from_both(tmp_path: Path) -> None:
    one, two = (Cache(str(tmp_path), b"k" * 32, "name") for _ in range(2))
    one.keep("a", ("1", "a", "[]", "[]"))
    two.keep("b", ("2", "b", "[]", "[]"))
    one.save(["a", "b"])
    two.save(["a", "b"])
    again = Cache(str(tmp_path), b"k" * 32, "name")
    assert again.find("a") == ("1", "a", "[]", "[]")
    assert again.find("b") == ("2", "b", "[]", "[]")


SAVE_OFTEN = """
import sys
from playbookctl.cache import Cache
root, name = sys.argv[1:]
for number in range(60):
    made = Cache(root, b"k" * 32, "name")
    made.keep(name, (str(number), "x" * 2000, "[]", "[]"))
    made.save("abcd")
"""


def test_processes_that_write_at_once_leave_a_whole_cache(tmp_path: Path) -> None:
    workers = [subprocess.Popen([sys.executable, "-c", SAVE_OFTEN, str(tmp_path), name]) for name in "abcd"]
    seen = 0
    while any(worker.poll() is None for worker in workers):
        if caches(tmp_path):
            assert Cache(str(tmp_path), b"k" * 32, "name")._read("rows") != ""
            seen += 1
    assert [worker.returncode for worker in workers] == [0, 0, 0, 0]
    assert seen
    assert [file.name for file in (tmp_path / ".playbookctl" / "cache").iterdir()] == ["name.rows"]
