"""A baseline: the findings that a repository had when it took up the rules. They are known; only new ones count.

The file is JSON with one line for each finding, so that a change of it reads well and merges well:

    {"format": "playbookctl/baseline", "version": 1, "files": {
      "playbooks/a.yaml": {"playbook": "key or name", "findings": [
        {"code": "PB402", "at": "/steps/isolate/action", "text": "16 hex digits", "count": 1}]}}}

Files are relative to the root of the repository. `check/identity.py` says what `at` and `text` are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.errors import ConfigError
from playbookctl.model.finding import Suppression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from playbookctl.check.identity import Identity

FORMAT = "playbookctl/baseline"
VERSION = 1


class Section:
    """The findings of one file. `playbook` is its key, else its name, '' where it has neither; it may be moved by that."""

    __slots__ = ("counts", "playbook")

    def __init__(self, playbook: str = "", counts: dict[Identity, int] | None = None) -> None:
        self.playbook = playbook
        self.counts = counts if counts is not None else {}

    def take(self, identity: Identity) -> bool:
        """Use up one finding; tell whether there was one left."""
        left = self.counts.get(identity, 0)
        self.counts[identity] = max(0, left - 1)
        return left > 0


class Baseline:
    """A baseline as read, used up finding by finding. `name` is its file for people.

    A file that the baseline does not name takes the place of one that is gone, if both say the same `key:` (without
    one, the same `name:`) and no other does.
    """

    def __init__(
        self, name: str, sections: dict[str, Section], rooted: Callable[[str], str], exists: Callable[[str], bool]
    ) -> None:
        self.name = name
        self._sections = sections
        self._rooted = rooted
        self._exists = exists
        self._gone: dict[str, list[str]] | None = None
        self._moved: dict[str, str] = {}

    def suppress(self, identity: Identity, file: str, playbook: str) -> Suppression | None:
        """Return the suppression of a finding in `file` (as shown) that is known, and use it up.

        `playbook` is what the file says it is: see `check/identity.py`.
        """
        section = self._section(file, playbook)
        if section is not None and section.take(identity):
            return Suppression("external", f"known in {self.name}")
        return None

    def remarks(self, checked: Iterable[str], codes: set[str]) -> list[str]:
        """Return what is to be said of the baseline after a run that checked these files by the rules with these codes."""
        left = self.leftover(checked, codes)
        if not left:
            return []
        what = "1 finding is known in" if left == 1 else f"{left:,} findings are known in"
        again = f"write it again: playbookctl validate --write-baseline {self.name}"
        return [f"{what} {self.name} and no longer there; {again}"]

    def leftover(self, checked: Iterable[str], codes: set[str]) -> int:
        """Return how many findings of the baseline were not met, though their file was checked or is gone.

        `codes` are the rules that ran; of others nothing can be said.
        """
        looked_at = {self._rooted(file) for file in checked} | set(self._moved.values())
        return sum(
            left
            for file, section in self._sections.items()
            if file in looked_at or not self._exists(file)
            for (code, _, _), left in section.counts.items()
            if code in codes
        )

    def rows(self) -> Iterator[tuple[str, Identity, int]]:
        """Yield file, identity and number of every finding that is left."""
        for file, section in self._sections.items():
            for identity, number in section.counts.items():
                yield file, identity, number

    def _section(self, shown: str, playbook: str) -> Section | None:
        file = self._rooted(shown)
        found = self._sections.get(file)
        if found is not None:
            return found
        if file not in self._moved:
            old = self._gone_files().get(playbook, [])
            self._moved[file] = old.pop() if len(old) == 1 else ""
        return self._sections.get(self._moved[file])

    def _gone_files(self) -> dict[str, list[str]]:
        """Return the files of the baseline that are no more, by what they said they were."""
        if self._gone is None:
            self._gone = {}
            for file, section in self._sections.items():
                if section.playbook and not self._exists(file):
                    self._gone.setdefault(section.playbook, []).append(file)
        return self._gone


class Recorder:
    """Takes down every finding that is not suppressed otherwise, to be a baseline called `name`."""

    def __init__(self, name: str, rooted: Callable[[str], str]) -> None:
        self.name = name
        self._number = 0
        self._sections: dict[str, Section] = {}
        self._rooted = rooted

    def suppress(self, identity: Identity, file: str, playbook: str) -> Suppression | None:
        """Take a finding down; it is known from now on."""
        section = self._sections.setdefault(self._rooted(file), Section(playbook))
        section.counts[identity] = section.counts.get(identity, 0) + 1
        self._number += 1
        return Suppression("external", f"known in {self.name}")

    def remarks(self, checked: Iterable[str], codes: set[str]) -> list[str]:  # noqa: ARG002 - as a Baseline's
        """Return nothing: a baseline that was just written has all there is."""
        return []

    def summary(self) -> str:
        """Return '1,652 findings of 613 files are known from now on'."""
        number, files = self._number, len(self._sections)
        return (
            f"{number:,} finding{'s' * (number != 1)} of {files:,} file{'s' * (files != 1)} "
            f"{'is' if number == 1 else 'are'} known from now on"
        )

    def text(self) -> str:
        """Return the file: sorted, one line for each finding."""
        files = ",\n".join(_written(file, self._sections[file]) for file in sorted(self._sections))
        body = f"{{\n{files}\n  }}" if files else "{}"
        return f'{{\n  "format": "{FORMAT}",\n  "version": {VERSION},\n  "files": {body}\n}}\n'


def read_baseline(name: str, data: bytes, rooted: Callable[[str], str], exists: Callable[[str], bool]) -> Baseline:
    """Return the baseline of a file's bytes. `rooted` makes a shown path relative to the root, where `exists` looks.

    Raises ConfigError for a file that is no baseline, or a newer one than this version knows.
    """
    again = f"write it again: playbookctl validate --write-baseline {name}"
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"the baseline '{name}' is damaged: {error}", hint=again) from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise ConfigError(f'\'{name}\' is no baseline: it has no "format": "{FORMAT}"', hint=again)
    version = whole.get("version")
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        raise ConfigError(
            f"the baseline '{name}' has version {version!r}; this playbookctl reads version {VERSION}",
            hint=f"upgrade playbookctl, or {again}" if newer else again,
        )
    try:
        sections = {file: _read_section(value) for file, value in whole["files"].items()}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ConfigError(f"the baseline '{name}' is damaged: a finding in it has another shape", hint=again) from error
    return Baseline(name, sections, rooted, exists)


def known_findings(data: bytes) -> dict[tuple[str, str, str, str], int]:
    """Return how often a baseline knows each (file, code, at, text); nothing for a file that is no baseline."""
    try:
        baseline = read_baseline("", data, str, bool)
    except ConfigError:
        return {}
    return {(file, *identity): number for file, identity, number in baseline.rows()}


def _read_section(value: dict[str, Any]) -> Section:
    counts: dict[Identity, int] = {}
    for row in value["findings"]:
        identity = (row["code"], row["at"], row["text"])
        if not all(isinstance(part, str) for part in identity) or type(row["count"]) is not int or row["count"] < 1:
            raise ValueError(row)
        counts[identity] = counts.get(identity, 0) + row["count"]
    playbook = value["playbook"]
    if not isinstance(playbook, str):
        raise TypeError(playbook)
    return Section(playbook, counts)


def _written(file: str, section: Section) -> str:
    rows = [
        json.dumps({"code": code, "at": at, "text": text, "count": count})
        for (code, at, text), count in sorted(section.counts.items())
    ]
    findings = ",\n".join(f"        {row}" for row in rows)
    playbook = json.dumps(section.playbook)
    return (
        f'    {json.dumps(file)}: {{\n      "playbook": {playbook},\n      "findings": [\n{findings}\n      ]\n    }}'
    )
