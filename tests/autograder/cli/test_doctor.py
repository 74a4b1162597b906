import io

from rich.console import Console

from autograder.cli.doctor import show
from autograder.cli.examination import Component, Examination
from autograder.sandbox.layers import Layer

WALL = Layer("outer wall", required=True, active=True, detail="student code sees [nothing]")


def shown(*components: Component, layers: tuple[Layer, ...] = (WALL,), gpu: str | None = None) -> str:
    stream = io.StringIO()
    show(Examination("Linux", gpu, components, layers), Console(file=stream, width=160))
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
