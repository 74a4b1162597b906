"""The cell that installs gradlab, for real: from a git repository that stands in for the one on the network."""

import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.build.colab_cells import INSTALLATION, read_origin
from tests.colab.environment import ROOT, Environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("colab")]

LAB = "00_welcome"
# pip would build in an environment of its own, and look on the network for what is there already.
# (pip reads the first of these the wrong way round: 0 means no isolation.)
WITHOUT_NETWORK = {"PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def opening() -> NotebookNode:
    """The released lab down to its first lines that need gradlab."""
    notebook = nbformat.read(ROOT / "release" / LAB / f"{LAB}.ipynb", as_version=4)
    code = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    assert notebook.cells[code[0]].id == INSTALLATION
    del notebook.cells[code[2] + 1 :]
    return notebook


def shown(notebook: NotebookNode) -> list[str]:
    return [
        "".join(output.get("text", "") or output.get("ename", "") for output in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with what the wheel is made of."""
    if shutil.which("git") is None:
        pytest.skip("no git")
    folder = tmp_path_factory.mktemp("repository")
    for name in ("pyproject.toml", "README.md", "LICENSE", "gradlab", "autograder"):
        original = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        (
            shutil.copytree(original, folder / name, ignore=ignored)
            if original.is_dir()
            else shutil.copy(original, folder)
        )
    person = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    committer = {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "HOME": str(folder)}
    for command in (("init", "--quiet", "--initial-branch", "main"), ("add", "."), ("commit", "--quiet", "-m", "All")):
        subprocess.run(["git", *command], cwd=folder, env=os.environ | person | committer, check=True)
    return folder


def network(environment: Environment, stands_in: Path) -> dict[str, str]:
    """Variables with which git finds a folder at the address of the course's repository."""
    origin = read_origin(ROOT)
    assert origin is not None
    for name in ("git", "sh"):
        program = shutil.which(name)
        assert program is not None
        (environment.folder / "bin" / name).symlink_to(program)
    address = origin.package.partition("git+")[2]
    rules = {"GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": f"url.{stands_in.as_uri()}.insteadOf"}
    rules |= {"GIT_CONFIG_VALUE_0": address, "GIT_CONFIG_KEY_1": "safe.directory", "GIT_CONFIG_VALUE_1": "*"}
    return rules | WITHOUT_NETWORK


def test_where_gradlab_is_missing_the_first_cell_installs_it(
    bare_colab: Environment, repository: Path, tmp_path: Path
) -> None:
    notebook = opening()
    bare_colab.run(notebook, tmp_path, network(bare_colab, repository))
    installation, imports, device = shown(notebook)
    assert installation.startswith("Installing gradlab, which this lab needs")
    assert "could not be installed" not in installation
    assert imports == ""
    assert "Python" in device
    assert list(bare_colab.folder.glob("lib/python*/site-packages/gradlab/__init__.py"))


def test_without_a_network_it_says_so_kindly(bare_colab: Environment, tmp_path: Path) -> None:
    notebook = opening()
    bare_colab.run(notebook, tmp_path, network(bare_colab, tmp_path / "nowhere"))
    installation, imports, _ = shown(notebook)
    assert "gradlab could not be installed. Is there an internet connection?" in installation
    assert "Traceback" not in installation
    assert imports == "ModuleNotFoundError"


def test_where_gradlab_is_there_it_does_nothing(colab: Environment, tmp_path: Path) -> None:
    notebook = opening()
    names = "sorted(set(globals()) - set(before) - {'before'})"
    first = next(place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells[first:] = [
        nbformat.v4.new_code_cell("before = [*globals()]"),
        notebook.cells[first],
        nbformat.v4.new_code_cell(f"print([name for name in {names} if not name.startswith('_')])"),
    ]
    # Whatever it started would fail: there is no program to start.
    colab.run(notebook, tmp_path, {"PATH": str(tmp_path)})
    assert shown(notebook) == ["", "", "['importlib']\n"]
