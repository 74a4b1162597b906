"""The machine on which a benchmark ran, and the versions that took part."""

import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from benchmarks.other_graders import OTTER

_BUSY = 0.1
_LIBRARIES = ("torch", "nbgrader", "ipython", "nbclient")


def describe() -> list[str]:
    """The date, the machine and the versions, as sentences."""
    cores = len(os.sched_getaffinity(0))
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return [
        f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores of {_processor()}, {memory:.0f} GiB of memory, "
        f"Linux {platform.release()}.",
        f"Python {platform.python_version()}, {versions}, {OTTER.replace('==', ' ')}.",
    ]


def circumstances(others: float) -> list[str]:
    """A warning if other programs used much of the machine's CPU time meanwhile: `others`, a share from 0 to 1."""
    if others <= _BUSY:
        return []
    return [
        f"Other programs used up to {100 * others:.0f} % of the machine meanwhile: wall-clock times are too long, and "
        "the ratios of them are rough.",
        "",
    ]


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    found = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return found[0] if found else platform.machine()
