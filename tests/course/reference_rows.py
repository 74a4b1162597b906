"""The rows that the course must show, and where a lab shows each: in what its worked solution prints."""

from dataclasses import dataclass
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]

ROWS = (
    "A: environment", "A: logits and softmax", "A: accumulation", "A: backward(ones)", "A: plots", "A: task 1",
    "A: sweep", "A: task 2", "A: task 3", "A: by hand", "A: end points", "A: not the nearest",
    "A: largest stable learning rate", "A: share that has arrived", "A: different starts",
    "B: before backward", "B: one variable", "B: two variables", "B: squared error", "B: one manual step",
    "B: manual loop", "B: torch.optim.SGD", "B: list of optimisers", "B: loss curves", "B: slip learning rates",
    "B: slip bias", "B: slip non-leaf", "B: slip alias", "B: conditioning",
    "C: one step", "C: many steps", "C: background", "C: background chain rule", "C: APIs", "C: tracking off",
    "D: mean of squares", "D: backward(v)", "D: tracking off", "D: accumulation", "D: one weight", "D: NumPy by hand",
    "D: autograd",
    "E: theory", "E: scalar", "E: vector", "E: thermometer", "E: training", "E: why scale",
)  # fmt: skip
"""Every row that some lab must show."""


@dataclass(frozen=True)
class Row:
    """A place where a lab shows a row, or a part of it.

    Attributes:
        row: one of `ROWS`.
        after: what is printed right before the numbers.
        numbers: the numbers that follow it.
        tolerance: their relative tolerance.
        says: a text that is printed.
        shows: a text that stands in the lab's source: for what is drawn and not printed.
    """

    row: str
    after: str = ""
    numbers: tuple[float, ...] = ()
    tolerance: float = 1e-3
    says: str = ""
    shows: str = ""


def printed_by(lab: str) -> str:
    """All that the worked solution prints."""
    notebook = nbformat.read(ROOT / "solutions" / lab / f"{lab}.ipynb", as_version=4)
    return "\n".join(
        output.text
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    )
