"""What all tests of the autograder share, where nbgrader is: a machine for CUDA tests has PyTorch and pytest alone."""

from importlib.util import find_spec

if find_spec("nbgrader") is not None:
    from tests.autograder.courses import (
        MakeCell,
        MakeCourse,
        autotest_course,
        make_cell,
        make_course,
        quickstart,
        run_nbgrader,
    )

    __all__ = [
        "MakeCell",
        "MakeCourse",
        "autotest_course",
        "make_cell",
        "make_course",
        "quickstart",
        "run_nbgrader",
    ]
