"""The project lints its own layers: who imports whom, who may use which library, who prints, how big things grow."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "playbookctl"
FILES = sorted(PACKAGE.rglob("*.py"))
GENERATED = {path for path in FILES if path.name.startswith("_accept_")}

# What each part may import of ours; `None` is the top level. Lazy and TYPE_CHECKING imports count.
BASE = {"model", "errors", "__init__"}
LAYERS: dict[str, set[str]] = {
    "model": {"model"},
    "errors": set(),
    "steps": BASE,
    "canonical": BASE | {"marker", "steps"},
    "marker": BASE,
    "history": BASE,
    "load": BASE | {"load"},
    "attack": BASE | {"attack"},
    "flow": BASE | {"flow"},
    "check": BASE | {"check", "flow", "attack"},
    "plan": BASE | {"plan", "flow", "canonical", "marker", "steps"},
    "transport": BASE | {"transport"},  # what the clients share: `api` and `forge`
    "api": BASE | {"api", "transport"},
    "forge": BASE | {"forge", "transport"},
    "apply": BASE | {"apply", "api", "transport", "canonical", "marker", "steps"},
    "edit": BASE | {"edit"},
    "report": BASE | {"report"},
    "review": BASE | {"review", "flow", "canonical", "steps"},
    "trees": BASE | {"history"},
    "committed": BASE | {"load", "attack", "check", "trees"},
    "judging": BASE | {"committed", "load", "check", "review"},
    "reviewing": BASE | {"check", "committed", "judging", "trees", "history", "narrow", "load", "review"},
    "server": BASE | {"server", "flow"},
    "alerts": BASE | {"alerts", "flow"},
    # The pipeline: the modules that know the order of the stages. `gather` and `past` make the repo's side of a plan,
    # `narrow` says what a check may leave out, `target` opens the live side, `reconcile` puts them together, `verdict`
    # says what came of it; `merging` lets the rules judge what a plan would put together of both sides.
    "promise": BASE | {"load", "edit"},
    "cache": BASE,
    "workers": set(),
    "examine": BASE | {"load", "check", "cache", "workers"},
    "repository": BASE | {"load", "attack", "check", "promise", "cache", "examine"},
    "pipeline": BASE | {"load", "check", "promise", "repository"},
    "repair": BASE | {"pipeline", "load", "promise"},
    "tidy": BASE | {"pipeline", "load", "edit"},
    "rewrite": BASE | {"load"},
    "narrow": BASE | {"pipeline", "load", "check", "history"},
    "target": BASE | {"api", "server"},
    "recall": BASE | {"cache", "repository", "load"},
    "gather": BASE | {"pipeline", "load", "plan", "recall", "canonical"},
    "past": BASE | {"pipeline", "load", "plan", "gather", "history", "marker"},
    "applied": BASE | {"pipeline", "load", "plan", "gather", "past", "history"},
    "survey": BASE | {"pipeline", "gather", "past", "plan", "api", "canonical"},
    "health": BASE | {"check"},
    "merging": BASE | {"pipeline", "check", "plan", "survey"},
    "status": BASE | {"survey", "plan", "health"},
    "reconcile": BASE
    | {"pipeline", "check", "gather", "survey", "applied", "merging", "status", "target", "plan", "api", "apply"}
    | {"history"},
    "starter": BASE | {"load"},
    "code_owners": BASE | {"pipeline"},
    "exporting": BASE | {"pipeline", "load", "alerts", "check", "cache"},
    "consequences": BASE | {"reviewing", "review", "alerts", "report", "history"},
    "rendering": BASE | {"gather", "plan"},
    "running": BASE | {"survey", "plan", "api", "marker"},
    "doctor": BASE
    | {"doctor", "pipeline", "gather", "past", "target", "survey", "status", "plan", "api", "history", "marker"},
    "verdict": BASE | {"apply"},
    "cli": BASE
    | {
        "cli",
        "pipeline",
        "repair",
        "tidy",
        "rewrite",
        "narrow",
        "reviewing",
        "gather",
        "target",
        "survey",
        "reconcile",
        "verdict",
        "report",
        "attack",
        "server",
        "load",
    }
    | {"forge", "code_owners", "consequences"}
    | {"check", "flow", "apply", "api", "status", "doctor", "rendering", "running", "starter", "exporting", "alerts"},
    "__main__": {"cli"},
    "__init__": set(),
}
LIBRARIES = {
    "yaml": {"load"},
    "httpx": {"transport", "api", "forge", "attack/fetch.py"},
    "fastapi": {"server"},
    "starlette": {"server"},
    "uvicorn": {"server"},
    "sqlite3": {"server"},
    "jsonschema": {"load/schema"},
    "deepdiff": {"plan"},
    "click": {"cli"},
    "jinja2": {"report"},
    "stamina": {"transport"},
}
HOOK_PATH_NEVER = {
    "httpx",
    "deepdiff",
    "rich",
    "fastapi",
    "pydantic",
    "jsonschema",
    "dataclasses",
    "importlib.metadata",
}


def part_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            found.append((node.lineno, node.module or ""))
            if node.module == "playbookctl":
                found += [(node.lineno, f"playbookctl.{alias.name}") for alias in node.names]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_part_imports_only_the_parts_below_it(path: Path) -> None:
    part = part_of(path)
    allowed = LAYERS[part]
    wrong = []
    for line, name in imports(path):
        words = name.split(".")
        if words[0] != "playbookctl" or len(words) == 1:
            continue
        target = words[1] if (PACKAGE / words[1]).exists() or (PACKAGE / f"{words[1]}.py").exists() else "__init__"
        if target != part and target not in allowed:
            wrong.append(f"line {line}: {part} may not import {name}")
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_library_is_used_where_it_lives(path: Path) -> None:
    relative = path.relative_to(PACKAGE).as_posix()
    wrong = []
    for line, name in imports(path):
        homes = LIBRARIES.get(name.split(".")[0])
        if homes is not None and not any(relative == home or relative.startswith(home + "/") for home in homes):
            wrong.append(f"line {line}: {name} belongs into {', '.join(sorted(homes))}")
    assert wrong == []


def test_the_parts_make_no_cycle() -> None:
    edges = {part: {name for name in names if name not in {part, "__init__"}} for part, names in LAYERS.items()}
    done: set[str] = set()
    while ready := {part for part, names in edges.items() if part not in done and names <= done | {part}}:
        done |= ready
    assert set(edges) - done == set()


@pytest.mark.parametrize(
    "path", [p for p in FILES if p not in GENERATED], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_nothing_grows_too_big(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= 300, "a module over 300 lines misses a concept"
    long = [
        f"{node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (node.end_lineno or 0) - node.lineno >= 50
    ]
    assert long == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_prints(path: Path) -> None:
    printing = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (
            getattr(node.func, "id", "") == "print"
            or ast.unparse(node.func) in {"sys.stdout.write", "sys.stderr.write"}
        )
    ]
    assert printing == [] or part_of(path) == "cli"


def test_the_hook_path_imports_nothing_heavy(tmp_path: Path) -> None:
    import subprocess

    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "a.yaml").write_text(
        "key: a\nname: A\nsteps:\n  - id: a\n    action: get-host\n", "utf-8"
    )
    code = (
        "import sys\nfrom playbookctl.cli.main import run\ncode = run(['validate', 'playbooks/a.yaml'])\n"
        "print('\\nMODULES', code, *sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    code_and_modules = done.stdout.rpartition("MODULES ")[2].split()
    assert code_and_modules[0] == "0", done.stdout
    assert HOOK_PATH_NEVER & set(code_and_modules) == set()
