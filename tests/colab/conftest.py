"""Colab's environments: made once for all tests, whichever process asks for them first."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from tests.colab.environment import Environment, build_wheel, install, make_environment, requirements

COLAB = ("ipykernel", "pip")
"""What Colab has beside the libraries that gradlab needs."""
BUILDER = "hatchling"
"""What pip would fetch to build gradlab from its repository, if there were a network."""


def _shared(factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers see."""
    own = factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "colab"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = _shared(tmp_path_factory) / "wheel"
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            return build_wheel(folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def colab(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Colab after gradlab was installed from its wheel."""
    folder = _shared(tmp_path_factory) / "installed"
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            made = make_environment(folder, [*requirements(wheel), *COLAB])
            install(made, wheel)
    return Environment(folder)


@pytest.fixture
def bare_colab(wheel: Path, tmp_path: Path) -> Environment:
    """Colab before that: an environment of one's own."""
    return make_environment(tmp_path / "bare", [*requirements(wheel), *COLAB, BUILDER])
