from typing import Any

import numpy
import pytest
import torch

from autograder.judging.fingerprints import fingerprint, fingerprints, mentioned_names


@pytest.mark.parametrize(
    ("value", "change"),
    [
        ([1, 2], lambda v: v.append(3)),
        ([[1], {"a": [2]}], lambda v: v[1]["a"].append(3)),
        ({"a": 1}, lambda v: v.update(a=2)),
        ({1, 2}, lambda v: v.add(3)),
        (bytearray(b"a"), lambda v: v.extend(b"b")),
        (list(range(300_000)), lambda v: v.append(1)),
        ([[n] for n in range(300_000)], lambda v: v.__setitem__(5, [7])),
        (numpy.zeros(3), lambda v: v.__setitem__(0, 1)),
        (numpy.array(["a", None], dtype=object), lambda v: v.__setitem__(1, "b")),
        (torch.zeros(3), lambda v: v.add_(1)),
        (torch.zeros(3, requires_grad=True), lambda v: v.sum().backward()),
        (torch.nn.Linear(2, 1), lambda v: v.weight.data.zero_()),
        (torch.nn.Linear(2, 1), lambda v: v.eval()),
    ],
)
def test_a_change_in_place_shows(value: Any, change: Any) -> None:
    before = fingerprint(value)
    assert before is not None
    assert fingerprint(value) == before
    change(value)
    assert fingerprint(value) != before


def test_a_value_that_holds_itself_is_printed() -> None:
    items: list[Any] = [1]
    items.append(items)
    assert fingerprint(items) == fingerprint(items)


def test_what_is_not_compared_is_left_out() -> None:
    names = {"number": 3, "function": len, "items": [1]}
    assert fingerprints(names, ["number", "function", "items", "missing"]).keys() == {"items"}


def test_the_names_that_a_cell_may_change_are_found_through_functions_and_shared_objects() -> None:
    names: dict[str, Any] = {"__name__": "__main__", "items": [1], "other": [2], "numbers": [3], "far": [4]}
    names["alias"] = names["items"]
    names["holder"] = {"kept": [names["other"]]}
    exec("def put():\n    numbers.append(1)\nclass Box:\n    def add(self):\n        far.append(1)\nbox = Box()", names)
    assert mentioned_names("items.append(2)", names) == {"items", "alias"}
    assert mentioned_names("holder['kept'][0].append(1)", names) >= {"holder", "other"}
    assert mentioned_names("put()", names) >= {"put", "numbers"}
    assert mentioned_names("box.add()", names) >= {"box", "far"}
    assert "numbers" not in mentioned_names("items.append(2)", names)
