"""nbgrader's exchange: what is wrong with its folder, where, and the cure."""

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.exchange import ExchangeFolder
from autograder.errors import ExpectedError

NOBODY = 65534


@contextmanager
def ordinary_account() -> Iterator[None]:
    """Run with the rights of an account that is not root's; root may write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account may enter, unlike the tests' own."""
    with tempfile.TemporaryDirectory(prefix="exchange-", dir="/tmp") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path
        for below in (path, *(it for it in path.rglob("*") if it.is_dir())):
            below.chmod(0o755)


def made(root: Path, mode: int = 0o1777) -> Path:
    """An exchange into which a course was released by the account that asks."""
    inbound = root / "c1" / "inbound"
    inbound.mkdir(parents=True)
    inbound.chmod(0o2733)
    if os.geteuid() == 0:
        os.chown(root / "c1", NOBODY, NOBODY)
    root.chmod(mode)
    return root


def missing(folder: Path) -> Path:
    return folder / "exchange"


def a_file(folder: Path) -> Path:
    (folder / "exchange").write_text("", encoding="utf-8")
    return folder / "exchange"


def unwritable(folder: Path) -> Path:
    return made(folder / "exchange", 0o555)


def closed_above(folder: Path) -> Path:
    root = made(folder / "closed" / "exchange")
    root.parent.chmod(0o000 if os.geteuid() != 0 else 0o700)
    return root


def closed_to_students(folder: Path) -> Path:
    root = made(folder / "exchange")
    if os.geteuid() == 0:
        os.chown(root, NOBODY, NOBODY)
    root.chmod(0o750)
    return root


def closed_inbound(folder: Path) -> Path:
    root = made(folder / "exchange")
    (root / "c1" / "inbound").chmod(0o755)
    return root


@pytest.mark.parametrize(
    ("make", "problem", "cure"),
    [
        (missing, "exchange, does not exist", "mkdir -p {root} && chmod 1777 {root}"),
        (a_file, "exchange, is no folder", "mkdir -m 1777 {root}"),
        (unwritable, "exchange, may not be written by this account", "chmod 1777 {root}"),
        (closed_above, "lies in a folder that this account may not enter, {root.parent}", "chmod o+x {root.parent}"),
        (closed_to_students, "is closed to students: they cannot hand in", "chmod 1777 {root}"),
        (closed_inbound, "hand in, {root}/c1/inbound, is closed to them", "chmod 2733 {root}/c1/inbound"),
    ],
)
def test_a_problem_says_what_and_where_and_the_cure(
    make: Callable[[Path], Path], problem: str, cure: str, folder: Path
) -> None:
    root = make(folder)
    found = problem_of(root)
    assert found is not None
    assert str(root) in found.problem
    assert problem.format(root=root) in found.problem
    assert cure.format(root=root) in found.cure


def problem_of(root: Path) -> ExpectedError | None:
    with ordinary_account():
        return ExchangeFolder(root, root / "c1", group_shared=False, expected=True).problem()


def test_an_exchange_that_works_has_none(folder: Path) -> None:
    root = made(folder / "exchange")
    assert problem_of(root) is None
    exchange = ExchangeFolder(root, root / "c1", group_shared=False, expected=True)
    assert exchange.remark() == ""
    root.chmod(0o777)
    assert problem_of(root) is None
    assert f"chmod 1777 {root}" in exchange.remark()
    assert not root.stat().st_mode & stat.S_ISVTX


def test_a_course_of_another_account(folder: Path) -> None:
    root = made(folder / "exchange")
    other = os.geteuid() == 0
    if not other:
        pytest.skip("only root can give a folder to another account")
    os.chown(root / "c1", 0, 0)
    found = problem_of(root)
    assert found is not None
    assert f"{root}/c1, belongs to another account" in found.problem
    assert f"chown -R {NOBODY} {root}/c1" in found.cure


@pytest.mark.parametrize(
    ("settings", "environment", "expected"),
    [
        ("", {}, False),
        ("c.Exchange.root = '/nowhere/exchange'", {}, True),
        ("c.Exchange.root = '/nowhere/exchange'\nc.ExchangeFactory.list = 'x.List'", {}, False),
        ("c.CourseDirectory.course_id = 'c1'", {"JUPYTERHUB_API_URL": "http://127.0.0.1:8081/hub/api"}, True),
    ],
)
def test_a_course_that_does_not_use_it_need_not_have_it(
    settings: str, environment: dict[str, str], expected: bool, tmp_path: Path
) -> None:
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{settings}\n", encoding="utf-8")
    exchange = ExchangeFolder.of(Course.open(tmp_path), environment)
    if str(exchange.root).startswith("/nowhere"):
        assert exchange.expected == expected
    else:
        assert exchange.expected == (expected or exchange.root.exists())
