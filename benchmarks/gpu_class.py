"""Grades a small class with a GPU, ``python -m benchmarks.gpu_class``: one of its submissions takes too much memory.

It says what each submission got and how long the class took with the GPU and without, and ends with 1 if a score is
not what it should be.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import other_graders
from benchmarks.classes import ClassLab
from benchmarks.graders import FailedError, grade
from benchmarks.made_lab import Exercise, MadeLab

_SHARE = "2GiB"
_GREEDY = "return torch.ones(64 * 1024**3, dtype=torch.uint8, device=x.device).sum() + x.sum()"
_EXERCISES = (
    Exercise(
        "place",
        "values",
        "return torch.tensor(values, device=device, requires_grad=True)",
        "return torch.tensor(values, requires_grad=True).to(device)",
        "x = place([1.0, 2.0])\nassert x.device.type == device.type",
        "x = place([3.0])\nassert x.is_leaf",
    ),
    Exercise(
        "energy",
        "x",
        "return (x**2).sum()",
        _GREEDY,
        "x = torch.ones(3, device=device)\nassert energy(x).item() == 3.0",
        "x = torch.rand(8, device=device, requires_grad=True)\nenergy(x).backward()\n"
        "assert torch.allclose(x.grad, 2 * x.detach())",
    ),
    Exercise(
        "descend",
        "x, steps",
        "for _ in range(steps):\n    x.grad = None\n    (x**2).sum().backward()\n    with torch.no_grad():\n"
        "        x -= 0.25 * x.grad\nreturn x.detach()",
        "return x.detach()",
        "x = torch.zeros(2, device=device, requires_grad=True)\nassert descend(x, 2).device == x.device",
        "x = torch.rand(2, device=device, requires_grad=True)\nstart = x.detach().clone()\n"
        "assert torch.allclose(descend(x, 4), start / 16)",
    ),
)
LAB = MadeLab(
    "device", "# On the device", "import gradlab\nimport torch\n\ndevice = gradlab.device()", (), (), _EXERCISES
)
_WRONG = (frozenset[str](), frozenset({"energy"}), frozenset({"descend"}))
"""What is wrong in the submissions, in turn; an ``energy`` that is wrong takes 64 GiB."""


def device_class() -> ClassLab:
    """The class."""
    return ClassLab(
        LAB.name, LAB.source(), lambda number, released: LAB.submission(released, _WRONG[number % 3], frozenset())
    )


def main(
    students: Annotated[int, typer.Option(min=3, help="How many submissions.")] = 12,
    gpu: Annotated[bool, typer.Option("--gpu/--cpu", help="Whether they see the GPU.")] = True,
    sandbox: Annotated[str, typer.Option(help="As of autograder grade.")] = "bubblewrap",
) -> None:
    """Grade the class and say what came of it."""
    lab = device_class()
    runs = {"CPU": ["--sandbox", sandbox]}
    if gpu:
        runs["GPU"] = [*runs["CPU"], "--gpu", "--gpu-memory", _SHARE]
    wrong: list[str] = []
    for name, options in runs.items():
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            course = Path(folder, "course")
            released = other_graders.make_nbgrader_course(course, lab.name, lab.source, other_graders.OURS)
            other_graders.hand_in(course, lab.name, lab.submissions(released, students))
            try:
                taken = grade(course, lab.name, "--memory", "8GiB", *options)
            except FailedError as error:
                print(f"{name}: {error}")
                raise typer.Exit(1) from None
        print(f"{name}: {students} submissions in {taken.seconds:.1f} s, the first after {min(taken.results):.1f} s")
        for record in json.loads(taken.output):
            number = int(record["student"].rpartition("_")[2])
            points = {cell["id"].removesuffix("-test"): cell["points"] for cell in record["cells"]}
            expected = {it.name: 0.0 if it.name in _WRONG[number % 3] else 2.0 for it in LAB.exercises}
            if points != expected or record["status"] != "graded":
                wrong.append(f"{name}, {record['student']}: {record['status']}, {points} in place of {expected}")
            for cell in record["cells"][:3] if number == 1 else ():
                print(f"  {record['student']}, {cell['id']}: {cell['status']}, {cell['points']:g}: {cell['message']}")
    print("\n".join(wrong) or "All scores are as they should be.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    typer.run(main)
