"""What goes to a worker of a cluster and comes back: plain data, packed as bytes.

A worker gets what one notebook needs: the instructor's notebook, the student's, and two secrets that were derived from
the course's. It never gets that one, nor the gradebook, nor the course's folder.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgpack

from autograder.cells import LabNotebook
from autograder.judging.case import Case
from autograder.judging.messages import read_case, read_notebook, write_case, write_notebook
from autograder.judging.supervisor import read_outcome, write_outcome
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import NotebookResult


@dataclass(frozen=True)
class Lesson:
    """What the submissions to one notebook of a lab have in common.

    Attributes:
        key: `autograder.grading.cache_keys.key_of_lesson`.
        notebook: the instructor's notebook.
        files: the lab's data files: path → content.
        limits: what a submission may use.
        mode: how student code is walled in.
        solution_secret: from what the hidden inputs of the instructor's own solution are drawn.
    """

    key: str
    notebook: LabNotebook
    files: Mapping[str, bytes]
    limits: Limits
    mode: Mode
    solution_secret: bytes


@dataclass(frozen=True)
class Answer:
    """What a worker says of a notebook.

    Attributes:
        result: the verdicts; None if it refuses to judge.
        problem: why it refuses, a clause.
        cure: what can be done about that.
        worker: what the worker is called.
    """

    result: NotebookResult | None
    problem: str = ""
    cure: str = ""
    worker: str = ""


def pack_lesson(lesson: Lesson) -> bytes:
    """A lesson as bytes."""
    return _pack(
        {
            "key": lesson.key,
            "notebook": write_notebook(lesson.notebook),
            "files": dict(lesson.files),
            "limits": asdict(lesson.limits),
            "mode": lesson.mode.value,
            "solution_secret": lesson.solution_secret,
        }
    )


def unpack_lesson(parcel: bytes) -> Lesson:
    """What `pack_lesson` packed."""
    found = _unpack(parcel)
    return Lesson(
        found["key"],
        read_notebook(found["notebook"]),
        found["files"],
        Limits(**found["limits"]),
        Mode(found["mode"]),
        found["solution_secret"],
    )


def pack_case(case: Case, lesson: Lesson) -> bytes:
    """A student's notebook as bytes; files that are the lesson's own are left out."""
    message = write_case(case)
    message["files"] = {path: content for path, content in case.files.items() if lesson.files.get(path) != content}
    return _pack({"case": message, "files": list(case.files)})


def unpack_case(parcel: bytes, lesson: Lesson) -> Case:
    """What `pack_case` packed."""
    found = _unpack(parcel)
    own = found["case"]["files"]
    files = {path: own[path] if path in own else lesson.files[path] for path in found["files"]}
    return read_case(found["case"] | {"files": files})


def pack_answer(answer: Answer) -> bytes:
    """An answer as bytes."""
    result = answer.result
    told = None
    if result is not None:
        outcomes = [write_outcome(outcome) for outcome in result.outcomes]
        told = {"name": result.name, "outcomes": outcomes, "flags": list(result.flags)}
    return _pack({"problem": answer.problem, "cure": answer.cure, "worker": answer.worker, "result": told})


def unpack_answer(parcel: bytes) -> Answer:
    """What `pack_answer` packed."""
    found = _unpack(parcel)
    told = found["result"]
    result = None
    if told is not None:
        outcomes = tuple(read_outcome(outcome) for outcome in told["outcomes"])
        result = NotebookResult(told["name"], outcomes, tuple(told["flags"]))
    return Answer(result, found["problem"], found["cure"], found["worker"])


def _pack(content: object) -> bytes:
    # A notebook may hold halves of letters.
    packed: bytes = msgpack.packb(content, unicode_errors="surrogatepass")
    return packed


def _unpack(parcel: bytes) -> Any:  # noqa: ANN401 - plain data
    return msgpack.unpackb(parcel, unicode_errors="surrogatepass")
