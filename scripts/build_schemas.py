"""Write the schemas of what commands print and save from the typed declarations; run it after a change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from playbookctl.model.plan import Plan
from playbookctl.report import live_shapes, plan_shapes, review_shapes, shapes

FOLDER = Path(__file__).parent.parent / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Return the derived schemas by the name of their file."""
    for module in (shapes, plan_shapes, review_shapes, live_shapes):
        for shape in vars(module).values():
            if getattr(shape, "__module__", "") == module.__name__ and isinstance(shape, type):
                shape.__pydantic_config__ = ConfigDict(use_attribute_docstrings=True)  # type: ignore[attr-defined]
    return {
        "report.schema.json": _schema(TypeAdapter(shapes.Report), "What playbookctl prints with --format json"),
        "review.schema.json": _schema(
            TypeAdapter(review_shapes.Review), "What playbookctl review prints with --format json"
        ),
        **{
            f"{command}.schema.json": _schema(
                TypeAdapter(shape), f"What playbookctl {command} prints with --format json"
            )
            for command, shape in (
                ("status", live_shapes.Status),
                ("doctor", live_shapes.Checkup),
                ("run", live_shapes.Run),
            )
        },
        "plan.schema.json": _schema(TypeAdapter(Plan), "A plan as playbookctl plan -o saves it"),
    }


def _schema(adapter: TypeAdapter[Any], title: str) -> dict[str, Any]:
    schema = _untitled(adapter.json_schema(mode="serialization"))
    return {"$schema": DIALECT, "title": title, **schema}


def _untitled(schema: Any) -> Any:
    """Drop the titles that pydantic makes out of names."""
    if isinstance(schema, dict):
        return {
            key: {name: _untitled(value) for name, value in part.items()}
            if key in ("properties", "$defs")
            else _untitled(part)
            for key, part in schema.items()
            if key != "title"
        }
    return [_untitled(part) for part in schema] if isinstance(schema, list) else schema


def main() -> None:
    """Write the files and say which."""
    for name, schema in schemas().items():
        (FOLDER / name).write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
        print(FOLDER / name)


if __name__ == "__main__":
    main()
