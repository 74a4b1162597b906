"""Files without an owner are kept, and nothing is overwritten."""

from pathlib import Path

from autograder.collect.records import Found
from autograder.collect.storage import keep_unmatched


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1")
    (tmp_path / "two").write_bytes(b"2")
    root = tmp_path / "course"

    def kept(path: str, content: str) -> str:
        (copy,) = keep_unmatched(root, [Found(tuple(path.split("/")), tmp_path / content, None, 1)])
        return copy.as_posix()

    assert kept("eve/06.ipynb", "one") == "unmatched/eve/06.ipynb"
    assert kept("eve/06.ipynb", "one") == "unmatched/eve/06.ipynb"
    assert kept("eve/06.ipynb", "two") == "unmatched/eve/06 (2).ipynb"
    assert kept("eve", "one") == "unmatched/eve (2)"
    assert kept("eve/06.ipynb/x", "one") == "unmatched/eve/06 (3).ipynb/x"
    assert (root / "unmatched" / "eve" / "06.ipynb").read_bytes() == b"1"
