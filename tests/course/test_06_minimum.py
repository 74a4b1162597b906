"""The lab as it is written: well formed, and its worked solution reproduces the reference values."""

import re
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

LAB = Path(__file__).parents[2] / "course" / "06_minimum.py"
EXERCISES = [
    "surface",
    "descend",
    "sweep",
    "find-bug",
    "descend-all",
    "gradient-by-hand",
    "largest-rate",
    "basins",
]
POINTS = {
    "surface-test": 2,
    "descend-test": 3,
    "sweep-test": 2,
    "find-bug-test": 2,
    "descend-all-test": 3,
    "gradient-by-hand-test": 3,
    "largest-rate-test": 2,
    "basins-test": 2,
    "explain": 4,
}


@pytest.fixture
def lab() -> NotebookNode:
    return jupytext.read(LAB)


def roles(cell: NotebookNode) -> dict[str, object]:
    found: dict[str, object] = cell.metadata.get("nbgrader", {})
    return found


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


def test_the_exercises_and_their_points_are_those_agreed(lab: NotebookNode) -> None:
    graded = {roles(cell)["grade_id"]: roles(cell)["points"] for cell in lab.cells if roles(cell).get("grade")}
    solved = [roles(cell)["grade_id"] for cell in lab.cells if roles(cell).get("solution")]

    assert graded == POINTS
    assert solved == [*EXERCISES, "explain"]
    assert f"**Points:** {sum(POINTS.values())}." in lab.cells[0].source


@pytest.mark.parametrize(
    ("kind", "roles_with_it"),
    [("SOLUTION", {"solution"}), ("HIDDEN TESTS", {"grade"})],
)
def test_markers_are_balanced_and_in_the_right_cells(lab: NotebookNode, kind: str, roles_with_it: set[str]) -> None:
    for cell in lab.cells:
        markers = re.findall(rf"^\s*### (BEGIN|END) {kind}$", cell.source, flags=re.MULTILINE)
        expected = ["BEGIN", "END"] if cell.cell_type == "code" and roles_with_it & roles(cell).keys() else []
        assert markers == expected, roles(cell)


def test_the_open_question_has_a_mark_scheme_for_all_its_points(lab: NotebookNode) -> None:
    answer = lab.cells[-1].source
    # nbgrader knows its mark scheme markers in tasks only; it takes the whole of an answer cell out of the release.
    _, scheme = answer.split("**Mark scheme**")

    assert len(re.findall(r"^\d\. ", scheme, flags=re.MULTILINE)) == POINTS["explain"]


def test_every_exercise_tells_its_difficulty_minutes_points_and_three_hints(lab: NotebookNode) -> None:
    texts = {
        roles(cell)["grade_id"]: "\n".join(
            above.source for above in lab.cells[:index] if "### Exercise" in above.source
        )
        for index, cell in enumerate(lab.cells)
        if roles(cell).get("grade_id") in EXERCISES
    }
    for number, exercise in enumerate(EXERCISES, start=1):
        text = texts[exercise].split(f"### Exercise {number} ·")[1]
        found = re.search(r"^\*.+, about (\d+) minutes, (\d+) points\*$", text, flags=re.MULTILINE)
        assert found, exercise
        assert int(found[2]) == POINTS[f"{exercise}-test"]
        if number == 4:  # its hints stand below the buggy code, in a cell of their own
            text = next(cell.source for cell in lab.cells if cell.source.startswith("Repair it"))
        assert [f"Hint {hint}" in text for hint in (1, 2, 3)] == [True] * 3
        assert text.count("<details>") == text.count("</details>") == 3


def test_minutes_add_up(lab: NotebookNode) -> None:
    text = "\n".join(cell.source for cell in lab.cells if cell.cell_type == "markdown")
    stated = re.search(r"\*\*Time:\*\* about (\d+) minutes", text)
    assert stated

    exercises = sum(
        int(minutes) for minutes in re.findall(r"^\*[^*].*[Aa]bout (\d+) minutes", text, flags=re.MULTILINE)
    )
    assert 60 <= exercises < int(stated[1]) <= 90


def test_every_check_of_an_exercise_is_visible_and_is_not_the_only_one(lab: NotebookNode) -> None:
    for cell in lab.cells:
        if cell.cell_type == "code" and roles(cell).get("grade"):
            visible, hidden = cell.source.split("### BEGIN HIDDEN TESTS")
            assert "check." in visible
            assert "check." in hidden or "assert " in hidden


def test_the_worked_solution_reproduces_the_reference_values(lab: NotebookNode, tmp_path: Path) -> None:
    NotebookClient(lab, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    printed = "\n".join(
        output.text
        for cell in lab.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    )

    def after(words: str, count: int) -> list[float]:
        """The numbers that follow these words."""
        tail = printed.split(words, 1)[1]
        return [float(number) for number in re.findall(r"-?\d+\.?\d*", tail)[:count]]

    assert after("end   f(", 3) == pytest.approx([4.4113, 6.2832, -1.7602], abs=2e-4)
    assert after("end by hand  (", 2) == pytest.approx([4.4113, 6.2832], abs=1e-3)
    assert "the paths differ by less than 1e-12: True" in printed
    assert after("largest stable learning rate in the deepest valley:", 1) == pytest.approx([1.7296], abs=1e-4)

    # Shares of starts that have arrived, in percent: the reference has 300 × 300 starts, the lab 100 × 100.
    table = printed.split("share of 10,000 starts that have arrived", 1)[1]
    rows = re.findall(r"^ +(\d+) +([\d.]+) % +([\d.]+) % +([\d.]+) %$", table, flags=re.MULTILINE)[:3]
    expected = [(50, 0, 0.9, 100), (100, 0, 84.6, 100), (200, 0, 100, 100)]
    for row, reference in zip(rows, expected, strict=True):
        assert [float(number) for number in row] == pytest.approx(reference, abs=0.5)

    ends = [
        (4.411326, 6.283185, -1.760173, 24.7),
        (7.9210, 2.7735, -1.064591, 18.6),
        (1.6378, 3.5097, -1.064591, 16.8),
        (7.9210, 9.7929, -1.064591, 12.0),
        (1.6378, 9.0567, -1.064591, 10.4),
        (5.1475, 0, -0.369009, 7.7),
    ]
    rows = re.findall(r"^\(([\d.]+), ([\d.]+)\) (-[\d.]+) +([\d.]+) %$", printed, flags=re.MULTILINE)
    for row, (*place, share) in zip(rows, ends, strict=True):
        *printed_place, printed_share = map(float, row)
        assert printed_place == pytest.approx(place, abs=1e-4)
        assert printed_share == pytest.approx(share, abs=0.5)
    assert after("outside the square", 1) == pytest.approx([9.8], abs=0.5)
    assert after("Of those that end in one of the five,", 1) == pytest.approx([5.9], abs=0.5)

    # Below the limit the distance shrinks slowly, above it it neither shrinks nor becomes NaN.
    slow, swinging = after("η = 1.7  ", 5), after("η = 1.8  ", 5)
    assert slow == sorted(slow, reverse=True)
    assert slow[1] > 0.5 * slow[0]
    assert min(swinging[2:]) > 0.3
    assert max(swinging) < 1

    # The deceiving experiment deceives, and the fair one does not.
    deceiving = [after(f"η = {rate}", 1)[0] for rate in ("0.01  reaches", "0.1   reaches", "0.5   reaches")]
    assert deceiving[0] < min(deceiving[1:]) - 0.5
    fair = printed.split("from the same four starts", 1)[1]
    shares = re.findall(r"^η = ([\d.]+)(?: +[\d.]+){4} +(\d+)%$", fair, flags=re.MULTILINE)
    assert shares == [("0.01", "0"), ("0.1", "75"), ("0.5", "100")]

    size = len(nbformat.writes(lab).encode())
    assert size < 3_000_000, f"the executed notebook has {size} bytes"
