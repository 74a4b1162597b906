"""docs/hub.md, followed from the first command to the last: a hub, two instructors, and students who hand in."""

import csv
import io
import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import BROWSERS, QUIET
from tests.hub.accounts import as_root, run_as_root
from tests.hub.hub import INSTRUCTORS, LAB, START_SECONDS, STUDENTS, Hub, running
from tests.hub.people import Student, log_in

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("hub")]

RIGHT = {"double": "def double(x):\n    return x + x", "slope": "def slope(x):\n    return 2 * x"}
WRONG = {**RIGHT, "slope": "def slope(x):\n    return x"}
DUE = r"2026-11-22 23:59 UTC"
"""The page's due date."""


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with running() as it:
        yield it


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    import shutil

    program = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


def due_in(hub: Hub, hours: float) -> None:
    """Have the guide's due date be so many hours from now, and run its command."""
    # The next whole second: what was handed in a moment ago is not late.
    when = datetime.now(UTC) + timedelta(hours=hours, seconds=1)
    (command,) = (it for it in hub.guide.commands("Hand out") if "assignment add" in it)
    hub.run(command.replace(DUE, when.strftime("%Y-%m-%d %H:%M:%S UTC")))


def hand_out(hub: Hub) -> None:
    rows = "".join(f"{hub.accounts.name(who)},{who.title()},Example,\n" for who in STUDENTS)
    hub.run(f"cat > class.csv <<'E'\nid,first_name,last_name,email\n{rows}E")
    for command in hub.guide.commands("Hand out"):
        if "assignment add" in command:
            due_in(hub, 48)
        else:
            hub.run(command)


def collect_and_grade(hub: Hub) -> dict[str, dict[str, str]]:
    """Run the guide's commands; the rows of the export, by student."""
    for command in hub.guide.commands("Collect and grade"):
        hub.run(command)
    return exported(hub)


def exported(hub: Hub) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(hub.run(f"autograder export {LAB} --to csv --quiet")))
    by_name = {hub.accounts.name(who): who for who in STUDENTS}
    return {by_name[row["student_id"]]: row for row in rows}


def scores(rows: dict[str, dict[str, str]]) -> dict[str, str]:
    return {who: row["score"] for who, row in rows.items()}


def test_a_lab_from_release_to_feedback(hub: Hub, browser: Browser) -> None:
    hand_out(hub)
    ada, ben = Student(hub, browser, "ada"), Student(hub, browser, "ben")
    first_attempts(ada, ben)
    rows = collect_and_grade(hub)
    assert scores(rows) == {"ada": "2", "ben": "1", "cleo": "", "dora": ""}
    assert {who: row["status"] for who, row in rows.items()} == {
        **dict.fromkeys(("ada", "ben"), "graded"),
        **dict.fromkeys(("cleo", "dora"), "missing"),
    }

    reads_feedback(ada, "2 of 2 points")
    reads_feedback(ben, "1 of 2 points", "check.square_slope")

    second_attempts(hub, browser, ben)
    two_instructors(hub, browser)
    assert hub.guide.unread == set()


def first_attempts(ada: Student, ben: Student) -> None:
    """Both fetch, answer, validate and submit; one is right, one is wrong and is told so."""
    for student, answers, told in ((ada, RIGHT, "Success"), (ben, WRONG, "check.square_slope")):
        student.fetch()
        student.answer(answers)
        window = student.validate()
        expect(window).to_contain_text(told)
        student.close(window)
        student.submit()


def reads_feedback(student: Student, *texts: str) -> None:
    """Fetch and open the page, on which these texts stand."""
    student.fetch_feedback()
    page = student.open_feedback(attempts=1)
    for text in texts:
        expect(page.locator("body")).to_contain_text(text)


def second_attempts(hub: Hub, browser: Browser, ben: Student) -> None:
    """Ben mends his answer in time, Cleo comes late, and Dora does not come at all."""
    ben.answer(RIGHT)
    ben.submit(2)
    due_in(hub, 0)
    late, _ = hub.guide.blocks("Late, twice, never")
    with (hub.course / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write(late)
    cleo = Student(hub, browser, "cleo")
    cleo.fetch()
    cleo.answer(RIGHT)
    cleo.submit()
    rows = collect_and_grade(hub)
    assert scores(rows) == {"ada": "2", "ben": "2", "cleo": "0", "dora": ""}
    assert rows["cleo"]["raw_score"] == "2"
    assert rows["dora"]["status"] == "missing"

    ben.answer(WRONG)
    ben.submit(3)
    for command in hub.guide.commands("Late, twice, never")[1:]:
        hub.run(command)
    assert scores(exported(hub)) == {"ada": "2", "ben": "2", "cleo": "0", "dora": ""}


def two_instructors(hub: Hub, browser: Browser) -> None:
    """One grades the class; the other presses formgrader's button, and both give marks: nothing is lost."""
    ines, ivan = (log_in(hub, browser, who) for who in INSTRUCTORS)
    submissions = f"{hub.address}/services/gradlab/formgrader/manage_submissions/{LAB}"
    ivan.goto(submissions)
    ines.goto(submission(hub, "ben"))
    grading = subprocess.Popen(hub.command(f"exec autograder grade {LAB} --fresh"), stdout=subprocess.DEVNULL)
    with paused(hub.course / ".autograder" / "lock", grading):
        autograde(ivan, hub.accounts.name("ada"))
        told = ivan.locator("#error-modal")
        expect(told).to_contain_text(f"Another autograder is grading the course {hub.course}.")
        told.get_by_role("button", name="OK").click()
        give(ines, "0.5", "half, for the idea")
        ivan.goto(submission(hub, "ada"))
        give(ivan, "", "well done")
    assert grading.wait() == 0
    ivan.goto(submissions)
    autograde(ivan, hub.accounts.name("ada"))
    expect(ivan.locator("#success-modal")).to_contain_text("Successfully autograded")
    assert scores(exported(hub)) == {"ada": "2", "ben": "1.5", "cleo": "0", "dora": ""}
    hub.run(f"autograder feedback {LAB}")
    for who, comment in (("ben", "half, for the idea"), ("ada", "well done")):
        page = hub.run(f"cat feedback/{hub.accounts.name(who)}/{LAB}/{LAB}.html")
        assert comment in page


def submission(hub: Hub, who: str) -> str:
    """The address of the page on which a submission is graded by hand."""
    program = (
        "from nbgrader.api import Gradebook; gradebook = Gradebook('sqlite:///gradebook.db'); "
        f"print(gradebook.find_submission_notebook('{LAB}', '{LAB}', '{hub.accounts.name(who)}').id)"
    )
    found = hub.run(f'python -W ignore -c "{program}"').split()[-1]
    return f"{hub.address}/services/gradlab/formgrader/submissions/{found}/"


def autograde(page: Page, student: str) -> None:
    row = page.locator("tr").filter(has=page.locator("td.student-id", has_text=student))
    row.locator(".autograde a").click()


def give(page: Page, points: str, comment: str) -> None:
    """Give points, if any, and a comment to the last test."""
    if points:
        page.locator("input.score").last.fill(points)
    page.locator("textarea.comment").last.fill(comment)
    with page.expect_response(lambda response: "/api/comment/" in response.url and response.request.method == "PUT"):
        page.locator("textarea.comment").last.blur()


@contextmanager
def paused(lock: Path, grading: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Stop the process that holds a lock, once it does, and have it go on afterwards."""
    deadline = time.monotonic() + START_SECONDS
    while (holder := held_by(lock)) is None:
        assert grading.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    subprocess.run(as_root("kill", f"-{signal.SIGSTOP.value}", holder), check=True)
    try:
        yield
    finally:
        subprocess.run(as_root("kill", f"-{signal.SIGCONT.value}", holder), check=True)


def held_by(lock: Path) -> str | None:
    """The id of the process that holds a lock file, as the kernel lists it."""
    if not lock.exists():
        return None
    inode = str(lock.stat().st_ino)
    entries = (line.split() for line in Path("/proc/locks").read_text(encoding="ascii").splitlines())
    return next((it[4] for it in entries if it[1] == "FLOCK" and it[5].split(":")[2] == inode), None)


def test_an_exchange_that_is_missing_or_closed_is_mended_as_the_doctor_says(hub: Hub) -> None:
    root, elsewhere = hub.exchange, hub.exchange.with_name("elsewhere")
    subprocess.run(as_root("mv", str(root), str(elsewhere)), check=True)
    try:
        assert "does not exist" in cured(hub)
        assert "Unwritable directory" not in hub.run("nbgrader list")
        subprocess.run(as_root("chmod", "755", str(root)), check=True)
        assert "may not be written by this account" in cured(hub)
        assert root.stat().st_mode & 0o7777 == 0o1777
    finally:
        subprocess.run(as_root("rm", "-rf", str(root)), check=True)
        subprocess.run(as_root("mv", str(elsewhere), str(root)), check=True)


def cured(hub: Hub) -> str:
    """What the doctor says of the exchange; its cure is run, and then the doctor is content."""
    state = json.loads(hub.run("autograder doctor --format json --quiet 2>/dev/null", code=1))["exchange"]
    assert not state["ready"]
    assert state["root"] == str(hub.exchange)
    found = re.match(r"Run as root: (.*?)(?: \(or .*)?$", state["cure"])
    assert found is not None
    run_as_root("bash", "-ec", found[1])
    assert json.loads(hub.run("autograder doctor --format json --quiet 2>/dev/null"))["exchange"]["ready"]
    return str(state["detail"])


def test_who_may_enter_what(hub: Hub, browser: Browser) -> None:
    """A student enters neither the course's server nor its folder, nor another student's home."""
    page = log_in(hub, browser, "dora")
    answer = page.goto(f"{hub.address}/services/gradlab/")
    assert answer is not None
    assert answer.status == 403
    for closed in (hub.course, hub.accounts.home("ada")):
        assert "Permission denied" in hub.run(f"ls {closed}", "dora", folder=hub.folder, code=2)
    # Nobody but its owner renames the course's folder in the exchange.
    hub.run(f"mkdir -p {hub.exchange}/gradlab")
    refused = hub.run(f"mv {hub.exchange}/gradlab {hub.exchange}/mine", "dora", folder=hub.folder, code=1)
    assert "Operation not permitted" in refused
