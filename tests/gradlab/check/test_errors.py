"""Errors that torch and Python really raise, and what they are taken for."""

import functools
import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from gradlab import check
from gradlab.check import Diagnosis, NotYet
from gradlab.check.errors import message_of
from tests.gradlab.check.cases import case


def watched(*shape: int) -> torch.Tensor:
    return torch.ones(*shape, requires_grad=True)


def inplace() -> None:
    x = watched(2)
    x -= 1


def twice() -> None:
    y = (watched(2) ** 2).sum()
    y.backward()
    y.backward()


def overwritten() -> None:
    x = watched(2)
    y = torch.sin(x).sum()
    with torch.no_grad():
        x += 1
    y.backward()


def stub() -> None:
    raise NotImplementedError


def without_parentheses() -> None:
    with torch.no_grad:  # type: ignore[attr-defined]
        pass


CASES: list[tuple[Callable[[], object], str | None, str]] = [
    (without_parentheses, None, "needs parentheses"),
    (lambda: 2 * watched(2).sum().backward, None, "named and not called"),
    (lambda: torch.ones(1).item + 1, None, "named and not called"),
    (lambda: torch.ones(2, 3) - torch.ones(2, 3).max(dim=-1), None, "taken for one"),
    (lambda: torch.exp(torch.ones(2, 3).max(dim=-1)).sum(), None, "taken for one"),
    (lambda: torch.optim.SGD([watched(2)], {"lr": 0.1}), None, "in one piece"),
    (lambda: torch.optim.Adam([watched(2)], {"lr": 0.1}), None, "in one piece"),
    (lambda: setattr(2.5, "requires_grad", True), None, "plain number"),
    (lambda: (2).requires_grad_(), None, "plain number"),
    (lambda: float(2, requires_grad=True), None, "plain number"),
    (lambda: torch.Tensor(2.5), None, "torch.tensor"),
    (lambda: torch.Tensor(2, requires_grad=True), None, "torch.tensor"),
    (lambda: functools.partial(math.sin, 1).backward(), None, "in place of its value"),
    (lambda: 2 * functools.partial(math.sin, 1), None, "in place of its value"),
    (inplace, "inplace-on-leaf", "watching"),
    (twice, "backward-twice", "twice"),
    (lambda: watched(2).backward(), "backward-on-vector", "more than one"),
    (lambda: torch.tensor(10, requires_grad=True), "integer-tensor", "whole number"),
    (lambda: torch.arange(3).requires_grad_(), "integer-tensor", "whole number"),
    (lambda: torch.ones(2).sum().backward(), "forward-untracked", "none of the computation"),
    (lambda: torch.autograd.grad(watched(2).sum(), watched(2)), "graph-cut", "cut"),
    (lambda: watched(2).numpy(), "numpy-on-tracked", "NumPy"),
    (lambda: np.sin(watched(2)), "numpy-on-tracked", "NumPy"),
    (lambda: torch.optim.SGD([watched(2) * 2], lr=0.1), "not-a-leaf", "computed value"),
    (lambda: (watched(2) * 2).requires_grad_(False), "not-a-leaf", "computed value"),
    (lambda: math.sin(watched(2)), "graph-cut", "cut"),
    (lambda: watched(2).item(), "graph-cut", "cut"),
    (lambda: torch.sin(0.5), "graph-cut", "cut"),
    (lambda: watched(2).sum().item().backward(), "graph-cut", "cut"),
    (lambda: 0.1 * watched(2).grad, "rebinding-leaf", "another tensor"),
    (lambda: watched(2) - watched(2).grad, "rebinding-leaf", "another tensor"),
    (lambda: watched(2).grad.zero_(), "zero-before-first", "emptied"),
    (lambda: torch.ones(7, 2) - torch.ones(5, 2), "broadcast-residual", "shapes"),
    (lambda: np.ones((7, 2)) - np.ones((5, 2)), "broadcast-residual", "shapes"),
    (overwritten, None, "overwritten"),
    (stub, None, "still to be written"),
    (lambda: check.surface(), None, "can't be called"),
]  # fmt: skip


def test_an_error_is_recognised() -> None:
    for cause, name, words in CASES:
        with case(cause, name, words):
            with pytest.raises(Exception) as caught:  # noqa: PT011 - the type is part of what is recognised
                cause()
            diagnosis = check.diagnose(caught.value)
            assert diagnosis is not None
            assert diagnosis.misconception == name
            assert words in diagnosis.title


def test_an_operation_that_torch_lacks_for_a_type_is_no_stub() -> None:
    with pytest.raises(NotImplementedError) as caught:
        torch.ones(2, dtype=torch.complex64).max()
    assert check.diagnose(caught.value) is None


def test_a_warning_that_was_made_an_error_is_recognised() -> None:
    with pytest.raises(UserWarning) as caught:
        (watched(2) * 2).grad  # noqa: B018 - reading it warns
    diagnosis = check.diagnose(caught.value)
    assert diagnosis is not None
    assert diagnosis.misconception == "grad-of-intermediate"


def test_an_unknown_error_has_no_diagnosis() -> None:
    for error in [ValueError("x"), KeyError("x"), KeyboardInterrupt(), MemoryError(), RuntimeError()]:
        with case(error):
            assert check.diagnose(error) is None


def test_the_diagnosis_of_a_refusal_is_its_own() -> None:
    diagnosis = Diagnosis("ascent-sign", "title", "seen", "cause", "look")
    assert check.diagnose(NotYet(diagnosis)) is diagnosis


def test_a_long_message_is_shortened() -> None:
    assert len(message_of(ValueError("x" * 10_000))) == 200
    assert message_of(ValueError("first\nsecond")) == "first"
    assert message_of(ValueError()) == ""


def test_no_message_shows_how_a_function_was_made() -> None:
    with pytest.raises(TypeError) as caught:
        2 * functools.partial(math.sin, 1)
    assert "partial" not in message_of(caught.value)
