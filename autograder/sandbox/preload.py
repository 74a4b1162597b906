"""What the zygote imports before its first fork, so that no submission has to."""

import importlib
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

_ALWAYS: Final = (
    "numpy",
    "torch",
    "torch.autograd",
    "torch.nn.functional",
    "torch.optim",
    # What torch imports when an optimiser is made, and when a derivative is first computed in forward mode: more than a
    # second, which a submission would otherwise pay whenever its author works in another way than the instructor.
    "torch._dynamo",
    "torch._decomp.decompositions_for_jvp",
    "matplotlib.pyplot",
    "matplotlib.font_manager",
    "matplotlib_inline.backend_inline",
    "plotly.graph_objects",
    "plotly.io",
    "IPython.core.interactiveshell",
    "gradlab.notebook.devices",
    "gradlab.check",
    "gradlab.figures",
    "gradlab.graph",
    "autograder.wall.student_end",
)


def import_all(modules: Iterable[str]) -> None:
    """Import the modules that every lab needs and those of this one, skipping any that can't be imported.

    Nothing is computed: OpenMP's threads, which the first tensor operation starts, would not survive a fork.
    """
    for name in (*_ALWAYS, *modules):
        if name not in sys.modules and name != "__main__":
            # Whatever a module's top level raises, the notebook that imports it will meet the same error itself.
            with suppress(Exception):
                importlib.import_module(name)
