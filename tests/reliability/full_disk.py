"""Grades a course on a full disk, frees the disk, and grades it again; run in a mount namespace of its own.

``python -m tests.reliability.full_disk WAITING COURSE FULL LEFT RESULT`` copies the course WAITING to COURSE and fills
the disk of the folder FULL until LEFT bytes are free. It prints, as JSON, the exit codes and the output of both runs,
and copies what they have written to RESULT.
"""

import json
import shutil
import sys
import traceback
from pathlib import Path

from typer.testing import CliRunner

from autograder.cli.application import application
from tests.reliability.class_course import LAB, stray_files


def fill(folder: Path, left: int) -> Path:
    """Fill a disk with a file, but for so many bytes."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
        file.truncate(max(0, file.tell() - left))
    return ballast


def grade(root: Path) -> tuple[int, str, str]:
    """Grade the lab; the exit code and what was printed. Unsandboxed: what is tried here is the coordinator."""
    arguments = ["grade", LAB, "--quiet", "--sandbox", "none", "--course", str(root), "--format", "json"]
    done = CliRunner().invoke(application, arguments)
    fault = done.exception if not isinstance(done.exception, SystemExit) else None
    return done.exit_code, done.stdout, done.stderr + "".join(traceback.format_exception(fault) if fault else "")


def main() -> None:
    waiting, course, full, left, result = sys.argv[1:]
    root = Path(course)
    shutil.copytree(waiting, root, dirs_exist_ok=True)
    ballast = fill(Path(full), int(left))
    first = grade(root)
    remains = stray_files(root)
    ballast.unlink()
    second = grade(root)
    shutil.copytree(root, result, ignore=shutil.ignore_patterns("ballast"))
    json.dump({"first": first, "remains": remains, "second": second}, sys.stdout)


if __name__ == "__main__":
    main()
