"""Messages over a socket: a length, then that many bytes of MessagePack. Nothing is ever unpickled."""

import math
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import msgpack

from autograder.wall.errors import (
    ConnectionClosedError,
    DeadlineExceededError,
    MalformedError,
    ProtocolError,
    UnsendableError,
)

ANY_SIZE = 2**40
"""A limit on messages that come from trusted processes: none."""
_LENGTH = struct.Struct(">Q")
_MOST_ITEMS = 4_000_000
"""Items of all lists and dictionaries of a message together: an empty list takes 1 byte here and 64 in memory."""
_READ_AHEAD = 1 << 16
"""Bytes that are read at once where more may be read than the message that is awaited."""
_RETRY_SECONDS = 0.001
"""Seconds between two reads of a connection that polls as readable and has nothing to read."""


class Channel:
    """One end of a connection that carries whole messages.

    Args:
        connection: a connected stream socket; the channel owns it.
        message_bytes: the largest message that is sent or accepted, in bytes.
        exclusive: whether everything that comes over the connection is for this channel: then it may read more at once
            than the message that it awaits. Where descriptors are passed between messages, it may not.
    """

    def __init__(self, connection: socket.socket, message_bytes: int, *, exclusive: bool = False) -> None:
        self.connection = connection
        self._message_bytes = message_bytes
        self._read_ahead = _READ_AHEAD if exclusive else 0
        self._received = bytearray()

    def send(self, message: Any, deadline: float | None = None) -> None:  # noqa: ANN401 - any plain data
        """Send one message.

        Args:
            message: plain data that MessagePack can carry.
            deadline: `time.monotonic` seconds by which it must be sent; None waits without limit.

        Raises:
            UnsendableError: the message is larger than the limit; nothing was sent.
            ConnectionClosedError: the other side has closed the connection.
            DeadlineExceededError: the other side didn't read it by the deadline.
        """
        body = msgpack.packb(message, use_bin_type=True, unicode_errors="surrogatepass")
        if len(body) > self._message_bytes:
            raise UnsendableError(f"{len(body) / 1e6:.0f} MB, where {self._message_bytes / 1e6:.0f} MB can be carried")
        if len(body) > _MOST_ITEMS and _has_too_many_items(message):
            raise UnsendableError(f"it has more than {_MOST_ITEMS:,} items")
        rest = memoryview(_LENGTH.pack(len(body)) + body)
        while rest:
            try:
                # Without the flag a full buffer would block past the deadline.
                rest = rest[self.connection.send(rest[: 1 << 20], socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL) :]
            except BlockingIOError:
                self._wait(math.inf if deadline is None else deadline, select.POLLOUT)
            except OSError as error:
                raise ConnectionClosedError("the connection is closed") from error

    def receive(self, deadline: float | None = None) -> Any:  # noqa: ANN401 - any plain data
        """Wait for one message.

        Args:
            deadline: `time.monotonic` seconds by which it must be there; None waits without limit.

        Returns:
            The message: None, numbers, strings, bytes, lists and dictionaries.

        Raises:
            ConnectionClosedError: the connection is closed.
            ProtocolError: the message is too large.
            MalformedError: the bytes are no message.
            DeadlineExceededError: no whole message by the deadline.
        """
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size, deadline))
        if length > self._message_bytes:
            raise ProtocolError("a message larger than the limit")
        body = self._exactly(length, deadline)
        # Each item takes a byte at least, so a short message can't hold too many.
        count = _counter() if length > _MOST_ITEMS else None
        try:
            return msgpack.unpackb(
                body,
                raw=False,
                unicode_errors="surrogatepass",
                strict_map_key=False,
                # Memory for all announced items is allocated before they arrive.
                max_array_len=min(length, _MOST_ITEMS),
                max_map_len=min(length, _MOST_ITEMS),
                max_ext_len=0,
                list_hook=count,
                object_hook=count,
            )
        except (ValueError, TypeError, RecursionError, MemoryError, msgpack.exceptions.UnpackException) as error:
            raise MalformedError("not a message") from error

    def has_more(self) -> bool:
        """Whether something has arrived that was not received yet."""
        if self._received:
            return True
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _exactly(self, count: int, deadline: float | None) -> bytearray:
        # A connection may poll as readable and have nothing to read: a blocking read would wait past the deadline.
        flags = 0 if deadline is None else socket.MSG_DONTWAIT
        while (missing := count - len(self._received)) > 0:
            if deadline is not None:
                self._wait(deadline, select.POLLIN)
            try:
                part = self.connection.recv(max(min(missing, 1 << 20), self._read_ahead), flags)
            except BlockingIOError:
                # A byte out of band (send(2), MSG_OOB) makes it poll as readable, and can't be read.
                time.sleep(_RETRY_SECONDS)
                continue
            except OSError as error:
                raise ConnectionClosedError("the connection is closed") from error
            if not part:
                raise ConnectionClosedError("the connection is closed")
            self._received += part
        if len(self._received) == count:
            # A large message is not copied.
            taken, self._received = self._received, bytearray()
            return taken
        taken = self._received[:count]
        del self._received[:count]
        return taken

    def _wait(self, deadline: float, event: int) -> None:
        if self.connection.fileno() < 0:
            raise ConnectionClosedError("the connection is closed")
        poller = select.poll()
        poller.register(self.connection, event)
        seconds = max(0.0, deadline - time.monotonic())
        if not poller.poll(None if math.isinf(seconds) else seconds * 1000):
            raise DeadlineExceededError


def _has_too_many_items(message: object) -> bool:
    """Whether the other side would refuse a message: it holds too many items."""
    left = _MOST_ITEMS
    ahead: list[Any] = [[message]]
    while ahead and left >= 0:
        container = ahead.pop()
        items = container.values() if isinstance(container, dict) else container
        left -= len(items) + 1
        ahead += [item for item in items if isinstance(item, (list, tuple, dict))]
    return left < 0


def _counter() -> Callable[[Any], Any]:
    """A hook that returns lists and dictionaries as they are, and raises once a message has held too many items."""
    left = _MOST_ITEMS

    def count(container: Any) -> Any:  # noqa: ANN401 - a list or a dictionary
        nonlocal left
        left -= len(container) + 1
        if left < 0:
            raise ValueError("too many items")
        return container

    return count
