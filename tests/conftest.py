"""Fixtures of all tests, and which tests need hardware or programs that may be missing.

A machine with a GPU may have PyTorch, NumPy and pytest alone: whatever else a fixture needs, it imports itself.
"""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.demo_run import DemoRun
    from tests.small_lab import SmallLab

# The workers share the machine's cores; several threads in each would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A slow machine must not fail a test.
if find_spec("hypothesis") is not None:
    from hypothesis import HealthCheck, settings

    settings.register_profile("no deadline", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("no deadline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what this machine cannot run."""
    for marker, missing in (("cuda", _without_cuda), ("browser", _without_browser)):
        marked = [item for item in items if item.get_closest_marker(marker)]
        reason = missing() if marked else None
        if reason:
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=reason))


def _without_cuda() -> str | None:
    import torch

    return None if torch.cuda.is_available() else "no CUDA device"


def _without_browser() -> str | None:
    found = any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return None if found else "no Chromium"


@pytest.fixture(autouse=True)
def no_personal_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep a person's Jupyter configuration out of the tests."""
    # Not JUPYTER_NO_CONFIG: with it Jupyter makes a temporary folder for each process, and leaves it behind.
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path_factory.getbasetemp() / "jupyter"))


@pytest.fixture(scope="session")
def blank_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook without entries. Each is made by alembic, which takes seconds: tests copy this one."""
    from nbgrader.api import Gradebook

    from autograder.gradebook.connection import alembic_on_path

    path = tmp_path_factory.mktemp("blank") / "gradebook.db"
    with alembic_on_path(), Gradebook(f"sqlite:///{path}", "default_course"):
        return path


@pytest.fixture(scope="session")
def small_lab(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SmallLab]":
    """The small lab with an executor in the real sandbox; no test may end its processes."""
    from tests.small_lab import open_small_lab

    with open_small_lab(tmp_path_factory.mktemp("small-lab")) as lab:
        yield lab


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> "DemoRun":
    """What ``autograder demo`` leaves on the sample class."""
    from tests.demo_run import shared_demo_run

    return shared_demo_run(tmp_path_factory)
