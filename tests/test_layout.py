"""The layout: imports point one way, and no secret leaves the project in a distribution."""

import ast
import re
import subprocess
import sys
import tarfile
import zipfile
from functools import cache
from pathlib import Path

import pytest

# One worker parses the modules once for all tests.
pytestmark = pytest.mark.xdist_group("layout")
ROOT = Path(__file__).parent.parent
# From low to high: a package may import those above it in this list, and no other of its own row but in the first one,
# whose modules every package may import.
LAYERS = (
    {"errors", "verdicts", "cells", "limits", "progress", "formatting", "python_names", "wire"}
    | {"clone", "kernel", "landlock", "call_filter", "checksums"},
    {"untrusted"},
    {"repair"},
    {"course"},
    {"gradebook", "autograded"},
    {"roster"},
    {"wall"},
    {"sandbox"},
    {"judging"},
    {"gpu"},
    {"grading"},
    {"preprocessor", "formgrader", "report", "collect", "export"},
    {"build"},
    {"cli"},
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def python_files(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if ".cache" not in path.parts)


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imported(path: Path) -> tuple[str, ...]:
    """The modules that a file imports, those that only a type checker reads included."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(found)


def listed_files() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if found.returncode:
        pytest.skip("not a git checkout")
    return [path for name in found.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_every_part_of_the_autograder_has_a_layer() -> None:
    parts = {path.stem if path.is_file() else path.name for path in (ROOT / "autograder").iterdir()}
    assert parts - {"__init__", "__pycache__", "py"} == set(RANK)


def test_imports_point_one_way() -> None:
    wrong = []
    for path in python_files("autograder"):
        own = path.relative_to(ROOT / "autograder").parts[0].removesuffix(".py")
        if own != "__init__":
            parts = {name.split(".")[1] for name in imported(path) if name.startswith("autograder.")} - {own}
            wrong += [f"{module_of(path)} imports {part}" for part in parts if RANK[part] >= max(RANK[own], 1)]
    assert not wrong


def test_packages_of_gradlab_import_what_the_architecture_page_says() -> None:
    shared = {"words", "notebook", "landscape"}
    allowed = {
        "words": set[str](),
        "landscape": set[str](),
        "notebook": {"words"},
        "check": shared,
        "ladder": shared,
        "figures": {*shared, "graph"},
        "graph": {*shared, "figures"},
        "basins": {*shared, "figures"},
    }
    wrong = []
    for path in python_files("gradlab"):
        own = path.relative_to(ROOT / "gradlab").parts[0].removesuffix(".py")
        if own != "__init__":
            parts = {name.split(".")[1] for name in imported(path) if name.startswith("gradlab.")} - {own}
            wrong += [f"{module_of(path)} imports {part}" for part in parts - allowed[own]]
    assert not wrong


def test_no_import_goes_in_a_circle() -> None:
    modules = {module_of(path): path for path in python_files("autograder", "gradlab")}
    graph = {
        module: {
            next((name for name in (target, target.rpartition(".")[0]) if name in modules), module)
            for target in imported(path)
        }
        - {module}
        for module, path in modules.items()
    }
    while leaves := {module for module, targets in graph.items() if not targets & graph.keys()}:
        graph = {module: targets for module, targets in graph.items() if module not in leaves}
    assert not graph, "these modules import one another"


def test_what_students_import_knows_nothing_of_the_autograder() -> None:
    wrong = [
        f"{path}: {name}"
        for path in python_files("gradlab")
        for name in imported(path)
        if name.startswith("autograder")
    ]
    assert not wrong


def test_the_checks_of_one_lab_know_nothing_of_another_s() -> None:
    folder = ROOT / "gradlab" / "check"
    topics = {path.name for path in folder.iterdir() if (path / "__init__.py").is_file()}
    wrong = []
    for path in python_files("gradlab/check"):
        own = path.parent.name if path.parent != folder else None
        foreign = {name.split(".")[2] for name in imported(path) if name.startswith("gradlab.check.")} & topics - {own}
        wrong += [f"{path.relative_to(ROOT)} imports {topic}" for topic in foreign]
    assert not wrong


def test_no_distribution_holds_a_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    (archive,) = tmp_path.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as opened:
        in_wheel = set(opened.namelist())
    with tarfile.open(archive) as opened_archive:
        in_archive = {name.partition("/")[2] for name in opened_archive.getnames()}
    for name in ("gradlab/__init__.py", "autograder/errors.py", "gradlab/py.typed"):
        assert name in in_wheel
        assert name in in_archive
    assert {name.split("/")[0] for name in in_wheel if ".dist-info/" not in name} == {"gradlab", "autograder"}
    allowed = {
        "gradlab",
        "autograder",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "PKG-INFO",
        "pyproject.toml",
        ".gitignore",
        "",
    }
    assert {name.split("/")[0] for name in in_archive} <= allowed
    secrets = {"course", "source", "solutions", "release", "tests"}
    assert not [name for name in in_wheel | in_archive if name.split("/")[0] in secrets or name.endswith(".ipynb")]


def test_no_file_names_a_path_of_the_machine_it_was_made_on() -> None:
    # A folder that could be on any machine (/usr) says nothing; the parents of this checkout do.
    here = {str(path) for path in (ROOT, Path(sys.prefix), Path(sys.base_prefix)) if len(path.parts) > 2}
    made_here = re.compile(r"/(?:root|home/\w+|Users/\w+)/")
    wrong = []
    for path in listed_files():
        text = path.read_bytes().decode("utf-8", errors="replace")
        built = path.relative_to(ROOT).parts[0] in {"source", "release", "solutions"}
        if any(name in text for name in here) or (built and made_here.search(text)):
            wrong.append(path.relative_to(ROOT).as_posix())
    assert not wrong


def test_no_figure_is_called_like_a_module_of_its_package() -> None:
    # Whoever imports such a module puts it in the place of the function.
    folder = ROOT / "gradlab" / "figures"
    modules = {path.stem for path in folder.glob("*.py")}
    (names,) = (
        ast.literal_eval(node.value)
        for node in ast.parse((folder / "__init__.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert not modules & set(names)
