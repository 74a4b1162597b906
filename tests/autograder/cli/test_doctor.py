"""The doctor finds what is there and what is missing, and says what would help."""

import dataclasses
import io
import json
import platform
import shutil
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import autograder.cli.doctor as doctor
from autograder.cli.application import application
from autograder.cli.doctor import Component, Examination, ExchangeState, examine, show
from autograder.sandbox.self_test import Layer
from tests.autograder.gpu.fake_driver import no_driver

OUTER = Layer("outer wall", required=True, active=True, detail="student code sees [nothing]")


def shown(*components: Component, layers: tuple[Layer, ...] = (OUTER,), gpu: str | None = None) -> str:
    stream = io.StringIO()
    show(Examination("Linux", gpu, "bubblewrap", components, layers), Console(file=stream, width=160))
    return stream.getvalue()


def test_a_machine_on_which_grading_runs() -> None:
    text = shown(Component("torch", "2.13.0", required=True), Component("nbval", None, required=False, cure="pip it"))
    assert "Grading can run." in text
    assert "2.13.0" in text
    assert "– nbval" in " ".join(text.split())
    assert "pip it" in text
    assert "[nothing]" in text
    assert "none, the CPU does it all" in text


def test_a_machine_on_which_it_cannot_says_what_would_help_once() -> None:
    cure = "apt-get install bubblewrap"
    missing = Component("bubblewrap", None, required=True, cure=cure)
    fallen = Layer("outer wall", required=True, active=False, detail="there is no bubblewrap", cure=cure)
    text = shown(missing, layers=(fallen,), gpu="H200")
    assert "Grading cannot run yet." in text
    assert text.count(cure) == 1
    assert "✗" in text
    assert "GPU: H200" in text


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


def test_nothing_is_said_of_a_gpu_where_there_is_no_sign_of_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_driver(monkeypatch)
    monkeypatch.setattr(doctor, "_GPU_CONTROL", tmp_path / "nvidiactl")
    monkeypatch.setattr(doctor, "_GPU_DRIVER", "libnot-there.so.1")
    assert list(doctor._probe_gpu()) == []
    (tmp_path / "nvidiactl").touch()
    (layer,) = doctor._probe_gpu()
    assert (layer.required, layer.active) == (False, False)
    assert "has no driver for an NVIDIA GPU" in layer.detail
    assert "nvidia-smi" in layer.cure


def test_an_exchange_is_shown_with_its_cure() -> None:
    state = ExchangeState("/srv/exchange", ready=False, detail="it does not exist", cure="mkdir -p /srv/exchange")
    stream = io.StringIO()
    show(Examination("Linux", None, "bubblewrap", (), (OUTER,), state), Console(file=stream, width=160))
    assert "Grading can run." in stream.getvalue()
    assert "✗ /srv/exchange it does not exist" in " ".join(stream.getvalue().split())
    assert stream.getvalue().rstrip().endswith("mkdir -p /srv/exchange")


@pytest.mark.parametrize(("made", "code"), [(True, 0), (False, 1)])
def test_the_exchange_of_a_course_is_examined(
    made: bool, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = tmp_path / "exchange"
    if made:
        exchange.mkdir()
        exchange.chmod(0o1777)
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n", "utf-8")
    monkeypatch.setattr(doctor, "examine", lambda _: Examination("Linux", None, "bubblewrap", (), (OUTER,)))
    result = CliRunner().invoke(application, ["doctor", "--course", str(tmp_path), "--format", "json"])
    assert result.exit_code == code
    state = json.loads(result.stdout)["exchange"]
    assert state["ready"] == made
    assert state["root"] == str(exchange)
    assert (f"mkdir -p {exchange}" in state["cure"]) == (not made)
