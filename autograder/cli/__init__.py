"""The command line: each command parses its arguments, calls the package that does the work, and prints the result."""

import sys
from importlib.metadata import version

__all__ = ["main"]


def main() -> None:
    """Run the program with the arguments that it was started with.

    A student's installation has the program, too, but not the packages that its commands need: it tells its version,
    and how to install them.
    """
    try:
        from autograder.cli.application import main as run
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "autograder", "gradlab"):
            raise
        sys.exit(_without_packages(missing))
    run()


def _without_packages(missing: str) -> int:
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"{version('gradlab')}\n")
        return 0
    sys.stderr.write(
        f"error: the package {missing!r} is not installed, which the commands of autograder need.\n"
        "Install what an instructor needs: pip install 'gradlab[instructor]'\n"
    )
    return 1
