"""Is everything set up, and if not, which layer is the first that is wrong.

`walk` looks, layer by layer: it opens files, git and the API, GET only. `repository` and `live` judge what it saw, and touch
nothing. A check fails with the exit code that a sync would end with, so that doctor and sync agree.
"""

from playbookctl.doctor.walk import Patient, examine

__all__ = ["Patient", "examine"]
