"""Against real repositories: git is not imitated."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import ConfigError
from playbookctl.history import History, why_no_history

if TYPE_CHECKING:
    from pathlib import Path


class Repo:
    """A repository in a folder, with commits at times of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.time = 1_700_000_000
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        stamp = f"{self.time} +0000"
        names = {"GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_AUTHOR_DATE": stamp}
        names |= {"GIT_COMMITTER_NAME": "T", "GIT_COMMITTER_EMAIL": "t@example.com", "GIT_COMMITTER_DATE": stamp}
        done = subprocess.run(
            ["git", "-C", str(self.folder), "-c", "commit.gpgsign=false", *arguments],
            capture_output=True, check=True, text=True, env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), **names},
        )  # fmt: skip
        return done.stdout.strip()

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def commit(self, **files: str) -> str:
        """Commit files (`a_yaml` is playbooks/a.yaml) and return 12 hex digits."""
        for name, text in files.items():
            self.write(f"playbooks/{name.replace('_', '.')}", text)
        self.time += 60
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")[:12]

    def history(self) -> History:
        found = History.of(str(self.folder))
        assert found is not None
        return found


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def key_of(_: str, text: str) -> str | None:
    return text.removeprefix("key: ").strip() or None


def test_outside_git_there_is_no_history(tmp_path: Path) -> None:
    assert History.of(str(tmp_path)) is None
    assert "not a git repository" in why_no_history(str(tmp_path))


def test_before_the_first_commit_there_is_no_history(repo: Repo) -> None:
    assert History.of(str(repo.folder)) is None


def test_in_a_bare_repository_there_is_no_history(repo: Repo, tmp_path: Path) -> None:
    repo.commit()
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    assert History.of(str(tmp_path / "bare")) is None


def test_without_git_there_is_no_history(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit()
    monkeypatch.setenv("PATH", str(repo.folder))
    assert History.of(str(repo.folder)) is None
    assert why_no_history(str(repo.folder)) == "git cannot be run"


def test_a_repository_that_git_does_not_trust_is_no_folder_without_history(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit()
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("HOME", str(repo.folder))
    with pytest.raises(ConfigError, match="git does not read this repository: detected dubious ownership") as error:
        History.of(str(repo.folder))
    assert error.value.hint == "trust the folder: git config --global --add safe.directory FOLDER"


def test_a_broken_repository_is_no_folder_without_history(repo: Repo) -> None:
    repo.commit()
    (repo.folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (repo.folder / ".git" / "refs" / "heads" / "main").write_text("0" * 39 + "1\n")
    history = History.of(str(repo.folder))
    assert history is not None
    with pytest.raises(ConfigError, match="git rev-list failed"):
        history.ancestors(["0" * 12])


def test_a_hook_of_git_does_not_point_elsewhere(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = repo.commit(a_yaml="key: a")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    assert repo.history().head == commit
    assert repo.history().dirty([str(repo.folder / "playbooks/a.yaml")]) == ()


def test_a_folder_below_and_a_second_work_tree_have_the_history_of_theirs(repo: Repo, tmp_path: Path) -> None:
    first = repo.commit(a_yaml="key: a")
    second = repo.commit(b_yaml="key: b")
    below = History.of(str(repo.folder / "playbooks"))
    assert below is not None
    assert (below.root, below.head) == (str(repo.folder.resolve()), second)
    repo.git("worktree", "add", "-q", str(tmp_path / "other tree\n2"), first)
    other = History.of(str(tmp_path / "other tree\n2"))
    assert other is not None
    assert (other.root, other.head) == (str((tmp_path / "other tree\n2").resolve()), first)


def test_files_that_are_not_committed_are_told(repo: Repo) -> None:
    repo.commit(same_yaml="key: same", edited_yaml="key: edited", staged_yaml="key: staged", gone_yaml="key: gone")
    repo.write("playbooks/edited.yaml", "key: else")
    repo.write("playbooks/staged.yaml", "key: else")
    repo.git("add", "playbooks/staged.yaml")
    repo.write("playbooks/näw \n.yaml", "key: new")
    repo.write("README.md", "not asked for")
    repo.write("playbooks/folder/deep.yaml", "key: deep")
    (repo.folder / "playbooks" / "gone.yaml").unlink()
    names = ("same", "edited", "staged", "näw \n", "folder/deep")
    dirty = repo.history().dirty(str(repo.folder / "playbooks" / f"{name}.yaml") for name in names)
    assert dirty == (
        "playbooks/edited.yaml",
        "playbooks/folder/deep.yaml",
        "playbooks/näw \n.yaml",
        "playbooks/staged.yaml",
    )
    assert repo.history().removed(str(repo.folder / "playbooks")) == ("playbooks/gone.yaml",)


def test_ancestors_are_told_the_newest_first_and_others_are_not(repo: Repo) -> None:
    first = repo.commit()
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit()
    repo.git("checkout", "-q", "main")
    second = repo.commit()
    third = repo.commit()
    history = repo.history()
    assert history.ancestors([first, "0" * 12, third, side, second]) == (third, second, first)
    assert history.ancestors([]) == ()
    assert [history.is_on_a_branch(commit) for commit in (side, first, "f" * 12)] == [True, True, False]
    repo.git("branch", "-q", "-D", "side")
    assert not history.is_on_a_branch(side)
    repo.git("tag", "release", side)
    assert history.is_on_a_branch(side)


def test_after_a_merge_both_sides_are_ancestors_whatever_their_clocks_say(repo: Repo) -> None:
    first = repo.commit()
    repo.git("checkout", "-q", "-b", "side")
    repo.time += 10_000
    side = repo.commit(side_yaml="key: side")
    repo.time -= 20_000
    repo.git("checkout", "-q", "main")
    main = repo.commit(main_yaml="key: main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = repo.head()
    found = repo.history().ancestors([first, side, main, merge])
    assert (found[0], set(found[1:3]), found[3]) == (merge, {side, main}, first)


def test_a_shallow_clone_knows_what_it_has(repo: Repo, tmp_path: Path) -> None:
    first = repo.commit(a_yaml="key: a")
    second = repo.commit(b_yaml="key: b")
    repo.git("clone", "-q", "--depth", "1", f"file://{repo.folder}", str(tmp_path / "shallow"))
    shallow = History.of(str(tmp_path / "shallow"))
    assert shallow is not None
    assert (shallow.is_shallow(), repo.history().is_shallow()) == (True, False)
    assert shallow.ancestors([first, second]) == (second,)
    assert not shallow.is_on_a_branch(first)
    assert shallow.files_of(first, str(tmp_path / "shallow")) == {}
    assert shallow.texts_of(first, ["playbooks/a.yaml"]) == {}


def test_files_and_keys_of_a_commit_are_read_as_they_were(repo: Repo) -> None:
    first = repo.commit(a_yaml="key: a", b_yml="key: b\n", readme_md="key: no")
    repo.write("other/c.yaml", "key: c")
    second = repo.commit(a_yaml="key: renamed")
    (repo.folder / "playbooks" / "b.yml").unlink()
    history = repo.history()
    folder = str(repo.folder / "playbooks")
    assert history.files_of(first, folder) == {"playbooks/a.yaml": "key: a", "playbooks/b.yml": "key: b\n"}
    assert history.keys_of(first, [folder], key_of) == {"a", "b"}
    assert history.keys_of(second, [str(repo.folder)], key_of) == {"renamed", "b", "c"}
    assert history.keys_of(second, [f"{folder}/a.yaml"], key_of) == {"renamed"}
    assert history.files_of(second, str(repo.folder / "play")) == {}
    assert history.texts_of(first, ["playbooks/a.yaml", "playbooks/none.yaml"]) == {"playbooks/a.yaml": "key: a"}
    assert history.texts_of(first, []) == {}


def test_texts_come_back_byte_for_byte_but_for_broken_utf8(repo: Repo) -> None:
    texts = {
        "empty_yaml": "",
        "blank_yaml": "\n\n",
        "fake_yaml": "0123 blob 5\nabcde\n",
        "crlf_yaml": "a\r\nb",
        "uni_yaml": "kéy: 🔥",
    }
    commit = repo.commit(**texts)
    (repo.folder / "playbooks" / "latin.yaml").write_bytes(b"name: caf\xe9\n")
    second = repo.commit()
    found = repo.history().files_of(commit, str(repo.folder / "playbooks"))
    assert found == {f"playbooks/{name.replace('_', '.')}": text for name, text in texts.items()}
    assert repo.history().texts_of(second, ["playbooks/latin.yaml"]) == {"playbooks/latin.yaml": "name: caf\ufffd\n"}


def test_a_text_that_the_clone_lacks_is_an_error_where_keys_are_decided_on(repo: Repo) -> None:
    commit = repo.commit(a_yaml="key: a", b_yaml="key: b")
    blob = repo.git("rev-parse", "HEAD:playbooks/a.yaml")
    (repo.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    history = repo.history()
    assert history.files_of(commit, str(repo.folder)) == {"playbooks/b.yaml": "key: b"}
    with pytest.raises(ConfigError, match="this clone lacks the text of 1 files of commit") as error:
        history.keys_of(commit, [str(repo.folder)], key_of)
    assert "'playbooks/a.yaml'" in error.value.message


def test_what_the_last_commit_changes(repo: Repo) -> None:
    repo.commit(a_yaml="1", b_yaml="1")
    assert repo.history().changed_by_head() == {"playbooks/a.yaml", "playbooks/b.yaml"}
    repo.git("mv", "playbooks/b.yaml", "playbooks/c.yaml")
    repo.commit(a_yaml="2")
    assert repo.history().changed_by_head() == {"playbooks/a.yaml", "playbooks/b.yaml", "playbooks/c.yaml"}
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(s_yaml="1")
    repo.commit(t_yaml="1")
    repo.git("checkout", "-q", "main")
    repo.commit(a_yaml="3")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    assert repo.history().changed_by_head() == {"playbooks/s.yaml", "playbooks/t.yaml"}


def test_what_changed_since_a_commit_committed_or_not(repo: Repo) -> None:
    first = repo.commit(a_yaml="1", b_yaml="1", c_yaml="1")
    repo.commit(a_yaml="2")
    repo.write("playbooks/b.yaml", "2")
    repo.write("playbooks/new.yaml", "1")
    (repo.folder / "playbooks" / "c.yaml").unlink()
    expected = {f"playbooks/{name}.yaml" for name in ("a", "b", "c", "new")}
    assert repo.history().changed_since(first) == expected


def test_names_of_commits(repo: Repo) -> None:
    first = repo.commit()
    repo.git("branch", "release")
    repo.commit()
    history = repo.history()
    assert history.commit_of("release") == repo.git("rev-parse", "release")
    assert [history.commit_of(ref) for ref in ("nowhere", "--all", "-p")] == [None, None, None]
    assert history.merge_base("release") == repo.git("rev-parse", first)
    assert history.merge_base("f" * 40) is None
    assert history.ref_names() == ("main", "release")
