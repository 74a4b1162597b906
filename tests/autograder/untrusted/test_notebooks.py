"""Notebook files of every kind, most of them broken."""

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.cells import Cell, Role
from autograder.untrusted import files
from autograder.untrusted.files import Quarantine
from autograder.untrusted.notebooks import parse, read


def _bytes(*cells: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | fields).encode()


def _code(source: Any, **fields: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None} | fields


def test_takes_text_ids_and_roles_and_drops_the_rest() -> None:
    nbgrader = {"grade_id": "f", "grade": True, "solution": False, "locked": True, "points": 3}
    cell = _code(
        ["a = 1\n", "b = 2"], id="abc", metadata={"nbgrader": nbgrader, "trusted": True}, outputs=[{"output_type": "x"}]
    )
    assert parse(_bytes(cell), "x.ipynb").cells == (Cell("code", Role.TEST, "a = 1\nb = 2", "f", 3.0, "abc"),)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\x89PNG\r\n\x1a\n", "UTF-8"),
        (b"{", "not valid JSON"),
        (b"<html></html>", "not valid JSON"),
        (b"[]", "a JSON list"),
        (b'"cells"', "a JSON string"),
        (b"3", "a JSON number"),
        (b"null", "a JSON null"),
        (b"1" * 5000, "a number in it is too long"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{}", "no list of cells"),
        (_bytes(cells=5), "no list of cells"),
        (_bytes(nbformat=9), "notebook format"),
        (_bytes(nbformat="4"), "notebook format"),
        (_bytes(nbformat=True), "notebook format"),
        (_bytes(5), "cell 1 is a JSON number"),
        (_bytes(_code("x"), _code(7)), "the text of its cell 2"),
        (_bytes(_code(["x", 1])), "the text of its cell 1"),
        (_bytes(*[_code("")] * 2001), "2,001 cells"),
        (_bytes(metadata={"kernelspec": {"language": "R"}}), "'R', not in Python"),
        (_bytes(metadata={"language_info": {"name": "julia"}}), "'julia', not in Python"),
        (b'{"nbformat": 3, "worksheets": 5, "metadata": {}}', "old notebook format 3"),
        (bytes(500), "nothing but zero bytes"),
        (b"PK\x03\x04\xff", "a zip archive"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (_bytes(_code("x"))[:-30], "it seems to have broken off"),
        (b'{"cells": [\n<<<<<<< HEAD\n{},\n=======\n>>>>>>> main\n]}', "in line 2 stands the mark of a git merge"),
        (b"12 monkeys", "not valid JSON"),
        (b"[" + b"{}," * 2_000_000 + b"0]", "more than 2,000,000 lists and objects"),
        (_bytes(*[_code("x" * 9_000_000)] * 2), "most of them in cell 1"),
    ],
)
def test_says_what_is_wrong(content: bytes, reason: str) -> None:
    with pytest.raises(Quarantine) as caught:
        parse(content, "lab.ipynb")
    assert reason in caught.value.reason
    assert caught.value.cure
    assert str(caught.value).startswith("lab.ipynb: ")


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    text = _bytes(_code("π = 3")).decode()
    assert parse(text.encode("utf-8-sig"), "x") == parse(text.encode(), "x")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        reading = parse(text.encode(encoding), "x")
        assert reading.cells == parse(text.encode(), "x").cells
        assert "not in UTF-8" in reading.repairs[0]


@pytest.mark.parametrize(
    ("damage", "repaired"),
    [
        (lambda content: content + b"\0" * 500, ""),
        (lambda content: content + b"</html>", "Behind the notebook's end stood 7 more characters"),
        (lambda content: content * 2, "Behind the notebook's end"),
        (lambda content: content.decode().encode("cp1252"), "Windows-1252"),
        (lambda content: b"\xef\xbb\xbf\xef\xbb\xbf" + content, ""),
        (lambda content: content.replace(b"\\t", b"\t"), ""),
    ],
)
def test_damaged_text_is_mended(damage: Callable[[bytes], bytes], repaired: str) -> None:
    content = _bytes(_code("größe =\t3")).decode().encode().replace(b"\\u00f6", "ö".encode())
    reading = parse(damage(content), "x")
    assert reading.cells == parse(content, "x").cells
    assert [repaired in repair for repair in reading.repairs] == [True] * bool(repaired)


@pytest.mark.parametrize("field", [{"cell_type": ["code"]}, {"id": {}}, {"metadata": {"nbgrader": {"grade": [1]}}}])
def test_fields_of_any_type_are_survived(field: dict[str, Any]) -> None:
    assert parse(_bytes(_code("x") | field), "x").cells[0].source == "x"


def test_names_of_attachments_are_no_paths() -> None:
    pictures = {name: {"image/png": "QUJD"} for name in ("a b.png", "../x.png", "/x.png", "..", "c:\\x.png", ".x")}
    (cell,) = parse(_bytes({"cell_type": "markdown", "source": "", "attachments": pictures}), "x").cells
    assert cell.attachments is not None
    assert set(cell.attachments) == {"a b.png"}


def test_an_old_notebook_may_lack_what_it_needs() -> None:
    for text in ('{"nbformat": 3}', '{"nbformat": 3, "worksheets": [{}]}', '{"worksheets": [{"cells": []}]}'):
        assert parse(text.encode(), "x").cells == ()


def test_reads_format_3() -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "x"},
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "source": ["Title"], "metadata": {}},
                    {"cell_type": "code", "input": ["x = 1"], "outputs": [], "language": "python", "metadata": {}},
                ]
            }
        ],
    }
    cells = parse(json.dumps(old).encode(), "old.ipynb").cells
    assert [(cell.kind, cell.source) for cell in cells] == [("markdown", "## Title"), ("code", "x = 1")]


def test_missing_fields_are_filled_in() -> None:
    cells = parse(b'{"cells": [{"outputs": []}, {"source": "hi"}, {"cell_type": "video", "source": "x"}]}', "x").cells
    assert [(cell.kind, cell.source) for cell in cells] == [("code", ""), ("markdown", "hi"), ("markdown", "x")]


def test_half_a_surrogate_pair_and_foreign_line_ends_are_mended() -> None:
    (cell,) = parse(b'{"cells": [{"cell_type": "code", "source": "a\\ud800\\r\\nb\\rc"}]}', "x").cells
    assert cell.source.encode()
    assert cell.source.split("\n")[1:] == ["b", "c"]


@pytest.mark.parametrize("points", ["5", None, True, float("nan"), float("inf"), 10**400, [1]])
def test_points_that_are_no_number_count_nothing(points: Any) -> None:
    claims = {"grade_id": "x", "grade": True, "points": points}
    (cell,) = parse(_bytes(_code("", metadata={"nbgrader": claims})), "x").cells
    assert cell.points == 0


@pytest.mark.parametrize("metadata", [None, [], {"nbgrader": 5}, {"nbgrader": {"grade": "yes"}}])
def test_malformed_metadata_make_a_free_cell(metadata: Any) -> None:
    (cell,) = parse(_bytes(_code("x", metadata=metadata)), "x").cells
    assert cell == Cell("code", Role.FREE, "x")


def test_only_pictures_stay_attached() -> None:
    attachments = {"a.png": {"image/png": "QUJD"}, "b.svg": {"image/svg+xml": "PHN2Zz4="}, "c": {"image/png": '"><b>'}}
    (cell,) = parse(_bytes({"cell_type": "markdown", "source": "", "attachments": attachments}), "x").cells
    assert cell.attachments == {"a.png": {"image/png": "QUJD"}}


def test_links_folders_and_pipes_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(_bytes(_code("x")))
    (tmp_path / "link.ipynb").symlink_to(secret)
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert read(secret)
    for name in ("link", "folder", "pipe", "missing"):
        with pytest.raises(Quarantine, match=name):
            read(tmp_path / f"{name}.ipynb")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.ipynb"
    path.write_bytes(b" " * 2048)
    with pytest.raises(Quarantine, match="larger"):
        files.read_bytes(path, 1024)
    monkeypatch.setattr(files, "LARGEST_FILE", 1024)
    with pytest.raises(Quarantine, match="larger"):
        parse(b" " * 2048, "big.ipynb")


def test_a_quarantine_survives_a_pipe() -> None:
    error = pickle.loads(pickle.dumps(Quarantine("x.ipynb", "it is empty", "Fill it")))
    assert (error.file, error.reason, error.cure) == ("x.ipynb", "it is empty", "Fill it")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "source", "metadata", "nbgrader", "cell_type", "nbformat", "worksheets", "id", "attachments"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_json_is_read_or_quarantined(value: Any) -> None:
    try:
        cells = parse(json.dumps(value).encode(), "x").cells
    except Quarantine:
        return
    assert all(isinstance(cell, Cell) for cell in cells)
