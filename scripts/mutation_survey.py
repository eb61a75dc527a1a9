"""Which tests run which lines: one run of the tests with coverage by test, so that a mutant meets only tests it can fail.

Used by scripts/mutate.py.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import coverage
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("tests/check", "tests/flow", "tests/edit", "tests/test_playbook_triggers.py")
SLOW = {"test_fuzz.py"}  # it sees what crashes, long after others do
ARGUMENTS = [
    "-o", "addopts=", "--import-mode=importlib", "-m", "not soak", "-x", "-p", "no:cacheprovider", "-p", "no:terminal",
    "--capture=sys", "-o", "tmp_path_retention_policy=none", f"--rootdir={ROOT}",
]  # fmt: skip


class Survey:
    """A plugin of pytest: a context of coverage for each test, its seconds of processor time, and what one that fails says.

    What functions remember between tests is forgotten before each, else only the first that asks would be seen to ask.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.failed = ""
        inside = [str(ROOT / "src" / "playbookctl" / "*")]
        self._coverage = coverage.Coverage(data_file=None, include=inside, config_file=False)
        self._memories: list[Any] = []

    def run(self, files: Sequence[str]) -> dict[str, dict[int, list[str]]]:
        """Run test files; return the tests by line by file. '' is what runs when modules are imported."""
        self._coverage.start()
        pytest.main([*ARGUMENTS, *files], plugins=[self])
        self._coverage.stop()
        data = self._coverage.get_data()
        return {
            Path(file).relative_to(ROOT).as_posix(): data.contexts_by_lineno(file) for file in data.measured_files()
        }

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Measure one test."""
        if not self._memories:
            self._memories = memories()
        for memory in self._memories:
            memory.cache_clear()
        self._coverage.switch_context(item.nodeid)
        began = time.process_time()
        result = yield
        self.seconds[item.nodeid] = round(time.process_time() - began, 4)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a test that fails says."""
        if report.failed:
            self.failed = f"{report.nodeid}\n{report.longreprtext}"


def memories() -> list[Any]:
    """Return the functions of the product that remember what they answered."""
    kind = type(functools.lru_cache(len))
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, kind) and str(getattr(each, "__module__", "")).startswith("playbookctl.")
    ]


def test_files() -> list[str]:
    """Return the test files that matter."""
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("test_*.py")) or [ROOT / folder]]
    return [path.relative_to(ROOT).as_posix() for path in found if path.name not in SLOW]


def digest_of(paths: Iterable[Path]) -> str:
    """Return a digest of files' contents."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def import_everything() -> None:
    """Import what is not changed: what the tests need of others, so that a fork finds it warm."""
    for name in ("click", "yaml", "jsonschema", "pydantic", "httpx", "json", "unittest.mock"):
        if name not in sys.modules:
            __import__(name)
