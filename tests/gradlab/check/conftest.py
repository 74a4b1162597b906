"""What the tests of all checks share."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from gradlab.check import Diagnosis, NotYet

SEEDS = (0, 1, 2, 3, 4)


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

    __class__ = torch.Tensor  # type: ignore[assignment]

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
