from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.build import execution
from autograder.build.execution import execute
from autograder.build.lesson import Lesson
from autograder.errors import ExpectedError

ReadLab = Callable[[str], Lesson]


def run(lesson: Lesson, folder: Path) -> NotebookNode:
    execute(lesson, lesson.notebook, folder)
    return lesson.notebook


def test_outputs_are_kept_and_the_data_are_found(read_lab: ReadLab, tmp_path: Path) -> None:
    (tmp_path / "numbers.txt").write_text("1 2 3")
    notebook = run(read_lab("# %%\nprint(open('numbers.txt').read())\n\n# %%\nobject\n"), tmp_path)
    assert notebook.cells[0].outputs[0].text == "1 2 3\n"
    assert [cell.execution_count for cell in notebook.cells] == [1, 2]


def test_nothing_depends_on_the_run(read_lab: ReadLab, tmp_path: Path) -> None:
    text = (
        "# %%\nimport os, warnings\nprint(object(), os.environ['CUDA_VISIBLE_DEVICES'] == '')\nwarnings.warn('look')\n"
        '\n# %% tags=["raises-exception"]\nimport json\njson.loads("{")\n'
    )
    first, second = run(read_lab(text), tmp_path), run(read_lab(text), tmp_path)
    assert first == second
    assert first.cells[0].outputs[0].text == "<object object at 0xADDRESS> True\n"
    assert first.cells[1].outputs[0].ename == "JSONDecodeError"
    assert str(tmp_path) not in str(first)
    assert set(first.metadata) == {"kernelspec", "language_info"}
    assert set(first.metadata.language_info) == {"name"}


def test_an_error_is_refused_with_its_cell(read_lab: ReadLab, tmp_path: Path) -> None:
    text = '# %%\nx = 1\n\n# %% nbgrader={"grade_id": "half", "solution": true}\nx / 0\n'
    with pytest.raises(ExpectedError, match=r"squares\.py, line 4, cell 'half': .* raises ZeroDivisionError: division"):
        run(read_lab(text), tmp_path)


def test_a_dead_kernel_is_refused_with_its_cell(read_lab: ReadLab, tmp_path: Path) -> None:
    with pytest.raises(ExpectedError, match="line 4, cell 2: the worked solution kills its kernel"):
        run(read_lab("# %%\nimport os\n\n# %%\nos._exit(3)\n"), tmp_path)


def test_an_endless_cell_is_refused(read_lab: ReadLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "CELL_SECONDS", 2)
    with pytest.raises(ExpectedError, match="line 1, cell 1: the worked solution does not end within 2 s"):
        run(read_lab("# %%\nwhile True:\n    pass\n"), tmp_path)
