import pytest
import torch

from autograder.wall.errors import ConnectionClosedError
from tests.autograder.wall.conftest import Meet

FUNCTIONS = """
import torch
def square(x): return x ** 2
def pair(x, y): return {"sum": x + y, "products": [x * y, x.detach()]}
def detached(x): return (x.detach() * 2)
scale = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
def scaled(x): return scale * x
loss = (scale ** 2).sum()
def own_gradient(f, x):
    x = x.detach().clone().requires_grad_()
    f(x).backward()
    return x.grad
def is_leaf(x): return x.is_leaf, x.requires_grad
model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
"""


@pytest.fixture
def x() -> torch.Tensor:
    return torch.tensor([0.5, -1.5], dtype=torch.float64, requires_grad=True)


def test_a_students_function_passes_gradcheck(meet: Meet, x: torch.Tensor) -> None:
    square = meet(FUNCTIONS).fetch("square")
    assert torch.autograd.gradcheck(square, (x,))
    assert torch.autograd.gradgradcheck(square, (x,))


def test_gradients_flow_to_every_tensor_of_a_nested_answer(meet: Meet, x: torch.Tensor) -> None:
    y = torch.tensor([2.0, 3.0], dtype=torch.float64, requires_grad=True)
    answer = meet(FUNCTIONS).fetch("pair")(x, y)
    (answer["sum"].sum() + answer["products"][0].sum()).backward()
    assert torch.allclose(x.grad, 1 + y)
    assert torch.allclose(y.grad, 1 + x)
    assert not answer["products"][1].requires_grad


def test_a_detached_graph_shows_as_such(meet: Meet, x: torch.Tensor) -> None:
    assert meet(FUNCTIONS).fetch("detached")(x).grad_fn is None


def test_a_second_backward_fails_as_it_does_in_one_process(meet: Meet, x: torch.Tensor) -> None:
    y = meet(FUNCTIONS).fetch("square")(x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_a_retained_graph_accumulates(meet: Meet, x: torch.Tensor) -> None:
    y = meet(FUNCTIONS).fetch("square")(x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert torch.allclose(x.grad, 4 * x)


def test_the_students_own_leaves_accumulate(meet: Meet, x: torch.Tensor) -> None:
    wall = meet(FUNCTIONS)
    wall.fetch("scaled")(x).sum().backward()
    assert torch.allclose(wall.fetch("scale").grad, x)
    assert torch.allclose(x.grad, wall.fetch("scale"))


def test_backward_on_a_fetched_tensor_runs_on_the_students_graph(meet: Meet) -> None:
    wall = meet(FUNCTIONS)
    wall.fetch("loss").backward()
    assert wall.fetch("scale").grad.tolist() == [2.0, 4.0]


def test_a_function_of_the_judges_is_differentiated_on_the_students_side(meet: Meet, x: torch.Tensor) -> None:
    wall = meet(FUNCTIONS)
    gradient = wall.fetch("own_gradient")(torch.sum, x)
    assert gradient.tolist() == [1.0, 1.0]


def test_leaves_and_non_leaves_arrive_as_what_they_are(meet: Meet, x: torch.Tensor) -> None:
    is_leaf = meet(FUNCTIONS).fetch("is_leaf")
    assert is_leaf(x) == (True, True)
    assert is_leaf(x * 2) == (False, True)
    assert is_leaf(x.detach()) == (True, False)


def test_a_model_of_the_students_is_trained_from_a_test(meet: Meet) -> None:
    model = meet(FUNCTIONS).fetch("model")
    assert isinstance(model, torch.nn.Module)
    torch.manual_seed(0)
    inputs = torch.randn(64, 2)
    targets = inputs[:, :1] - 2 * inputs[:, 1:]
    optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
    losses = []
    for _ in range(60):
        optimiser.zero_grad()
        loss = ((model(inputs) - targets) ** 2).mean()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 20


def test_no_graph_is_kept_where_the_judge_keeps_none(meet: Meet, x: torch.Tensor) -> None:
    with torch.no_grad():
        assert meet(FUNCTIONS).fetch("square")(x).grad_fn is None


def test_a_gradient_of_the_wrong_shape_ends_the_conversation(meet: Meet, x: torch.Tensor) -> None:
    wall = meet(
        "import torch\nimport autograder.wall.student_end as s\n"
        "s._pull_back = lambda *a: [torch.zeros(7)]\ndef f(x): return x * 2"
    )
    with pytest.raises(ConnectionClosedError, match="shape"):
        wall.fetch("f")(x).sum().backward()
