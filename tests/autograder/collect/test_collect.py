"""Whole downloads, from the file that the instructor has to the course's folder and its gradebook."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.collect.collect import collect
from autograder.collect.records import Outcome, Report
from autograder.course.course import Course
from autograder.errors import ExpectedError
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
    (tmp_path / "pile" / "ben").rename(tmp_path / "pile" / "cleo")
    assert {it.student: it.outcome for it in collect(course, tmp_path / "pile").collected} == {
        "ada": Outcome.UNCHANGED,
        "cleo": Outcome.COLLECTED,
    }


def test_a_student_s_archive_lands_in_the_student_s_folder(
    course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    inner = {"proj/06_minimum.ipynb": notebook_text("ada"), "proj/data/a.csv": b"1", "emmy/05_descent.ipynb": b"{}"}
    archive = make_zip(tmp_path / "inner.zip", inner).read_bytes()
    source = make_zip(tmp_path / "moodle.zip", {"Ada Lovelace_901_assignsubmission_file_/emmy.zip": archive})
    collect(course, source, roster=roster)
    assert submitted() == {
        "ada/05_descent/05_descent.ipynb": b"{}",
        "ada/06_minimum/06_minimum.ipynb": notebook_text("ada"),
        "ada/06_minimum/data/a.csv": b"1",
    }


def test_no_student_sets_the_clock(course: Course, roster: Path, tmp_path: Path, submitted: Submitted) -> None:
    folder = "Ada Lovelace_901_assignsubmission_file_"
    inner = make_zip(
        tmp_path / "inner.zip",
        {"05_descent.ipynb": b"{}", "timestamp.txt": b"2020-01-01 00:00:00 UTC"},
        {"05_descent.ipynb": datetime(2020, 1, 1)},
    ).read_bytes()
    files = {
        f"{folder}/06_minimum.ipynb": notebook_text("late"),
        f"{folder}/timestamp.txt": b"2020-01-01 00:00:00 UTC",
        f"{folder}/work.zip": inner,
    }
    source = make_zip(tmp_path / "moodle.zip", files, dict.fromkeys(files, LATE))
    report = collect(course, source, roster=roster, deadline=DUE)
    assert [(it.lab, it.time, it.late) for it in report.collected] == [
        ("05_descent", LATE, True),
        ("06_minimum", LATE, True),
    ]
    assert submitted()["ada/06_minimum/timestamp.txt"] == b"2026-11-21 00:00:00 UTC"


def test_data_goes_with_the_attempt_that_counts(
    course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    folder = "Ada Lovelace_901_assignsubmission_file_"
    first, second = f"{folder}/first", f"{folder}/second"
    files = {
        f"{first}/06_minimum.ipynb": notebook_text("1"),
        f"{first}/a.csv": b"1",
        f"{second}/06_minimum.ipynb": notebook_text("2"),
        f"{second}/a.csv": b"2",
    }
    times = {name: IN_TIME if name.startswith(first) else LATER_IN_TIME for name in files}
    report = collect(course, make_zip(tmp_path / "moodle.zip", files, times), roster=roster)
    assert submitted() == {
        "ada/06_minimum/06_minimum.ipynb": notebook_text("2"),
        "ada/06_minimum/a.csv": b"2",
        "ada/06_minimum/timestamp.txt": b"2026-11-19 00:00:00 UTC",
    }
    assert any("first/a.csv was left out" in note for note in report.notes)


def test_two_people_of_one_name_are_nobody_s_attempts(
    course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    files = {
        f"Ada Lovelace_{number}_assignsubmission_file_/06_minimum.ipynb": notebook_text(number) for number in ("1", "2")
    }
    report = collect(course, make_zip(tmp_path / "moodle.zip", files), roster=roster)
    assert not submitted()
    assert [it.reason for it in report.unmatched] == [
        "ada is the only student of this name in the class, and there are two"
    ] * 2


def test_what_was_kept_is_collected_with_a_better_roster(
    course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    name = "Countess of Lovelace_901_assignsubmission_file_/06_minimum.ipynb"
    source = make_zip(tmp_path / "moodle.zip", {name: notebook_text("ada")})
    assert [it.name for it in collect(course, source, roster=roster).unmatched] == [name]
    roster.write_text(roster.read_text(encoding="utf-8").replace("ada,Ada,", "ada,Countess of,"), encoding="utf-8")
    report = collect(course, course.root / "unmatched", roster=roster)
    assert report.complete
    assert submitted() == {"ada/06_minimum/06_minimum.ipynb": notebook_text("ada")}


def test_a_strange_name_is_the_lab_s_notebook_if_the_lab_is_named(
    course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    source = make_zip(tmp_path / "x.zip", {"Ada Lovelace_9_assignsubmission_file_/Untitled.ipynb": notebook_text("a")})
    assert "--lab" in collect(course, source, roster=roster).unmatched[0].cure
    assert collect(course, source, roster=roster, lab="06_minimum").complete
    assert submitted() == {"ada/06_minimum/06_minimum.ipynb": notebook_text("a")}


def test_what_is_collected_is_graded_by_its_time(course: Course, roster: Path, tmp_path: Path) -> None:
    name = "Ada Lovelace_901_assignsubmission_file_/06_minimum.ipynb"
    collect(course, make_zip(tmp_path / "x.zip", {name: notebook_text("a")}, {name: LATE}), roster=roster, deadline=DUE)
    assert course.students("06_minimum") == ["ada"]
    report = collect(
        course, make_zip(tmp_path / "x.zip", {name: b"{}"}, {name: LATER}), roster=roster, deadline="2026-12-01 00:00"
    )
    assert any("was due at 2026-11-20 12:00 UTC" in note for note in report.notes)


@pytest.mark.parametrize("deadline", ["soon", "2026-13-45 12:00", "", "2026-11-20"])
def test_a_deadline_that_is_no_time_is_told(course: Course, roster: Path, deadline: str) -> None:
    with pytest.raises(ExpectedError, match="is no time"):
        collect(course, roster, deadline=deadline)


def test_the_course_s_own_submissions_are_no_source(course: Course) -> None:
    (course.root / "submitted" / "ada").mkdir(parents=True)
    for source in (course.root / "submitted", course.root / "submitted" / "ada", course.root, course.root.parent):
        with pytest.raises(ExpectedError, match="is where submissions are collected to"):
            collect(course, source)


def test_a_timestamp_that_is_no_date_stops_nobody(
    course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    folder = course.root / "submitted" / "ada" / "06_minimum"
    folder.mkdir(parents=True)
    (folder / "06_minimum.ipynb").write_bytes(b"{}")
    (folder / "timestamp.txt").write_bytes(b"yesterday")
    files = {f"{name}_9_assignsubmission_file_/06_minimum.ipynb": b"[]" for name in ("Ada Lovelace", "Emmy Noether")}
    report = collect(course, make_zip(tmp_path / "x.zip", files), roster=roster)
    assert outcomes(report) == {("ada", "06_minimum"): "uncertain", ("emmy", "06_minimum"): "collected"}
    assert submitted()["ada/06_minimum/06_minimum.ipynb"] == b"{}"


@pytest.mark.parametrize(
    "text", [b"2026-01-01 10:00 /proc/self/mem", b"2026-01-01 10:00 ../../../../etc/passwd", b"1" * 40 + b"h", b"\xff"]
)
def test_a_timestamp_in_a_plain_folder_opens_no_file_and_stops_nobody(
    course: Course, tmp_path: Path, submitted: Submitted, text: bytes
) -> None:
    for student in ("ada", "emmy"):
        (tmp_path / "download" / student).mkdir(parents=True)
        (tmp_path / "download" / student / "06_minimum.ipynb").write_bytes(notebook_text(student))
    (tmp_path / "download" / "ada" / "timestamp.txt").write_bytes(text)
    report = collect(course, tmp_path / "download")
    assert [it.reason for it in report.refused] == ["it holds no date"]
    assert {"ada/06_minimum/06_minimum.ipynb", "emmy/06_minimum/06_minimum.ipynb"} <= submitted().keys()


def test_names_of_notebooks_and_pages_are_no_data_s(course: Course, tmp_path: Path, submitted: Submitted) -> None:
    names = ("06_minimum.html/x", "evil.ipynb/x.txt", "06_minimum.HTML", "data/x.csv")
    for name in ("06_minimum.ipynb", *names):
        path = tmp_path / "download" / "ada" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(notebook_text("ada"))
    collect(course, tmp_path / "download")
    found = {name.removeprefix("ada/06_minimum/") for name in submitted()}
    assert found & {*names} == {"data/x.csv"}


def test_a_student_who_cannot_be_collected_stops_nobody(
    course: Course, tmp_path: Path, submitted: Submitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("ada", "emmy"):
        (tmp_path / "download" / student).mkdir(parents=True)
        (tmp_path / "download" / student / "06_minimum.ipynb").write_bytes(notebook_text(student))
    # A file stands where the student's folder has to be.
    (course.root / "submitted").mkdir(exist_ok=True)
    (course.root / "submitted" / "ada").write_text("x")
    report = collect(course, tmp_path / "download")
    assert [it.name for it in report.refused] == ["ada/06_minimum"]
    assert "emmy/06_minimum/06_minimum.ipynb" in submitted()


def test_a_notebook_of_another_name_is_told_by_its_cells(
    root: Path, course: Course, roster: Path, tmp_path: Path, submitted: Submitted
) -> None:
    paragraph = "# Minimum\n\nThe landscape has hills, valleys, and saddles between them."
    notebook: bytes = nbformat.writes(new_notebook(cells=[new_markdown_cell(paragraph, id="title")]), 4).encode()
    (root / "source" / "06_minimum" / "06_minimum.ipynb").write_bytes(notebook)
    files = {
        "Ada Lovelace_901_assignsubmission_file_/Untitled.ipynb": notebook,
        "Emmy Nœther_902_assignsubmission_file_/homework.json": notebook,
        "Emmy Nœther_902_assignsubmission_file_/settings.json": b"{}",
        "René Descartes_903_assignsubmission_file_/06_minimum.ipynb": notebook_text("rene"),
        "René Descartes_903_assignsubmission_file_/Untitled.ipynb": notebook,
        "関 孝和_905_assignsubmission_file/06_minimum.pdf": b"%PDF",
    }
    report = collect(course, make_zip(tmp_path / "moodle.zip", files), roster=roster)
    found = submitted()
    assert found["ada/06_minimum/06_minimum.ipynb"] == notebook
    assert found["emmy/06_minimum/06_minimum.ipynb"] == notebook
    assert found["emmy/06_minimum/settings.json"] == b"{}"
    assert found["rene/06_minimum/06_minimum.ipynb"] == notebook_text("rene")
    assert [(it.name.split("_")[0], it.cure) for it in report.unmatched] == [
        ("René Descartes", "Say which lab it is with --lab, or give the file the notebook's name."),
        ("関 孝和", "Ask for the .ipynb file."),
    ]
