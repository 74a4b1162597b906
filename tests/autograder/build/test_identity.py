from collections.abc import Callable

from autograder.build.lesson import Lesson

TEXT = '# %%\na = 1\n\n# %%\nb = 2\n\n# %% nbgrader={"grade_id": "c", "solution": true}\nc = 3\n\n# %%\na = 1\n'


def ids(lesson: Lesson) -> list[str]:
    return [cell.id for cell in lesson.notebook.cells]


def test_ids_are_unique_and_the_same_every_time(read_lab: Callable[[str], Lesson]) -> None:
    first = ids(read_lab(TEXT))
    assert len(set(first)) == len(first)
    assert first == ids(read_lab(TEXT))


def test_a_graded_cell_is_called_by_its_grade_id(read_lab: Callable[[str], Lesson]) -> None:
    assert ids(read_lab(TEXT))[2] == "c"
    assert ids(read_lab(TEXT.replace("c = 3", "c = 4")))[2] == "c"


def test_editing_a_cell_leaves_its_neighbours_ids_alone(read_lab: Callable[[str], Lesson]) -> None:
    before, after = ids(read_lab(TEXT)), ids(read_lab(TEXT.replace("b = 2", "b = 20")))
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert before[2:] == after[2:]


def test_a_new_cell_leaves_the_others_ids_alone(read_lab: Callable[[str], Lesson]) -> None:
    assert ids(read_lab("# %%\nnew = 0\n\n" + TEXT))[1:] == ids(read_lab(TEXT))
