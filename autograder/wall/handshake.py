"""The first message to a student process: what it needs before it can be asked anything."""

from collections.abc import Mapping
from pathlib import Path

from autograder.limits import Limits
from autograder.wall.channel import Channel
from autograder.wall.seeds import seed

_ANY_SIZE = 2**40
_SEED = 0


def greet(channel: Channel, files: Mapping[str, bytes], limits: Limits, deadline: float | None = None) -> None:
    """Send the limits and the data files.

    Args:
        channel: the judge's end.
        files: path relative to the working folder → content.
        limits: what the submission may use.
        deadline: `time.monotonic` seconds by which the process must have listened.
    """
    sizes = {"message_bytes": limits.message_bytes, "output_bytes": limits.output_bytes}
    # The files of a lab may be more than a message of the student's may.
    Channel(channel.connection, _ANY_SIZE).send(sizes | {"files": list(files.items())}, deadline)


def be_greeted(channel: Channel) -> tuple[int, int]:
    """Write the data files into the working folder, and set the seeds: student code draws the same numbers every time.

    Args:
        channel: the student's end.

    Returns:
        How many bytes a message may have, and how many characters of a cell's output are kept.
    """
    greeting = Channel(channel.connection, _ANY_SIZE).receive()
    for path, content in greeting["files"]:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)
    seed(_SEED)
    return greeting["message_bytes"], greeting["output_bytes"]
