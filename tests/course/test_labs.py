"""Every lab as it is written: well formed, complete, and honest about its points and minutes."""

import io
import re
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbformat import NotebookNode

from autograder.build.lab_text import lab_names
from gradlab.notebook.predictions import Predictions

ROOT = Path(__file__).parents[2]
LARGEST_NOTEBOOK = 1_000_000
LONGEST_LAB = 90
WORDS_PER_MINUTE = 150
ROUNDED = 5
"""Minutes to which a lab's time is rounded."""
_TIME = re.compile(r"\*\*Time:\*\* about (\d+) minutes")
_EFFORT = re.compile(r"^\*.+, about (\d+) minutes, (\d+) points?\*$", re.MULTILINE)
_QUESTION = re.compile(r"^\*About (\d+) minutes, (\d+) points?, read by a person\*$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
WELCOME = "00_welcome"
"""It is there to arrive: nothing to find, nothing to write for a person."""


@pytest.fixture(params=lab_names(ROOT))
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def lab(name: str) -> NotebookNode:
    return jupytext.read(ROOT / "course" / f"{name}.py")


def roles(cell: NotebookNode) -> dict[str, object]:
    found: dict[str, object] = cell.metadata.get("nbgrader", {})
    return found


def prose(lab: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in lab.cells if cell.cell_type == "markdown")


def exercises(lab: NotebookNode) -> list[str]:
    """The ids of the exercises that are graded by a test."""
    return [
        str(roles(cell)["grade_id"]) for cell in lab.cells if roles(cell).get("solution") and cell.cell_type == "code"
    ]


def test_the_notebook_is_valid_and_names_its_kernel(lab: NotebookNode) -> None:
    nbformat.validate(lab)
    assert dict(lab.metadata.kernelspec) == {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }


def test_grade_ids_are_unique(lab: NotebookNode) -> None:
    ids = Counter(roles(cell)["grade_id"] for cell in lab.cells if roles(cell))
    assert max(ids.values()) == 1


def test_every_exercise_has_a_test_right_after_it(lab: NotebookNode) -> None:
    ids = [
        str(roles(cell)["grade_id"]) for cell in lab.cells if roles(cell).get("grade") or roles(cell).get("solution")
    ]
    for exercise in exercises(lab):
        assert ids[ids.index(exercise) + 1] == f"{exercise}-test"


@pytest.mark.parametrize(("kind", "role"), [("SOLUTION", "solution"), ("HIDDEN TESTS", "grade")])
def test_markers_are_balanced_and_in_the_right_cells(lab: NotebookNode, kind: str, role: str) -> None:
    for cell in lab.cells:
        markers = re.findall(rf"^\s*### (BEGIN|END) {kind}$", cell.source, flags=re.MULTILINE)
        wanted = cell.cell_type == "code" and roles(cell).get(role)
        assert bool(markers) == bool(wanted), roles(cell)
        assert markers == ["BEGIN", "END"] * (len(markers) // 2)


def test_every_check_of_an_exercise_is_visible_and_is_not_the_only_one(lab: NotebookNode) -> None:
    for cell in lab.cells:
        if cell.cell_type == "code" and roles(cell).get("grade"):
            visible, hidden = cell.source.split("### BEGIN HIDDEN TESTS")
            assert "check." in visible
            assert "check." in hidden or "assert " in hidden


def test_the_first_cell_tells_goals_time_and_points(lab: NotebookNode) -> None:
    points = sum(int(str(roles(cell)["points"])) for cell in lab.cells if roles(cell).get("grade"))
    first = lab.cells[0].source
    assert first.startswith("# ")
    assert "you can" in first
    assert f"**Points:** {points}." in first
    assert "**You need:**" in first


def test_every_exercise_tells_its_difficulty_minutes_points_and_three_hints(lab: NotebookNode) -> None:
    text = prose(lab)
    parts = re.split(r"^### Exercise \d+ · ", text, flags=re.MULTILINE)[1:]
    points = [int(str(roles(cell)["points"])) for cell in lab.cells if roles(cell).get("grade")]
    assert len(parts) == len(exercises(lab))
    for number, part in enumerate(parts):
        # The next section's hints are not this exercise's.
        own = re.split(r"^## ", part, flags=re.MULTILINE)[0]
        effort = _EFFORT.search(own)
        assert effort, part[:60]
        assert int(effort[2]) == points[number]
        assert [f"<summary>Hint {hint}" in own for hint in (1, 2, 3)] == [True] * 3, part[:60]
    assert text.count("<details>") == text.count("</details>")


def test_exercises_are_numbered_in_order(lab: NotebookNode) -> None:
    numbers = re.findall(r"^### Exercise (\d+) · ", prose(lab), flags=re.MULTILINE)
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


def test_minutes_are_honest(lab: NotebookNode) -> None:
    stated = _TIME.search(prose(lab))
    assert stated
    needed = minutes_needed(lab)
    assert needed < int(stated[1]) + ROUNDED / 2, f"the prose and the exercises take {needed:.0f} minutes"
    assert int(stated[1]) <= LONGEST_LAB


def minutes_needed(lab: NotebookNode) -> float:
    """The minutes of what is not optional: reading, and the exercises' own, hints and answers included."""
    task = "\n\n".join(cell.source for cell in lab.cells if cell.cell_type == "markdown" and not roles(cell))
    required = re.sub(r"^## Optional · .*?(?=^## )", "", task, flags=re.MULTILINE | re.DOTALL)
    exercises = sum(int(minutes) for minutes, _ in [*_EFFORT.findall(required), *_QUESTION.findall(required)])
    read = re.sub(r"<details><summary>Hint.*?</details>", "", required, flags=re.DOTALL)
    # A formula is read like a word, and nobody reads an address.
    read = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", " formula ", read, flags=re.DOTALL)
    read = re.sub(r"\]\(http[^)]*\)", " ", read)
    return exercises + len(_WORD.findall(read)) / WORDS_PER_MINUTE


def test_there_is_something_to_predict_and_a_recap(lab: NotebookNode) -> None:
    assert re.search(r"\bpredict\b", prose(lab), flags=re.IGNORECASE)
    assert re.search(r"^## .*(take along|take home|remember)", prose(lab), flags=re.MULTILINE)


def test_there_is_a_bug_to_find_and_a_question_for_a_person(name: str, lab: NotebookNode) -> None:
    if name == WELCOME:
        return
    assert re.search(r"^### Exercise \d+ · .*\b[Bb]ugs?\b", prose(lab), flags=re.MULTILINE)
    answer = lab.cells[-1]
    _, scheme = answer.source.split("**Mark scheme**")
    assert len(re.findall(r"^\d\. ", scheme, flags=re.MULTILINE)) == roles(answer)["points"]
    question = _QUESTION.search(prose(lab))
    assert question
    assert int(question[2]) == roles(answer)["points"]


def test_every_prediction_is_written_down_before_it_is_told(name: str, lab: NotebookNode) -> None:
    """The cell of a guess has no name but its own: who fills it in is graded as quickly as before."""
    code = [cell for cell in lab.cells if cell.cell_type == "code"]
    told = [
        number
        for cell in code
        for number in re.findall(r"^predictions\.tell\((\d+), guess_\1\)$", cell.source, re.MULTILINE)
    ]
    if not told:
        return
    assert told == [str(number) for number in range(1, len(told) + 1)]
    with pytest.raises(IndexError):
        told_to(name, len(told) + 1)
    for number in told:
        assert told_to(name, int(number)).startswith(f"Prediction {number}: you guessed a")
        place = next(place for place, cell in enumerate(code) if f"predictions.tell({number}," in cell.source)
        guess, tell = code[place - 1], code[place]
        assert re.fullmatch(rf"# Prediction {number}\. (?:#.*|.*\n)*guess_{number} = \"\"", guess.source)
        assert len(re.findall(r"\b[abc]: ", guess.source)) == 3
        assert not guess.metadata.get("tags")
        assert "autograder:skip" in tell.metadata.tags
    assert code[-1].source == "predictions.total()"


def told_to(lab: str, number: int) -> str:
    written = io.StringIO()
    with redirect_stdout(written):
        Predictions(lab).tell(number, "a")
    return written.getvalue()


def test_what_is_built_is_of_a_size_that_opens_quickly(name: str) -> None:
    for step in ("release", "solutions"):
        assert (ROOT / step / name / f"{name}.ipynb").stat().st_size < LARGEST_NOTEBOOK
