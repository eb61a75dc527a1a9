"""The running server against its own description, by schemathesis: what is generated, answered, and caught."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.server import objects, openapi
from playbookctl.server.app import METHODS
from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.seed import Seed

if TYPE_CHECKING:
    from collections.abc import Iterator

HOOKS = Path(__file__).parents[1] / "support" / "schemathesis_hooks.py"
CASES = re.compile(r"(\d+) generated")
SHORT = ["--phases", "fuzzing,stateful", "--max-examples", "5"]
LONG = ["--max-examples", "60"]
OPERATIONS = 22


@pytest.fixture
def described(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path / "server.db", seed=Seed({"okta": "okta"}, ("soc-lead",))) as running:
        running.ingest({"title": "an alert"})
        yield running


def schemathesis(server: EmbeddedServer, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run it. A deleted object can still be read by its id here (`is_deleted` says so), so that check is left out."""
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", f"{server.url}/openapi.json"]
    command += ["--header", f"Authorization: Bearer {server.token()}", "--exclude-checks", "use_after_free"]
    command += ["--generation-allow-x00", "false", "--no-color", "--seed", "1", *options]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=900
    )


def test_generated_requests_find_no_difference_from_the_description(described: EmbeddedServer, tmp_path: Path) -> None:
    run = schemathesis(described, tmp_path, *SHORT)
    assert run.returncode == 0, run.stdout[-5000:]
    assert f"Tested: {OPERATIONS}" in run.stdout
    assert int(CASES.findall(run.stdout)[-1]) >= 150


@pytest.mark.soak
def test_many_generated_requests_find_no_difference(described: EmbeddedServer, tmp_path: Path) -> None:
    run = schemathesis(described, tmp_path, *LONG)
    assert run.returncode == 0, run.stdout[-5000:]
    print(CASES.findall(run.stdout)[-1], "cases")  # noqa: T201 - the figure is what the long run is for
    assert int(CASES.findall(run.stdout)[-1]) >= 4000


@pytest.mark.parametrize("planted", [{"planted": 1}, pytest.param({"name": None}, marks=pytest.mark.soak)])
def test_a_wrong_field_in_an_answer_is_caught(
    described: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planted: dict[str, Any]
) -> None:
    insert = objects.insert
    monkeypatch.setattr(objects, "insert", lambda *given, **named: {**insert(*given, **named), **planted})
    options = ["--phases", "fuzzing", "--max-examples", "4", "--include-operation-id", "create_playbook"]
    run = schemathesis(described, tmp_path, *options)
    assert run.returncode == 1, run.stdout[-5000:]
    assert "Response violates schema" in run.stdout


def test_routes_and_description_name_the_same_operations(described: EmbeddedServer) -> None:
    inner = described._service.app(faults=None).app  # type: ignore[attr-defined]
    undescribed = {("/openapi.json", "get"), ("/docs", "get")}
    routed = {
        (route.path, method.lower())
        for route in inner.routes
        for method in route.methods
        if method in METHODS
    } - undescribed  # fmt: skip
    said = {(path, method) for path, item in openapi.document()["paths"].items() for method in item}
    assert routed == said
    assert len(said) == OPERATIONS


def test_every_object_schema_is_closed() -> None:
    def open_schemas(value: Any, path: str) -> Iterator[str]:
        if isinstance(value, dict):
            if (
                value.get("type") == "object"
                and "properties" in value
                and value.get("additionalProperties") is not False
            ):
                yield path
            for name, inner in value.items():
                yield from open_schemas(inner, f"{path}/{name}")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from open_schemas(inner, f"{path}/{index}")

    schemas = openapi.document()["components"]["schemas"]
    assert list(open_schemas(schemas, "")) == []
    assert len(schemas["Playbook"]["properties"]) == 28


def test_the_page_for_people_loads_nothing_from_anywhere(described: EmbeddedServer) -> None:
    import httpx

    page = httpx.get(f"{described.url}/docs").text
    assert re.findall(r"(?:src|href)\s*=\s*\"?([^\s>\"]+)", page) == ["/openapi.json"]
    assert "@import" not in page
    assert "url(" not in page
    for operation in ("list_playbooks", "run_playbook", "escalate_alert"):
        assert f'id="{operation}"' in page
