"""The benchmark of plan and sync: its page and its counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bench_plan
from bench import Figure

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PLAN = bench_plan.Row("plan, 10 changed", Figure(1.0, 0.5, 60))
SYNC = bench_plan.Row("sync, 10 changed, 8 workers", Figure(2.0, 0.53, 60), 10, "1 GET playbooks")


def test_what_a_change_takes_is_what_a_sync_takes_beyond_its_plan() -> None:
    line = next(line for line in bench_plan.table([PLAN, SYNC], 100).splitlines() if line.startswith("| sync"))
    assert line == "| sync, 10 changed, 8 workers | 2,000 | 530 | 3.00 | 60 | 1 GET playbooks |"


def test_its_section_takes_the_place_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_plan, "ROOT", tmp_path)
    page = tmp_path / "docs" / "benchmarks.md"
    page.parent.mkdir()
    page.write_text("# Benchmarks\n\nTheirs.\n", "utf-8")
    for text in ("one\n", "two\n"):
        bench_plan.write(text)
    assert page.read_text("utf-8") == f"# Benchmarks\n\nTheirs.\n\n{bench_plan.BEGIN}\ntwo\n{bench_plan.END}\n"


def test_calls_are_counted_by_what_they_ask(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        "2026-01-01 00:00:00.000Z GET /api/v1/soc/playbooks 200 1 bytes 1 ms, request id a\n"
        "2026-01-01 00:00:00.000Z GET /api/v1/soc/playbooks/ply_1 200 1 bytes 1 ms, request id b\n"
        "2026-01-01 00:00:00.000Z GET /api/v1/soc/playbooks/ply_2 200 1 bytes 1 ms, request id c\n"
        "2026-01-01 00:00:00.000Z PATCH /api/v1/soc/playbooks/ply_2 200 1 bytes 1 ms, request id d\n",
        "utf-8",
    )
    assert bench_plan.counted(log) == "1 GET playbooks, 2 GET playbooks/ID, 1 PATCH playbooks/ID"
