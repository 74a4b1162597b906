"""What goes to a worker of a cluster and comes back: plain data, packed as bytes.

A worker gets what one notebook needs: the instructor's notebook, the student's, and two secrets that were derived from
the course's. It never gets the course's own secret, nor the gradebook, nor the course's folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgpack

from autograder.cells import LabNotebook, SubmittedNotebook
from autograder.judging.case import Case
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import Level, NotebookResult
from autograder.wall.profile import Profile
from autograder.wire import from_plain, to_plain

Record = TypeVar("Record")


@dataclass(frozen=True)
class NotebookContext:
    """What the submissions to one notebook of a lab have in common.

    Attributes:
        key: names it, the same for equal contexts: `autograder.grading.cache_keys.notebook_key`.
        notebook: the instructor's notebook.
        files: the lab's data files: path → content.
        limits: what a submission may use.
        mode: how student code is isolated.
        level: the weakest level at which a test may run.
        solution_secret: from what the hidden inputs of the instructor's own solution are drawn.
    """

    key: str
    notebook: LabNotebook
    files: Mapping[str, bytes]
    limits: Limits
    mode: Mode
    level: Level
    solution_secret: bytes


@dataclass(frozen=True)
class Answer:
    """What a worker answers.

    Attributes:
        result: the verdicts; None if it refuses to judge.
        problem: why it refuses, a clause.
        cure: what can be done about that.
        worker: the worker's name.
    """

    result: NotebookResult | None
    problem: str = ""
    cure: str = ""
    worker: str = ""


@dataclass(frozen=True)
class _PackedCase:
    """A case without what its context has already.

    Attributes:
        submitted: the student's notebook.
        secret: from what its hidden inputs are drawn.
        paths: the paths of all its files.
        own_files: those that differ from the lab's: path → content.
    """

    submitted: SubmittedNotebook
    secret: bytes
    paths: tuple[str, ...]
    own_files: Mapping[str, bytes]


def pack(record: object) -> bytes:
    """A record as bytes."""
    # A notebook may hold lone surrogates.
    packed: bytes = msgpack.packb(to_plain(record), unicode_errors="surrogatepass")
    return packed


def unpack(kind: type[Record], message: bytes) -> Record:
    """What `pack` packed.

    Raises:
        autograder.wire.MalformedRecordError: it is no such record.
    """
    return from_plain(kind, msgpack.unpackb(message, unicode_errors="surrogatepass"))


def pack_case(case: Case, context: NotebookContext) -> bytes:
    """A student's notebook as bytes; files that are the lab's own are left out."""
    own = {path: content for path, content in case.files.items() if context.files.get(path) != content}
    return pack(_PackedCase(case.submitted, case.secret, tuple(case.files), own))


def unpack_case(message: bytes, context: NotebookContext) -> Case:
    """What `pack_case` packed."""
    packed = unpack(_PackedCase, message)
    own = packed.own_files
    files = {path: own[path] if path in own else context.files[path] for path in packed.paths}
    return Case(packed.submitted, files, packed.secret, Profile(), context.limits)
