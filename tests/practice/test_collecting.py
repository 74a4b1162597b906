"""Downloads as classes have them: groups, texts typed into the platform, copies, attempts without times."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.collect.collect import collect
from autograder.collect.records import Report
from autograder.course.course import Course
from autograder.roster.teams import kept_teams, read_teams
from autograder.untrusted.file_names import copied_names, rank

LAB = "ps1"
CLASS = """id,first_name,last_name,email,lms_user_id
s1,Ada,Brook,ada@example.org,12345
s2,Ben,Carter,ben@example.org,12346
s3,Cleo,Dunn,cleo@example.org,12347
s4,Anne-Marie,Eck,anne@example.org,12348
"""


def notebook(answer: str = "x = 1") -> str:
    text: str = nbformat.writes(new_notebook(cells=[new_code_cell(answer, id="answer")]), version=4)
    return text


@pytest.fixture
def course(tmp_path: Path, blank_gradebook: Path) -> Course:
    root = tmp_path / "course"
    (root / "source" / LAB).mkdir(parents=True)
    (root / "source" / LAB / f"{LAB}.ipynb").write_text(notebook(), encoding="utf-8")
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    shutil.copy(blank_gradebook, root / "gradebook.db")
    return Course.open(root)


def collected(
    course: Course, files: Mapping[str, str], *, roster: str = CLASS, groups: str = "", zipped: bool = True
) -> Report:
    """Collect a download with these files."""
    folder = course.root.parent
    listed = folder / "class.csv"
    listed.write_text(roster, encoding="utf-8")
    grouped = folder / "groups.csv"
    grouped.write_text(groups, encoding="utf-8")
    source = folder / ("download.zip" if zipped else "download")
    if zipped:
        with ZipFile(source, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    else:
        for name, content in files.items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    return collect(course, source, roster=listed, groups=grouped if groups else None)


def answers(course: Course) -> dict[str, str]:
    """Student → the answer that was collected."""
    found = sorted((course.root / "submitted").glob(f"*/{LAB}/{LAB}.ipynb"))
    return {path.parts[-3]: "".join(json.loads(path.read_text())["cells"][0]["source"]) for path in found}


def test_moodles_teams_are_matched_by_what_stands_behind_the_hyphen(course: Course) -> None:
    members = {"Team 3-Ada Brook_501": "a", "Team 3-Ben Carter_502": "a", "Standardgruppe-Anne-Marie Eck_504": "b"}
    report = collected(
        course, {f"{it}_assignsubmission_file/{LAB}.ipynb": notebook(answer) for it, answer in members.items()}
    )
    assert report.complete
    assert answers(course) == {"s1": "a", "s2": "a", "s4": "b"}


def test_a_hyphen_alone_makes_no_team(course: Course) -> None:
    report = collected(
        course,
        {
            f"Anna-Cleo Dunn_501_assignsubmission_file/{LAB}.ipynb": notebook("stranger"),
            f"Ada Brook_502_assignsubmission_file/{LAB}.ipynb": notebook("a"),
        },
    )
    assert answers(course) == {"s1": "a"}
    assert len(report.unmatched) == 1


@pytest.mark.parametrize(
    "groups",
    [
        "group,id\nTeam 3,s1\nTeam 3,s2\nOthers,s3\n",
        "name,canvas_user_id,user_id,login_id,sections,group_name\nAda Brook,12345,,s1,A,Team 3\n"
        "Ben Carter,12346,,s2,A,Team 3\n",
        "First name,Last name,Email address,Groups\nAda,Brook,ada@example.org,Team 3\n"
        'Ben,Carter,ben@example.org,"Tutorium, Team 3"\n',
        "Vorname;Nachname;E-Mail-Adresse;Gruppe\nAda;Brook;;Team 3\nBen;Carter;;Team 3\n",
        "group,members\nTeam 3,s1; s2\n",
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        f"team3_12345_67890_{LAB}.ipynb",
        f"Team 3/{LAB}.ipynb",
        f"Team 3-Ada Brook_501_assignsubmission_file/{LAB}.ipynb",
    ],
)
def test_each_member_gets_what_the_group_has_handed_in(course: Course, groups: str, name: str) -> None:
    report = collected(course, {name: notebook("shared"), f"other/{LAB}.ipynb": notebook("z")}, groups=groups)
    assert answers(course) == {"s1": "shared", "s2": "shared"}
    assert kept_teams(course, LAB) == {"s1": "Team 3", "s2": "Team 3"}
    assert [it.student for it in report.collected] == ["s1", "s2"]


def test_a_column_of_the_class_list_names_groups_and_shares_nothing_of_single_students(course: Course) -> None:
    rows = ("s1,Ada,Brook,Team 3", "s2,Ben,Carter,Team 3", "s3,Cleo,Dunn,Tutorial A", "s4,Eva,F,Tutorial A")
    roster = "\n".join(("id,first_name,last_name,group", *rows))
    report = collected(
        course, {f"Team 3/{LAB}.ipynb": notebook("shared"), f"s3/{LAB}.ipynb": notebook("own")}, roster=roster
    )
    assert report.complete
    assert answers(course) == {"s1": "shared", "s2": "shared", "s3": "own"}


def test_a_member_who_has_handed_in_alone_keeps_that(course: Course) -> None:
    groups = "group,id\nTeam 3,s1\nTeam 3,s2\nTeam 3,s3\n"
    collected(course, {f"s1/{LAB}.ipynb": notebook("one"), f"s2/{LAB}.ipynb": notebook("one")}, groups=groups)
    assert answers(course) == {"s1": "one", "s2": "one", "s3": "one"}


def test_canvas_names_a_group_that_nobody_has_told(course: Course) -> None:
    report = collected(course, {f"team3_12345_67890_{LAB}.ipynb": notebook("shared")})
    assert answers(course) == {"s1": "shared"}
    assert any("'team3'" in note and "--groups" in note for note in report.notes)


def test_who_is_in_the_file_of_groups_and_not_in_the_class_is_told(course: Course) -> None:
    report = collected(course, {f"s1/{LAB}.ipynb": notebook()}, groups="group,id\nTeam 3,s1\nTeam 3,s9\n")
    assert any("row 3" in note for note in report.notes)


def test_a_file_of_groups_without_a_class_list_is_the_class(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "teams.csv"
    path.write_text("team,student_id\nA,ann\nA,bob\n", encoding="utf-8")
    assert [it.identity for it in read_teams(path, []).members["A"]] == ["ann", "bob"]


def test_who_typed_a_text_and_handed_in_no_file_is_named(course: Course) -> None:
    report = collected(
        course,
        {
            f"Ada Brook_501_assignsubmission_file/{LAB}.ipynb": notebook("a"),
            "Ada Brook_501_assignsubmission_onlinetext/onlinetext.html": "see my file",
            "Ben Carter_502_assignsubmission_onlinetext/onlinetext.html": "https://colab.example.org/x",
        },
    )
    assert answers(course) == {"s1": "a"}
    assert [it.reason.split()[0] for it in report.unmatched] == ["s2"]
    assert not report.complete


COPIES = [
    "ps1 (1)",
    "ps1(2)",
    "ps1-Copy1",
    "ps1-Copy2-Copy1",
    "ps1 - Copy",
    "ps1 - Copy (2)",
    "ps1 copy 3",
    "Copy of ps1",
    "ps1 - Kopie (2)",
    "Kopie von ps1",
    "Kopie van ps1",
    "Copie de ps1",
    "ps1 - Copie",
    "Copia de ps1",
    "Copia di ps1",
    "ps1 - copia",
    "Cópia de ps1",
    "Kopi af ps1",
    "ps1 — копия",
    'Копия блокнота "ps1"',
    "ps1 のコピー",
    "ps1 - コピー",
    "ps1的副本",
    "ps1 - 副本",
    "ps1의 사본",
    "ps1 (another copy)",
    "ps1 (3rd copy)",
    "ps1 (weitere Kopie)",
    "ps1 (Ada's conflicted copy 2026-11-22)",
    "ps1 2",
    "ps1-checkpoint",
]


@pytest.mark.parametrize("copy", COPIES)
def test_each_way_to_name_a_copy_names_one_notebook(copy: str) -> None:
    assert rank(f"{copy}.ipynb", LAB)


def test_copies_are_known_at_the_door_of_loose_files_too(course: Course) -> None:
    by_mail = {f"ada@example.org {copy}.ipynb" for copy in COPIES if not copy.startswith(("C", "K", "К"))}
    assert all(list(copied_names(f"s1{tail}"))[-1] == "s1" for tail in (" (1)", "-Copy1", " - Kopie (2)", " copy 2"))
    report = collected(
        course,
        {**dict.fromkeys(by_mail, notebook()), f"{LAB}_s2 - Kopie (2).ipynb": notebook(), "s3 (1).zip": "x"},
        zipped=False,
    )
    assert [it.name for it in report.unmatched] == []
    assert set(answers(course)) == {"s1", "s2"}


def test_an_id_that_ends_in_a_number_is_no_copy() -> None:
    assert list(copied_names("s-123")) == ["s-123"]


def test_of_attempts_without_times_the_exact_name_at_the_top_counts(course: Course) -> None:
    report = collected(
        course,
        {
            f"s1/{LAB}.ipynb": notebook("right"),
            f"s1/{LAB}-Copy1.ipynb": notebook("left"),
            f"s2/saved/{LAB}.ipynb": notebook("left"),
            f"s2/{LAB}.ipynb": notebook("right"),
            f"s3/old/{LAB}.ipynb": notebook("left"),
            f"s3/work/{LAB}.ipynb": notebook("right"),
            f"s4/{LAB} (1).ipynb": notebook("left"),
            f"s4/{LAB}.ipynb": notebook("right"),
        },
        zipped=False,
    )
    assert set(answers(course).values()) == {"right"}
    aside = [left for it in report.collected for _, left in it.left_aside]
    assert aside == [
        f"s1/{LAB}-Copy1.ipynb",
        f"s2/saved/{LAB}.ipynb",
        f"s3/old/{LAB}.ipynb",
        f"s4/{LAB} (1).ipynb",
    ]


def test_an_equal_copy_is_not_worth_a_line(course: Course) -> None:
    report = collected(course, {f"s1/{LAB}.ipynb": notebook(), f"s1/{LAB}-Copy1.ipynb": notebook()}, zipped=False)
    assert [it.left_aside for it in report.collected] == [()]
