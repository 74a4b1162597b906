"""Parts of this package that run as programs of their own."""

import os
import sys
from pathlib import Path
from typing import Final

# Imported modules stay: looking for garbage among them takes a tenth of the time of importing.
_PROGRAM: Final = (
    "import gc, runpy, sys; gc.disable(); sys.path.append({place!r}); "
    "runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
)


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module of this package, from any working folder and without collecting garbage.

    The package is found where it is installed, or else where this one lies: in a checkout that was never installed.
    """
    # A sandbox may lack a folder that only a path with dots needs: a/b/../python is missing without a/b.
    python = os.path.abspath(sys.executable)  # noqa: PTH100 - pathlib keeps the dots
    program = _PROGRAM.format(place=str(Path(__file__).parents[2]), module=module)
    return [python, "-s", "-P", "-c", program, *arguments]
