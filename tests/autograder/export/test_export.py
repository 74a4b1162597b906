"""Files for other systems, read back and compared with the gradebook."""

import csv
import io
import os
import re
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.export.export import Export, System, export, notes_on
from autograder.export.table import Table, as_csv, without_formula, write

TEMPLATE = """Student,ID,SIS User ID,SIS Login ID,Section,01_one (501),Essay (502),"Lab 02_two (503)",Final Score
,,,,,Manual Posting,,,
    Points Possible,,,,,2.00,10.00,10.00,(read only)
"Lovelace, Ada",12345,S1,ada,A,,7.00,,70
"Nœther, Ben",12346,S2,ben,A,,8.00,4.00,80
"Quiet, Dora",12348,S4,dora,B,1.00,,,10
"Unknown, Una",99999,S9,una,B,,,,
"Student, Test",77,,,A,,,,
"""
MOODLE = """First name,Last name,ID number,Email address,Assignment: 02_two (Real),Course total (Real)
Ada,Lovelace,M1,ada@example.org,-,-
Benjamin,Nœther,M2,ben@example.org,-,-
"""


def rows(exported: Export) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(exported.table), newline="")))


def test_the_plain_table_says_what_the_gradebook_says(course: Course) -> None:
    exported = export(course, System.CSV)
    found = {(row["assignment"], row["student_id"]): row for row in rows(exported)}
    assert len(found) == 8
    with closing(Gradebook(course.gradebook_url)) as gradebook:
        for lab in ("01_one", "02_two"):
            for submission in gradebook.assignment_submissions(lab):
                row = found[lab, submission.student_id]
                if row["status"] == "graded":
                    penalty = sum(it.late_submission_penalty or 0.0 for it in submission.notebooks)
                    assert float(row["raw_score"]) == submission.score
                    assert float(row["score"]) == submission.score - penalty
                assert float(row["max_score"]) == submission.max_score
    ada = found["02_two", "ada"]
    assert (ada["raw_score"], ada["late_submission_penalty"], ada["score"]) == ("4.5", "0.5", "4")
    assert (ada["02_two/f-test"], ada["02_two/why"], ada["01_one/f-test"]) == ("1.5", "3", "")
    assert ada["timestamp"] == "2026-11-20 12:00:00 UTC"
    assert (found["02_two", "ben"]["score"], found["02_two", "ben"]["status"]) == ("", "1 to grade")
    assert (found["02_two", "cleo"]["score"], found["02_two", "cleo"]["status"]) == ("", "missing")
    assert found["01_one", "ben"]["first_name"] == "'=cmd|' /C calc'!A0"
    assert found["01_one", "cleo"]["last_name"] == "'-Smith"


def test_what_is_not_final_is_exported_only_if_it_is_asked_for(course: Course) -> None:
    without = export(course, System.CSV, ["02_two"])
    assert without.unfinished == (("02_two", "ben", 1),)
    assert "1 submission with 1 cell for a person to grade" in notes_on(without, unfinished=False)[0]
    (row,) = [
        row for row in rows(export(course, System.CSV, ["02_two"], unfinished=True)) if row["student_id"] == "ben"
    ]
    assert (row["score"], row["status"], row["02_two/why"]) == ("0", "1 to grade", "")
    (unfinished,) = [
        row for row in rows(export(course, System.MOODLE, ["02_two"], unfinished=True)) if row["Username"] == "ben"
    ]
    assert "Not final" in unfinished["02_two (feedback)"]


def test_moodle_s_import_names_students_in_three_ways(course: Course) -> None:
    exported = export(course, System.MOODLE, ["02_two"])
    (ada,) = rows(exported)
    assert (ada["Username"], ada["ID number"], ada["Email address"]) == ("ada", "ada", "ada@example.org")
    assert ada["02_two"] == "4"
    assert ada["02_two (feedback)"] == ("4 of 5 points. 0.5 points were taken off because it came late. =Well said")
    several = export(course, System.MOODLE)
    assert [row["01_one"] for row in rows(several)] == ["0.5", "2", "1"]
    assert "2 of the rows lack a score" in several.table.notes[0]


def test_moodle_s_template_gives_the_columns(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "moodle.csv"
    path.write_text(MOODLE, encoding="utf-8")
    exported = export(course, System.MOODLE, ["02_two"], template=path, unfinished=True)
    assert [(row["ID number"], row["Assignment: 02_two (Real)"]) for row in rows(exported)] == [
        ("M1", "4"),
        ("M2", "0"),
    ]
    assert "cleo, dora" in exported.table.notes[0]


def test_a_template_in_another_language_keeps_the_columns_that_name_students(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "moodle.csv"
    path.write_text("Vorname;Nachname;ID-Nummer;E-Mail-Adresse;Kurs gesamt\nAda;Lovelace;ada;;-\n", encoding="utf-8")
    exported = export(course, System.MOODLE, ["02_two"], template=path)
    (ada,) = rows(exported)
    assert (ada["Vorname"], ada["Nachname"], ada["ID-Nummer"], ada["02_two"]) == ("Ada", "Lovelace", "ada", "4")
    assert "Kurs gesamt" not in ada


def test_canvas_s_template_gives_the_ids_and_what_is_not_ours_stays(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "canvas.csv"
    path.write_text(TEMPLATE, encoding="utf-8-sig")
    exported = export(course, System.CANVAS, template=path)
    assert exported.table.header == [
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "01_one (501)", "Lab 02_two (503)"
    ]  # fmt: skip
    head, *students = rows(exported)
    assert (head["Student"], head["01_one (501)"], head["Lab 02_two (503)"]) == ("    Points Possible", "2.00", "10.00")
    assert [(row["ID"], row["01_one (501)"], row["Lab 02_two (503)"]) for row in students] == [
        ("12345", "2", "4"),
        ("12346", "1", "4.00"),
        ("12348", "1.00", ""),
    ]
    assert any("5 points here and 10.00 in Canvas" in note for note in exported.table.notes)
    assert any("cleo" in note for note in exported.table.notes)


def test_no_row_of_another_number_gets_a_student_s_score(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "canvas.csv"
    path.write_text(TEMPLATE.replace('"Lovelace, Ada",12345,S1,ada', '"Lovelace, Ada",666,S1,ada'), encoding="utf-8")
    exported = export(course, System.CANVAS, template=path)
    assert "666" not in {row["ID"] for row in rows(exported)}
    assert any("does not list" in note and "ada" in note for note in exported.table.notes)
    path.write_text(MOODLE + MOODLE.splitlines()[1], encoding="utf-8")
    with pytest.raises(ExpectedError, match="more than one row could be the student 'ada'"):
        export(course, System.MOODLE, template=path)


def test_canvas_without_a_template(course: Course) -> None:
    head, *students = rows(export(course, System.CANVAS, ["01_one"]))
    assert head["01_one"] == "2"
    assert [(row["Student"], row["ID"], row["SIS Login ID"], row["01_one"]) for row in students] == [
        ("'-Smith, Cleo", "12347", "cleo", "0.5"),
        ("Lovelace, Ada", "12345", "ada", "2"),
        ("Nœther,' =cmd|' /C calc'!A0", "12346", "ben", "1"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "=1+1",
            "+1-1",
            "-a",
            "@SUM(A1)",
            " =1",
            "-1+1",
            "-",
            "\0=1",
            "\ufeff=1",
            '"=1',
            "\u200b=1",
            "\N{MINUS SIGN}a",
        ),
        *("\N{FULLWIDTH EQUALS SIGN}1", "\N{FULLWIDTH PLUS SIGN}1", "\N{FULLWIDTH COMMERCIAL AT}SUM(A1)"),
    ],
)
def test_formulas_are_disarmed(text: str) -> None:
    assert without_formula(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("a@b;=1+1", "a@b;'=1+1"),
        ("x;=cmd|'/C calc'!A0", "x;'=cmd|'/C calc'!A0"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "\n'=1"),
        ('a;"=1', "a;'\"=1"),
        ("a|-b\t@c; \t+d", "a|'-b\t'@c; \t'+d"),
        ("well done; -1 for style", "well done;' -1 for style"),
        ("x；＝1，－2", "x；'＝1，'－2"),
        ("a\u2028=1", "a\u2028'=1"),
    ],
)
def test_no_separator_makes_a_formula(text: str, guarded: str) -> None:
    assert without_formula(text) == guarded


@given(st.lists(st.text("ab=+-@＝,;|\t\r\n\"' 1\0"), min_size=2, max_size=4), st.sampled_from(",;\t|"))
@example(texts=["-1", "5+cmd|' /C calc'!A0"], separator=";")
@example(texts=["-1", ""], separator=";")
def test_whatever_separates_the_cells(texts: list[str], separator: str) -> None:
    written = as_csv(Table(texts, [texts]))
    for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator):
        for cell in row:
            assert not re.match(r"[\s\0]*[=+\-@＝]", cell) or re.fullmatch(r"[+-]?1+(?:[.,]1+)?", cell)


@pytest.mark.parametrize("text", ["", "-1", "+4711", "-0.5", "1=2", "a@b.org", "O'Neill", "    Points Possible", "'=1"])
def test_other_texts_stay(text: str) -> None:
    assert without_formula(text) == text


def test_errors_name_the_cure(course: Course, tmp_path: Path) -> None:
    with pytest.raises(ExpectedError, match="does not know the lab '03_three'"):
        export(course, System.CSV, ["03_three"])
    with pytest.raises(ExpectedError, match="A plain table has no template"):
        export(course, System.CSV, template=tmp_path / "x.csv")
    (tmp_path / "x.csv").write_text("colour,size\nred,1\n")
    with pytest.raises(ExpectedError, match="no columns that name students"):
        export(course, System.CANVAS, template=tmp_path / "x.csv")
    (tmp_path / "m.csv").write_text(MOODLE)
    with pytest.raises(ExpectedError, match="is not Canvas's"):
        export(course, System.CANVAS, template=tmp_path / "m.csv")
    (tmp_path / "two.csv").write_text(MOODLE.replace("Course total (Real)", "Quiz 02_two (Real)"))
    with pytest.raises(ExpectedError, match="more than one column"):
        export(course, System.MOODLE, ["02_two"], template=tmp_path / "two.csv")
    with pytest.raises(ExpectedError, match="cannot be written"):
        write(tmp_path / "missing" / "grades.csv", export(course, System.CSV).table)


def test_a_submission_that_was_not_graded_is_told(course: Course) -> None:
    folder = course.root / "submitted" / "dora" / "01_one"
    folder.mkdir(parents=True)
    exported = export(course, System.CSV)
    assert exported.ungraded == (("01_one", "dora"),)
    status = {(row["assignment"], row["student_id"]): row["status"] for row in rows(exported)}
    assert (status["01_one", "dora"], status["02_two", "dora"]) == ("not graded", "missing")
    assert "1 submission not graded yet" in notes_on(exported, unfinished=False)[-1]


def test_a_pipe_gets_the_table_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(pipe, Table(("id",), (("ada",),)))
        assert os.read(reader, 100) == b"id\r\nada\r\n"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
