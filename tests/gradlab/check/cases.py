"""Cases that the tests of all checks share: garbage in place of an answer, and right descents."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch

from gradlab.check import Diagnosis

Refused = Callable[..., Diagnosis]
Named = Callable[..., None]
Passes = Callable[..., None]


@contextmanager
def case(*values: object) -> Iterator[None]:
    """Name the case of a table in the message of whatever fails in it.

    Args:
        values: what makes the case; functions are named by their line.
    """
    try:
        yield
    except BaseException as error:
        error.add_note(f"in the case {', '.join(map(_name, values))}")
        raise


def _name(value: object) -> str:
    code = getattr(value, "__code__", None)
    return f"{value.__qualname__}, line {code.co_firstlineno}" if code else repr(value)


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


def refuse_garbage(refused: Refused, check: Callable[..., None], *arguments: object, **options: object) -> None:
    """Assert that a check refuses garbage in place of an answer; the other arguments are the check's."""
    for kind, garbage in GARBAGE.items():
        with case(check, kind):
            refused(check, garbage, *arguments, **options)


def surface(x: torch.Tensor) -> torch.Tensor:
    x1, x2 = x[..., 0], x[..., 1]
    return torch.sin(x1) * torch.cos(x2) + torch.sin(x1 / 2) * torch.cos(x2 / 2)


Surface = Callable[..., torch.Tensor]

# Right descents from one start, each written in its own way.


def leaf(start: torch.Tensor) -> torch.Tensor:
    return start.detach().clone().requires_grad_()


def descended(f: Surface, x: torch.Tensor, steps: int, step: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """The path of a loop that goes backward from f(x) in each round; `step` gives the x of the next round."""
    path = [x.detach().clone()]
    for _ in range(steps):
        f(x).backward()
        x = step(x)
        path.append(x.detach().clone())
    return torch.stack(path)


def in_place(lr: float, *, empties: bool = True) -> Callable[[torch.Tensor], torch.Tensor]:
    """A right step for `descended`, or one that never empties `.grad`."""

    def step(x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            x -= lr * x.grad
            if empties:
                x.grad.zero_()
        return x

    return step


def with_backward(f: Surface, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
    return descended(f, leaf(start), steps, in_place(lr))


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


RIGHT_DESCENTS = (
    with_backward,
    with_grad,
    with_optimiser,
    functional,
    in_single_precision,
    through_data,
    as_lists,
    still_tracked,
)
"""Functions that return the right path."""
