"""nbval replays the worked solutions: each cell must give again the output that is committed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.build.execution import UNSTABLE, UUID

ROOT = Path(__file__).parent.parent
SOLUTIONS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
CELL_SECONDS = 300


def replay(notebook: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run nbval in a pytest of its own: it is a plug-in whose warnings are not ours."""
    sanitise = folder / "sanitise.cfg"
    rules = [*UNSTABLE, (UUID, "UUID")]
    sections = [f"[{number}]\nregex: {regex}\nreplace: {text}\n" for number, (regex, text) in enumerate(rules)]
    sanitise.write_text("\n".join(sections), encoding="utf-8")
    settings = folder / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    options = ["--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL_SECONDS}"]
    plugins = ["-p", "no:cacheprovider", "-p", "no:xdist"]
    command = [sys.executable, "-m", "pytest", "-c", str(settings), *plugins, *options]
    command += ["--nbval-sanitize-with", str(sanitise), "-q", "--color=no", str(notebook)]
    # As when the outputs were made: no GPU, one width.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "COLUMNS": "120"}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, cwd=folder
    )


def write(path: Path, *cells: nbformat.NotebookNode) -> Path:
    notebook = nbformat.v4.new_notebook(cells=list(cells), metadata={"language_info": {"name": "python"}})
    nbformat.write(notebook, path)
    return path


def printed(source: str, text: str, **metadata: object) -> nbformat.NotebookNode:
    output = nbformat.v4.new_output("stream", name="stdout", text=text)
    return nbformat.v4.new_code_cell(source, outputs=[output], execution_count=1, metadata=metadata)


@pytest.mark.parametrize("notebook", SOLUTIONS, ids=lambda path: path.stem)
def test_a_worked_solution_gives_the_same_outputs_again(notebook: Path, tmp_path: Path) -> None:
    done = replay(notebook, tmp_path)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
    assert re.search(r"\d+ passed", done.stdout)


def test_another_output_is_noticed(tmp_path: Path) -> None:
    done = replay(write(tmp_path / "lab.ipynb", printed("print(1 + 1)", "3\n")), tmp_path)
    assert done.returncode == 1, done.stdout
    assert "mismatch" in done.stdout


def test_what_changes_from_run_to_run_is_not_compared(tmp_path: Path) -> None:
    done = replay(
        write(
            tmp_path / "lab.ipynb",
            printed("print(object())", "<object object at 0xADDRESS>\n"),
            printed("import uuid; print(uuid.uuid4())", "00000000-0000-0000-0000-000000000000\n"),
            printed("import os; print(os.getpid())", "17\n", tags=["nbval-ignore-output"]),
        ),
        tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
