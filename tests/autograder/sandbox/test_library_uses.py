import pytest

from autograder.sandbox.library_uses import late_imports, library_uses
from autograder.wall.first_uses import NAMES

COMPILER = "torch._dynamo"


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import torch\nx = torch.ones(2) @ torch.ones(2)", []),
        ("import re\nre.compile('x')", []),
        ("y.backward(v)", ["torch.fx.experimental.symbolic_shapes"]),
        ("optimiser = torch.optim.SGD(model.parameters(), lr=0.1)", [COMPILER]),
        ("from torch import optim", [COMPILER]),
        ("fast = torch.compile(model)", [COMPILER]),
        ("torch.func.jvp(f, (x,), (v,))", ["torch._decomp.decompositions_for_jvp"]),
        ("slope = torch.func.grad(f)(x)", [COMPILER]),
        ("from torch.func import vjp", [COMPILER]),
        ("from torch import func", [COMPILER]),
    ],
)
def test_a_slow_module_is_imported_where_the_text_may_need_it(source: str, modules: list[str]) -> None:
    assert late_imports(["print(1)", source]) == modules


def test_only_what_a_notebook_uses_is_used_before() -> None:
    assert library_uses(["print(1)"], ["matplotlib.pyplot", "torch.optim"]) == []
    assert library_uses(["import torch", "plt.plot(x)"], []) == ["tensors", "Matplotlib"]
    assert library_uses(["from gradlab import figures"], ["plotly.graph_objs._figure", "graphviz"]) == [
        "Plotly",
        "Graphviz",
    ]


def test_every_use_is_known() -> None:
    everything = "torch backward optim jvp pyplot plotly.graph_objs._figure graphviz torchviz pandas"
    assert library_uses([everything], []) == list(NAMES)
