"""Whole downloads, from the file that the instructor has to the course's folder and its gradebook."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.collect.collect import Report, collect
from autograder.collect.place import Outcome
from autograder.course import Course
from tests.autograder.collect.conftest import make_zip, notebook_text

Submitted = Callable[[], dict[str, bytes]]
DUE = "2026-11-20 12:00 UTC"
IN_TIME, LATER_IN_TIME, LATE, LATER = (datetime(2026, 11, day) for day in (18, 19, 21, 22))


def outcomes(report: Report) -> dict[tuple[str, str], str]:
    return {(it.student, it.lab): it.outcome.value for it in report.collected}


def test_a_moodle_download_with_and_without_folders(
    course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    files = {
        "Ada Lovelace_901_assignsubmission_file_/06_minimum.ipynb": notebook_text("ada"),
        "Ada Lovelace_901_assignsubmission_file_/data/points.csv": b"1,2\n",
        "Ada Lovelace_901_assignsubmission_onlinetext_/onlinetext.html": b"<p>see file</p>",
        "Emmy Noether_902_assignsubmission_file_06_minimum (1).ipynb": notebook_text("emmy"),
        "Descartes René_903_assignsubmission_file_/Copy of 06_minimum.ipynb": notebook_text("rene"),
        "Rene\u0301 Descartes_903_assignsubmission_file_/.ipynb_checkpoints/06_minimum-checkpoint.ipynb": b"old",
        "Софья Ковалевская_904_assignsubmission_file_/06-minimum.ipynb": notebook_text("sofja"),
        "関 孝和_905_assignsubmission_file/06_minimum-2.ipynb": notebook_text("seki"),
        "__MACOSX/Ada Lovelace_901_assignsubmission_file_/._06_minimum.ipynb": b"junk",
    }
    report = collect(course, make_zip(tmp_path / "moodle.zip", files), roster=roster)
    assert report.complete, (report.unmatched, report.refused, report.notes)
    assert submitted() == {
        "ada/06_minimum/06_minimum.ipynb": notebook_text("ada"),
        "ada/06_minimum/data/points.csv": b"1,2\n",
        "emmy/06_minimum/06_minimum.ipynb": notebook_text("emmy"),
        "rene/06_minimum/06_minimum.ipynb": notebook_text("rene"),
        "sofja/06_minimum/06_minimum.ipynb": notebook_text("sofja"),
        "takakazu/06_minimum/06_minimum.ipynb": notebook_text("seki"),
    }
    assert not (course.root / "unmatched").exists()
    with closing(Gradebook(course.gradebook_url)) as gradebook:
        assert {it.id: it.email for it in gradebook.students}["takakazu"] == "seki@example.org"


def test_a_canvas_download(course: Course, roster: Path, tmp_path: Path, submitted: Submitted) -> None:
    files = {
        "lovelaceada_12345_70_06_minimum.ipynb": notebook_text("ada 1"),
        "lovelaceada_12345_90_06_minimum-1.ipynb": notebook_text("ada 2"),
        "lovelaceada_12345_91_points.csv": b"1\n",
        "noetheremmy_LATE_12346_80_06_minimum-1.ipynb": notebook_text("emmy"),
        "descartesrene_99999_81_06_minimum.ipynb": notebook_text("rene"),
        "strangera_555_82_06_minimum.ipynb": notebook_text("who"),
    }
    report = collect(course, make_zip(tmp_path / "canvas.zip", files), roster=roster)
    assert submitted() == {
        "ada/06_minimum/06_minimum.ipynb": notebook_text("ada 2"),
        "ada/06_minimum/points.csv": b"1\n",
        "emmy/06_minimum/06_minimum.ipynb": notebook_text("emmy"),
    }
    assert {it.student: (it.late, it.attempts) for it in report.collected} == {
        "ada": (False, 1),
        "emmy": (True, 0),
    }
    conflict, stranger = report.unmatched
    assert "whose number is 12347 and not 99999" in conflict.reason
    assert stranger.name == "strangera_555_82_06_minimum.ipynb"
    assert (course.root / "unmatched" / stranger.name).read_bytes() == notebook_text("who")
    assert not report.complete


@pytest.mark.parametrize(
    ("times", "counts", "late"),
    [
        ((IN_TIME, LATER_IN_TIME, LATE), 1, False),
        ((LATER_IN_TIME, IN_TIME, LATE), 0, False),
        ((LATE, LATER, LATE), 1, True),
    ],
)
def test_the_last_attempt_in_time_counts_or_else_the_last(
    course: Course,
    roster: Path,
    tmp_path: Path,
    submitted: Submitted,
    times: tuple[datetime, ...],
    counts: int,
    late: bool,
) -> None:
    folder = "Ada Lovelace_901_assignsubmission_file_"
    names = [f"{folder}/06_minimum.ipynb", f"{folder}/06_minimum (1).ipynb", f"{folder}/06_minimum (2).ipynb"]
    files = {name: notebook_text(name) for name in names}
    archive = make_zip(tmp_path / "moodle.zip", files, dict(zip(names, times, strict=True)))
    (it,) = collect(course, archive, roster=roster, deadline=DUE).collected
    assert (it.time, it.late, it.attempts) == (times[counts], late, 2)
    assert submitted()["ada/06_minimum/06_minimum.ipynb"] == notebook_text(names[counts])
    assert course.submitted_at("ada", "06_minimum") == times[counts]
    with closing(Gradebook(course.gradebook_url)) as gradebook:
        assert gradebook.find_assignment("06_minimum").duedate == datetime(2026, 11, 20, 12)


def test_a_newer_one_replaces_and_an_older_one_never_does(
    course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    name = "Ada Lovelace_901_assignsubmission_file_/06_minimum.ipynb"

    def hand_in(text: str, time: datetime) -> str:
        archive = make_zip(tmp_path / "moodle.zip", {name: notebook_text(text)}, {name: time})
        return outcomes(collect(course, archive, roster=roster))["ada", "06_minimum"]

    assert hand_in("first", IN_TIME) == "collected"
    assert hand_in("first", IN_TIME) == "unchanged"
    assert hand_in("second", LATE) == "replaced"
    assert hand_in("first", IN_TIME) == "older"
    assert submitted() == {
        "ada/06_minimum/06_minimum.ipynb": notebook_text("second"),
        "ada/06_minimum/timestamp.txt": b"2026-11-21 00:00:00 UTC",
    }


def test_canvas_s_uploads_tell_which_is_newer_and_without_a_sign_nothing_is_overwritten(
    course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    def hand_in(text: str, name: str) -> Report:
        return collect(course, make_zip(tmp_path / "canvas.zip", {name: notebook_text(text)}), roster=roster)

    assert outcomes(hand_in("first", "x_12345_70_06_minimum.ipynb"))["ada", "06_minimum"] == "collected"
    assert outcomes(hand_in("second", "x_12345_71_06_minimum-1.ipynb"))["ada", "06_minimum"] == "replaced"
    assert outcomes(hand_in("first", "x_12345_70_06_minimum.ipynb"))["ada", "06_minimum"] == "older"
    report = hand_in("third", "Ada Lovelace_901_assignsubmission_file_06_minimum.ipynb")
    assert outcomes(report)["ada", "06_minimum"] == Outcome.UNCERTAIN
    assert not report.complete
    assert submitted() == {"ada/06_minimum/06_minimum.ipynb": notebook_text("second")}


def test_folders_for_each_student_with_nbgraders_own_timestamps(
    course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    source = tmp_path / "pile"
    for name, content in {
        "ada/05_descent/05_descent.ipynb": notebook_text("ada 5"),
        "ada/05_descent/timestamp.txt": b"2026-11-19 10:00:00 UTC",
        "ada/06_minimum/06_minimum.ipynb": notebook_text("ada 6"),
        "Nœther, Emmy/06_minimum.ipynb": notebook_text("emmy"),
        "rene@example.org/bob/06_minimum.ipynb": notebook_text("rene"),
        "06_minimum_sofja.ipynb": notebook_text("sofja"),
    }.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    report = collect(course, source, roster=roster)
    assert report.complete, (report.unmatched, report.refused, report.notes)
    assert submitted() == {
        "ada/05_descent/05_descent.ipynb": notebook_text("ada 5"),
        "ada/05_descent/timestamp.txt": b"2026-11-19 10:00:00 UTC",
        "ada/06_minimum/06_minimum.ipynb": notebook_text("ada 6"),
        "emmy/06_minimum/06_minimum.ipynb": notebook_text("emmy"),
        "rene/06_minimum/06_minimum.ipynb": notebook_text("rene"),
        "sofja/06_minimum/06_minimum.ipynb": notebook_text("sofja"),
    }


def test_without_a_class_folders_name_the_students(course: Course, tmp_path: Path, submitted: Submitted) -> None:
    for name in ("ada", "..hidden", "ben"):
        path = tmp_path / "pile" / name / "06_minimum.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook_text(name))
    report = collect(course, tmp_path / "pile")
    assert sorted(submitted()) == ["ada/06_minimum/06_minimum.ipynb", "ben/06_minimum/06_minimum.ipynb"]
    with closing(Gradebook(course.gradebook_url)) as gradebook:
        assert sorted(it.id for it in gradebook.students) == ["ada", "ben"]
    assert report.complete  # a hidden folder is an editor's or a system's
