import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.application import application
from tests.autograder.gpu.fake_driver import no_driver

MAIN = "from autograder.cli import main; main()"


def start(*arguments: str, cwd: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
        start_new_session=True,
    )


def run(*arguments: str, cwd: Path) -> tuple[int, str, str]:
    with start(*arguments, cwd=cwd) as process:
        out, err = process.communicate()
        return process.returncode, out, err


@pytest.mark.slow
def test_json_is_all_that_is_on_stdout(course: Path) -> None:
    code, out, err = run("grade", "lab", "--format", "json", "--cell-seconds", "30", cwd=course)
    assert code == 0, err
    records = json.loads(out)
    assert [(each["student"], each["score"], each["status"]) for each in records] == [
        ("amy", 3.0, "graded"),
        ("ben", 0.0, "graded"),
        ("cleo", 0.0, "graded"),
    ]
    assert {cell["id"] for each in records for cell in each["cells"]} == {"double-test"}
    assert [each["cells"][0]["status"] for each in records] == ["passed", "failed", "error"]
    assert all(each["sandboxed"] for each in records)
    assert "double(3)" not in out

    code, out, err = run("feedback", "lab", cwd=course)
    assert code == 0, err
    pages = [Path(line) for line in out.splitlines()]
    assert [page.parts[-3] for page in pages] == ["amy", "ben", "cleo"]
    assert all("Exercise 1 · Twice as much" in page.read_text(encoding="utf-8") for page in pages)
    assert not any("double(3)" in page.read_text(encoding="utf-8") for page in pages)
    assert "lab: 3 pages. Hand them out as files." in err

    for student in ("amy", "ben", "cleo"):
        for name in ("timestamp.txt", "submission_secret.txt"):
            (course / "autograded" / student / "lab" / name).write_text("2026-11-22 14:05 UTC")
    exchange = course.with_name("exchange")
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write(f"\nc.Exchange.root = {str(exchange)!r}\n")
    code, _, err = run("feedback", "lab", cwd=course)
    assert code == 0, err
    assert f"`nbgrader release_feedback lab` can't hand them out yet: nbgrader's exchange, {exchange}, does not" in err
    assert f"Run as root: mkdir -p {exchange}" in err
    exchange.mkdir()
    exchange.chmod(0o1777)
    code, _, err = run("feedback", "lab", cwd=course)
    assert code == 0, err
    assert "`nbgrader release_feedback lab` hands them out." in err

    code, out, err = run("report", cwd=course)
    assert code == 0, err
    assert Path(out.strip()) == course / "report" / "lab.html"
    assert "Every submission ran inside the sandbox." in Path(out.strip()).read_text(encoding="utf-8")


def test_one_that_cannot_be_read_leaves_the_rest_graded_and_exits_with_3(course: Path) -> None:
    (course / "submitted" / "ben" / "lab" / "lab.ipynb").write_text("this is no notebook")
    chosen = ("--student", "amy", "--student", "ben")
    code, out, err = run("grade", *chosen, "--sandbox", "none", "--workers", "2", "--quiet", cwd=course)
    assert code == 3, err
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in out.splitlines()}
    assert rows["amy"].startswith("3 / 3 graded")
    assert rows["ben"].startswith("– could not be read")
    assert "cleo" not in rows
    assert not (course / "autograded" / "cleo").exists()
    assert "Not sandboxed" in err
    told = CliRunner().invoke(application, ["report", "lab", "--course", str(course)])
    assert told.exit_code == 0, told.output
    assert "Not sandboxed." in Path(told.stdout.strip()).read_text(encoding="utf-8")


def add_lab(course: Path, name: str, metadata: dict[str, object]) -> None:
    """A lab like the course's, whose notebooks have other metadata; amy and ben have handed it in."""
    for folder in (course / "source", course / "submitted" / "amy", course / "submitted" / "ben"):
        found = json.loads((folder / "lab" / "lab.ipynb").read_text(encoding="utf-8")) | {"metadata": metadata}
        (folder / name).mkdir()
        (folder / name / f"{name}.ipynb").write_text(json.dumps(found), encoding="utf-8")


R = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
JULIA = {"language_info": {"name": "julia", "version": "1.9"}}


def test_a_lab_in_another_language_is_one_message_and_the_rest_is_graded(course: Path) -> None:
    add_lab(course, "means", R)
    add_lab(course, "loops", JULIA)
    chosen = ("--student", "amy", "--sandbox", "none", "--format", "json")
    result = CliRunner().invoke(application, ["grade", *chosen, "--course", str(course)])
    assert result.exit_code == 3, result.stderr
    assert [(each["lab"], each["status"]) for each in json.loads(result.stdout)] == [("lab", "graded")]
    said = " ".join(result.stderr.split())
    assert said.count("its notebook means.ipynb is written in 'R', not in Python") == 1
    assert said.count("its notebook loops.ipynb is written in 'julia', not in Python") == 1
    assert "nbgrader autograde means" in said
    assert not (course / "autograded" / "amy" / "means").exists()


@pytest.mark.parametrize(("metadata", "language"), [(R, "R"), (JULIA, "julia")])
def test_a_named_lab_in_another_language_is_an_error(course: Path, metadata: dict[str, object], language: str) -> None:
    add_lab(course, "means", metadata)
    result = CliRunner().invoke(application, ["grade", "means", "--sandbox", "none", "--course", str(course)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert " ".join(result.stderr.split()).count(f"is written in '{language}', not in Python") == 1
    assert not (course / "autograded").exists()


def test_a_python_lab_without_a_kernel_is_graded(course: Path) -> None:
    for folder in ("source", "submitted/amy"):
        path = course / folder / "lab" / "lab.ipynb"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"metadata": {}}), encoding="utf-8")
    chosen = ("lab", "--student", "amy", "--sandbox", "none", "--format", "json")
    result = CliRunner().invoke(application, ["grade", *chosen, "--course", str(course)])
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)[0]["score"] == 3.0


def test_a_gpu_that_is_not_there_is_a_message(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_driver(monkeypatch)
    result = CliRunner().invoke(application, ["grade", "lab", "--gpu", "--course", str(course)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "This machine has no driver for an NVIDIA GPU" in result.stderr
    assert "Without --gpu everything is graded on the CPU" in result.stderr
    assert not (course / "autograded").exists()


@pytest.mark.slow
def test_an_interrupt_while_grading_exits_with_130_and_keeps_what_was_finished(course: Path) -> None:
    endless = "while True:\n    pass"
    path = course / "submitted" / "ben" / "lab" / "lab.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][1]["source"] = endless
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with start("grade", "lab", "--workers", "1", "--quiet", "--cell-seconds", "600", cwd=course) as process:
        while not (course / "autograded" / "amy" / "lab" / "lab.ipynb").exists():
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130, err
    assert not out
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert "Unexpected error" not in err
