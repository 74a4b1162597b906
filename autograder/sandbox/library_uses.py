"""What a notebook uses of libraries that is slow the first time, told by its text and by the modules that it loads.

The zygote does it once, before it forks. It is told no more than the names below: it must hold no solution and no test.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

_LATE_IMPORTS: Final[Mapping[str, re.Pattern[str]]] = {
    # When a gradient is given to ``backward`` or ``grad``. A test's own ``backward`` gives one to the student's side.
    "torch.fx.experimental.symbolic_shapes": re.compile(r"backward|autograd|grad_outputs"),
    # When an optimiser is made, something is compiled, or a transform of torch.func differentiates backwards.
    "torch._dynamo": re.compile(
        r"\boptim\b|\btorch\.compile\b|\bimport func\b|\bfunctorch\b|\bjacrev\b|"
        r"\btorch\.func\b(?!\.(?:jvp|jacfwd|vmap|functional_call)\b)"
    ),
    # When a derivative is first computed in forward mode.
    "torch._decomp.decompositions_for_jvp": re.compile(r"jvp|jacfwd|hessian|forward_ad"),
}
_USES: Final[Mapping[str, re.Pattern[str]]] = {
    "tensors": re.compile(r"\btorch\b"),
    "gradients": re.compile(r"backward|autograd|grad_outputs"),
    "optimisers": re.compile(r"\boptim\b"),
    "forward mode": re.compile(r"jvp|jacfwd|hessian|forward_ad"),
    "Matplotlib": re.compile(r"\b(?:matplotlib|pyplot|plt|pylab|seaborn)\b"),
    "Plotly": re.compile(r"\bplotly\.graph_objs\._figure\b"),
    "Graphviz": re.compile(r"\bgraphviz\b"),
    "torchviz": re.compile(r"\btorchviz\b"),
    "pandas": re.compile(r"\bpandas\b"),
}


def late_imports(sources: Iterable[str]) -> list[str]:
    """The modules that libraries import only when code with these texts uses them, which takes up to a second.

    A zygote that imports them for every lab would start that much later, and its forks would cost more.

    Args:
        sources: the texts of cells; what they say decides about time alone.
    """
    text = "\n".join(sources)
    return [name for name, sign in _LATE_IMPORTS.items() if sign.search(text)]


def library_uses(sources: Iterable[str], modules: Iterable[str]) -> list[str]:
    """What a notebook uses of libraries, by the names that `autograder.wall.first_uses` knows.

    Args:
        sources: the texts of its cells.
        modules: the modules that it has loaded.
    """
    # What matters of the modules is loaded by others, or by each lab.
    text = "\n".join((*sources, *(name for name in modules if not name.startswith(("matplotlib", "torch.")))))
    return [name for name, sign in _USES.items() if sign.search(text)]
