"""The schemas as text: in `playbookctl/schemas` of an installed package, in `schemas/` of a work tree."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
FOLDERS = (PACKAGE / "schemas", PACKAGE.parents[1] / "schemas")


def schema_text(name: str) -> str:
    """Return the text of `NAME.schema.json`. Raises FileNotFoundError if there is no such schema."""
    file = f"{name}.schema.json"
    folder = next((folder for folder in FOLDERS if (folder / file).is_file()), None)
    if folder is None:
        raise FileNotFoundError(f"no schema is called '{name}'")
    return (folder / file).read_text(encoding="utf-8")


def schema_names() -> tuple[str, ...]:
    """Return the names of all schemas, sorted."""
    folder = next(folder for folder in FOLDERS if folder.is_dir())
    return tuple(sorted(path.name.removesuffix(".schema.json") for path in folder.glob("*.schema.json")))
