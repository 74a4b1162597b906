"""The doctor finds what is there and what is missing."""

import dataclasses
import platform
import shutil
from pathlib import Path

import pytest

from autograder.cli.examination import Component, Examination, examine
from autograder.sandbox.layers import Layer


@pytest.fixture(scope="module")
def examination(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    return examine([tmp_path_factory.mktemp("hidden")])


def test_it_finds_what_is_installed(examination: Examination) -> None:
    import torch

    found = {component.name: component for component in examination.components}
    assert found["python"].version == platform.python_version()
    assert found["torch"].version.split("+")[0] == torch.__version__.split("+")[0]
    assert {"nbgrader", "jupyterlab", "plotly", "matplotlib", "torchviz", "nbval", "bubblewrap", "graphviz"} <= set(
        found
    )
    assert (examination.gpu is None) == (not torch.cuda.is_available())


def test_a_machine_on_which_the_sandbox_works_is_healthy(examination: Examination) -> None:
    assert [component for component in examination.missing if component.required] == []
    assert examination.healthy


def test_a_missing_required_component_or_layer_makes_it_unhealthy(examination: Examination) -> None:
    missing = Component("nbgrader", None, required=True, cure="pip install nbgrader")
    assert not dataclasses.replace(examination, components=(missing,)).healthy
    assert dataclasses.replace(examination, components=(missing,)).missing == (missing,)
    fallen = Layer("no network", required=True, active=False, detail="eth0 is reachable", cure="")
    assert not dataclasses.replace(examination, layers=(fallen,)).healthy
    assert dataclasses.replace(examination, layers=(dataclasses.replace(fallen, required=False),)).healthy


def test_missing_programs_come_with_the_line_that_installs_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("bwrap") is None
    examination = examine([tmp_path])
    cures = {component.name: component.cure for component in examination.missing}
    assert cures["bubblewrap"] == "apt-get install bubblewrap"
    assert cures["graphviz"] == "apt-get install graphviz"
    assert not examination.healthy
    assert [layer.name for layer in examination.layers if not layer.active] == ["outer wall", "bubblewrap"]
