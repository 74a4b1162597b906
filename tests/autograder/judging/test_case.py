"""A case crosses to the judge's process as plain data."""

import msgpack
import pytest

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.judging.case import Case, case_from_plain, case_to_plain
from autograder.limits import Limits
from autograder.verdicts import CellStatus, CellVerdict
from autograder.wall.profile import Profile, Recorder
from autograder.wire import MalformedRecordError

CELLS = (Cell("code", Role.SOLUTION, "x = 1 # \ud800", "x", 0.0), Cell("code", Role.TEST, "assert x", "x-test", 2.0))
EXCLUDED = {1: CellVerdict("x-test", None, 2.0, CellStatus.BROKE, "a judge died")}


def case(profile: Profile | Recorder) -> Case:
    submitted = SubmittedNotebook("one", CELLS, frozenset({"essay"}))
    return Case(submitted, {"data.csv": b"\0\xff"}, b"secret", profile, Limits(cell_seconds=3.0), EXCLUDED)


def crossed(case: Case) -> Case:
    packed = msgpack.packb(case_to_plain(case), unicode_errors="surrogatepass")
    return case_from_plain(msgpack.unpackb(packed, unicode_errors="surrogatepass"))


def test_a_case_arrives_as_it_was() -> None:
    sent = case(Profile(handles=frozenset({"f", "f()"}), unasked=frozenset({"x-test"})))
    assert crossed(sent) == sent


def test_a_recorder_begins_anew_in_the_judge() -> None:
    assert crossed(case(Recorder(handles={"f"}))).profile == Recorder()


def test_what_is_no_case_is_refused() -> None:
    plain = case_to_plain(case(Profile()))
    for wrong in ({"cells": [{"kind": "code"}]}, {"limits": {"cell_seconds": "3"}}, {"profile": {"handles": 1}}):
        with pytest.raises(MalformedRecordError):
            case_from_plain(plain | wrong)
    with pytest.raises(KeyError):
        case_from_plain({})
