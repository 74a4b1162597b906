"""The wheel as somebody has it who installs nothing else: an index's rules, a check, the program's version."""

import os
import shutil
import subprocess
import sys
import venv
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import gradlab

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
BLOCKER = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
"""
CHECK = """
from gradlab.check import NotYet, welcome
welcome.square_slope(lambda x: 2 * x)
try:
    welcome.square_slope(lambda x: x)
except NotYet as refused:
    print(refused)
"""


def brought_along(name: str) -> set[str]:
    """The packages that come with one, and it."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        package = canonicalize_name(waiting.pop())
        if package in found:
            continue
        found.add(package)
        try:
            needed = requires(package) or []
        except PackageNotFoundError:
            continue
        waiting += [
            it.name for it in map(Requirement, needed) if it.marker is None or it.marker.evaluate({"extra": ""})
        ]
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what pip installs with it; of this environment's packages no other is found."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (here,) = {str(path) for path in map(Path, sys.path) if path.name == "site-packages"}
    (packages / "others.pth").write_text(f"{here}\n", encoding="utf-8")
    allowed = brought_along("gradlab")
    names = {
        module
        for module, distributions in packages_distributions().items()
        if not {canonicalize_name(name) for name in distributions} & allowed
    }
    assert {"typer", "nbgrader"} <= names
    (packages / "sitecustomize.py").write_text(BLOCKER.format(names=names), encoding="utf-8")
    return python


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(command, capture_output=True, text=True, cwd=Path(command[0]).parent, env=clean)


def test_an_index_takes_it_and_its_links_lead_out_of_the_page(wheel: Path) -> None:
    done = run(sys.executable, "-m", "twine", "check", "--strict", wheel)
    assert done.returncode == 0, done.stdout + done.stderr
    assert wheel.name.startswith(f"gradlab-{gradlab.__version__}-")
    name = f"gradlab-{gradlab.__version__}.dist-info/METADATA"
    metadata = run(
        sys.executable, "-c", f"import zipfile; print(zipfile.ZipFile({str(wheel)!r}).read({name!r}).decode())"
    )
    links = [line for line in metadata.stdout.splitlines() if "](" in line]
    assert links
    assert all("](https://" in line for line in links)


def test_it_runs_a_check_and_tells_its_version(python: Path) -> None:
    checked = run(python, "-c", CHECK)
    assert checked.returncode == 0, checked.stderr
    assert "half" in checked.stdout
    program = python.parent / "autograder"
    told = run(program, "--version")
    assert (told.returncode, told.stdout.strip()) == (0, gradlab.__version__), told.stderr


def test_a_command_names_the_extra_that_it_needs(python: Path) -> None:
    refused = run(python.parent / "autograder", "grade", "00_welcome")
    assert refused.returncode == 1
    assert "pip install 'gradlab[instructor]'" in refused.stderr
    assert "Traceback" not in refused.stderr


def builder() -> str | None:
    """The program that builds images here; None if there is none, or its service does not run."""
    found = filter(None, map(shutil.which, ("podman", "docker")))
    return next((it for it in found if subprocess.run([it, "info"], capture_output=True).returncode == 0), None)


def test_the_image_grades() -> None:
    program = builder()
    if program is None:
        pytest.skip("neither podman nor docker runs here; the Containerfile is linted")
    built = run(program, "build", "--quiet", "--file", ROOT / "Containerfile", ROOT)
    assert built.returncode == 0, built.stderr
    told = run(program, "run", "--rm", built.stdout.split()[-1], "--version")
    assert told.stdout.strip() == gradlab.__version__, told.stderr


def test_the_container_file_has_nothing_that_hadolint_finds() -> None:
    done = run(Path(sys.executable).parent / "hadolint", ROOT / "Containerfile")
    assert done.returncode == 0, done.stdout + done.stderr
