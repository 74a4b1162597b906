"""Labs that the site refuses: each message names the file or the cell, and the cure."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.build.conversion import open_course
from autograder.build.lab_text import lab_names
from autograder.errors import ExpectedError
from website.labs import read_lab
from website.outputs import PLOTLY

ROOT = Path(__file__).parents[2]
LAB = lab_names(ROOT)[0]


def outputs(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


def without_outputs(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        if "outputs" in cell:
            cell["outputs"] = []


def without_description(notebook: dict[str, Any]) -> None:
    figure = next(it["data"][PLOTLY] for it in outputs(notebook) if PLOTLY in it.get("data", {}))
    del figure["layout"]["meta"]


def with_matplotlibs_text(notebook: dict[str, Any]) -> None:
    picture = next(it["data"] for it in outputs(notebook) if "image/png" in it.get("data", {}))
    picture["text/plain"] = "<Figure size 640x480 with 1 Axes>"


def with_a_bare_image(notebook: dict[str, Any]) -> None:
    next(it for it in outputs(notebook) if PLOTLY in it.get("data", {}))["data"] = {
        "text/html": '<img src="a.png" alt="">'
    }


def of_another_text(notebook: dict[str, Any]) -> None:
    notebook["cells"][0]["source"] += "\nMore."


@pytest.mark.parametrize(
    ("change", "told", "cure"),
    [
        (without_outputs, f"solutions/{LAB}/{LAB}.ipynb has no outputs", f"autograder build {LAB}"),
        (of_another_text, f"solutions/{LAB}/{LAB}.ipynb was made from another text", f"autograder build {LAB}"),
        (without_description, f"course/{LAB}.py, line ", "meta"),
        (with_matplotlibs_text, "a picture has no text alternative", "text/plain"),
        (with_a_bare_image, "an image has no text alternative", "alt="),
    ],
)
def test_a_lab_that_the_site_cannot_show_is_refused(
    change: Callable[[dict[str, Any]], None], told: str, cure: str, tmp_path: Path
) -> None:
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in (f"course/{LAB}.py", f"release/{LAB}/{LAB}.ipynb", f"solutions/{LAB}/{LAB}.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copy(ROOT / name, tmp_path / name)
    course = open_course(tmp_path)
    shown = read_lab(course, LAB, None)
    assert shown.figures
    assert not any(
        cell.get("outputs") for cell in shown.notebook.cells if {"exercise", "check"} & {*cell.metadata.get("tags", ())}
    )
    path = tmp_path / "solutions" / LAB / f"{LAB}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(ExpectedError) as refused:
        read_lab(course, LAB, None)
    assert told in refused.value.problem
    assert cure in refused.value.cure
