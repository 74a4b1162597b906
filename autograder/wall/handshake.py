"""The first message to a student process: limits and data files."""

from collections.abc import Mapping
from pathlib import Path

from autograder.limits import Limits
from autograder.wall.channel import ANY_SIZE, Channel
from autograder.wall.seeds import seed

_SEED = 0


def send_setup(channel: Channel, files: Mapping[str, bytes], limits: Limits, deadline: float | None = None) -> None:
    """Send the limits and the data files.

    Args:
        channel: the judge's end.
        files: path relative to the working folder → content.
        limits: what the submission may use.
        deadline: `time.monotonic` seconds by which the process must have received it.
    """
    sizes = {"message_bytes": limits.message_bytes, "output_bytes": limits.output_bytes}
    # A lab's files may be larger than any message of the student's.
    Channel(channel.connection, ANY_SIZE).send(sizes | {"files": list(files.items())}, deadline)


def receive_setup(channel: Channel) -> tuple[int, int]:
    """Write the data files into the working folder, and seed the generators, so that each run draws the same numbers.

    Args:
        channel: the student's end.

    Returns:
        How many bytes a message may have, and how many characters of a cell's output are kept.
    """
    setup = Channel(channel.connection, ANY_SIZE).receive()
    for path, content in setup["files"]:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)
    seed(_SEED)
    return setup["message_bytes"], setup["output_bytes"]
