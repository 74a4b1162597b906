"""Nothing that a class does in practice is lost, or marked wrong: pictures, marks by hand, mended labs, wrong names."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.autograded.answers import answer_digests
from autograder.cells import LabNotebook, Role
from autograder.checksums import checksum
from autograder.collect.collect import collect
from autograder.course.course import Course
from autograder.export.scores import read_scores
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.judging.case import Case
from autograder.judging.cell_verdicts import manual_verdict
from autograder.limits import Limits
from autograder.report.gather import gather
from autograder.report.outputs import markdown
from autograder.report.write import write_feedback
from autograder.roster.class_list import read_roster
from autograder.roster.columns import fields_of, moodle_identity
from autograder.sandbox.mode import Mode
from autograder.untrusted.notebooks import cell_from
from autograder.untrusted.pictures import with_readable_pictures
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus
from tests.autograder.courses import MakeCell, make_cell, make_course

__all__ = ["make_cell", "make_course"]

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ATTACHED = {"image.png": {"image/png": PIXEL}, "my sketch (1).png": {"image/png": PIXEL}}


class FakeExecutor:
    """Passes every test; a person grades the rest."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def judge(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> NotebookResult:
        outcomes = []
        for number, cell in enumerate(case.submitted.cells, start=1):
            verdict = None
            if cell.role is Role.TEST:
                verdict = CellVerdict(cell.grade_id or "", cell.points, cell.points, CellStatus.PASSED)
            elif cell.graded:
                verdict = manual_verdict(cell, case.submitted.unanswered)
            outcomes.append(CellOutcome(execution_count=number, verdict=verdict))
        return NotebookResult(notebook.name, tuple(outcomes))


def write(root: Path, step: str, lab: str, cells: list[NotebookNode], name: str = "") -> None:
    """Write a notebook; released and submitted cells get nbgrader's checksums."""
    path = root / step / lab / f"{name or lab}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    copies = nbformat.from_dict(cells)
    for cell in copies if step == "release" else ():
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"]["checksum"] = checksum(cell_from(cell))
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(new_notebook(cells=copies, metadata=metadata), path)


def hand_in(root: Path, student: str, lab: str, answers: Mapping[str, str], *, of: str = "") -> None:
    """Hand in a released notebook, of this lab or of another one, with answers by grade id."""
    node = nbformat.read(root / "release" / (of or lab) / f"{of or lab}.ipynb", 4)
    for cell in node.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
    path = root / "submitted" / student / lab / f"{lab}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, path)


def grade(root: Path, lab: str = "ps1") -> dict[str, Result]:
    terms = Terms(Limits(), Mode.NONE, workers=1)
    return {it.student: it for it in grade_class(Course.open(root), [lab], None, terms, FakeExecutor())}


@pytest.fixture
def root(tmp_path: Path, blank_gradebook: Path, make_cell: MakeCell) -> Path:
    course = tmp_path / "course"
    course.mkdir()
    (course / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    (course / "gradebook.db").write_bytes(blank_gradebook.read_bytes())
    for lab, function in (("ps1", "square"), ("ps2", "cube")):
        cells = lab_cells(make_cell, function)
        write(course, "source", lab, cells)
        write(course, "release", lab, cells)
    return course


def lab_cells(make_cell: MakeCell, function: str, *, points: float = 2, message: str = "") -> list[NotebookNode]:
    return [
        make_cell(f"## The {function} of a number", kind="markdown"),
        make_cell("pass", Role.SOLUTION, function),
        make_cell(f"assert {function}(1) == 1{message}", Role.TEST, f"{function}-test", points),
        make_cell("Your words.", Role.ANSWER, f"{function}-why", 3, kind="markdown"),
    ]


# Pictures


@pytest.mark.parametrize(
    "text",
    [
        "See ![image.png](attachment:image.png)",
        "See ![sketch](attachment:my%20sketch%20%281%29.png)",
        "See ![sketch](<attachment:my sketch (1).png>)",
        'See <img src="attachment:image.png" width="300"/>',
        "See <img width=30 alt='it' src='attachment:image.png'>",
        f"See ![image.png](data:image/png;base64,{PIXEL})",
        f"See ![it][1]\n\n[1]: <data:image/png;base64,{PIXEL}>",
        "See ![it][1]\n\n[1]: attachment:image.png",
    ],
)
def test_a_pasted_picture_is_shown_however_an_editor_writes_it(text: str) -> None:
    page = str(markdown(text, ATTACHED))
    assert f"data:image/png;base64,{PIXEL}" in page
    assert "<pre" not in page
    # autograded/ holds it in the form that nbgrader's pages show.
    readable, pictures = with_readable_pictures(text, ATTACHED)
    assert f"data:image/png;base64,{PIXEL}" in str(markdown(readable, pictures))


@pytest.mark.parametrize(
    "text",
    [
        "My words ![a](attachment:lost.png) go on",
        "My words <img src='attachment:lost.png'> go on",
        "My words ![a][1] go on\n\n[1]: attachment:lost.png",
        "My words ![a](attachment&#58;lost.png) go on",
        "My words ![a](attachment\\:lost.png) go on",
        "My words ![a](&#97;ttachment:lost.png) go on",
        "My words ![a](attachment:) go on",
    ],
)
def test_a_lost_picture_costs_no_word(text: str) -> None:
    page = str(markdown(text, None))
    assert "My words" in page
    assert "go on" in page
    readable, pictures = with_readable_pictures(text, None)
    assert "My words" in str(markdown(readable, pictures))


def test_what_a_renderer_refuses_costs_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise ValueError("refused")

    monkeypatch.setattr("autograder.report.outputs.MarkdownWithMath.render", refuse)
    assert "<b>shown</b>" not in str(markdown("As *typed* <b>shown</b>"))
    assert "As *typed*" in str(markdown("As *typed* <b>shown</b>"))


def test_pictures_in_one_answer_are_bounded() -> None:
    large = {"image.png": {"image/png": "A" * 9_000_000}}
    page = str(markdown("![a](attachment:image.png)\n\n" * 50, large))
    assert len(page) < 20_000_000


# Columns


@pytest.mark.parametrize(
    "header",
    [
        "Vorname,Nachname,Anmeldename,ID-Nummer,E-Mail-Adresse",
        "Prénom,Nom de famille,Nom d’utilisateur,Adresse de courriel",
        "Nombre,Apellido(s),Nombre de usuario,Dirección de correo",
        "Nom,Cognoms,Nom d'usuari,Adreça electrònica",
        "Nome,Cognome,Username,Indirizzo email",
        "Nome,Sobrenome,Identificação de usuário,Endereço de email",
        "Etunimi,Sukunimi,Käyttäjätunnus,Sähköpostiosoite",
        "Křestní jméno,Příjmení,Uživatelské jméno,E-mailová adresa",
        "Keresztnév,Vezetéknév,Felhasználónév,E-mail cím",
        "Ad,Soyad,Kullanıcı adı,E-posta adresi",
        "Имя,Фамилия,Логин,Адрес электронной почты",
        "Όνομα,Επώνυμο,Όνομα χρήστη,Διεύθυνση ηλεκτρονικού ταχυδρομείου",
        "名,姓,ユーザ名,メールアドレス",
        "名,姓,用户名,电子邮件地址",
    ],
)
def test_moodle_s_columns_mean_the_same_in_any_language(tmp_path: Path, header: str) -> None:
    path = tmp_path / "class.csv"
    row = ["Ada", "Brook", "abrook", *(["1001"] if "ID-Nummer" in header else []), "ada@example.org"]
    path.write_text(f"{header}\n{','.join(row)}\n", encoding="utf-8")
    (student,) = read_roster(path).students
    assert (student.identity, student.first_name, student.last_name) == ("abrook", "Ada", "Brook")
    assert student.email == "ada@example.org"
    assert moodle_identity(header.split(",")) == header.split(",")
    assert set(fields_of(header.split(","))) >= {"id", "first_name", "last_name", "email"}


# Marks by hand


def mark(root: Path, cell: str = "square-why", points: float = 3.0) -> None:
    """Grade a cell as a person does in formgrader."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        grade_ = gradebook.find_grade(cell, "ps1", "ps1", "ann")
        grade_.manual_score, grade_.needs_manual_grade = points, False
        if cell.endswith("why"):
            gradebook.find_comment(cell, "ps1", "ps1", "ann").manual_comment = "Fully right."
        gradebook.db.commit()


def final(root: Path, student: str = "ann", lab: str = "ps1") -> bool:
    (scores,) = read_scores(Course.open(root), [lab]).labs
    return scores.scores[student].final


def test_a_mark_holds_as_long_as_the_answer_that_was_read(root: Path) -> None:
    hand_in(root, "ann", "ps1", {"square-why": "Because."})
    grade(root)
    assert not final(root)
    mark(root)
    assert final(root)
    # The same answer, in a notebook that has changed elsewhere.
    hand_in(root, "ann", "ps1", {"square-why": "Because.", "square": "def square(x): return x * x"})
    grade(root)
    assert final(root)
    hand_in(root, "ann", "ps1", {"square-why": "I do not know."})
    grade(root)
    assert not final(root)
    course = Course.open(root)
    (page,) = write_feedback(course, "ps1").pages
    text = page.read_text(encoding="utf-8")
    assert "3 of 3 points" in text
    assert "Fully right." in text
    (item,) = (it for it in gather(course, "ps1").attention if it.kind == "question")
    assert "3 of 3 points" in item.reasons[0]
    # Graded once more, it still waits; the answer that was read brings its mark back; so does a person.
    hand_in(root, "ann", "ps1", {"square-why": "I do not know.", "square": "def square(x): return x"})
    grade(root)
    assert not final(root)
    hand_in(root, "ann", "ps1", {"square-why": "Because."})
    grade(root)
    assert final(root)
    hand_in(root, "ann", "ps1", {"square-why": "No."})
    grade(root)
    mark(root, points=0.0)
    assert final(root)


def test_a_score_that_a_person_gave_for_code_belongs_to_that_code(root: Path) -> None:
    hand_in(root, "ann", "ps1", {"square": "def square(x): return x", "square-why": "Because."})
    grade(root)
    mark(root)
    mark(root, "square-test", 0.5)
    assert final(root)
    hand_in(root, "ann", "ps1", {"square": "def square(x): return x * x", "square-why": "Because."})
    grade(root)
    assert not final(root)


# Labs that are mended


def test_what_was_handed_out_before_a_lab_was_mended_is_no_forgery(root: Path, make_cell: MakeCell) -> None:
    hand_in(root, "ann", "ps1", {"square": "def square(x): return x * x"})
    hand_in(root, "forger", "ps1", {})
    path = root / "submitted" / "forger" / "ps1" / "ps1.ipynb"
    node = nbformat.read(path, 4)
    node.cells[2].metadata["nbgrader"]["points"] = 50
    nbformat.write(node, path)
    mended = lab_cells(make_cell, "square", points=4, message=", 'one squared is one'")
    mended[3].source, mended[3].metadata["nbgrader"]["points"] = "Your own words.", 5
    mended[1].source = "# Your code"
    write(root, "source", "ps1", mended)
    write(root, "release", "ps1", mended)
    results = grade(root)
    assert results["ann"].flags == ()
    assert results["ann"].max_score == 9
    assert not any("had been changed" in repair or "claimed" in repair for repair in results["ann"].repairs)
    assert any("points" in flag for flag in results["forger"].flags)


def test_a_test_can_be_added_to_a_lab_that_was_graded(root: Path, make_cell: MakeCell) -> None:
    hand_in(root, "ann", "ps1", {"square-why": "Because."})
    grade(root)
    mark(root)
    more = [*lab_cells(make_cell, "square"), make_cell("assert square(2) == 4", Role.TEST, "square-test-2", 2)]
    write(root, "source", "ps1", more)
    (result,) = grade(root).values()
    assert (result.score, result.max_score, result.flags) == (4.0, 7.0, ())
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        assert gradebook.find_submission("ps1", "ann").score == 7.0
    assert final(root)


# Names


def test_another_lab_s_notebook_is_named_and_its_score_is_open(root: Path) -> None:
    hand_in(root, "ann", "ps1", {"cube": "def cube(x): return x**3"}, of="ps2")
    hand_in(root, "bob", "ps1", {"square": "def square(x): return x * x"})
    results = grade(root)
    assert (results["ann"].status, results["ann"].flags) == (SubmissionStatus.QUARANTINED, ())
    assert "'ps2'" in results["ann"].reason
    assert results["bob"].status is SubmissionStatus.GRADED
    assert not final(root)


def test_another_lab_s_notebook_is_collected_where_it_belongs_unless_that_one_is_there(
    root: Path, tmp_path: Path
) -> None:
    hand_in(root, "ann", "ps1", {"cube": "def cube(x): return x**3"}, of="ps2")
    download = tmp_path / "download"
    wrong = (root / "submitted" / "ann" / "ps1" / "ps1.ipynb").read_bytes()
    for path, content in (
        ("ann/ps1.ipynb", wrong),
        ("bob/ps1.ipynb", wrong),
        ("bob/ps2.ipynb", wrong.replace(b"x**3", b"x * x * x")),
    ):
        (download / path).parent.mkdir(parents=True, exist_ok=True)
        (download / path).write_bytes(content)
    (root / "submitted" / "ann" / "ps1" / "ps1.ipynb").unlink()
    report = collect(Course.open(root), download)
    assert {(it.student, it.lab) for it in report.collected} == {("ann", "ps2"), ("bob", "ps2")}
    assert "x * x * x" in (root / "submitted" / "bob" / "ps2" / "ps2.ipynb").read_text(encoding="utf-8")
    assert sum("ps2" in note for note in report.notes) == 2


def test_an_extension_counts_when_an_attempt_is_chosen(root: Path, tmp_path: Path) -> None:
    hand_in(root, "ann", "ps1", {"square": "x = 1"})
    grade(root)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate=datetime(2026, 11, 1))
        gradebook.grant_extension("ps1", "ann", hours=48)
    early = (root / "submitted" / "ann" / "ps1" / "ps1.ipynb").read_bytes()
    shutil.rmtree(root / "submitted")
    for number, content in ((1, early), (2, early.replace(b"x = 1", b"x = 2")), (5, early.replace(b"x = 1", b"x = 5"))):
        folder = tmp_path / "download" / "ann" / f"attempt {number}"
        folder.mkdir(parents=True)
        (folder / "ps1.ipynb").write_bytes(content)
        (folder / "timestamp.txt").write_text(f"2026-11-0{number} 12:00 UTC", encoding="utf-8")
    (collected,) = collect(Course.open(root), tmp_path / "download").collected
    assert not collected.late
    assert "x = 2" in (root / "submitted" / "ann" / "ps1" / "ps1.ipynb").read_text(encoding="utf-8")


def test_answers_with_pictures_are_other_answers() -> None:
    plain = new_markdown_cell("See", metadata={"nbgrader": {"grade_id": "why", "grade": True, "solution": True}})
    pictured = nbformat.from_dict({**plain, "attachments": ATTACHED})
    assert answer_digests([cell_from(plain)]) != answer_digests([cell_from(pictured)])


def test_printed_lines_are_gathered_in_linear_time() -> None:
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (30, 30))\n"
        "from autograder.wall.ipython_shell import Outputs\n"
        "outputs = Outputs(10**9); outputs.start()\n"
        "for number in range(400_000):\n    outputs.write('stdout', f'{number:09}'); outputs.write('stdout', '\\n')\n"
        "(output,) = outputs.items; print(len(output['text']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "4000000"), done.stderr[-1000:]
