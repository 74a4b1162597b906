"""Notebooks that were damaged on the way, and what becomes of them."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.repair import realign, repair_notebook
from autograder.repair.realign import names_of
from autograder.untrusted.notebooks import parse

TITLE = Cell("markdown", Role.FREE, "# Lab", cell_id="title")
IMPORTS = Cell("code", Role.FREE, "import torch\nimport math as m", cell_id="imports")
LOCKED = Cell("code", Role.LOCKED, "def helper(x):\n    return x + 1", "helper", cell_id="helper")
F = Cell("code", Role.SOLUTION, 'def f(x):\n    """Double x."""\n    # YOUR CODE HERE\n    raise E()', "f", cell_id="f")
F_TEST = Cell("code", Role.TEST, "assert f(m.pi) == 2 * m.pi", "f-test", 2.0, "f-test")
EXAMPLE = Cell("code", Role.FREE, "plot(helper(3), 'a worked example')", cell_id="example")
G = Cell("code", Role.SOLUTION, 'def g(x):\n    """Halve x."""\n    # YOUR CODE HERE\n    raise E()', "g", cell_id="g")
G_TEST = Cell("code", Role.TEST, "assert g(2) == 1\nassert g(3) == 1.5", "g-test", 1.0, "g-test")
WHY = Cell("markdown", Role.ANSWER, "YOUR ANSWER HERE", "why", 3.0, "why")
TASK = Cell("markdown", Role.TASK, "Draw a figure below.", "draw", 4.0, "draw")
RELEASED = (TITLE, IMPORTS, LOCKED, F, F_TEST, EXAMPLE, G, G_TEST, WHY, TASK)

F_DONE = replace(F, source='def f(x):\n    """Double x."""\n    return 2 * x')
G_DONE = replace(G, source='def g(x):\n    """Halve x."""\n    return x / 2')
WHY_DONE = replace(WHY, source="Because it is linear.")
DONE = (TITLE, IMPORTS, LOCKED, F_DONE, F_TEST, EXAMPLE, G_DONE, G_TEST, WHY_DONE, TASK)


def _own(source: str, kind: str = "code") -> Cell:
    return Cell(kind, Role.FREE, source)


def _stripped(cells: Sequence[Cell]) -> list[Cell]:
    return [Cell(cell.kind, Role.FREE, cell.source) for cell in cells]


def _graded(notebook: SubmittedNotebook) -> dict[str, str]:
    return {cell.grade_id: cell.source for cell in notebook.cells if cell.grade_id}


def _without(*cells: Cell) -> list[Cell]:
    return [cell for cell in DONE if cell not in cells]


def test_a_sound_notebook_is_left_as_it_is() -> None:
    assert realign("lab", DONE, RELEASED) == SubmittedNotebook("lab", DONE, frozenset({"draw"}))


def test_an_untouched_notebook_has_unanswered_cells() -> None:
    padded = [replace(cell, source=f"{cell.source}\n") if cell is WHY else cell for cell in RELEASED]
    assert realign("lab", padded, RELEASED) == SubmittedNotebook("lab", RELEASED, frozenset({"draw", "why"}))


def test_lost_metadata_are_found_again() -> None:
    notebook = realign("lab", _stripped(DONE), RELEASED)
    assert notebook.cells == DONE
    assert any("'f' had lost its nbgrader id" in repair for repair in notebook.repairs)


def test_an_answer_unlike_its_stub_is_found_by_its_place() -> None:
    rewritten = [replace(cell, source="f = lambda x: x + x") if cell is F_DONE else cell for cell in DONE]
    notebook = realign("lab", _stripped(rewritten), RELEASED)
    assert _graded(notebook)["f"] == "f = lambda x: x + x"


def test_reordered_cells_go_back() -> None:
    notebook = realign("lab", DONE[::-1], RELEASED)
    assert notebook.cells == DONE
    assert any("moved back" in repair for repair in notebook.repairs)


def test_own_cells_stay_behind_their_neighbours() -> None:
    first, second, third = _own("0"), _own("helper = 5"), _own("note", "markdown")
    submitted = [first, *DONE[:4], second, third, *DONE[4:]]
    assert realign("lab", submitted, RELEASED).cells == tuple(submitted)
    assert realign("lab", submitted, RELEASED).repairs == ()


def test_read_only_text_is_restored() -> None:
    easy = replace(F_TEST, source="pass")
    cheat = replace(LOCKED, source="helper = None")
    submitted = [{F_TEST: easy, LOCKED: cheat}.get(cell, cell) for cell in DONE]
    notebook = realign("lab", submitted, RELEASED)
    assert notebook.cells == DONE
    assert sum("was restored" in repair for repair in notebook.repairs) == 2


def test_deleted_tests_and_locked_cells_come_back() -> None:
    notebook = realign("lab", _without(F_TEST, LOCKED, TASK), RELEASED)
    assert notebook.cells == DONE
    assert sum("had been deleted; it was restored" in repair for repair in notebook.repairs) == 3


def test_a_deleted_solution_is_empty_and_hides_nothing() -> None:
    elsewhere = _own("def f(x): return 2 * x")
    notebook = realign("lab", [elsewhere, *_without(F_DONE, G_DONE)], RELEASED)
    assert _graded(notebook)["f"] == ""
    assert elsewhere in notebook.cells
    assert "The answer cell 'f' had been deleted." in notebook.repairs


def test_a_deleted_answer_is_unanswered_unless_something_stands_there() -> None:
    deleted = realign("lab", _without(WHY_DONE), RELEASED)
    assert "why" in deleted.unanswered
    words = [_own("It is linear,", "markdown"), _own("and so is its inverse.", "markdown")]
    beside = realign("lab", [*_without(WHY_DONE, TASK), *words, TASK], RELEASED)
    assert "why" not in beside.unanswered
    assert [cell for cell in beside.cells if cell in words] == words


def test_a_deleted_lesson_cell_comes_back_only_if_it_is_needed() -> None:
    notebook = realign("lab", _without(TITLE, IMPORTS, EXAMPLE), RELEASED)
    assert IMPORTS in notebook.cells
    assert TITLE not in notebook.cells
    assert EXAMPLE not in notebook.cells
    assert notebook.repairs == ("A cell of the lesson that defines 'm' had been deleted; it was restored.",)
    moved = realign("lab", [_own("import torch, math as m"), *_without(IMPORTS)], RELEASED)
    assert IMPORTS not in moved.cells


def test_a_changed_lesson_cell_is_the_students() -> None:
    changed = replace(EXAMPLE, source="plot(helper(4), 'a worked example')")
    submitted = [changed if cell is EXAMPLE else cell for cell in DONE]
    assert realign("lab", submitted, RELEASED).cells == tuple(submitted)


@pytest.mark.parametrize("copy_first", [True, False])
def test_of_two_cells_with_one_id_the_answer_counts_and_the_stub_goes(copy_first: bool) -> None:
    pair = [F, F_DONE] if copy_first else [F_DONE, F]
    submitted = [*DONE[:3], *pair, *DONE[4:]]
    notebook = realign("lab", submitted, RELEASED)
    assert notebook.cells == DONE
    assert "An unchanged copy of the cell 'f' was left out." in notebook.repairs


def test_a_copy_that_became_something_else_is_the_students_own() -> None:
    other = replace(F, source="def quite_another(y):\n    return y")
    notebook = realign("lab", [*DONE[:3], other, *DONE[3:]], RELEASED)
    assert _graded(notebook)["f"] == F_DONE.source
    assert [cell.source for cell in notebook.cells if cell.role is Role.FREE].count(other.source) == 1
    assert [cell.grade_id for cell in notebook.cells].count("f") == 1


def test_a_copied_test_earns_nothing_twice() -> None:
    forged = replace(F_TEST, source="print('mine')", points=100.0)
    notebook = realign("lab", [*DONE, F_TEST, forged], RELEASED)
    assert [cell for cell in notebook.cells if cell.graded] == [F_TEST, G_TEST, WHY_DONE, TASK]
    assert notebook.cells[-1] == _own("print('mine')")


def test_forged_roles_points_and_ids_count_nothing() -> None:
    rich = replace(F_TEST, points=100.0)
    locked = replace(G_DONE, role=Role.LOCKED)
    unknown = Cell("code", Role.TEST, "5", "bonus", 50.0)
    submitted = [{F_TEST: rich, G_DONE: locked}.get(cell, cell) for cell in DONE]
    notebook = realign("lab", [*submitted, unknown], RELEASED)
    assert notebook.cells == (*DONE, _own("5"))
    assert sum("claimed another role" in repair for repair in notebook.repairs) == 2
    assert any("'bonus' is not one of this notebook's" in repair for repair in notebook.repairs)


def test_retyped_cells_get_their_type_back() -> None:
    submitted = [replace(cell, kind="markdown") if cell is F_DONE else cell for cell in DONE]
    notebook = realign("lab", submitted, RELEASED)
    assert notebook.cells == DONE
    assert "The type of the cell 'f' had been changed; it was changed back." in notebook.repairs


def test_a_task_is_answered_below_it() -> None:
    assert "draw" not in realign("lab", [*DONE, _own("plt.plot()")], RELEASED).unanswered


def test_a_thousand_forged_ids_make_a_short_report() -> None:
    forged = [Cell("code", Role.TEST, str(number), f"{number}{'x' * 200}", 1.0) for number in range(1000)]
    repairs = realign("lab", [*DONE, *forged], RELEASED).repairs
    assert len(repairs) == 6
    assert all(len(repair) < 200 for repair in repairs)


def test_an_empty_notebook_still_has_every_graded_cell() -> None:
    notebook = realign("lab", [], RELEASED)
    assert [cell.grade_id for cell in notebook.cells if cell.grade_id] == [c.grade_id for c in RELEASED if c.grade_id]
    assert notebook.unanswered == {"why", "draw"}


def _node(cell: Cell, **said: object) -> dict[str, object]:
    """A cell as nbformat's JSON, with more claims."""
    flags = {
        "grade": cell.role in (Role.TEST, Role.ANSWER), "solution": cell.role in (Role.SOLUTION, Role.ANSWER),
        "locked": cell.role in (Role.LOCKED, Role.TEST, Role.TASK), "task": cell.role is Role.TASK,
        "grade_id": cell.grade_id, "points": cell.points, "checksum": cell.checksum,
    }  # fmt: skip
    claims = {"nbgrader": flags | said} if cell.role is not Role.FREE else {}
    return {"cell_type": cell.kind, "source": cell.source, "metadata": claims, "id": cell.cell_id}


def _mended(*nodes: dict[str, object]) -> SubmittedNotebook:
    return repair_notebook("lab", parse(json.dumps({"cells": nodes}).encode(), "lab.ipynb"), SIGNED)


SIGNED = tuple(
    replace(cell, checksum=f"{place:032x}") if cell.grade_id else cell for place, cell in enumerate(RELEASED)
)
SIGNED_DONE = [replace(done, checksum=cell.checksum) for done, cell in zip(DONE, SIGNED, strict=True)]


def _with(target: Cell, **said: object) -> SubmittedNotebook:
    """The done notebook, in which one cell claims something else."""
    return _mended(*(_node(cell, **(said if cell.grade_id == target.grade_id else {})) for cell in SIGNED_DONE))


def test_an_honest_notebook_has_no_flags() -> None:
    notebook = _mended(*map(_node, SIGNED_DONE))
    assert notebook.cells == tuple(SIGNED_DONE)
    assert (notebook.flags, notebook.repairs) == ((), ())


@pytest.mark.parametrize(
    ("target", "said", "flag"),
    [
        (F_TEST, {"points": 100}, "The cell 'f-test' claims other points"),
        (F_TEST, {"points": -1}, "The cell 'f-test' claims other points"),
        (WHY, {"points": "50"}, "The cell 'why' claims other points"),
        (F_TEST, {"points": "many"}, "The metadata of the cell 'f-test' hold values"),
        (F_TEST, {"points": float("nan")}, "The metadata of the cell 'f-test' hold values"),
        (F, {"grade": True}, "The cell 'f' claims to be of another kind"),
        (F_TEST, {"solution": True}, "The cell 'f-test' claims to be of another kind"),
        (F_TEST, {"grade": False}, "The cell 'f-test' claims to be of another kind"),
        (LOCKED, {"locked": False}, "The cell 'helper' claims to be of another kind"),
        (TASK, {"task": False}, "The cell 'draw' claims to be of another kind"),
        (F, {"grade": 1}, "The metadata of the cell 'f' hold values"),
        (F_TEST, {"checksum": "f" * 32}, "The checksum of the cell 'f-test'"),
        (F_TEST, {"grade_id": "g-test"}, "The cell 'g-test' carries the id of another cell"),
        (F_TEST, {"grade_id": "bonus"}, "The cell 'bonus' claims to be graded"),
        (F_TEST, {"grade_id": "f\u200b-test"}, "looks like 'f-test'"),
        (G_TEST, {"grade_id": "ｇ-test"}, "looks like 'g-test'"),
    ],
)
def test_claims_that_no_tool_makes_are_flagged_and_earn_nothing(
    target: Cell, said: dict[str, object], flag: str
) -> None:
    notebook = _with(target, **said)
    assert any(flag in sentence for sentence in notebook.flags)
    graded = [(cell.grade_id, cell.role, cell.points) for cell in notebook.cells if cell.graded]
    assert graded == [(cell.grade_id, cell.role, cell.points) for cell in SIGNED if cell.graded]


@pytest.mark.parametrize(
    "said",
    [
        {"points": None}, {"points": ""}, {"points": "2"}, {"points": "2.0"}, {"checksum": None}, {"locked": False},
        {"grade": None, "solution": None, "locked": None, "task": None}, {"grade_id": None}, {"schema_version": 0},
    ],
)  # fmt: skip
def test_what_tools_and_old_versions_do_is_not_flagged(said: dict[str, object]) -> None:
    notebook = _with(F_TEST, **said)
    assert notebook.flags == ()
    assert notebook.cells == tuple(SIGNED_DONE)


def test_an_edited_test_is_restored_and_not_flagged_unless_it_claims_to_be_open() -> None:
    edited = [replace(cell, source="pass") if cell.grade_id == "f-test" else cell for cell in SIGNED_DONE]
    notebook = _mended(*map(_node, edited))
    assert (notebook.flags, notebook.cells) == ((), tuple(SIGNED_DONE))
    assert "The text of the read-only cell 'f-test' had been changed; it was restored." in notebook.repairs
    opened = (_node(cell, **({"locked": False} if cell.grade_id == "f-test" else {})) for cell in edited)
    assert _mended(*opened).flags == ("The cell 'f-test' claims not to be locked, and its text had been changed.",)


def test_a_thousand_forgeries_make_a_short_report() -> None:
    forged = [_node(replace(F_TEST, grade_id=f"x{number}", cell_id=None)) for number in range(1000)]
    assert len(_mended(*map(_node, SIGNED_DONE), *forged).flags) == 6


def test_joined_cells_are_taken_apart() -> None:
    joined = replace(F_DONE, source=f"{F_DONE.source}\n\n{F_TEST.source}\n\n{G_DONE.source}")
    submitted = [*SIGNED_DONE[:3], joined, EXAMPLE, *SIGNED_DONE[7:]]
    notebook = _mended(*map(_node, submitted))
    assert _graded(notebook)["f"] == F_DONE.source
    assert G_DONE.source in [cell.source for cell in notebook.cells]
    assert "The cell 'f-test' had been joined with another; they were taken apart." in notebook.repairs


_BLANKS = st.sampled_from(["", "\n", "    \n", "\n    ", "\n    \n\n", "\n\t\n", "\n\f\n", "\n\u00a0"])
_IMAGES = st.sampled_from([None, {"plot.png": {"image/png": "iVBORw0KGgo="}}])
_RELEASES = st.tuples(
    *(
        st.builds(
            lambda cell, before, after, images: replace(
                cell, source=f"{before}{cell.source}{after}", attachments=images if cell.kind == "markdown" else None
            ),
            st.just(cell), _BLANKS, _BLANKS, _IMAGES,
        )
        for cell in SIGNED
    )
)  # fmt: skip


@given(_RELEASES)
def test_an_untouched_release_has_no_repair(released: tuple[Cell, ...]) -> None:
    nodes = [_node(cell) | ({"attachments": cell.attachments} if cell.attachments else {}) for cell in released]
    notebook = repair_notebook("lab", parse(json.dumps({"cells": nodes}).encode(), "lab.ipynb"), released)
    assert (notebook.repairs, notebook.flags) == ((), ())
    assert notebook.cells == released
    assert notebook.unanswered == {"why", "draw"}


def test_a_line_of_blanks_above_what_is_cut_out_is_not_a_joined_cell() -> None:
    shown = replace(F_TEST, source=f"{F_TEST.source}\n    ", checksum="0" * 32)
    released = tuple(shown if cell.grade_id == "f-test" else cell for cell in SIGNED)
    nodes = [_node(cell) for cell in released]
    assert repair_notebook("lab", parse(json.dumps({"cells": nodes}).encode(), "lab.ipynb"), released).repairs == ()


def test_another_image_in_a_read_only_cell_is_a_change() -> None:
    images = {"a.png": {"image/png": "iVBORw0KGgo="}}
    task = replace(TASK, attachments=images)
    released = [task if cell is TASK else cell for cell in RELEASED]
    for given_images, repaired in ((images, False), (None, False), ({"b.png": images["a.png"]}, True)):
        submitted = [replace(task, attachments=given_images) if cell is task else cell for cell in released]
        notebook = realign("lab", submitted, released)
        assert bool(notebook.repairs) is repaired
        assert task in notebook.cells


def test_what_was_added_to_a_test_is_the_students_own() -> None:
    for added in ("print('passed')", G_DONE.source):
        longer = replace(F_TEST, source=f"{F_TEST.source}\n{added}")
        submitted = [longer if cell.grade_id == "f-test" else cell for cell in SIGNED_DONE]
        notebook = _mended(*map(_node, submitted))
        assert [cell for cell in notebook.cells if cell.graded] == [cell for cell in SIGNED_DONE if cell.graded]
        assert added in [cell.source for cell in notebook.cells if cell.role is Role.FREE]


def test_a_lesson_cell_that_became_text_is_code_again() -> None:
    retyped = [replace(cell, kind="markdown") if cell is IMPORTS else cell for cell in DONE]
    assert realign("lab", retyped, RELEASED).cells == DONE
    own = [replace(cell, kind="markdown", source="# was an example") if cell is EXAMPLE else cell for cell in DONE]
    assert "# was an example" in [
        cell.source for cell in realign("lab", own, RELEASED).cells if cell.kind == "markdown"
    ]


_CELLS = st.lists(
    st.sampled_from(DONE) | st.builds(Cell, st.sampled_from(["code", "markdown", "raw"]), st.sampled_from(Role),
    st.sampled_from(["x", "", "def f(x): pass", F.source, WHY.source]),
    st.sampled_from([None, "f", "g", "why", "f-test", "zzz"]), st.sampled_from([0.0, 9.0]),
    st.sampled_from([None, "f", "title", "own"])), max_size=14,
)  # fmt: skip


@given(_CELLS)
def test_whatever_comes_every_released_cell_comes_out_once_and_in_order(submitted: list[Cell]) -> None:
    notebook = realign("lab", submitted, RELEASED)
    shape = [(cell.kind, cell.role, cell.grade_id, cell.points) for cell in notebook.cells if cell.role != Role.FREE]
    assert shape == [(cell.kind, cell.role, cell.grade_id, cell.points) for cell in RELEASED if cell.role != Role.FREE]
    for cell in notebook.cells:
        if cell.role in (Role.LOCKED, Role.TEST, Role.TASK):
            assert cell in RELEASED
        if cell.role is Role.FREE:
            assert (cell.grade_id, cell.points) == (None, 0.0)
    ids = [cell.cell_id for cell in notebook.cells if cell.cell_id]
    assert len(ids) == len(set(ids))


def test_names_of_a_cell() -> None:
    source = "%matplotlib inline\nimport a.b, c as d\nfrom e import *\nclass F: pass\nx, y = z\ndef g(): return w"
    assert names_of(source).bound == {"a", "d", "*", "F", "x", "y", "g"}
    assert names_of(source).used == {"z", "w"}


@pytest.mark.parametrize("source", ["def", "\0", "(" * 5000, "-" * 100_000 + "1", "'\\d'", "a." * 50_000])
def test_hostile_source_has_no_names(source: str) -> None:
    assert names_of(source).bound == names_of(source).used == frozenset()
