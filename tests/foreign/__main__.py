"""Grades labs of courses of others: python -m tests.foreign [--record | --record-levels] [LAB ...].

With --record nbgrader grades them, and its points are stored. Otherwise they are graded here, each group of labs as one
notebook, and what differs from what is stored is printed; exit code 1 if something does. With --record-levels the level
of each test is stored.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

from rich.console import Console

from tests.foreign.expected import Expected, read_stored, write_stored
from tests.foreign.groups import GROUPS
from tests.foreign.lab_text import lab_names, read_lab
from tests.foreign.trial import try_here, try_with_nbgrader


def main() -> int:
    """Do as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.foreign", description=__doc__)
    parser.add_argument("labs", nargs="*", metavar="LAB", help="labs, or groups of them (all)")
    parser.add_argument("--record", action="store_true", help="run nbgrader, and store its points")
    parser.add_argument("--record-levels", action="store_true", help="store the levels at which tests run here")
    parser.add_argument("--workers", type=int, default=1, help="how many run at once")
    chosen = parser.parse_args()
    say = Console(width=200, highlight=False, markup=False).print
    names = chosen.labs or (lab_names() if chosen.record else list(GROUPS))
    work = _record if chosen.record else _record_levels if chosen.record_levels else _compare
    good = True
    for lab, lines in work(names, chosen.workers):
        for line in lines:
            say(f"{lab}: {line}")
        good &= not lines
    return 0 if good or chosen.record or chosen.record_levels else 1


T = TypeVar("T")
Work = Iterator[tuple[str, Sequence[str]]]


def _record(names: Sequence[str], workers: int) -> Work:
    for name, (points, seconds) in _each(try_with_nbgrader, names, workers):
        stored = read_stored()
        known = stored.get(name, {})
        stored[name] = {test: Expected(known.get(test, Expected()).level, given) for test, given in points.items()}
        write_stored({lab: tests for lab, tests in stored.items() if lab in lab_names()})
        full = {cell.grade_id: cell.points for cell in read_lab(name).cells}
        lines = [
            f"{test} gives {given} of {full[test]}"
            for test, given in points.items()
            if given["solution"] != full[test] or given["release"] or given["wrong"] == full[test]
        ]
        yield name, [*lines, f"{seconds:.0f} s"]


def _record_levels(names: Sequence[str], workers: int) -> Work:
    for name, (levels, lines) in _each(try_here, names, workers):
        stored = read_stored()
        for lab, tests in levels.items():
            known = stored.get(lab, {})
            stored[lab] = {test: Expected(level, known.get(test, Expected()).points) for test, level in tests.items()}
        write_stored(stored)
        yield name, lines


def _compare(names: Sequence[str], workers: int) -> Work:
    for name, (_, lines) in _each(try_here, names, workers):
        yield name, lines


def _each(work: Callable[[str], T], names: Sequence[str], workers: int) -> Iterator[tuple[str, T]]:
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        running = {pool.submit(work, name): name for name in names}
        for done in as_completed(running):
            yield running[done], done.result()


if __name__ == "__main__":
    sys.exit(main())
