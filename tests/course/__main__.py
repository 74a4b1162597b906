"""Tries the answers to all exercises and prints what became of them: python -m tests.course [LAB [EXERCISE]] [--wall].

Exit code 0 if every mutant was caught, 95 in 100 of them with the name of their mistake, and no right answer refused.
"""

import argparse
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from rich.console import Console

from tests.course.answer_files import Answer, answers, exercises, labs
from tests.course.notebook_trial import try_in_notebook
from tests.course.outcomes import Outcome
from tests.course.wall_trial import try_through_wall

_DIAGNOSED = 0.95


def main() -> int:
    """Run the trial as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.course", description=__doc__)
    parser.add_argument("lab", nargs="?", help="one lab (all)")
    parser.add_argument("exercise", nargs="?", help="one exercise of it (all)")
    parser.add_argument("--wall", action="store_true", help="grade them as students' too, in the sandbox")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    say = partial(Console(width=200).print, markup=False, highlight=False)
    good = True
    for lab in [chosen.lab] if chosen.lab else labs():
        wanted = [chosen.exercise] if chosen.exercise else exercises(lab)
        given = [each for exercise in wanted for each in answers(lab, exercise)]
        good &= report(say, f"{lab}, notebook", list(try_in_notebook(lab, given)))
        if chosen.wall:
            good &= report(say, f"{lab}, grader", graded(lab, given))
    return 0 if good else 1


def graded(lab: str, given: Iterable[Answer]) -> list[Outcome]:
    """Grade answers in a folder that is thrown away."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as state:
        return list(try_through_wall(lab, given, Path(state)))


def report(say: partial[None], title: str, outcomes: list[Outcome]) -> bool:
    """Print a lab's line and each answer that was not taken as it should; say whether the targets are met."""
    right = [each for each in outcomes if each.answer.right]
    wrong = [each for each in outcomes if not each.answer.right]
    accepted = sum(each.as_it_should for each in right)
    caught, diagnosed = sum(each.caught for each in wrong), sum(each.diagnosed for each in wrong)
    for each in outcomes:
        if not each.as_it_should:
            say(f"  {each}")
    say(
        f"{title}: {caught} of {len(wrong)} mutants caught, {diagnosed} rightly diagnosed, "
        f"{accepted} of {len(right)} right answers accepted"
    )
    return caught == len(wrong) and accepted == len(right) and diagnosed >= _DIAGNOSED * len(wrong)


if __name__ == "__main__":
    sys.exit(main())
