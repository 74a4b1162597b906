"""Folders and archives as one list of files, and times that are those of the download."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.collect.archive import TemporaryFolder
from autograder.collect.records import Found, Refused
from autograder.collect.source import read_source, without_download_times
from autograder.errors import ExpectedError
from tests.autograder.collect.conftest import make_zip

SECRET = "root:x:0:0"


@pytest.fixture
def spool(tmp_path: Path) -> TemporaryFolder:
    folder = tmp_path / "spool"
    folder.mkdir()
    return TemporaryFolder(folder)


def split(found: list[Found | Refused]) -> tuple[dict[str, bytes], dict[str, str]]:
    files = {it.name: it.content.read_bytes() for it in found if isinstance(it, Found)}
    return files, {it.name: it.reason for it in found if isinstance(it, Refused)}


def test_a_folder_without_links_devices_and_junk(tmp_path: Path, spool: TemporaryFolder) -> None:
    folder = tmp_path / "pile"
    (folder / "ada" / ".ipynb_checkpoints").mkdir(parents=True)
    (folder / "ada" / ".ipynb_checkpoints" / "x.ipynb").write_text("old")
    (folder / "ada" / "re\u0301sume\u0301.csv").write_text("1")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x.ipynb").write_text(SECRET)
    (folder / "ada" / "link.ipynb").symlink_to(tmp_path / "secret" / "x.ipynb")
    (folder / "eve").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "ada" / "pipe.ipynb")
    with (folder / "ada" / "huge.ipynb").open("wb") as file:
        file.truncate(129 * 1024**2)
    files, refused = split(list(read_source(folder, spool)))
    assert files == {"ada/résumé.csv": b"1"}
    assert set(refused) == {"ada/link.ipynb", "eve", "ada/pipe.ipynb", "ada/huge.ipynb"}


def test_one_level_of_a_student_s_own_archive_is_unpacked(tmp_path: Path, spool: TemporaryFolder) -> None:
    time = datetime(2026, 11, 20, 12)
    deep = make_zip(tmp_path / "deep.zip", {"06.ipynb": b"deep"}).read_bytes()
    inner = make_zip(
        tmp_path / "inner.zip",
        {"homework/06.ipynb": b"1", "../up.ipynb": b"2", "deep.zip": deep, "a.tar.gz": b"3"},
        {"homework/06.ipynb": datetime(2020, 1, 1)},
    ).read_bytes()
    names = {"ada/homework.zip": inner, "ben/06.ipynb": b"4", "cleo/06.zip": b"no archive", "dora/06.rar": b"Rar!"}
    files: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    for it in read_source(make_zip(tmp_path / "class.zip", names, {"ada/homework.zip": time}), spool):
        if isinstance(it, Refused):
            refused[it.name] = it.reason
        else:
            files[it.name] = it.content.read_bytes()
            if it.parts[0] == "ada":
                # A student can set the times in an archive.
                assert (it.owned, it.time) == (2, time)
    assert files == {"ada/homework.zip/homework/06.ipynb": b"1", "ben/06.ipynb": b"4"}
    assert {name: reason.split(" (")[0] for name, reason in refused.items()} == {
        "ada/homework.zip/../up.ipynb": "its path climbs out of its folder",
        "ada/homework.zip/deep.zip": "it is an archive inside an archive",
        "ada/homework.zip/a.tar.gz": "it is an archive inside an archive",
        "cleo/06.zip": "it is damaged or no ZIP archive",
        "dora/06.rar": "it is an archive of a kind that is not understood",
    }


def test_a_student_s_bomb_costs_nobody_else(tmp_path: Path, spool: TemporaryFolder) -> None:
    bomb = make_zip(tmp_path / "bomb.zip", {str(number): bytes(9 * 1024**2) for number in range(3)}).read_bytes()
    crowd = make_zip(tmp_path / "crowd.zip", {str(number): b"" for number in range(2_001)}).read_bytes()
    source = make_zip(tmp_path / "class.zip", {"eve/x.zip": bomb, "eva/x.zip": crowd, "ben/06.ipynb": b"4"})
    files, refused = split(list(read_source(source, spool)))
    assert files == {"ben/06.ipynb": b"4"}
    assert "more than 2,000 files" in refused["eva/x.zip"]
    assert all("grows more than 400 times" in reason for name, reason in refused.items() if "eve" in name)
    assert len(refused) == 4


def test_what_cannot_be_read_is_told(tmp_path: Path, spool: TemporaryFolder) -> None:
    with pytest.raises(ExpectedError, match="does not exist"):
        list(read_source(tmp_path / "missing", spool))
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ExpectedError, match="damaged or no ZIP archive"):
        list(read_source(tmp_path / "broken.zip", spool))


def test_times_of_the_download_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(b"")
    made = datetime.fromtimestamp(int(path.stat().st_mtime), UTC).replace(tzinfo=None)

    def times(*ages: timedelta) -> list[datetime | None]:
        found = [Found((str(number),), path, made - age, 1) for number, age in enumerate(ages)]
        return [it.time for it in without_download_times(found, path)]

    hours = [timedelta(hours=number) for number in range(100)]
    assert times(hours[0], timedelta(minutes=5)) == [None, None]
    assert times(hours[12], hours[12]) == [None, None]
    assert None not in times(hours[0], hours[2])
    assert None not in times(hours[50])
    assert times() == []
