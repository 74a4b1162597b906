"""The checks of lab 00_welcome: two functions of one line, each called with a handful of numbers."""

from collections.abc import Callable, Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.values import plain_number

__all__ = ["doubled", "square_slope"]


@announced
def doubled(function: Function) -> None:
    """Check a function ``double(x)`` of one number."""
    _check(function, _mistakes_of_double)


@announced
def square_slope(function: Function) -> None:
    """Check a function ``slope(x)`` that returns the derivative of x² at one number."""
    _check(function, _mistakes_of_slope)


def _check(function: Function, mistakes: Callable[[torch.Tensor], Iterator[KnownMistake[torch.Tensor]]]) -> None:
    """Compare a function with 2x, which is right in both exercises."""
    require_callable(function)
    numbers = [1.5 + float(torch.rand(())), -1.5 - float(torch.rand(())), 3, 0, 10 * float(torch.rand(()))]
    found = torch.tensor([plain_number(call_plain(function, number)) for number in numbers], dtype=torch.float64)
    x = torch.tensor(numbers, dtype=torch.float64)
    agree(found, 2 * x, mistakes(x), given=words.FRAGMENTS["five-numbers"])


def _mistakes_of_double(x: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    yield KnownMistake("welcome-squared", "welcome-squared", x**2)
    yield KnownMistake("welcome-added", "welcome-added", x + 2)
    yield KnownMistake("welcome-unchanged", "welcome-unchanged", x)
    yield KnownMistake("welcome-one-number", "welcome-one-number", torch.full_like(x, 2))


def _mistakes_of_slope(x: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    yield KnownMistake("welcome-half", "welcome-half", x)
    yield KnownMistake("welcome-value", "welcome-value", x**2)
    yield KnownMistake("welcome-one-number", "welcome-one-number", torch.full_like(x, 2))
    yield KnownMistake("welcome-antiderivative", "welcome-antiderivative", x**3 / 3)
