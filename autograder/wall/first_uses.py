"""What libraries do at their first use, done once in the zygote instead of in each student's process.

A library reads files, fills caches and compiles patterns when it draws its first figure or computes its first gradient.
The cells below have that done before students' processes are forked. They hold nothing of a lab, and leave nothing that
a notebook can see: `warm_up` puts back what they change.
"""

import gc
import os
import random
import sys
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autograder.wall.ipython_shell import reuse_shell, run_cell

_OUTPUT_CHARACTERS: Final = 1_000_000


@dataclass(frozen=True)
class _FirstUse:
    """Something that a library does.

    Attributes:
        modules: what must be loaded for it; nothing is imported.
        cell: does it.
    """

    modules: tuple[str, ...]
    cell: str


_FIRST_USES: Final[Mapping[str, _FirstUse]] = {
    "tensors": _FirstUse(
        ("torch",),
        """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor(0.5, requires_grad=True)
((x * w + 1) ** 2 - x / 3).sin().sum().backward()
with torch.no_grad():
    x -= 0.1 * x.grad
x.grad = None
((torch.eye(2) @ x).norm() + x.exp().mean()).backward()
torch.autograd.grad((x**3).sum(), x, create_graph=False)
layer = torch.nn.Linear(2, 1)
torch.nn.functional.mse_loss(layer(torch.ones(3, 2)), torch.zeros(3, 1)).backward()
print(x.grad, w.grad, w.item(), x.detach().numpy().tolist(), torch.allclose(x, x), torch.rand(1))
x
""",
    ),
    "gradients": _FirstUse(
        ("torch", "torch.fx.experimental.symbolic_shapes"),
        "(x * 2).backward(torch.ones(2))",
    ),
    "optimisers": _FirstUse(
        ("torch._dynamo",),
        """
for kind in (torch.optim.SGD, torch.optim.Adam):
    optimiser = kind(layer.parameters(), lr=0.1)
    optimiser.zero_grad()
    layer(torch.ones(3, 2)).sum().backward()
    optimiser.step()
""",
    ),
    "forward mode": _FirstUse(
        ("torch._decomp.decompositions_for_jvp",),
        """
torch.func.jvp(lambda t: (t * t).sin(), (torch.ones(2),), (torch.ones(2),))
torch.func.jacrev(lambda t: t * t)(torch.ones(2))
""",
    ),
    "Matplotlib": _FirstUse(
        ("matplotlib.pyplot",),
        """
import matplotlib.pyplot
figure, axes = matplotlib.pyplot.subplots()
axes.plot([0, 1], [0, 1], label="line")
axes.set(title="title", xlabel="x", ylabel="y")
axes.legend()
matplotlib.pyplot.show()
""",
    ),
    "Plotly": _FirstUse(
        ("plotly.graph_objs._figure",),
        """
import sys
import plotly.graph_objects
loaded = [getattr(plotly.graph_objects, name) for name in plotly.graph_objects.__all__
          if f"plotly.graph_objs._{name.lower()}" in sys.modules]
traces = [kind(name="trace") for kind in loaded
          if isinstance(kind, type) and issubclass(kind, plotly.basedatatypes.BaseTraceType)]
figure = plotly.graph_objects.Figure(traces)
figure.frames = [{"data": traces[:1], "name": "0"}]
figure.update_layout(title="title", height=100, xaxis={"title": {"text": "x"}}, yaxis={"range": [0, 1]})
figure.add_annotation(text="text")
figure
""",
    ),
    "Graphviz": _FirstUse(
        ("graphviz",),
        """
import graphviz
graph = graphviz.Digraph()
graph.edge("a", "b")
graph
""",
    ),
    "torchviz": _FirstUse(("torchviz",), "torchviz = __import__('torchviz')\ntorchviz.make_dot((x * 2).sum())"),
    "pandas": _FirstUse(
        ("pandas",),
        """
import pandas
pandas.DataFrame({"a": [1.0], "b": ["text"]})
""",
    ),
}


NAMES: Final = tuple(_FIRST_USES)
"""What `warm_up` knows."""


def warm_up(names: Iterable[str]) -> None:
    """Use libraries for the first time, and put back what a notebook could see of it. The shell was made before.

    Args:
        names: what `autograder.sandbox.library_uses` gave; unknown ones are skipped.

    Raises:
        RuntimeError: a thread was left, of which a fork would have nothing but the locks.
    """
    numpy, torch, pyplot = (sys.modules.get(name) for name in ("numpy", "torch", "matplotlib.pyplot"))
    folder, environment, drawn = Path.cwd(), dict(os.environ), random.getstate()
    numpy_drawn = numpy and numpy.random.get_state()
    torch_drawn = torch and torch.get_rng_state()
    if torch is not None:
        torch.set_num_threads(1)
    shell = reuse_shell(_OUTPUT_CHARACTERS)
    with warnings.catch_warnings():
        # A warning that is shown here once would not be shown in a notebook.
        warnings.simplefilter("ignore")
        for name in names:
            use = _FIRST_USES.get(name)
            if use is not None and all(module in sys.modules for module in use.modules):
                # Whatever fails here, as where Graphviz is missing, fails in the notebook as well.
                run_cell(shell, use.cell)
    if pyplot is not None:
        pyplot.close("all")
    shell.reset(new_session=True)
    gc.collect()
    random.setstate(drawn)
    if numpy is not None:
        numpy.random.set_state(numpy_drawn)
    if torch is not None:
        torch.set_rng_state(torch_drawn)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        raise RuntimeError("a library has started a thread")
