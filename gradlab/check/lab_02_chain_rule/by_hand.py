"""The checks of derivatives found by hand (slope, mean-gradient, backward-by-hand) and by autograd (find-bug)."""

import math
from collections.abc import Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, call_plain, require_callable, require_left_alone, require_unchanged
from gradlab.check.diagnosis import not_yet
from gradlab.check.forbidden import AUTOGRAD, without
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.values import kind_of, single_number

_POINTS = 40
_NODES = ("r", "q", "p", "x", "y")
"""In the order of the backward pass: what comes later rests on what comes before."""


@announced
def chain_slope(function: Function) -> None:
    """Check a function that computes the derivative of exp(sin(3x)) at each entry of a tensor."""
    require_callable(function)
    x = torch.rand(_POINTS, dtype=torch.float64) * 4 - 2
    given = x.clone()
    with without(AUTOGRAD):
        result = call_plain(function, given)
    expected = torch.exp(torch.sin(3 * x)) * torch.cos(3 * x) * 3
    agree(result, expected, _chain_mistakes(x), given="exp(sin(3x))", shape=(_POINTS,))
    require_unchanged("`x`", x, given)


def _chain_mistakes(x: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    """What the known mistakes give for exp(sin(3x)); `u` and `v` are the inner values."""
    u = 3 * x
    v = torch.sin(u)
    outer = torch.exp(v)
    for factor, missing in (
        (torch.cos(u), "innermost-step"),
        (3 * torch.ones_like(u), "sine-step"),
        (torch.ones_like(u), "both-inner-steps"),
        (torch.cos(x), "innermost-step-and-cosine"),
    ):
        yield KnownMistake(
            "missing-inner-derivative", "chain-missing", outer * factor, {"missing": words.FRAGMENTS[missing]}
        )
    yield KnownMistake("outer-forgotten", "chain-outer", 3 * torch.cos(u))
    for inner in (3 * torch.cos(u), torch.cos(u), torch.ones_like(u)):
        yield KnownMistake("exp-derivative", "chain-power", v * torch.exp(v - 1) * inner)
    yield KnownMistake("wrong-coefficient", "chain-sign", -outer * torch.cos(u) * 3)
    yield KnownMistake("wrong-coefficient", "chain-sine", outer * v * 3)
    yield KnownMistake("slope-elsewhere", "chain-cosine-at-x", outer * torch.cos(x) * 3)
    for value in (x, u, torch.cos(u)):
        yield KnownMistake("slope-elsewhere", "chain-exp-elsewhere", torch.exp(value) * torch.cos(u) * 3)


@announced
def mean_of_squares(function: Function, *, counts: tuple[int, ...] = (5, 3)) -> None:
    """Check a function ``(a, x, t)`` that computes the gradient of mean((a·x − t)²) with respect to x.

    Args:
        function: the student's.
        counts: the numbers of inputs with which it is tried.
    """
    require_callable(function)
    for count in counts:
        a = 2.2 + float(torch.rand(())) * 0.7
        x, t = torch.randn(2, count, dtype=torch.float64)
        given, targets = x.clone(), t.clone()
        with without(AUTOGRAD):
            result = call_plain(function, a, given, targets)
        expected = 2 / count * a * (a * x - t)
        description = words.FRAGMENTS["n-inputs"].format(count=count)
        agree(result, expected, _mean_mistakes(a, x, t), given=description, shape=(count,))
        require_unchanged("`x`", x, given)
        require_unchanged("`t`", t, targets)


def _mean_mistakes(a: float, x: torch.Tensor, t: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    n = len(x)
    right = 2 / n * a * (a * x - t)
    yield KnownMistake("sum-for-mean", "mean-times-n", n * right, {"count": n})
    yield KnownMistake("sum-for-mean", "mean-over-n", right / n, {"count": n})
    yield KnownMistake("missing-inner-derivative", "mean-no-weight", right / a)
    yield KnownMistake("missing-inner-derivative", "mean-no-weight-sum", n * right / a, {"count": n})
    yield KnownMistake("wrong-coefficient", "mean-no-two", right / 2)
    yield KnownMistake("wrong-coefficient", "mean-no-two", right * 2)
    yield KnownMistake("wrong-coefficient", "mean-residual", 2 / n * a * (a * x + t))
    yield KnownMistake("other-variable", "mean-other-variable", 2 / n * x * (a * x - t))
    yield KnownMistake("other-variable", "mean-other-variable", (2 * x * (a * x - t)).mean())
    yield KnownMistake("gradients-joined", "mean-joined", right.sum())
    yield KnownMistake("gradients-joined", "mean-joined", (right * n).sum())
    yield KnownMistake("gradients-joined", "mean-joined", right.mean())


@announced
def node_gradients(function: Function, *, at: tuple[float, float] | None = None) -> None:
    """Check a function ``(x, y)`` that gives the derivative of L with respect to every value, by name.

    Args:
        function: the student's: two numbers → a dictionary.
        at: the two inputs; random ones if left out.

    Raises:
        NotYet: a name is missing or a derivative wrong.
    """
    require_callable(function)
    x, y = at or (0.4 + 0.3 * float(torch.rand(())), 1 + 0.5 * float(torch.rand(())))
    with without(AUTOGRAD):
        result = call_plain(function, x, y)
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    if not issubclass(type(result), dict):
        raise not_yet("not-a-dictionary", "node-kind", kind=kind_of(result))
    for name in _NODES:
        if name not in result:  # type: ignore[operator]
            raise not_yet("not-a-dictionary", "node-missing", node=name)
    right, mistakes = _node_gradients(x, y), list(_node_mistakes(x, y))
    for name in _NODES:
        found = single_number(result[name])  # type: ignore[index]
        own = [mistake for mistake in mistakes if mistake.placeholders["node"] == name]
        agree(found, right[name], own, given=f"∂L/∂{name}", kind="number")


def _node_gradients(x: float, y: float) -> dict[str, float]:
    p = x * y
    q = p + x
    r = math.tanh(q)
    dq = p * (1 - r * r)
    dp = r + dq
    return {"r": p, "q": dq, "p": dp, "x": dq + dp * y, "y": dp * x}


def _node_mistakes(x: float, y: float) -> Iterator[KnownMistake[float]]:
    """What known mistakes give for the derivative with respect to one node; ``placeholders`` names it."""

    def at(node: str, explanation: str, observation: str, *values: float) -> Iterator[KnownMistake[float]]:
        for value in values:
            yield KnownMistake(explanation, observation, value, {"node": node})

    p = x * y
    q = p + x
    r = math.tanh(q)
    bend = 1 - r * r
    dq = p * bend
    dp = r + dq
    yield from at("r", "own-factor", "node-own-factor", r)
    yield from at("r", "upstream-missing", "node-bare-slope", 1.0)
    yield from at("q", "missing-inner-derivative", "node-no-slope", p)
    yield from at("q", "upstream-missing", "node-bare-slope", bend)
    yield from at("q", "slope-elsewhere", "node-slope-elsewhere", p * (1 - q * q), p * (1 - math.tanh(r) ** 2))
    yield from at("q", "wrong-coefficient", "node-tanh-variant", p * (1 - r), p * (1 + r * r))
    yield from at("q", "own-factor", "node-own-factor", r * bend)
    yield from at("p", "overwrites-accumulation", "node-one-way", r, dq)
    yield from at("p", "own-factor", "node-own-factor", p + dq)
    yield from at("p", "upstream-missing", "node-bare-slope", r + 1)
    yield from at("p", "ways-multiplied", "node-multiplied", r * dq)
    yield from at("x", "overwrites-accumulation", "node-one-way", dq, dp * y)
    yield from at("x", "sent-too-early", "node-too-early", dq + r * y, dq + dq * y)
    yield from at("x", "own-factor", "node-own-factor", dq + dp * x)
    yield from at("x", "upstream-missing", "node-bare-slope", 1 + y, dq + y, 1 + dp * y)
    yield from at("x", "ways-multiplied", "node-multiplied", dq * dp * y)
    yield from at("y", "sent-too-early", "node-too-early", r * x, dq * x)
    yield from at("y", "own-factor", "node-own-factor", dp * y)
    yield from at("y", "upstream-missing", "node-bare-slope", x)
    yield from at("y", "missing-inner-derivative", "node-no-slope", dp)


@announced
def both_gradients(function: Function, *, count: int = 5, width: int = 3) -> None:
    """Check a function ``(x, w, t)`` that gives ∂L/∂w and ∂L/∂h for h = tanh(x w), L = mean((h − t)²).

    Args:
        function: the student's.
        count: rows of x.
        width: columns of x.

    Raises:
        NotYet: one of the gradients is missing or wrong.
    """
    require_callable(function)
    x = torch.randn(count, width, dtype=torch.float64)
    w, t = torch.randn(width, dtype=torch.float64), torch.randn(count, dtype=torch.float64)
    given = w.clone()
    result = call(function, x.clone(), given, t.clone())
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    # A subclass of list may tell one length and give another number of items.
    parts: list[object] = list(result) if issubclass(type(result), tuple | list) else []  # type: ignore[call-overload]
    if len(parts) != 2:
        raise not_yet("two-gradients", "two-gradients", kind=kind_of(result))
    towards_weights, towards_hidden = parts
    if towards_hidden is None:
        raise not_yet("grad-of-intermediate", "hidden-none")
    if towards_weights is None:
        raise not_yet("graph-cut", "weights-none")
    hidden = torch.tanh(x @ w)
    slopes = 2 / count * (hidden - t)
    agree(
        towards_hidden, slopes, _hidden_mistakes(x, w, t), given=words.FRAGMENTS["gradient-towards-h"], shape=(count,)
    )
    expected = x.T @ (slopes * (1 - hidden**2))
    agree(
        towards_weights,
        expected,
        _weight_mistakes(x, w, t),
        given=words.FRAGMENTS["gradient-towards-w"],
        shape=(width,),
    )
    require_left_alone("`w`", w, given)


def _hidden_mistakes(x: torch.Tensor, w: torch.Tensor, t: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    hidden = torch.tanh(x @ w)
    right = 2 / len(x) * (hidden - t)
    yield KnownMistake("sum-for-mean", "layer-sum", right * len(x), {"count": len(x)})
    yield KnownMistake("two-gradients", "layer-swapped", x.T @ (right * (1 - hidden**2)))
    yield KnownMistake("other-variable", "layer-before-tanh", right * (1 - hidden**2))


def _weight_mistakes(x: torch.Tensor, w: torch.Tensor, t: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    hidden = torch.tanh(x @ w)
    right = 2 / len(x) * (hidden - t)
    yield KnownMistake("missing-inner-derivative", "layer-no-bend", x.T @ right)
    yield KnownMistake("backward-twice", "layer-doubled", 2 * x.T @ (right * (1 - hidden**2)))
