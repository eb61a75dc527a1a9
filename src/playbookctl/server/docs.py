"""`/docs`: the OpenAPI document as one page of HTML that loads nothing from anywhere."""

from __future__ import annotations

import json
from html import escape
from typing import Any

STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code,pre{font:13px/1.5 ui-monospace,monospace}pre{background:#f4f4f4;padding:1rem;overflow:auto}
summary{cursor:pointer;padding:.3rem 0}b{display:inline-block;min-width:4rem}@media(prefers-color-scheme:dark)
{body{background:#111;color:#ddd}pre{background:#222}a{color:#8bf}}"""


def docs_page(document: dict[str, Any]) -> str:
    """Return the page."""
    operations = "".join(
        _operation(method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    )
    schemas = "".join(
        _details(f"<code>{escape(name)}</code>", _code(schema), name) for name, schema in _named(document)
    )
    title = escape(document["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{title}</h1><p>The same as data: <a href=/openapi.json>/openapi.json</a>.</p>"
        f"<h2>Operations</h2>{operations}<h2>Schemas</h2>{schemas}</html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    line = f"<b>{method.upper()}</b> <code>{escape(path)}</code> {escape(operation['summary'])}"
    said: dict[str, Any] = {name: operation[name] for name in ("parameters", "requestBody") if name in operation}
    said["responses"] = {status: answer["description"] for status, answer in operation["responses"].items()}
    return _details(line, _code(said), operation["operationId"])


def _details(line: str, inner: str, anchor: str) -> str:
    return f'<details id="{escape(anchor)}"><summary>{line}</summary>{inner}</details>'


def _code(value: dict[str, Any]) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2))}</pre>"


def _named(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return sorted(document["components"]["schemas"].items())
