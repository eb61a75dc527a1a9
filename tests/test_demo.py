"""`make demo` does the whole job."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_demo_syncs_plans_nothing_and_shows_two_runs() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "demo.py")], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert done.stdout.count("plan: nothing to write; 18 unchanged") == 2
    assert done.stdout.count("'last_status': 'succeeded'") == 2
