"""Runs a worked solution on a device, and calls right answers there: python -m tests.course.on_device NOTEBOOK DEVICE.

It prints, as JSON, what each cell whose output nbval compares printed when it was committed and prints now, and what
went wrong with answers to exercises that promise to work on any device. It needs what the notebook needs, and nothing
that builds or grades.
"""

import io
import json
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import Any

import torch

import gradlab
from gradlab.basins import descents
from tests.course.answer_files import answers

_IGNORED = "nbval-ignore-output"
_PASSED = 'role="status"'
_HERE = torch.device("cpu")
_POINTS = torch.tensor([[1.0, 2.0], [6.5, 3.0], [0.5, 9.0], [4.0, 6.0]])
_LABELS = torch.tensor([0, 2, 1, 2])
Names = dict[str, Any]
Call = Callable[[Names, torch.device], torch.Tensor | Sequence[torch.Tensor]]
PROMISES: dict[str, dict[str, Call]] = {
    "06_minimum": {"descend-all": lambda names, to: names["descend_all"](names["f"], _POINTS.to(to), 0.1, 3)},
    "07_classification": {
        "one-hot": lambda names, to: names["one_hot"](_LABELS.to(to), 3),
        "find-bug": lambda names, to: names["train_repaired"](_POINTS.to(to), _LABELS.to(to), 3, 0.1, 3),
    },
}
"""Exercises whose text says *any device*, and how their answers are called, by lab."""


def run(notebook: Path, device: torch.device) -> tuple[list[tuple[str, str]], Names]:
    """Run the code cells in their order.

    Returns:
        What each printed when the outputs were made, and what it prints now; and all names.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    names: Names = {"__name__": "__main__", "display": lambda *shown, **options: None}
    gradlab.device = lambda: device
    compared = []
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            # A machine with a GPU may lack IPython: its command that installs gradlab is left out, nothing is shown.
            source = re.sub(r"^( *)(?:%|from IPython\b).*$", r"\1pass", "".join(cell["source"]), flags=re.MULTILINE)
            with redirect_stdout(io.StringIO()) as printed:
                exec(compile(source, f"cell {number}", "exec"), names)
            if _IGNORED not in cell["metadata"].get("tags", ()):
                compared.append((_printed(cell["outputs"]), printed.getvalue()))
    return compared, names


def broken_promises(lab: str, names: Names, device: torch.device) -> list[str]:
    """Call the right answers to exercises that promise to work on any device; what went wrong, one sentence each."""
    found = []
    for exercise, call in PROMISES.get(lab, {}).items():
        for answer in answers(lab, exercise):
            if answer.right:
                own = dict(names)
                exec(answer.source, own)
                try:
                    here, there = _tensors(call(own, _HERE)), _tensors(call(own, device))
                except (RuntimeError, TypeError) as error:
                    found.append(f"{answer}: {error}")
                    continue
                found += [f"{answer}: a result on {each.device}" for each in there if each.device.type != device.type]
                if not all(map(_close, here, there)):
                    found.append(f"{answer}: other numbers")
    return found


def _tensors(result: torch.Tensor | Sequence[torch.Tensor]) -> list[torch.Tensor]:
    return [result] if isinstance(result, torch.Tensor) else list(result)


def _close(one: torch.Tensor, other: torch.Tensor) -> bool:
    return torch.allclose(one.detach(), other.detach().cpu(), atol=1e-4)


def _printed(outputs: list[dict[str, Any]]) -> str:
    """What a cell has printed. The box of a check that is satisfied is a line where there is no notebook."""
    found = []
    for output in outputs:
        data = output.get("data", {})
        if output.get("name") == "stdout":
            found += output["text"]
        elif _PASSED in "".join(data.get("text/html", "")):
            found += [*data["text/plain"], "\n"]
    return "".join(found)


def tell(notebook: Path, name: str) -> dict[str, object]:
    """What was found on the device of this name."""
    with ExitStack() as stack:
        if name == "fakegpu":
            from tests import fake_device

            fake_device.register()
            stack.enter_context(fake_device.FakeDeviceMode())
            # It is not among the devices that students can choose.
            descents.require_device = torch.device
            descents._TOGETHER[name] = descents._TOGETHER["cpu"]
        device = torch.device(name)
        compared, names = run(notebook, device)
        return {"cells": compared, "answers": broken_promises(notebook.stem, names, device)}


def main() -> int:
    """Run what the command line names; the exit code is 1 if a cell fails."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    try:
        json.dump(tell(Path(sys.argv[1]), sys.argv[2]), sys.stdout)
    except Exception:  # noqa: BLE001 - whatever the notebook raises
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # PyTorch's threads for a device that is written in Python sometimes abort an interpreter that takes leave of them.
    os._exit(status)
