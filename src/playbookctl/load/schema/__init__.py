"""The schemas: `accepts` says yes or no and costs microseconds, `explain` says what is wrong and where."""

from __future__ import annotations

from playbookctl.load.schema.accept import accepts

__all__ = ["accepts"]
