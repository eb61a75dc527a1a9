"""Plan -> Outcomes: carries a plan out on the live API and looks at what became of it."""

from playbookctl.apply.calls import ApplyOptions, Patience
from playbookctl.apply.executor import apply_plan
from playbookctl.apply.result import Applied, Progress

__all__ = ["Applied", "ApplyOptions", "Patience", "Progress", "apply_plan"]
