"""What the tests of all checks share."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from gradlab.check import Diagnosis, NotYet

SEEDS = (0, 1, 2)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def _seed(seed: int) -> None:
    torch.manual_seed(seed)
    np.random.seed(seed)


@pytest.fixture
def refused() -> Callable[[Callable[[], None]], Diagnosis]:
    """Run a check with several seeds; it must refuse each time, with the same diagnosis."""

    def run(check: Callable[[], None]) -> Diagnosis:
        found = []
        for seed in SEEDS:
            _seed(seed)
            with pytest.raises(NotYet) as caught:
                check()
            found.append(caught.value.diagnosis)
        assert {(each.misconception, each.title) for each in found} == {(found[0].misconception, found[0].title)}
        return found[0]

    return run


@pytest.fixture
def passes(capsys: pytest.CaptureFixture[str]) -> Callable[[Callable[[], None]], None]:
    """Run a check with several seeds; it must pass each time and print one line."""

    def run(check: Callable[[], None]) -> None:
        for seed in SEEDS:
            _seed(seed)
            check()
            lines = capsys.readouterr().out.splitlines()
            assert len(lines) == 1
            assert lines[0].startswith("✓ ")

    return run


class AlwaysEqual:
    """An object that claims to be equal to everything, and to be a tensor."""

    __class__ = torch.Tensor

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class StrangeError(Exception):
    """An error that can't even be printed."""

    def __str__(self) -> str:
        raise RuntimeError("no message")


def _raises(*_arguments: object) -> object:
    raise StrangeError


def _stub(*_arguments: object) -> object:
    raise NotImplementedError


GARBAGE: dict[str, Callable[..., object]] = {
    "none": lambda *_: None,
    "nan": lambda *_: float("nan"),
    "nan tensor": lambda *_: torch.full((7, 2), torch.nan),
    "infinite": lambda *_: torch.full((), torch.inf),
    "huge integer": lambda *_: 10**400,
    "wrong shape": lambda *_: torch.zeros(3, 3, 3),
    "empty": lambda *_: torch.zeros(0),
    "empty list": lambda *_: [],
    "generator": lambda *_: (part for part in (1.0, 2.0)),
    "always equal": lambda *_: AlwaysEqual(),
    "strange error": _raises,
    "stub": _stub,
    "string": lambda *_: "0.5",
    "complex": lambda *_: torch.zeros(2, dtype=torch.complex64),
    "sparse": lambda *_: torch.zeros(2, 2).to_sparse(),
    "meta": lambda *_: torch.zeros(2, device="meta"),
    "ragged": lambda *_: [torch.zeros(2), torch.zeros(3)],
    "objects": lambda *_: np.array([None, "x"], dtype=object),
    "dictionary": lambda *_: {"path": 1},
    "too few arguments": lambda: 0.0,
    "function": lambda *_: _stub,
    "deep list": lambda *_: _deep(),
}


def _deep() -> list[object]:
    inner: list[object] = []
    inner.append(inner)
    return inner


@pytest.fixture(params=sorted(GARBAGE))
def garbage(request: pytest.FixtureRequest) -> Callable[..., object]:
    """A function that gives back what no exercise asks for."""
    return GARBAGE[request.param]


def surface(x: torch.Tensor) -> torch.Tensor:
    x1, x2 = x[..., 0], x[..., 1]
    return torch.sin(x1) * torch.cos(x2) + torch.sin(x1 / 2) * torch.cos(x2 / 2)


@pytest.fixture
def f() -> Callable[[torch.Tensor], torch.Tensor]:
    """The course's surface."""
    return surface


Surface = Callable[..., torch.Tensor]

# Right descents from one start, each written in its own way.


def leaf(start: torch.Tensor) -> torch.Tensor:
    return start.detach().clone().requires_grad_()


def with_backward(f: Surface, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    x = leaf(start)
    path = [x.detach().clone()]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
        path.append(x.detach().clone())
    return torch.stack(path)


def with_grad(f: Surface, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    path = torch.empty(steps + 1, len(start), dtype=start.dtype)
    path[0] = start
    for step in range(steps):
        x = path[step].clone().requires_grad_()
        path[step + 1] = path[step] - lr * torch.autograd.grad(f(x), x)[0]
    return path


def with_optimiser(f: Surface, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    x = torch.nn.Parameter(start.clone())
    optimiser = torch.optim.SGD([x], lr=lr)
    path = [x.detach().clone()]
    for _ in range(steps):
        optimiser.zero_grad()
        f(x).backward()
        optimiser.step()
        path.append(x.detach().clone())
    return torch.stack(path)


def functional(f: Surface, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    slope = torch.func.grad(f)

    def onwards(path: list[torch.Tensor]) -> list[torch.Tensor]:
        return path if len(path) > steps else onwards([*path, path[-1] - lr * slope(path[-1])])

    return torch.stack(onwards([start]))


def in_single_precision(f: Surface, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    return with_backward(f, start.float(), lr, steps)


def through_data(f: Surface, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    x = leaf(start)
    path = [x.data.clone()]
    for _ in range(steps):
        x.grad = None
        f(x).backward()
        x.data = x.data - lr * x.grad
        path.append(x.data.clone())
    return torch.stack(path)


def as_lists(f: Surface, start: torch.Tensor, lr: float, steps: int) -> list[list[float]]:
    points = [start.tolist()]
    for _ in range(steps):
        x = torch.tensor(points[-1], dtype=torch.float64, requires_grad=True)
        f(x).backward()
        points.append([a - lr * b for a, b in zip(points[-1], x.grad.tolist(), strict=True)])
    return points


def still_tracked(f: Surface, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    x = leaf(start)
    path = [x.clone()]
    for _ in range(steps):
        (slope,) = torch.autograd.grad(f(x), x)
        x = (x - lr * slope).detach().requires_grad_()
        path.append(x.clone())
    return torch.stack(path)


@pytest.fixture(
    params=[
        with_backward,
        with_grad,
        with_optimiser,
        functional,
        in_single_precision,
        through_data,
        as_lists,
        still_tracked,
    ]
)
def right_descent(request: pytest.FixtureRequest) -> Callable[..., object]:
    """A function that returns the right path."""
    answer: Callable[..., object] = request.param
    return answer
