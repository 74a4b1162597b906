"""Parts of this package that run as programs of their own."""

import os
import sys
from pathlib import Path
from typing import Final

# What is imported stays: to look for garbage among it takes a tenth of the time that importing takes.
_PROGRAM: Final = (
    "import gc, runpy, sys; gc.disable(); sys.path.append({place!r}); "
    "runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
)


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module of this package, from any working folder and without collecting garbage.

    The package is found where it is installed, or else where this one lies: in a checkout that was never installed.
    """
    # In a sandbox the way to it may be missing, but for the shortest: a/b/../python is nothing without a/b.
    python = os.path.abspath(sys.executable)  # noqa: PTH100 - pathlib keeps the dots
    program = _PROGRAM.format(place=str(Path(__file__).parents[2]), module=module)
    return [python, "-s", "-P", "-c", program, *arguments]
