import json
from typing import Any

import hypothesis.strategies as some
import nbformat
import pytest
from hypothesis import given
from nbformat.v4 import new_code_cell, new_notebook

from autograder.judging.untrusted_outputs import failed, read_count, read_outputs

STREAM = {"output_type": "stream", "name": "stdout", "text": "hello"}


def validate(outputs: tuple[dict[str, Any], ...]) -> None:
    cell = new_code_cell()
    cell.outputs = [nbformat.from_dict(output) for output in outputs]
    nbformat.validate(new_notebook(cells=[cell]))


def test_well_formed_outputs_are_kept() -> None:
    outputs = [
        STREAM,
        {"output_type": "display_data", "data": {"text/plain": "x", "application/json": {"a": [1]}}, "metadata": {}},
        {"output_type": "execute_result", "data": {"text/plain": "2"}, "metadata": {}, "execution_count": 4},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["line"]},
    ]
    assert list(read_outputs(outputs, 10_000)) == outputs


@pytest.mark.parametrize("reported", [None, 5, "x", {}, [5, None, []], [{}], [{"output_type": "evil"}]])
def test_what_is_no_output_is_dropped(reported: object) -> None:
    assert read_outputs(reported, 1000) == ()


JSON = some.recursive(
    some.none() | some.booleans() | some.integers(-9, 9) | some.text(max_size=5) | some.binary(max_size=3),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=3) | some.integers(), inner),
    max_leaves=8,
)
FORGED = some.fixed_dictionaries(
    {"output_type": some.sampled_from(["stream", "error", "display_data", "execute_result"])},
    optional=dict.fromkeys(
        ("name", "text", "data", "metadata", "ename", "evalue", "traceback", "execution_count", "extra"), JSON
    ),
)


@given(some.lists(FORGED, max_size=3))
def test_whatever_is_reported_makes_a_valid_notebook(reported: object) -> None:
    validate(read_outputs(reported, 10_000))


def test_too_much_output_is_cut_and_says_so() -> None:
    outputs = read_outputs([STREAM] * 500, 1000)
    assert len(outputs) < 20
    assert "cut" in outputs[-1]["text"]


def test_numbers_that_json_lacks_are_dropped() -> None:
    nan, fine = {"application/json": [1.0, float("nan")]}, {"application/json": [1.0]}
    reported = [{"output_type": "display_data", "data": data, "metadata": {}} for data in (nan, fine)]
    assert [output["data"] for output in read_outputs(reported, 1000)] == [{}, fine]


def test_lone_surrogates_can_be_written_to_a_file() -> None:
    shown = {
        "output_type": "display_data",
        "data": {"text/\ud800": "\ud800", "application/json": {"\ud800": ["\ud800"]}},
    }
    outputs = read_outputs([STREAM | {"text": "\ud800"}, shown], 1000)
    assert json.dumps(outputs, ensure_ascii=False).encode()


def test_counts_are_small_positive_integers() -> None:
    assert read_count(3) == 3
    assert [read_count(value) for value in (0, -1, True, "3", 2**40, None)] == [None] * 6


def test_outcomes_without_a_report_are_valid_outputs() -> None:
    validate(failed("ProcessEnded", "why").outputs)
