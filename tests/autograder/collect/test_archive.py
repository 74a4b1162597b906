"""Archives: right, damaged and malicious ones."""

import io
import os
import random
import stat
import struct
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from autograder.collect.archive import ArchiveError, Bounds, TemporaryFolder, is_archive, unpack, unpack_students
from autograder.collect.records import Found, Refused

SMALL = Bounds(entries=10, largest=6 * 1024**2, total=10 * 1024**2, ratio=50)
Contents = Mapping[str | zipfile.ZipInfo, bytes]


@pytest.fixture
def spool(tmp_path: Path) -> TemporaryFolder:
    folder = tmp_path / "spool"
    folder.mkdir()
    return TemporaryFolder(folder)


def packed(path: Path, files: Contents) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def split(found: list[Found | Refused]) -> tuple[dict[str, bytes], dict[str, str]]:
    files = {it.name: it.content.read_bytes() for it in found if isinstance(it, Found)}
    return files, {it.name: it.reason for it in found if isinstance(it, Refused)}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../x.ipynb", "climbs out"),
        ("a/../../x.ipynb", "climbs out"),
        ("..\\x.ipynb", "climbs out"),
        ("/etc/passwd", "absolute"),
        ("\\\\server\\share\\x.ipynb", "absolute"),
        ("C:\\x.ipynb", "drive"),
        ("c:x.ipynb", "drive"),
        ("a/CON", "device"),
        ("nul.ipynb", "device"),
        ("LPT1.txt", "device"),
        ("a\nb.ipynb", "control"),
        ("a\x1b[2Jb.ipynb", "control"),
        ("x\u202egnp.ipynb", "control"),
        ("x" * 250, "too long"),
        ("/".join("abcdefghijklmnopqrstuvwxyz"), "too long"),
        ("//", "absolute"),
    ],
)
def test_paths_that_lead_elsewhere_are_refused_and_the_rest_is_read(
    tmp_path: Path, spool: TemporaryFolder, name: str, reason: str
) -> None:
    path = packed(tmp_path / "x.zip", {name + ("x" if name == "//" else ""): b"bad", "good.ipynb": b"good"})
    files, refused = split(list(unpack(path, spool, SMALL)))
    assert files == {"good.ipynb": b"good"}
    ((shown, why),) = refused.items()
    assert reason in why
    assert shown.isprintable()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["spool", "x.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_are_refused(tmp_path: Path, spool: TemporaryFolder, kind: int) -> None:
    entry = zipfile.ZipInfo("06.ipynb")
    entry.create_system = 3
    entry.external_attr = (kind | 0o777) << 16
    files, refused = split(list(unpack(packed(tmp_path / "x.zip", {entry: b"/etc/passwd"}), spool, SMALL)))
    assert not files
    assert "link" in refused["06.ipynb"] or "regular" in refused["06.ipynb"]


def test_a_bomb_is_refused_while_it_is_read(tmp_path: Path, spool: TemporaryFolder) -> None:
    path = packed(tmp_path / "x.zip", {"bomb": bytes(5 * 1024**2), "large": os.urandom(7 * 1024**2), "good": b"1"})
    files, refused = split(list(unpack(path, spool, SMALL)))
    assert files == {"good": b"1"}
    assert "grows more than 50 times" in refused["bomb"]
    assert "larger than 6 MiB" in refused["large"]
    assert len(list(spool.folder.iterdir())) == 1


def test_what_a_header_says_of_the_size_is_not_believed(tmp_path: Path, spool: TemporaryFolder) -> None:
    path = packed(tmp_path / "x.zip", {"bomb": bytes(5 * 1024**2)})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(mark) + offset, 100)
    path.write_bytes(content)
    files, refused = split(list(unpack(path, spool, SMALL)))
    assert not files
    assert list(refused) == ["bomb"]


def test_the_total_and_the_number_are_bounded(tmp_path: Path, spool: TemporaryFolder) -> None:
    noise = os.urandom(4 * 1024**2)
    path = packed(tmp_path / "total.zip", {str(number): noise for number in range(4)})
    files, refused = split(list(unpack(path, spool, SMALL)))
    assert sum(map(len, files.values())) <= SMALL.total
    assert len(refused) == 2
    crowd = packed(tmp_path / "crowd.zip", {str(number): b"" for number in range(11)})
    with pytest.raises(ArchiveError, match="more than 10 files"):
        list(unpack(crowd, spool, SMALL))
    host = packed(tmp_path / "host.zip", {str(number): b"" for number in range(250)})
    with pytest.raises(ArchiveError, match="more than 10 files"):
        list(unpack(host, spool, SMALL))


def test_an_entry_that_asks_for_much_memory_is_refused_before_it_is_unpacked(
    tmp_path: Path, spool: TemporaryFolder
) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("greedy", bytes(1_000))
        archive.writestr("good", b"1")
    content = bytearray((tmp_path / "x.zip").read_bytes())
    start = content.index(b"greedy") + len(b"greedy")
    struct.pack_into("<I", content, start + 5, 0xFFFFFFFF)
    (tmp_path / "x.zip").write_bytes(content)
    files, refused = split(list(unpack(tmp_path / "x.zip", spool, SMALL)))
    assert files == {"good": b"1"}
    assert "takes more than 128 MiB of memory" in refused["greedy"]


def test_files_that_are_refused_are_not_unpacked_without_end(tmp_path: Path, spool: TemporaryFolder) -> None:
    bounds = Bounds(entries=1_000, largest=1024**2, total=2 * 1024**2, ratio=4_000)
    # Each is one byte too large.
    path = packed(tmp_path / "x.zip", {str(number): bytes(1024**2 + 1) for number in range(20)})
    with pytest.raises(ArchiveError, match="more than 2 MiB"):
        list(unpack(path, spool, bounds))
    assert list(spool.folder.iterdir()) == []
    assert spool.count < 12


def test_a_student_s_archive_is_unpacked_in_a_process_of_its_own(tmp_path: Path, spool: TemporaryFolder) -> None:
    path = packed(tmp_path / "x.zip", {"a/b.ipynb": b"{}", "../x": b"1"})
    files, refused = split(list(unpack_students(Found(("ann", "x.zip"), path, None, 2), spool)))
    assert files == {"ann/x.zip/a/b.ipynb": b"{}"}
    assert "climbs out" in next(iter(refused.values()))
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ArchiveError, match="damaged"):
        list(unpack_students(Found(("ann", "x.zip"), path, None, 2), spool))


def test_overlapping_entries_are_no_way_around(tmp_path: Path, spool: TemporaryFolder) -> None:
    kernel = io.BytesIO()
    with zipfile.ZipFile(kernel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(3 * 1024**2))
        archive.writestr("b", b"")
        archive.filelist[1].header_offset = archive.filelist[0].header_offset
        archive.filelist[1].file_size = archive.filelist[0].file_size
        archive.filelist[1].compress_size = archive.filelist[0].compress_size
        archive.filelist[1].CRC = archive.filelist[0].CRC
    (tmp_path / "x.zip").write_bytes(kernel.getvalue())
    files, refused = split(list(unpack(tmp_path / "x.zip", spool, SMALL)))
    assert "b" in refused
    assert set(files) <= {"a"}


def test_encrypted_and_damaged_entries_are_refused_and_the_rest_is_read(tmp_path: Path, spool: TemporaryFolder) -> None:
    path = packed(tmp_path / "x.zip", {"locked": b"secret", "hurt": os.urandom(500), "good": b"1"})
    content = bytearray(path.read_bytes())
    first = content.index(b"PK\x01\x02")
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[first + 8] |= 1
    content[content.index(b"hurt") + 40] ^= 0xFF
    path.write_bytes(content)
    files, refused = split(list(unpack(path, spool, SMALL)))
    assert files == {"good": b"1"}
    assert refused["locked"] == "it is encrypted"
    assert "damaged" in refused["hurt"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + bytes(100), b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_archive_is_told(tmp_path: Path, spool: TemporaryFolder, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(ArchiveError, match="damaged or no ZIP"):
        list(unpack(tmp_path / "x.zip", spool, SMALL))
    assert is_archive(tmp_path / "x.zip") == content.startswith(b"PK")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_first_of_two_files_of_a_name_is_taken_and_the_second_told(tmp_path: Path, spool: TemporaryFolder) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.ipynb", b"1")
        archive.writestr("a.ipynb", b"2")
        archive.writestr("é.csv", b"3")
        archive.writestr("e\u0301.csv", b"4")
    files, refused = split(list(unpack(tmp_path / "x.zip", spool, SMALL)))
    assert files == {"a.ipynb": b"1", "é.csv": b"3"}
    assert all("second file of this name" in reason for reason in refused.values())
    assert len(refused) == 2


def test_names_of_other_systems_are_read(tmp_path: Path, spool: TemporaryFolder) -> None:
    path = packed(tmp_path / "x.zip", {"folder\\06.ipynb": b"1", "Müller.ipynb": b"2", "./a//b.csv": b"3"})
    content = path.read_bytes()
    # macOS writes UTF-8 without the flag.
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.rindex(
            mark, 0, content.rindex("Müller".encode()) if offset == 8 else content.index("Müller".encode())
        )
        content = content[: at + offset] + b"\0\0" + content[at + offset + 2 :]
    path.write_bytes(content)
    files, _ = split(list(unpack(path, spool, SMALL)))
    assert files == {"folder/06.ipynb": b"1", "Müller.ipynb": b"2", "a/b.csv": b"3"}


def test_junk_is_left_out(tmp_path: Path, spool: TemporaryFolder) -> None:
    names = ["__MACOSX/._x", ".DS_Store", "a/.ipynb_checkpoints/x.ipynb", "Thumbs.db", "__pycache__/x.pyc", "~$a.docx"]
    assert not list(unpack(packed(tmp_path / "x.zip", dict.fromkeys(names, b"")), spool, SMALL))


def test_times_are_utc_where_the_archive_says_so_and_none_where_it_says_nothing(
    tmp_path: Path, spool: TemporaryFolder
) -> None:
    exact = zipfile.ZipInfo("exact", (2026, 11, 20, 5, 0, 0))
    exact.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1_795_176_000)
    local = zipfile.ZipInfo("local", (2026, 11, 20, 12, 0, 0))
    never = zipfile.ZipInfo("never", (1980, 1, 1, 0, 0, 0))
    found = list(unpack(packed(tmp_path / "x.zip", {exact: b"", local: b"", never: b""}), spool, SMALL))
    times = {it.name: it.time for it in found if isinstance(it, Found)}
    assert times == {"exact": datetime(2026, 11, 20, 12), "local": datetime(2026, 11, 20, 12), "never": None}


def test_a_name_that_is_empty_breaks_nothing(tmp_path: Path, spool: TemporaryFolder) -> None:
    path = packed(tmp_path / "x.zip", {"xyzxyz": b"bad", "good": b"1"})
    path.write_bytes(path.read_bytes().replace(b"xyzxyz", b"\0yzxyz"))
    files, refused = split(list(unpack(path, spool, SMALL)))
    assert files == {"good": b"1"}
    assert list(refused.values()) == ["it has no name"]


@pytest.mark.parametrize("seed", range(2))
def test_an_archive_that_was_tampered_with_is_read_or_refused(
    tmp_path: Path, spool: TemporaryFolder, seed: int
) -> None:
    chance = random.Random(seed)
    whole = packed(
        tmp_path / "x.zip", {"a/06.ipynb": bytes(range(200)), "é.csv": b"1" * 300, "b.zip": b"PK"}
    ).read_bytes()
    for _ in range(100):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 2, 5, 20))):
            at = chance.randrange(len(content))
            content[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        (tmp_path / "x.zip").write_bytes(content)
        with suppress(ArchiveError):
            for it in unpack(tmp_path / "x.zip", spool, SMALL):
                assert isinstance(it, Found | Refused)
    assert {path.name for path in tmp_path.iterdir()} == {"x.zip", "spool"}
