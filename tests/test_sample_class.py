"""The sample class, graded through the wall: every score, every status, every diagnosis."""

import html
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.demo_run import LAB, DemoRun
from tests.submissions import make

pytestmark = pytest.mark.xdist_group("demo")

ROOT = Path(__file__).parent.parent
FULL = 19
"""What the tests can give; the open question's four points are a person's."""

# Student → score, and the cells that did not pass: their status and misconception.
Cells = dict[str, tuple[str, str | None]]
STUB: tuple[str, str | None] = ("failed", None)
EXPECTED: dict[str, tuple[float, Cells]] = {
    "amara_okafor": (FULL, {}),
    "bruno_silva": (FULL, {}),
    "chiara_rossi": (FULL, {}),
    "daniel_kim": (FULL, {}),
    "elif_yilmaz": (FULL, {}),
    "tomas_novak": (FULL, {}),
    "fatima_haddad": (16, {"descend": ("failed", "missing-zero-grad")}),
    "goran_petrovic": (17, {"find-bug": ("failed", "rebinding-leaf")}),
    "hanna_nowak": (14, {"descend": ("failed", "ascent-sign"), "basins": ("failed", None)}),
    "ivan_kuznetsov": (16, {"descend": ("failed", "stale-point")}),
    "jun_tanaka": (17, {"surface": ("failed", "wrong-coefficient")}),
    "kavya_reddy": (16, {"descend-all": ("failed", "loop-over-starts")}),
    "lars_hansen": (16, {"gradient-by-hand": ("failed", "missing-inner-derivative")}),
    "mei_chen": (16, {"descend": ("failed", "one-variable-only")}),
    "noor_ali": (
        12,
        {"sweep": ("failed", None), "descend-all": ("failed", "sum-for-mean"), "largest-rate": ("failed", None)},
    ),
    "olga_ivanova": (
        0,
        dict.fromkeys(
            (
                "surface",
                "descend",
                "sweep",
                "find-bug",
                "descend-all",
                "gradient-by-hand",
                "largest-rate",
                "basins",
            ),
            STUB,
        ),
    ),
    "pedro_garcia": (16, {"descend": ("timed out", None)}),
    "quentin_dubois": (
        2,
        {
            "descend": ("failed", "missing-zero-grad"),
            "sweep": ("failed", None),
            "find-bug": ("failed", "rebinding-leaf"),
            "descend-all": ("failed", None),
            "gradient-by-hand": ("failed", "missing-inner-derivative"),
            "largest-rate": ("failed", None),
            "basins": STUB,
        },
    ),
    "sofia_marin": (9, dict.fromkeys(("descend-all", "gradient-by-hand", "largest-rate", "basins"), STUB)),
}
UNREADABLE = "ravi_patel"


def cells_of(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {cell["id"].removesuffix("-test"): cell for cell in record["cells"]}


def hidden_lines() -> list[str]:
    """The lines that stand in the instructor's tests and nowhere in what students get."""
    source, released = (
        nbformat.read(ROOT / folder / LAB / f"{LAB}.ipynb", as_version=4).cells for folder in ("source", "release")
    )
    public = {line.strip() for cell in released for line in cell.source.splitlines()}
    lines = {
        line.strip()
        for cell in source
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
        for line in cell.source.splitlines()
    }
    # A single bracket gives nothing away.
    return sorted(line for line in lines - public if len(line) > 3 and not line.startswith("#"))


def test_the_class_is_current() -> None:
    made = make.files()
    found = {path.relative_to(make.HERE) for path in make.HERE.rglob("*.ipynb")}
    assert found == made.keys()
    outdated = [str(path) for path, text in made.items() if (make.HERE / path).read_text(encoding="utf-8") != text]
    assert not outdated, "run: python -m tests.submissions.make"


def test_scores_statuses_and_diagnoses(demo_run: DemoRun) -> None:
    assert demo_run.records.keys() == EXPECTED.keys() | {UNREADABLE}
    for student, (score, missed) in EXPECTED.items():
        record = demo_run.records[student]
        assert (student, record["status"], record["score"], record["max_score"]) == (student, "graded", score, 23)
        cells = cells_of(record)
        answered = make.CLASS[student].essay is not None
        expected = dict.fromkeys(cells, ("passed", None)) | missed
        expected["explain"] = ("manual" if answered else "unanswered", None)
        assert {name: (cell["status"], cell["misconception"]) for name, cell in cells.items()} == expected, student
        for name, cell in cells.items():
            earned = {"passed": cell["max_points"], "manual": None}.get(cell["status"], 0)
            assert cell["points"] == earned, (student, name)
            assert bool(cell["message"]) is (cell["status"] != "passed"), (student, name)


def test_what_cannot_be_read_is_put_aside_with_the_reason(demo_run: DemoRun) -> None:
    record = demo_run.records[UNREADABLE]
    assert (record["status"], record["score"]) == ("quarantined", 0)
    assert "not valid JSON" in str(record)


def test_what_was_damaged_on_the_way_is_mended_and_said(demo_run: DemoRun) -> None:
    assert any("Copy of" in repair for repair in demo_run.records["tomas_novak"]["repairs"])
    assert any("lost its nbgrader id" in repair for repair in demo_run.records["tomas_novak"]["repairs"])
    assert any("claimed another role or other points" in r for r in demo_run.records["quentin_dubois"]["repairs"])
    for student in ("amara_okafor", "bruno_silva", "daniel_kim", "fatima_haddad"):
        assert demo_run.records[student]["repairs"] == []


@pytest.mark.parametrize(
    ("honest", "exercise"),
    [("fatima_haddad", "descend"), ("goran_petrovic", "find-bug"), ("lars_hansen", "gradient-by-hand")],
)
def test_a_cheat_gets_what_the_same_honest_answer_gets(demo_run: DemoRun, honest: str, exercise: str) -> None:
    verdicts = [cells_of(demo_run.records[student])[exercise] for student in (honest, "quentin_dubois")]
    seen = [{key: verdict[key] for key in ("points", "max_points", "status", "misconception")} for verdict in verdicts]
    assert seen[0] == seen[1]


def test_no_message_and_no_page_holds_a_line_of_a_hidden_test(demo_run: DemoRun) -> None:
    lines = hidden_lines()
    assert len(lines) > 20
    told = {
        f"{student}, {cell['id']}": cell["message"]
        for student, record in demo_run.records.items()
        for cell in record["cells"]
    }
    pages = demo_run.folder.joinpath("feedback").rglob("*.html")
    told |= {str(page): html.unescape(page.read_text(encoding="utf-8")) for page in pages}
    assert len(told) == 20 * (9 + 1)
    assert not [(where, line) for where, text in told.items() for line in lines if line in text]


def test_the_gradebook_says_the_same(demo_run: DemoRun) -> None:
    with Gradebook(f"sqlite:///{demo_run.folder / 'gradebook.db'}") as gradebook:
        for student, (score, missed) in EXPECTED.items():
            submission = gradebook.find_submission(LAB, student)
            assert (submission.score, submission.max_score) == (score, 23), student
            grades = {grade.name.removesuffix("-test"): grade for grade in submission.notebooks[0].grades}
            for name, cell in cells_of(demo_run.records[student]).items():
                assert grades[name].score == (cell["points"] or 0), (student, name)
                assert grades[name].needs_manual_grade is (cell["status"] == "manual"), (student, name)
            assert all(grades[name].auto_score == 0 for name in missed)


def test_everyone_who_could_be_read_has_an_autograded_notebook(demo_run: DemoRun) -> None:
    for student in EXPECTED:
        path = demo_run.folder / "autograded" / student / LAB / f"{LAB}.ipynb"
        nbformat.validate(nbformat.read(path, as_version=4))
