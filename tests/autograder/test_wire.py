"""Records cross as plain data, and nothing but a whole record is read back."""

import json

import msgpack
import pytest

from autograder.cells import Cell, LabNotebook, Role
from autograder.limits import Limits
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus
from autograder.wall.profile import Profile
from autograder.wire import MalformedRecordError, from_plain, to_plain

VERDICT = CellVerdict("descend", 1.5, 2, CellStatus.PARTIAL, "half \ud800 a letter", None)
CELL = Cell("code", Role.SOLUTION, "x = 'ö'\ud83d", "descend", 2, attachments={"a.png": {"image/png": "…"}})
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "2" * 1000, "metadata": {"z": 1, "a": [None, 2.5]}}
RECORDS = [
    VERDICT,
    CELL,
    LabNotebook("one", (CELL, CELL), ()),
    Limits(),
    Profile(handles=frozenset({"f", "f()"})),
    NotebookResult("one", (CellOutcome((OUTPUT,), 3, VERDICT), CellOutcome()), ("killed",)),
    Result("ann", "one", SubmissionStatus.BROKEN, (VERDICT,), "why", seconds=0.5, sandboxed=False),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_from_messagepack_as_it_was(record: object) -> None:
    packed = msgpack.packb(to_plain(record), unicode_errors="surrogatepass")
    assert from_plain(type(record), msgpack.unpackb(packed, unicode_errors="surrogatepass")) == record


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_from_json_as_it_was(record: object) -> None:
    assert from_plain(type(record), json.loads(json.dumps(to_plain(record)))) == record


def test_bytes_and_the_order_of_outputs_stay() -> None:
    assert to_plain({"file": b"\0\xff"}) == {"file": b"\0\xff"}
    (output,) = to_plain(CellOutcome((OUTPUT,))).pop("outputs")
    assert list(output) == list(OUTPUT)
    assert list(output["metadata"]) == ["z", "a"]


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        {},
        to_plain(VERDICT) | {"status": "splendid"},
        to_plain(VERDICT) | {"points": "2"},
        to_plain(VERDICT) | {"message": None},
        {key: value for key, value in to_plain(VERDICT).items() if key != "grade_id"},
    ],
)
def test_what_is_no_whole_record_is_refused(plain: object) -> None:
    with pytest.raises(MalformedRecordError, match="CellVerdict"):
        from_plain(CellVerdict, plain)
