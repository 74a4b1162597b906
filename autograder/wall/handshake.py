"""The first message to a student process: limits, the seed of its generators and data files."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from socket import recv_fds, send_fds, socket

from autograder.limits import Limits
from autograder.wall.channel import ANY_SIZE, Channel
from autograder.wall.seeds import seed


@dataclass(frozen=True)
class CopySetup:
    """What a process is told that makes copies of itself for tests, before any student code runs.

    Attributes:
        sockets: over which the judge passes connections to the copies.
        libraries: the packages that the notebook uses.
        changes: of the functions of these packages, those that the solution replaces, too.
    """

    sockets: socket
    libraries: Collection[str]
    changes: Collection[str]


@dataclass(frozen=True)
class Setup:
    """What a student process is told before anything else.

    Attributes:
        message_bytes: how many bytes a message may have.
        output_bytes: how many characters of a cell's output are kept.
        traces: whether it notes what `autograder.wall.traces` says.
        copies: None if it needs no copies.
    """

    message_bytes: int
    output_bytes: int
    traces: bool
    copies: CopySetup | None


def send_setup(
    channel: Channel,
    files: Mapping[str, bytes],
    limits: Limits,
    deadline: float | None = None,
    copies: CopySetup | None = None,
    *,
    first_seed: int = 0,
    traces: bool = False,
) -> None:
    """Send the limits, the seed and the data files.

    Args:
        channel: the judge's end.
        files: path relative to the working folder → content.
        limits: what the submission may use.
        deadline: `time.monotonic` seconds by which the process must have received it.
        copies: with the process's end of a pair of sockets; None if there will be no copies.
        first_seed: with what the process's generators are seeded. It is another one for each student and for the worked
            solution: a test that passes the solution only with certain draws is found out on it.
        traces: whether it is to note what `autograder.wall.traces` says.
    """
    sizes = {"message_bytes": limits.message_bytes, "output_bytes": limits.output_bytes}
    # A lab's files may be larger than any message of the student's.
    told = None if copies is None else [sorted(copies.libraries), sorted(copies.changes)]
    setup = sizes | {"files": list(files.items()), "copies": told, "seed": first_seed, "traces": traces}
    Channel(channel.connection, ANY_SIZE).send(setup, deadline)
    if copies is not None:
        send_fds(channel.connection, [b"f"], [copies.sockets.fileno()])


def receive_setup(channel: Channel) -> Setup:
    """Write the data files into the working folder, and seed the generators, so that each run draws the same numbers.

    Args:
        channel: the student's end.
    """
    setup = Channel(channel.connection, ANY_SIZE).receive()
    copies = None
    if setup["copies"] is not None:
        _, (descriptor,), _, _ = recv_fds(channel.connection, 1, 1)
        copies = CopySetup(socket(fileno=descriptor), *setup["copies"])
    for path, content in setup["files"]:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)
    seed(setup["seed"])
    return Setup(setup["message_bytes"], setup["output_bytes"], setup["traces"], copies)
