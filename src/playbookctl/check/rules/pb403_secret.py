"""A secret stands in the file.

Everybody who can read the repository has it, and so has everybody who ever could: it stays in the history, in every
clone, and in the platform's own copy. Found are the formats in which issuers make their tokens, fields whose name says
that they hold a password or a token, and texts that say so themselves (`Pwd=…`, `?api_key=…`). Templates, placeholders
and encrypted values are left alone. The config and the connectors file are searched too, and files that the schema does
not accept. No report repeats the secret, and no plan shows it.

```yaml bad
name: Look up an address
steps:
  - id: look
    connector: firewall
    action: get-address
    with:
      user: reader
      password: Sommer2026!  # <- PB403
      url: https://reader:hunter22@intel.internal/lookup  # <- PB403
```

```yaml good
name: Look up an address
steps:
  - id: look
    connector: firewall
    action: get-address
    with:
      address: "{{ alert.host }}"
      password: "{{ secrets.firewall }}"
```

**How to fix it:** let the connector hold it, or the platform's store of secrets, and name it in a template. Then revoke
the secret: removing the line is not enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.check.assigned_secrets import assigned_secret
from playbookctl.check.rule import Context, entry_rule
from playbookctl.check.secret_formats import holds_secret, is_secret, known_format
from playbookctl.check.secret_traces import traces
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.source import NodePath
    from playbookctl.model.workspace import Entry


@entry_rule("PB403", "secret", Severity.ERROR, doc=__doc__)
def secret(entry: Entry, _: Context) -> Iterator[Problem]:
    data = entry.document.data if entry.document else {}
    hints = traces(data)
    if not hints:
        return
    for path, field, text in _texts(data, (), ""):
        known = known_format(text, hints.formats)
        said = assigned_secret(text) if hints.is_said and not known else None
        if said:
            name, length = said
            yield Problem(path, f"the text holds a secret as '{name}' ({length} characters); remove it and revoke it")
        elif known:
            name, length = known
            yield Problem(path, f"this looks like {name} ({length} characters); remove it and revoke it")
        elif hints.is_named and holds_secret(field) and is_secret(field, text):
            yield Problem(
                path, f"'{field}' holds its secret as it is ({len(text)} characters); remove it and revoke it"
            )


def _texts(value: Any, path: NodePath, field: str) -> Iterator[tuple[NodePath, str, str]]:
    """Yield every text with its path and the name of the field that holds it; a default goes by its input's name."""
    if isinstance(value, str):
        yield path, field, value
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, (*path, index), field)
    elif isinstance(value, dict):
        for name, each in value.items():
            holder = value.get("name", field) if name == "default" else name
            yield from _texts(each, (*path, name), str(holder))
