"""Files that GitHub, pre-commit and citation tools read: they fit their schemas and agree with the project."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import gradlab

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REPOSITORY = PROJECT["tool"]["gradlab"]["repository"]
FORMS = sorted(set((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")) - {ROOT / ".github/ISSUE_TEMPLATE/config.yml"})
SCHEMAS = {
    "vendor.github-workflows": sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    "vendor.github-issue-config": [ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"],
    "vendor.github-issue-forms": FORMS,
    "vendor.citation-file-format": [ROOT / "CITATION.cff"],
}


def load(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_fit_their_schema(schema: str) -> None:
    assert SCHEMAS[schema]
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", schema, "--default-filetype", "yaml"]
    done = subprocess.run([*command, *map(str, SCHEMAS[schema])], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pre_commit_accepts_its_configuration_and_finds_its_programs(tmp_path: Path) -> None:
    path = ROOT / ".pre-commit-config.yaml"
    done = subprocess.run(
        [str(BIN / "pre-commit"), "validate-config", str(path)], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
    entries = [hook["entry"].split()[0] for repository in load(path)["repos"] for hook in repository["hooks"]]
    assert entries
    assert [entry for entry in entries if not (BIN / entry.removeprefix(".venv/bin/")).exists()] == []


def test_the_citation_says_what_the_project_says() -> None:
    citation, project = load(ROOT / "CITATION.cff"), PROJECT["project"]
    assert (str(citation["version"]), citation["license"]) == (gradlab.__version__, project["license"])
    assert citation["repository-code"] == REPOSITORY


def test_the_pages_and_the_changelog_name_the_version() -> None:
    named = {
        version
        for page in ("README.md", "docs/students.md")
        for version in re.findall(r"gradlab-([\d.]+)-py3", (ROOT / page).read_text(encoding="utf-8"))
    }
    assert named == {gradlab.__version__}
    released = re.findall(
        r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert released[0] == gradlab.__version__


def test_the_workflow_runs_targets_that_exist_on_each_supported_python() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert {"test", "test-slow"} <= set(re.findall(r"run: make ([a-z-]+)$", text, flags=re.MULTILINE)) <= targets
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"][0] == oldest


@pytest.mark.parametrize("name", ["Makefile", "CONTRIBUTING.md"])
def test_every_file_that_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    # Words in capitals stand for names of the reader's own.
    named = re.findall(r"(?<![\w/])(?:autograder|gradlab|tests|tools|docs)/[a-z0-9_/]+(?:\.\w+)?(?![\w/])", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_issue_forms_ask_for_what_one_needs_to_see_it_again_and_for_no_name() -> None:
    assert len(FORMS) == 3
    for path in FORMS:
        form = load(path)
        asked = {part.get("id"): part for part in form["body"]}
        for needed in ("lab", "cell", "answer", "message", "versions"):
            assert asked[needed]["validations"]["required"], (path.name, needed)
        assert "Leave out every student's name" in form["body"][0]["attributes"]["value"]
    assert load(ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml")["contact_links"][0]["url"].startswith(REPOSITORY)


def test_make_test_cuda_names_every_file_with_a_test_for_cuda() -> None:
    # The machine with a GPU lacks libraries that other files import, so the files are named one by one.
    recipe = re.search(r"^test-cuda:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe is not None
    named = [ROOT / path for path in re.findall(r"tests/\S+", recipe[1])]
    assert [path for path in named if not path.exists()] == []
    own = Path(__file__)
    marked = [
        path
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != own and "pytest.mark.cuda" in path.read_text("utf-8")
    ]
    assert marked
    assert [path for path in marked if not any(path.is_relative_to(place) for place in named)] == []


@pytest.mark.xdist_group("grouped")
def test_groups_of_tests_are_known_to_xdist(request: pytest.FixtureRequest) -> None:
    # A pytest and an xdist that don't fit each other ignore groups without a word, and costly fixtures are made twice.
    if getattr(request.config.option, "loadgroup", False):
        assert request.node.nodeid.endswith("@grouped")
