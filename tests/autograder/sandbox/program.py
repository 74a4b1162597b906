"""What the tests run as a student: programs that arrive over the connection as JSON strings, one in each line.

The answer is ``[kind, text]``: the repr of what the program left in ``result``, or the error that it raised.
"""

import json
import socket


def serve(connection: socket.socket) -> None:
    names: dict[str, object] = {}
    for line in connection.makefile("rb"):
        names["result"] = None
        try:
            exec(compile(json.loads(line), "<program>", "exec"), names)
            answer = ["result", repr(names["result"])]
        except SystemExit:
            raise
        except BaseException as error:  # noqa: BLE001 - a program may raise anything
            answer = ["error", f"{type(error).__name__}: {error}"]
        connection.sendall(json.dumps(answer).encode() + b"\n")
