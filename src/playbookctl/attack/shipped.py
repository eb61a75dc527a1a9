"""Which data the package ships, and opening it: one file per domain and version, read at most once."""

from __future__ import annotations

import os
from functools import lru_cache

from playbookctl.attack.table import DOMAINS, Section, read_sections
from playbookctl.errors import ConfigError

FOLDER = os.path.join(os.path.dirname(__file__), "data")
SUFFIX = ".tsv"
_opened: dict[tuple[str, str], Section] = {}


@lru_cache(maxsize=1)
def versions() -> tuple[tuple[str, str], ...]:
    """Return what is bundled as (domain, version), the domains in MITRE's order, the oldest version of each first."""
    stems = (name.removesuffix(SUFFIX).split("-") for name in os.listdir(FOLDER) if name.endswith(SUFFIX))
    pairs = ((domain, version) for domain, version in stems)
    return tuple(sorted(pairs, key=lambda pair: (DOMAINS.index(pair[0]), _numbers(pair[1]))))


def resolve(domain: str, version: str) -> str:
    """Return the newest bundled version of `domain` that `version` asks for. Raises ConfigError if there is none."""
    held = _versions_of(domain)
    fitting = [candidate for candidate in held if agrees(version, candidate)]
    if not fitting:
        raise ConfigError(
            f"ATT&CK {domain} v{version} is not bundled, only {' and '.join(held)}",
            hint="write attack.version without a minor number, or build the data with playbookctl attack update",
        )
    return fitting[-1]


def agrees(asked: str, version: str) -> bool:
    """Tell whether `version` is what was asked for: '19' means any 19.x, '19.2' that one."""
    return asked in (version, version.partition(".")[0])


def newest(domain: str) -> Section:
    """Load the newest bundled version of `domain`."""
    return load(domain, _versions_of(domain)[-1])


def load(domain: str, version: str) -> Section:
    """Load what `versions` lists."""
    if (domain, version) not in _opened:
        with open(os.path.join(FOLDER, f"{domain}-{version}{SUFFIX}"), encoding="utf-8") as file:
            (_opened[domain, version],) = read_sections(file.read())
    return _opened[domain, version]


def _versions_of(domain: str) -> tuple[str, ...]:
    return tuple(version for known, version in versions() if known == domain)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
