"""Hostile input at each place where the coordinator takes something from a stranger, and what must hold there."""

import json
import random
import resource
import shutil
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.cells import Cell, Lab, LabNotebook, Role
from autograder.collect.archive import TemporaryFolder
from autograder.collect.records import Found
from autograder.collect.source import read_source
from autograder.course.submissions import read_submission
from autograder.errors import ExpectedError
from autograder.report.rendering import Recorded, feedback_html
from autograder.untrusted import markup
from autograder.untrusted.files import Quarantine
from autograder.untrusted.times import read_time
from tests.fuzz import grammars

LAB = Lab(
    "lab",
    (LabNotebook("lab", (), (Cell("code", Role.SOLUTION, "x = 1", "a"), Cell("code", Role.TEST, "1", "t", 1.0))),),
    {},
)
OWN_SECONDS = 3.0
"""Seconds of processor time that one input may take in the coordinator's own process."""
OWN_MEMORY = 1024**3
"""Bytes of memory that the coordinator's own process may take."""


@dataclass(frozen=True)
class Failure:
    """An input for which something didn't hold."""

    number: int
    door: str
    problem: str


def _markup(rng: grammars.Rng, _: Path) -> Iterator[None]:
    outputs = tuple(
        {"output_type": "display_data", "metadata": {}, "data": {kind: make(rng)}}
        for kind, make in (("text/html", grammars.html), ("image/svg+xml", grammars.svg), ("text/latex", grammars.tex))
    )
    shown = [markup.Shown(grammars.markdown(rng)), markup.Shown(None, outputs)]
    yield
    cleaned = markup.clean(shown)
    given = sum(len(str(it.outputs)) + len(it.source or "") for it in shown)
    assert sum(len(str(it.outputs)) + len(it.source or "") for it in cleaned) < 40 * given + 400_000


def _submission(rng: grammars.Rng, folder: Path) -> Iterator[None]:
    grammars.tree(rng, folder / "submission")
    if rng.random() < 0.7:
        with suppress(FileExistsError):
            grammars.write_new(folder / "submission" / "lab.ipynb", grammars.notebook(rng))
    yield
    with suppress(Quarantine):
        read_submission(folder / "submission", LAB)


def _download(rng: grammars.Rng, folder: Path) -> Iterator[None]:
    grammars.tree(rng, folder / "download" / "ann")
    grammars.write_new(folder / "download" / "ann" / "work.zip", grammars.archive(rng))
    (folder / "spool").mkdir()
    yield
    with suppress(ExpectedError):
        for it in read_source(folder / "download", TemporaryFolder(folder / "spool")):
            assert not isinstance(it, Found) or it.content.is_file()


def _time(rng: grammars.Rng, _: Path) -> Iterator[None]:
    text = grammars.date(rng)
    yield
    with suppress(ValueError):
        read_time(text)


def _page(rng: grammars.Rng, _: Path) -> Iterator[None]:
    data = {"text/html": grammars.html(rng), "text/plain": grammars.tex(rng)}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    nbgrader = {"grade_id": "a", "grade": True, "solution": True, "locked": False, "points": 1, "schema_version": 3}
    cells = [
        {"cell_type": "markdown", "metadata": {"nbgrader": nbgrader}, "source": grammars.markdown(rng)},
        {
            "cell_type": "code",
            "metadata": {},
            "source": grammars.python(rng),
            "outputs": [output],
            "execution_count": 1,
        },
    ]
    yield
    page = feedback_html({"metadata": {}, "cells": cells}, Recorded("ann", "lab", "lab", {}))
    assert page.rstrip().endswith("</html>")


DOORS: Mapping[str, Callable[[grammars.Rng, Path], Iterator[None]]] = {
    "markup": _markup,
    "submission": _submission,
    "download": _download,
    "time": _time,
    "page": _page,
}


def run(numbers: Iterable[int], seed: int, root: Path, progress: Callable[[], None] = lambda: None) -> list[Failure]:
    """Try inputs, each at one door; the folders of failures are kept."""
    failures = []
    for number in numbers:
        door = list(DOORS)[number % len(DOORS)]
        folder = root / str(number)
        folder.mkdir()
        with warnings.catch_warnings():
            # An archive with two entries of one name is what was wanted.
            warnings.simplefilter("ignore", UserWarning)
            trial = DOORS[door](random.Random(f"{seed} {number}"), folder)
            next(trial)
        problem, begun = "", time.process_time()
        try:
            next(trial, None)
        except Exception:  # noqa: BLE001 - that is what is looked for
            problem = traceback.format_exc()
        used = time.process_time() - begun
        if not problem and used > OWN_SECONDS:
            problem = f"it took {used:.1f} seconds of processor time"
        if problem:
            failures.append(Failure(number, door, problem))
        else:
            shutil.rmtree(folder)
        progress()
    return failures


def run_in_a_process(numbers: range, seed: int, root: Path) -> list[Failure]:
    """The same in a process whose memory and time are bounded; where they do not suffice, that is the failure."""
    command = [sys.executable, "-m", "tests.fuzz.doors", str(numbers.start), str(numbers.stop), str(seed), str(root)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    if ended.returncode:
        return [Failure(numbers.start, "process", f"it ended with {ended.returncode}: {ended.stderr[-2_000:]}")]
    return [Failure(**failure) for failure in json.loads(ended.stdout)]


def main() -> None:
    """Try the inputs that the command line names, within bounds, and print the failures as JSON."""
    start, stop, seed = map(int, sys.argv[1:4])
    # The soft limits alone: helpers have their own.
    for kind, most in ((resource.RLIMIT_DATA, OWN_MEMORY), (resource.RLIMIT_CPU, 60 + 10 * (stop - start))):
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
    sys.stdout.write(json.dumps([asdict(failure) for failure in run(range(start, stop), seed, Path(sys.argv[4]))]))


if __name__ == "__main__":
    main()
