"""One mutant: a submission made from honest ones and a seed."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.fuzz.mutations import BYTES, STRUCTURAL, as_json

_NAMES = ["{}.ipynb", "{}.ipynb", "{}.ipynb", "Copy of {}.ipynb", "x/{}.ipynb", "Untitled.ipynb", "{}.ipynb.txt"]
_COMPANIONS = ["{}-Copy1.ipynb", "data.csv", "a\nb.txt", "\udcff.bin", "n" * 255, "-rf", "rise.py", "x/y/z/numpy.py"]


@dataclass(frozen=True)
class Mutant:
    """A submission.

    Attributes:
        files: path below the submission's folder → content.
        history: the names of the mutations, in the order in which they were applied.
    """

    files: dict[str, bytes]
    history: list[str] = field(default_factory=list)


def mutant(seed: int, number: int, name: str, honest: Sequence[dict[str, Any]]) -> Mutant:
    """Make a mutant; the same arguments make the same one.

    Args:
        seed: the seed of the whole run.
        number: which mutant of the run.
        name: the notebook's name, without ``.ipynb``.
        honest: honest submissions, as nbformat's JSON.
    """
    random = Random(f"{seed}/{number}")
    notebook = deepcopy(random.choice(honest))
    history = []
    for change in random.choices(STRUCTURAL, k=random.choice([0, 1, 1, 2, 3, 5])):
        notebook = change(random, notebook)
        history.append(change.__name__)
    content = as_json(notebook, random)
    if random.random() < 0.25 and content:
        damage = random.choice(BYTES)
        content = damage(random, content, as_json(random.choice(honest), random))
        history.append(damage.__name__)
    files = {random.choice(_NAMES).format(name): content}
    if random.random() < 0.2:
        companion = random.choice(_COMPANIONS).format(name)
        files[companion] = random.choice([b"", b"{}", random.randbytes(50), as_json(random.choice(honest), random)])
        history.append(f"beside {companion[:20]!r}")
    return Mutant(files, history)
