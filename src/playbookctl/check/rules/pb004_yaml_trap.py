"""YAML reads something else than what is written.

The API gets what YAML 1.1 makes of a file, and YAML 1.1 makes booleans of `yes`, `no`, `on` and `off`, dates of
`2026-01-31`, the number 83 of `0123`, 750 of `12:30`, and 1.1 of the version `1.10`. A branch named `yes` is then named
`true` and never taken. A template without quotes is a mapping in a mapping, and `see #1234` ends before the `#`.

Reported as an error where text is asked for, or where the value has no form in JSON; as a warning where another value is
sent than the one that is read, and both would be accepted.

```yaml bad
name: Ask before the reset
steps:
  - id: ask
    type: manual
    message: Was it the user?
    branches:
      - {name: yes, next: end}  # <- PB004
      - {name: "no", next: reset}
  - id: reset
    action: reset-password
    with:
      user: {{ alert.user }}  # <- PB004
      pin: 0123  # <- PB004
      on: console  # <- PB004
```

```yaml good
name: Ask before the reset
steps:
  - id: ask
    type: manual
    message: Was it the user?
    branches:
      - {name: "yes", next: end}
      - {name: "no", next: reset}
  - id: reset
    action: reset-password
    with:
      user: "{{ alert.user }}"
      pin: "0123"
      "on": console
```

**How to fix it:** put the text in quotes. `playbookctl validate --fix` does where only text can be meant;
`--unsafe-fixes` also quotes numbers such as `0123`, and joins a text with the comment that was cut off.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB004", "yaml-trap", Severity.ERROR, doc=__doc__)
