"""What was written about each submission: one that has not changed since is neither graded nor written again."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.grading.json_store import Store
from autograder.judging.supervisor import read_verdict
from autograder.verdicts import Result, SubmissionStatus


@dataclass(frozen=True)
class Receipt:
    """What was written about a submission.

    Attributes:
        key: `autograder.grading.cache_keys.key_of_folder`.
        result: the result.
        gradebook: a digest of what the gradebook held afterwards.
        autograded: a digest of what lay in autograded/ afterwards.
    """

    key: str
    result: Result
    gradebook: str
    autograded: str


class Receipts:
    """The receipts of a course.

    Args:
        folder: where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)

    def find(self, lab: str, student: str) -> Receipt | None:
        """The receipt for a submission; None if there is none, or the file is damaged."""
        kept = self._store.find(_name(lab, student))
        try:
            return Receipt(kept["key"], _read_result(kept["result"]), kept["gradebook"], kept["autograded"])
        except (ValueError, KeyError, TypeError):
            return None

    def keep(self, receipt: Receipt) -> None:
        """Keep a receipt in the place of the submission's last one."""
        result = receipt.result
        kept = vars(receipt) | {"result": vars(result) | {"cells": [dict(vars(cell)) for cell in result.cells]}}
        self._store.keep(_name(result.lab, result.student), kept)


def _name(lab: str, student: str) -> str:
    # A student's id may be longer than a file's name.
    return hashlib.sha256(f"{lab}\0{student}".encode("utf-8", "surrogateescape")).hexdigest()


def _read_result(kept: dict[str, Any]) -> Result:
    return Result(
        **(
            kept
            | {
                "status": SubmissionStatus(kept["status"]),
                "cells": tuple(read_verdict(cell) for cell in kept["cells"]),
                "repairs": tuple(kept["repairs"]),
                "flags": tuple(kept["flags"]),
            }
        )
    )
