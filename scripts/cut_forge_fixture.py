"""Cut the operations that `comment` uses out of GitHub's own OpenAPI description, into a small fixture for the tests.

    python scripts/cut_forge_fixture.py [--check] [FOLDER]

FOLDER is an unpacked npm package `@octokit/openapi`; without it `npm pack` fetches the version below. `--check` writes nothing
and ends with 1 if the fixture is another. What is kept of each
operation: path, parameters, the body of the request, and of the answers the properties that the client or its tests look
at. Nothing is added: the stand-in of the tests answers only what this description allows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VERSION = "23.0.2"
TARGET = Path(__file__).parent.parent / "tests" / "forge" / "github_operations.json"
USER = ("login", "id", "type")
COMMENT = ("id", "body", "user", "html_url", "created_at", "updated_at", *(f"user.{name}" for name in USER))
ISSUE = ("id", "number", "title", "body", "state", "html_url", "user", "pull_request", "pull_request.url",
         *(f"user.{name}" for name in USER))  # fmt: skip
HEAD = ("head", "head.sha", "head.ref", "head.repo", "head.repo.full_name")
# (path, method) -> the status of success, and the properties that are kept of its answer
OPERATIONS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("/repos/{owner}/{repo}/issues/{issue_number}/comments", "get"): ("200", COMMENT),
    ("/repos/{owner}/{repo}/issues/{issue_number}/comments", "post"): ("201", COMMENT),
    ("/repos/{owner}/{repo}/issues/comments/{comment_id}", "patch"): ("200", COMMENT),
    ("/repos/{owner}/{repo}/pulls/{pull_number}", "get"): ("200", ("number", "state", *HEAD)),
    ("/repos/{owner}/{repo}/issues", "get"): ("200", ISSUE),
    ("/repos/{owner}/{repo}/issues", "post"): ("201", ISSUE),
    ("/repos/{owner}/{repo}/issues/{issue_number}", "patch"): ("200", ISSUE),
    ("/user", "get"): ("200", USER),
}
KEPT = ("type", "enum", "format", "minimum", "maximum", "maxLength", "minLength", "default")


def main(arguments: list[str]) -> int:
    """Write the fixture, or compare it."""
    folders = [argument for argument in arguments if argument != "--check"]
    if folders:
        text = cut(Path(folders[0]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            text = cut(fetched(folder))
    if "--check" in arguments:
        current = TARGET.read_text("utf-8") == text
        print(f"{TARGET.name} is {'what is cut' if current else 'another'}")
        return 0 if current else 1
    TARGET.write_text(text, "utf-8")
    print(f"{TARGET.name}: {len(OPERATIONS)} operations, {len(text):,} characters")
    return 0


def fetched(folder: str) -> Path:
    """Return the package, fetched into a folder."""
    subprocess.run(
        ["npm", "pack", "--silent", f"@octokit/openapi@{VERSION}"], cwd=folder, check=True, capture_output=True
    )
    (packed,) = Path(folder).glob("*.tgz")
    with tarfile.open(packed) as archive:
        for name in ("package/package.json", "package/generated/api.github.com.json"):
            archive.extract(name, folder, filter="data")
    return Path(folder, "package")


def cut(package: Path) -> str:
    """Return what is kept of the description in an unpacked package."""
    version = json.loads((package / "package.json").read_text("utf-8"))["version"]
    description = json.loads((package / "generated" / "api.github.com.json").read_text("utf-8"))
    operations = [
        operation(description, path, method, status, kept) for (path, method), (status, kept) in OPERATIONS.items()
    ]
    source = {"package": "@octokit/openapi", "version": version, "file": "generated/api.github.com.json"}
    return json.dumps({"source": source, "operations": operations}, indent=1, ensure_ascii=False) + "\n"


def operation(description: Any, path: str, method: str, status: str, kept: tuple[str, ...]) -> dict[str, Any]:
    """Return one operation, references resolved and everything else left out."""
    found = description["paths"][path][method]
    parameters = [resolved(description, parameter) for parameter in found["parameters"]]
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answer = found["responses"][status]["content"]["application/json"]["schema"]
    return {
        "id": found["operationId"],
        "method": method.upper(),
        "path": path,
        "parameters": [
            {
                "name": parameter["name"],
                "in": parameter["in"],
                "required": parameter.get("required", False),
                "schema": shape(description, parameter["schema"], None),
            }
            for parameter in parameters
        ],
        "body": None if body is None else shape(description, body, None),
        "status": int(status),
        "answer": shape(description, answer, kept),
        "refusals": sorted(int(code) for code in found["responses"] if int(code) >= 400),  # noqa: PLR2004 - HTTP's range
    }


def resolved(description: Any, node: Any) -> Any:
    """Follow a reference within the description."""
    while "$ref" in node:
        found = description
        for name in node["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        node = found
    return node


def shape(description: Any, node: Any, kept: tuple[str, ...] | None) -> dict[str, Any]:
    """Return a JSON Schema (2020-12) of what a node allows; `kept` limits the properties of objects, None keeps all."""
    node = resolved(description, node)
    done = {name: node[name] for name in KEPT if name in node}
    for name in ("oneOf", "anyOf", "allOf"):
        if name in node:
            # with only some properties left, more than one of several may fit
            done["anyOf" if kept is not None else name] = [shape(description, one, kept) for one in node[name]]
    if "items" in node:
        done["items"] = shape(description, node["items"], kept)
    if "properties" in node:
        chosen = {name: value for name, value in node["properties"].items() if kept is None or name in kept}
        done["properties"] = {name: shape(description, value, below(kept, name)) for name, value in chosen.items()}
        done["required"] = [name for name in node.get("required", ()) if name in chosen]
    return nullable(done) if node.get("nullable") else done


def below(kept: tuple[str, ...] | None, name: str) -> tuple[str, ...] | None:
    """Return what is kept within the property `name`."""
    return None if kept is None else tuple(one[len(name) + 1 :] for one in kept if one.startswith(f"{name}."))


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Say `nullable` of OpenAPI 3.0 as JSON Schema says it."""
    if "type" in schema and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
