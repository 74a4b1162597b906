import socket
import struct
import time
from collections.abc import Iterator

import pytest

from autograder.wall.channel import Channel
from autograder.wall.errors import ConnectionClosedError, DeadlineExceededError, MalformedError, UnsendableError


@pytest.fixture
def ends() -> Iterator[tuple[Channel, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours, 10_000), theirs


def test_a_message_arrives_whole(ends: tuple[Channel, socket.socket]) -> None:
    channel, other = ends
    Channel(other, 1000).send({"a": [1, 2.5, b"x", "\ud800"]})
    assert channel.receive() == {"a": [1, 2.5, b"x", "\ud800"]}


def test_a_message_that_is_too_large_is_not_sent(ends: tuple[Channel, socket.socket]) -> None:
    with pytest.raises(UnsendableError):
        ends[0].send(b"x" * 20_000)


def test_a_length_that_is_too_large_ends_the_conversation(ends: tuple[Channel, socket.socket]) -> None:
    ends[1].sendall(struct.pack(">Q", 2**60))
    with pytest.raises(ConnectionClosedError):
        ends[0].receive(time.monotonic() + 10)


@pytest.mark.parametrize("body", [b"\xc1", b"\x91" * 5000, b"\xdf\xff\xff\xff\xff", b"\x01\x02", b""])
def test_bytes_that_are_no_message_are_malformed(ends: tuple[Channel, socket.socket], body: bytes) -> None:
    ends[1].sendall(struct.pack(">Q", len(body)) + body)
    with pytest.raises(MalformedError):
        ends[0].receive(time.monotonic() + 10)


def test_a_closed_connection_is_noticed(ends: tuple[Channel, socket.socket]) -> None:
    ends[1].close()
    with pytest.raises(ConnectionClosedError):
        ends[0].receive()


def test_half_a_message_does_not_hold_the_judge(ends: tuple[Channel, socket.socket]) -> None:
    ends[1].sendall(struct.pack(">Q", 500) + b"x" * 10)
    with pytest.raises(DeadlineExceededError):
        ends[0].receive(time.monotonic() + 0.1)


def test_a_byte_out_of_band_does_not_hold_the_judge(ends: tuple[Channel, socket.socket]) -> None:
    """The socket says that there is something to read, and there is nothing."""
    ends[1].send(b"!", socket.MSG_OOB)
    with pytest.raises(DeadlineExceededError):
        ends[0].receive(time.monotonic() + 0.1)
    Channel(ends[1], 10_000).send("an answer")
    assert ends[0].receive(time.monotonic() + 60) == "an answer"


def test_a_reader_that_does_not_read_does_not_hold_the_judge(ends: tuple[Channel, socket.socket]) -> None:
    with pytest.raises(DeadlineExceededError):
        Channel(ends[0].connection, 2**30).send(b"x" * 2**24, time.monotonic() + 0.1)
