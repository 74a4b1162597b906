"""The gradebook on a real PostgreSQL server: the same as on SQLite, and one message when the server is not there."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from psycopg import OperationalError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from autograder.course.course import Course
from autograder.course.gradebook_url import locate
from autograder.errors import ExpectedError
from autograder.gradebook.connection import NoGradebookError, alembic_on_path, reading, writing
from autograder.gradebook.errors import explain
from autograder.gradebook.writer import GradebookWriter
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import Result, SubmissionStatus
from tests.autograder.conftest import run_nbgrader
from tests.postgresql import BLANK, GUARDED, PASSWORD, Server, running
from tests.reliability.class_course import (
    LAB,
    assert_explained,
    autograded,
    contents,
    grade,
    gradebook,
    make_class,
    start,
    stray_files,
    submission,
)
from tests.reliability.class_course import hand_in as put
from tests.reliability.processes import all_gone, members

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("postgresql")]

__all__ = ["run_nbgrader"]

STUDENTS = 8
POLICY = """
from nbgrader.plugins import BasePlugin

class HalfAPoint(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 0.5
"""
Contents = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with a database in which nbgrader has made its tables."""
    with running() as server:
        url = server.make(BLANK)
        with alembic_on_path(), Gradebook(url, "default_course"):
            pass
        yield server


def configure(root: Path, url: str) -> Path:
    (root / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.db_url = {url!r}\n")
    return root


@pytest.fixture(scope="module")
def graded_class(
    server: Server, tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path
) -> tuple[Path, dict[str, Any]]:
    """A class that was graded on the server, with what was printed."""
    root = make_class(tmp_path_factory.mktemp("class") / "course", blank_gradebook, STUDENTS)
    (root / "gradebook.db").unlink()
    configure(root, server.make("graded", BLANK))
    code, out, err = grade(root, "--format", "json")
    assert (code, err) == (0, "")
    assert not (root / "gradebook.db").exists()
    return root, {record["student"]: record for record in json.loads(out)}


@pytest.fixture
def course(server: Server, graded_class: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    """A copy of the graded class for one test, with a copy of its database."""
    root = shutil.copytree(graded_class[0], tmp_path / "course")
    return configure(root, server.make(f"copy_{os.urandom(4).hex()}", "graded"))


@pytest.fixture
def waiting(server: Server, graded_class: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    """A copy of the class of which nothing was written yet; its verdicts are known, so that no notebook runs again."""
    root = shutil.copytree(graded_class[0], tmp_path / "waiting")
    shutil.rmtree(root / "autograded")
    shutil.rmtree(root / ".autograder" / "receipts")
    return configure(root, server.make(f"waiting_{os.urandom(4).hex()}", BLANK))


def url_of(root: Path) -> str:
    return Course.open(root).gradebook_url


def content(root: Path) -> Contents:
    engine = create_engine(url_of(root))
    try:
        with engine.connect() as connection:
            return contents(lambda query: [tuple(row) for row in connection.execute(text(query))])
    finally:
        engine.dispose()


def execute(root: Path, *statements: str) -> None:
    engine = create_engine(url_of(root))
    with engine.begin() as connection:
        for statement in statements:
            assert connection.execute(text(statement)).rowcount == 1
    engine.dispose()


def grade_here(root: Path) -> list[Result]:
    """Grade in this process, which has imported all that it takes."""
    return list(grade_class(Course.open(root), ["lab"], None, Terms(Limits(), Mode.BUBBLEWRAP, workers=2)))


@contextmanager
def held_up(server: Server, root: Path, student: str) -> Iterator["subprocess.Popen[str]"]:
    """A grader that waits for the server in the midst of its class: another program is writing about that student."""
    database = url_of(root).partition("@/")[2].partition("?")[0]
    with server.connect(database) as other:
        other.execute("INSERT INTO student (id) VALUES (%s)", [student])
        with start(root, "grade", "lab", "--quiet", "--workers", "1") as process:
            question = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            with server.connect("postgres") as asking:
                while process.poll() is None and asking.execute(question).fetchone() == (0,):
                    time.sleep(0.02)
            assert process.poll() is None, process.communicate()
            yield process
        # The server may have been stopped meanwhile.
        with suppress(OperationalError):
            other.rollback()


def test_the_gradebook_says_the_same_as_on_sqlite(
    graded_class: tuple[Path, dict[str, Any]], waiting: Path, blank_gradebook: Path
) -> None:
    root, records = graded_class
    shutil.copy(blank_gradebook, waiting / "gradebook.db")
    (waiting / "nbgrader_config.py").write_text("c = get_config()\n")
    results = grade_here(waiting)
    assert {result.student: result.score for result in results} == {
        student: record["score"] for student, record in records.items()
    }
    on_server, on_disk = content(root), gradebook(waiting)
    # SQLite has no type for truth, nor one for time.
    assert [[*row[:7], bool(row[7])] for row in on_disk["grades"]] == [list(row) for row in on_server["grades"]]
    assert on_disk["comments"] == on_server["comments"]
    assert on_disk["students"] == on_server["students"]
    assert [(row[0], row[2].partition(".")[0]) for row in on_disk["submissions"]] == [
        (row[0], str(row[2])) for row in on_server["submissions"]
    ]
    assert autograded(waiting) == autograded(root)


def test_an_unchanged_class_is_left_as_it_was_written(graded_class: tuple[Path, dict[str, Any]]) -> None:
    root = graded_class[0]
    before, files = content(root), {path: path.stat().st_mtime_ns for path in root.glob("autograded/*/lab/*")}
    assert len(grade_here(root)) == STUDENTS
    assert content(root) == before
    assert {path: path.stat().st_mtime_ns for path in root.glob("autograded/*/lab/*")} == files


def test_scores_by_hand_are_kept_and_a_late_submission_is_penalised(course: Path) -> None:
    cell = "cell_id IN (SELECT id FROM base_cell WHERE name = '{}') AND notebook_id IN (SELECT sn.id FROM "
    cell += "submitted_notebook sn JOIN submitted_assignment s ON sn.assignment_id = s.id WHERE s.student_id = 's001')"
    execute(
        course,
        f"UPDATE grade SET manual_score = 2.5, needs_manual_grade = false WHERE {cell.format('why')}",
        f"UPDATE comment SET manual_comment = 'Well said.' WHERE {cell.format('why')}",
        "UPDATE assignment SET duedate = '2026-11-22 12:00:00' WHERE name = 'lab'",
    )
    (course / "policy.py").write_text(POLICY)
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(f"import sys\nsys.path.insert(0, {str(course)!r})\n")
        file.write("c.AssignLatePenalties.plugin_class = 'policy.HalfAPoint'\n")
    put(course, "s001", submission({}, "I thought again."))
    (course / "submitted" / "s002" / "lab" / "timestamp.txt").write_text("2026-11-22 11:00:00 UTC")
    scores = {result.student: result.score for result in grade_here(course)}
    assert scores["s001"] == 6.0
    found = content(course)
    given = {(row[0], row[3]): row for row in found["grades"]}
    assert given["s001", "why"][5:] == (2.5, None, True)
    assert given["s001", "square-test"][4] == 2.0
    assert ("s001", "lab", "lab", "why", None, "Well said.") in found["comments"]
    penalties = {row[0]: row[3] for row in found["notebooks"]}
    assert penalties["s001"] == 0.5
    assert not penalties["s002"]


def test_pages_and_nbgrader_s_own_commands_read_from_the_server(
    course: Path, run_nbgrader: Callable[..., str], tmp_path: Path
) -> None:
    for command in (["feedback"], ["report"], ["export", "lab", "--to", "csv"]):
        with start(course, *command) as process:
            _, err = process.communicate()
        assert process.returncode == 0, (command, err)
    assert len(list((course / "feedback").glob("*/lab/lab.html"))) == STUDENTS
    assert "s003" in (course / "report" / "lab.html").read_text()
    assert "s003" in run_nbgrader(course, "db", "student", "list")
    run_nbgrader(course, "export", "--to", str(tmp_path / "grades.csv"))
    assert (tmp_path / "grades.csv").read_text().count("s00") >= STUDENTS


def test_reading_makes_no_table_in_a_new_database(server: Server, tmp_path: Path) -> None:
    name = f"new_{os.urandom(4).hex()}"
    url = locate(server.make(name), tmp_path)
    with pytest.raises(NoGradebookError, match=f"There is no gradebook '{name}' on .* yet"), reading(url):
        pass
    assert not tables(server, name)


def test_another_program_s_database_is_refused_and_left_alone(server: Server, tmp_path: Path) -> None:
    name = f"shop_{os.urandom(4).hex()}"
    url = locate(server.make(name), tmp_path)
    with server.connect(name) as connection:
        connection.execute("CREATE TABLE orders (id integer)")
    refused = pytest.raises(ExpectedError, match="another program's database, with the tables orders")
    with refused as told, writing(url, "course"):
        pass
    assert "createdb" in told.value.cure
    assert tables(server, name) == {"orders"}


def tables(server: Server, database: str) -> set[str]:
    with server.connect(database) as connection:
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        return {name for (name,) in connection.execute(query)}


def test_two_machines_with_one_gradebook_take_turns(course: Path) -> None:
    elsewhere = shutil.copytree(course, course.with_name("elsewhere"))
    with GradebookWriter(Course.open(course)):
        with pytest.raises(ExpectedError, match="Another autograder") as told, GradebookWriter(Course.open(elsewhere)):
            pass
        assert "Wait until it has finished" in told.value.cure
    with GradebookWriter(Course.open(elsewhere)):
        pass


def another_machine(course: Path, name: str = "elsewhere", lab: str = LAB) -> Path:
    """A second instructor's folder of the same course, with the same gradebook."""
    root = shutil.copytree(course, course.with_name(name))
    if lab != LAB:
        shutil.rmtree(root / "autograded", ignore_errors=True)
        for folder in (root / "source", *(root / "submitted").iterdir()):
            shutil.move(folder / LAB, folder / lab)
        (root / "source" / lab / f"{LAB}.ipynb").rename(root / "source" / lab / f"{lab}.ipynb")
        for path in root.glob(f"submitted/*/{lab}/{LAB}.ipynb"):
            path.rename(path.with_name(f"{lab}.ipynb"))
    return root


def test_two_graders_at_once_lose_nothing_and_the_second_is_told_to_wait(
    server: Server, graded_class: tuple[Path, dict[str, Any]], waiting: Path
) -> None:
    same, other = another_machine(waiting), another_machine(waiting, "other", "lab2")
    with held_up(server, waiting, "s003") as first:
        for root, lab in ((waiting, LAB), (same, LAB), (other, "lab2")):
            with start(root, "grade", lab, "--quiet") as second:
                out, err = second.communicate()
            assert (second.returncode, out) == (1, "")
            told = " ".join(err.split())
            assert "Another autograder is" in told
            assert "Wait until it has finished, or end it; then run the same command again." in told
            assert_explained(err)
        assert first.poll() is None
        # The other program gives way.
        with server.connect("postgres") as asking:
            asking.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'")
        out, err = first.communicate()
        assert (first.returncode, err) == (0, "")
    assert content(waiting) == content(graded_class[0])
    with start(other, "grade", "lab2", "--quiet") as second:
        assert second.communicate()[1] == ""
    both = content(waiting)
    assert [row for row in both["grades"] if row[1] == LAB] == content(graded_class[0])["grades"]
    assert len([row for row in both["submissions"] if row[1] == "lab2"]) == STUDENTS


def test_two_graders_that_find_a_new_database_make_one_gradebook(
    server: Server, graded_class: tuple[Path, dict[str, Any]], waiting: Path
) -> None:
    configure(waiting, server.make(f"new_{os.urandom(4).hex()}"))
    same = another_machine(waiting)
    with start(waiting, "grade", LAB, "--quiet") as first, start(same, "grade", LAB, "--quiet") as second:
        ended = {root: process.communicate()[1] for root, process in ((waiting, first), (same, second))}
    assert 0 in (first.returncode, second.returncode), ended
    for err in ended.values():
        assert not err or "Another autograder is" in err
    assert len(grade_here(same)) == STUDENTS
    assert content(same) == content(graded_class[0])


def test_marks_by_hand_are_kept_when_another_machine_grades_the_same_class(course: Path) -> None:
    execute(
        course,
        "UPDATE grade SET manual_score = 2.5, needs_manual_grade = false WHERE id = (SELECT min(g.id) FROM grade g "
        "WHERE g.needs_manual_grade)",
    )
    marked = content(course)
    same = another_machine(course)
    for folder in (".autograder", "autograded"):
        shutil.rmtree(same / folder)
    assert len(grade_here(same)) == STUDENTS
    after = content(same)
    # It has not seen the answer that was marked, so the mark waits for a person, and stays.
    assert [row[:7] for row in after["grades"]] == [row[:7] for row in marked["grades"]]
    assert after["comments"] == marked["comments"]


def test_a_grader_that_is_killed_while_it_writes_goes_on_where_it_was(
    server: Server, graded_class: tuple[Path, dict[str, Any]], waiting: Path
) -> None:
    with held_up(server, waiting, "s004") as process:
        everyone = members(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert all_gone(everyone)
    # Results that are there at the same moment are written in any order.
    assert "s004" not in {row[0] for row in content(waiting)["submissions"]}
    assert len(grade_here(waiting)) == STUDENTS
    assert content(waiting) == content(graded_class[0])
    assert autograded(waiting) == autograded(graded_class[0])
    assert not stray_files(waiting)


def test_a_server_that_stops_is_named_and_loses_nothing(
    server: Server, graded_class: tuple[Path, dict[str, Any]], waiting: Path
) -> None:
    with held_up(server, waiting, "s005") as process:
        server.stop()
        out, err = process.communicate()
    told = " ".join(err.split())
    assert (process.returncode, out) == (1, "")
    assert f"'{url_of(waiting).partition('@/')[2].partition('?')[0]}' on {server.folder} was lost" in told
    assert "what was written is kept" in told
    assert_explained(err)
    with pytest.raises(ExpectedError, match="cannot be reached: its server does not answer"):
        grade_here(waiting)
    server.start()
    assert "s005" not in {row[0] for row in content(waiting)["submissions"]}
    assert len(grade_here(waiting)) == STUDENTS
    assert content(waiting) == content(graded_class[0])


def test_no_message_holds_a_password(server: Server, course: Path) -> None:
    with server.connect("postgres") as connection:
        connection.execute(f"CREATE USER {GUARDED} PASSWORD '{PASSWORD}'")
    for url, told in (
        (
            f"postgresql://{GUARDED}:wrong-secret@/graded?host={server.folder}",
            "does not accept the name",
        ),
        (f"postgresql://{GUARDED}@/graded?host={server.folder}&password=wrong-secret", "does not accept the name"),
        (f"postgresql://{GUARDED}:{PASSWORD}@/absent?host={server.folder}", "the server has no such database"),
        ("postgres://me:wrong-secret@server/grades", "begins with postgres://"),
        ("postgresql:/me:wrong-secret@server/grades", "is no URL of a database"),
        ("postgresql://me:wrong-secret@nowhere.invalid:5433/grades", "'grades' on nowhere.invalid:5433"),
    ):
        configure(course, url)
        with pytest.raises(ExpectedError) as raised, GradebookWriter(Course.open(course)):
            pass
        assert told in str(raised.value), url
        assert "secret" not in str(raised.value)
        assert PASSWORD not in str(raised.value)


def test_a_gradebook_that_the_user_may_not_write_is_told(server: Server, course: Path) -> None:
    url = Course.open(course).gradebook_url
    engine = create_engine(url)
    with server.connect("postgres") as connection:
        connection.execute("CREATE USER reader")
    with engine.connect() as connection:
        connection.execute(text("SET ROLE reader"))
        with pytest.raises(ProgrammingError) as refused:
            connection.execute(text("INSERT INTO student (id) VALUES ('eve')"))
    engine.dispose()
    told = explain(url, refused.value)
    assert "may not be written" in told.problem
    assert "c.CourseDirectory.db_url" in told.cure


def test_a_name_that_the_tables_cannot_hold_is_told(course: Path) -> None:
    long = "x" * 130
    with GradebookWriter(Course.open(course)) as writer, pytest.raises(ExpectedError, match="128 characters"):
        writer.write(Result(long, "lab", SubmissionStatus.GRADED), {}, datetime.now(UTC).replace(tzinfo=None))
    assert len(content(course)["students"]) == STUDENTS
