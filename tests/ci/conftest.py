from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from support.workflow import Runner

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the variables of a machine of a CI: a Python of its own, on which nothing of ours is installed yet.

    The packages that we need are taken from the Python that runs the tests, so that no network is needed.
    """
    folder = tmp_path_factory.mktemp("machine")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "python"], check=True)
    (site,) = (folder / "python" / "lib").glob("python3*/site-packages")
    (site / "packages-of-the-tests.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return {
        "PATH": os.pathsep.join([str(folder / "python" / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_CACHE_DIR": "1",
    }


@pytest.fixture(scope="session")
def installed() -> set[str]:
    return set()


@pytest.fixture
def runner(tmp_path: Path, machine: dict[str, str], installed: set[str]) -> Runner:
    folder = tmp_path / "jobs"
    folder.mkdir()
    return Runner(folder, tmp_path / "repository", ROOT, machine, {}, installed=installed)
