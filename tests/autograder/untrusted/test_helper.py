"""Calls in a process of their own, within bounds."""

import os
import resource
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from autograder import call_filter, landlock
from autograder.cells import Cell, Role
from autograder.untrusted import confinement
from autograder.untrusted.helper import DONE, KEY_BYTES, LENGTH, Bounds, HelperError, each, end_all, within

BOUNDS = Bounds(seconds=1, mebibytes=64)


def doubled(cells: list[Cell]) -> list[str]:
    if any(cell.source == "loop" for cell in cells):
        while True:
            pass
    return [2 * cell.source for cell in cells]


def process() -> int:
    return os.getpid()


def forever() -> None:
    while True:
        pass


def all_memory() -> int:
    return len(bytes(10**9))


def nested() -> int:
    return nested()


def failing() -> None:
    raise KeyError("what a student wrote")


def ending() -> None:
    os._exit(3)


def noisy() -> str:
    os.write(1, b"noise")
    return "quiet"


REFUSED: dict[str, Callable[[str], object]] = {
    "a connection": lambda _: socket.create_connection(("127.0.0.1", 9)),
    "a socket": lambda _: socket.socket(socket.AF_UNIX),
    "a pair of sockets": lambda _: socket.socketpair(),
    "a program": lambda _: os.execv("/bin/true", ["true"]),
    "a program beside it": lambda _: os.posix_spawn("/bin/true", ["true"], {}),
    "a process": lambda _: os.fork(),
    "a signal to the coordinator": lambda _: os.kill(os.getppid(), 0),
    "a limit of the coordinator's": lambda _: resource.prlimit(os.getppid(), resource.RLIMIT_CPU),
    "a new file": lambda folder: Path(folder, "new").write_text("x"),
    "a file's content": lambda folder: os.open(f"{folder}/old", os.O_RDWR),
    "a file's end": lambda folder: os.truncate(f"{folder}/old", 0),
    "a file's name": lambda folder: Path(folder, "old").rename(f"{folder}/other"),
    "a file": lambda folder: Path(folder, "old").unlink(),
    "a file's rights": lambda folder: Path(folder, "old").chmod(0o777),
    "a folder": lambda folder: Path(folder, "inner").mkdir(),
    "a link": lambda folder: Path(folder, "link").symlink_to("old"),
    "the memory of the process before it": lambda _: os.open(f"/proc/{os.getppid()}/mem", os.O_RDWR),
}
WRITING = {name for name in REFUSED if name.startswith(("a new", "a file", "a folder", "a link"))}
"""What a text that has taken over its parser would do with the rights of whoever grades."""


def refused(folder: str) -> list[str]:
    allowed = []
    for name, act in REFUSED.items():
        with suppress(PermissionError):
            act(folder)
            allowed.append(name)
    assert Path(folder, "old").read_text() == "old"
    return allowed


def filling(folder: str) -> list[str]:
    Path(folder, "inner").mkdir()
    Path(folder, "inner", "new").write_text("x")
    Path(folder, "inner", "new").rename(f"{folder}/inner/newer")
    return [path.name for path in Path(folder).iterdir()]


def answering_the_next_call() -> str:
    forged = bytes([DONE]) + bytes(KEY_BYTES) + msgspec.msgpack.encode("forged")
    for descriptor in range(3, 10):
        with suppress(OSError):
            os.write(descriptor, 2 * (LENGTH.pack(len(forged)) + forged))
    return "answered"


def cell(source: str) -> Cell:
    return Cell("code", Role.FREE, source)


def test_records_go_there_and_results_come_back() -> None:
    assert within(BOUNDS, doubled, [cell("ä\n"), cell("")]) == ["ä\nä\n", ""]
    assert within(BOUNDS, noisy) == "quiet"


def test_each_call_has_a_process_of_its_own_and_none_is_ours() -> None:
    first, second = within(BOUNDS, process), within(BOUNDS, process)
    assert len({first, second, os.getpid()}) == 3


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (forever, "more than 1 seconds"),
        (all_memory, "more than 64 MiB"),
        (nested, "nested too deeply"),
        (failing, "KeyError: 'what a student wrote'"),
        (ending, "ended"),
    ],
)
def test_what_comes_to_a_bound_or_fails_says_so_and_the_next_call_works(
    function: Callable[[], object], reason: str
) -> None:
    with pytest.raises(HelperError, match=reason):
        within(BOUNDS, function)
    assert within(BOUNDS, noisy) == "quiet"


def test_what_cannot_be_handed_on_is_told() -> None:
    with pytest.raises(HelperError, match="can't be handed on"):
        within(BOUNDS, doubled, [cell("\ud800")])


def test_one_item_that_fails_costs_no_other_and_many_are_given_up() -> None:
    results: list[str | HelperError] = each(BOUNDS, doubled, [cell("a"), cell("loop"), cell("b")])
    assert [results[0], results[2]] == ["aa", "bb"]
    assert isinstance(results[1], HelperError)
    results = each(BOUNDS, doubled, [*(cell("loop") for _ in range(4)), cell("b")])
    assert all(isinstance(result, HelperError) for result in results)
    assert each(BOUNDS, doubled, []) == []


def test_a_call_can_neither_write_nor_start_nor_connect_to_anything(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    assert within(BOUNDS, refused, str(tmp_path)) == []
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_what_a_call_may_do_is_found_out_by_trying(tmp_path: Path) -> None:
    assert within(BOUNDS, confinement.find_allowed, str(tmp_path)) == []
    child = os.fork()
    if child == 0:
        # A test's own process is not confined.
        found = confinement.find_allowed(str(tmp_path))
        os._exit(0 if {"start a program", "write files"} <= set(found) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def has_landlock() -> bool:
    with suppress(OSError):
        return landlock.version() > 0
    return False


def test_a_call_that_fills_a_folder_writes_there_alone(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    (other / "old").write_text("old")
    bounds = replace(BOUNDS, folder=os.fsencode(own))
    assert within(bounds, filling, str(own)) == ["inner"]
    allowed = within(bounds, refused, str(other))
    # Landlock knows no rights of files; a kernel without it knows no folder either.
    assert set(allowed) <= ({"a file's rights"} if has_landlock() else WRITING)


def test_without_libseccomp_landlock_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(call_filter, "LIBRARY", "libabsent.so")
    assert confinement.program(writes=False) == b""
    child = os.fork()
    if child == 0:
        confinement.confine(b"", b"")
        try:
            (tmp_path / "new").write_text("x")
        except OSError:
            os._exit(0)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_no_call_answers_for_another() -> None:
    end_all()
    with suppress(HelperError):
        within(BOUNDS, answering_the_next_call)
    assert [within(BOUNDS, noisy) for _ in range(3)] == ["quiet"] * 3


def test_helpers_that_were_ended_are_replaced() -> None:
    within(BOUNDS, process)
    end_all()
    assert within(BOUNDS, noisy) == "quiet"
