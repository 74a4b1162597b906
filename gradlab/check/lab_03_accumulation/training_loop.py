"""The checks of a training loop (repair), and of one step of a loop that never empties `.grad` (rolling)."""

import functools
from collections.abc import Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_left_alone, require_unchanged
from gradlab.check.compare import close
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of
from gradlab.check.forbidden import AUTOGRAD, OPTIMISERS, without
from gradlab.check.known_mistakes import KnownMistake, agree, refuse_known
from gradlab.check.lab_03_accumulation.arguments import grad_of_argument_explained
from gradlab.check.lab_03_accumulation.sample_functions import smooth_loss
from gradlab.check.missing_gradients import error_with
from gradlab.check.probes import bowl, keeps_grad_of_point
from gradlab.check.training_loops import Descent, run_descent
from gradlab.check.values import is_tensor, kind_of, numbers, require_finite, require_shape

Tensor = torch.Tensor
_TURNS = 4
"""How many steps each of two walks makes that are made by turns."""


@announced
def trained(function: Function, *, on: Function | None = None, d: int = 3, epochs: int = 5) -> None:
    """Check a function ``train(loss, weights, lr, epochs)``.

    Args:
        function: the student's: a loss, weights (d,), a rate and a number → weights (d,) and gradients (epochs, d).
        on: the loss, which maps weights (d,) to a scalar tensor; by default one whose gradient changes everywhere.
        d: the number of weights.
        epochs: how many steps to ask for.
    """
    loss = smooth_loss if on is None else on
    require_callable(function, loss)
    start, lr = torch.rand(d, dtype=torch.float64) + 0.5, 0.05 + 0.1 * float(torch.rand(()))
    given = start.clone()
    with grad_of_argument_explained(lambda filled: function(loss, filled, lr, epochs), given, "`weights`"):
        result = _run(lambda f, count: function(f, given, lr, count), loss, epochs)
    weights, history = _two_of(result)
    end, slopes = _descend(loss, start, lr, epochs, keep=0.0)
    description = words.FRAGMENTS["epochs"].format(count=epochs)
    if epochs > 1 and _same(weights, start) and _same(history, slopes[:1].expand_as(slopes)):
        raise not_yet("stands-still", "acc-stands-still")
    agree(weights, end, _wrong_ends(loss, start, lr, epochs), given=description, shape=(d,))
    agree(history, slopes, _wrong_histories(slopes), given=description, shape=(d,))
    for part in (weights, history):
        if is_tensor(part) and part.requires_grad:  # type: ignore[attr-defined]
            raise not_yet("still-tracked", "still-tracked")
    require_left_alone("`weights`", start, given)
    if on is None:
        _require_all_epochs(function, epochs)


def _require_all_epochs(function: Function, epochs: int) -> None:
    """Refuse a loop that stops where the loss is flat: it was asked for so many epochs."""
    centre = torch.rand(2, dtype=torch.float64) + 1
    flat_there = functools.partial(bowl, matrix=[[2.0, 0.0], [0.0, 3.0]], centre=centre.tolist())
    result = _run(lambda f, count: function(f, centre.clone(), 0.1, count), flat_there, epochs)
    if numbers(_two_of(result)[1]).shape != (epochs, 2):
        raise not_yet("stops-early", "stops-early-epochs", steps=epochs)


def _run(training: Descent, loss: Function, epochs: int) -> object:
    """Run a student's training; a `.grad` that is missing in the first round belongs to a tensor that is no leaf."""
    try:
        return run_descent(training, loss, epochs)
    except NotYet as refusal:
        error = refusal.__cause__
        if not isinstance(error, AttributeError) or "zero_" in message_of(error):
            raise
        fails, works = (error_with(functools.partial(training, f), 1) for f in (loss, keeps_grad_of_point))
        if fails is None or works is not None:
            raise
        raise not_yet("not-a-leaf", "first-round", name=type(error).__name__, message=message_of(error)) from error


def _same(result: object, values: Tensor) -> bool:
    return close(numbers(result), values)


def _two_of(result: object) -> tuple[object, object]:
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    if not (issubclass(type(result), tuple | list) and len(result) == 2):  # type: ignore[arg-type]
        raise not_yet("acc-pair", "acc-pair", kind=kind_of(result))
    first, second = tuple[object, ...](result)  # type: ignore[arg-type]
    return first, second


def _descend(loss: Function, start: Tensor, lr: float, epochs: int, *, keep: float) -> tuple[Tensor, Tensor]:
    """The end and the gradients of a descent whose `.grad` keeps a share of what it held."""
    w, grad, slopes = start.clone(), torch.zeros_like(start), []
    for _ in range(epochs):
        slopes.append(gradient(loss, w))
        grad = keep * grad + slopes[-1]
        w = w - lr * grad
    return w, torch.stack(slopes)


def _wrong_ends(loss: Function, start: Tensor, lr: float, epochs: int) -> Iterator[KnownMistake[Tensor]]:
    yield KnownMistake("missing-zero-grad", "sum-of-gradients", _descend(loss, start, lr, epochs, keep=1.0)[0])
    yield KnownMistake("ascent-sign", "uphill", _descend(loss, start, -lr, epochs, keep=0.0)[0])
    yield KnownMistake("acc-start-returned", "acc-start-returned", start)
    yield KnownMistake("stale-point", "acc-step-short", _descend(loss, start, lr, max(epochs - 1, 1), keep=0.0)[0])
    yield KnownMistake("too-many-steps", "one-step-more", _descend(loss, start, lr, epochs + 1, keep=0.0)[0])
    yield KnownMistake("acc-first-round", "acc-first-round", _descend(loss, start, lr, 1, keep=0.0)[0])
    yield KnownMistake("acc-swapped", "acc-swapped", _descend(loss, start, lr, epochs, keep=0.0)[1])


def _wrong_histories(slopes: Tensor) -> Iterator[KnownMistake[Tensor]]:
    yield KnownMistake("acc-alias", "acc-rows-all-zero", torch.zeros_like(slopes))
    yield KnownMistake("acc-alias", "acc-rows-all-last", slopes[-1].expand_as(slopes))
    yield KnownMistake("missing-zero-grad", "acc-row-sums", slopes.cumsum(dim=0))
    yield KnownMistake("acc-only-last", "acc-only-last-row", slopes[-1])


@announced
def rolling(function: Function, *, steps: int = 5, d: int = 2) -> None:
    """Check a function ``rolling_step(w, v, g, lr)`` that returns the next point and what to remember.

    Only the points are compared: what is remembered may be `.grad`, or `.grad` times the rate with either sign.

    Args:
        function: the student's.
        steps: how many steps to follow.
        d: the number of coordinates.

    Raises:
        NotYet: the points are not those of a loop that never empties `.grad`.
    """
    require_callable(function)
    start = torch.randn(d, dtype=torch.float64)
    slopes = torch.randn(steps, d, dtype=torch.float64) + 2
    lr = 0.05 + 0.1 * float(torch.rand(()))
    point, memory = start, torch.zeros(d, dtype=torch.float64)
    moves: list[Tensor] = []
    for slope in slopes:
        given = [point.clone(), memory.clone(), slope.clone()]
        following, memory_after = _step(function, given, lr, d)
        for name, before, after in zip(("`w`", "`v`", "`g`"), (point, memory, slope), given, strict=True):
            require_unchanged(name, before, after)
        if not moves:
            swapped = KnownMistake("acc-swapped", "acc-swapped", (slope, point - lr * slope))
            refuse_known([swapped], functools.partial(_both_close, (following, memory_after)))
        moves.append(following - point)
        point, memory = following, memory_after
    right = -lr * slopes.cumsum(dim=0)
    agree(
        torch.stack(moves),
        right,
        _rolling_mistakes(slopes, lr),
        given=words.FRAGMENTS["moves"].format(count=steps),
        shape=(d,),
    )
    _check_by_turns(function, lr, d)


def _check_by_turns(function: Function, lr: float, d: int) -> None:
    """Make two walks by turns, then steps from where they were, with what each had remembered there or the other had.

    Raises:
        NotYet: a step is led by something else than what it is given.
    """
    slopes = torch.randn(2, _TURNS, d, dtype=torch.float64) + 2
    right = -lr * slopes.cumsum(dim=1)
    points, memories = [torch.randn(2, d, dtype=torch.float64)], [torch.zeros(2, d, dtype=torch.float64)]
    for turn in range(_TURNS):
        steps = [
            _step(
                function, [points[turn][walk].clone(), memories[turn][walk].clone(), slopes[walk, turn].clone()], lr, d
            )
            for walk in range(2)
        ]
        points.append(torch.stack([following for following, _ in steps]))
        memories.append(torch.stack([memory for _, memory in steps]))
        if not close(points[-1] - points[-2], right[:, turn]):
            raise not_yet("acc-own-memory", "acc-by-turns")
    for turn in range(_TURNS):
        for walk, place in ((0, points[turn][0]), (1, points[turn][1]), (0, points[turn][1])):
            slope = torch.randn(d, dtype=torch.float64) - 2
            following, _ = _step(function, [place.clone(), memories[turn][walk].clone(), slope.clone()], lr, d)
            if not close(following - place, -lr * (slopes[walk, :turn].sum(dim=0) + slope)):
                raise not_yet("acc-own-memory", "acc-again")


def _both_close(found: tuple[Tensor, Tensor], outcome: tuple[Tensor, Tensor]) -> bool:
    return close(found[0], outcome[0]) and close(found[1], outcome[1])


def _step(function: Function, given: list[Tensor], lr: float, d: int) -> tuple[Tensor, Tensor]:
    with without(AUTOGRAD, OPTIMISERS):
        result = call_plain(function, *given, lr)
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    pair = issubclass(type(result), tuple | list) and len(result) == 2  # type: ignore[arg-type]
    if not (pair or (is_tensor(result) and tuple(result.shape) == (2, d))):  # type: ignore[attr-defined]
        raise not_yet("acc-pair", "acc-pair", kind=kind_of(result))
    following, memory = (numbers(part) for part in result)  # type: ignore[attr-defined]
    for part in (following, memory):
        require_shape(part, (d,), (d,))
        require_finite(part)
    return following, memory


def _rolling_mistakes(slopes: Tensor, lr: float) -> Iterator[KnownMistake[Tensor]]:
    sums = slopes.cumsum(dim=0)
    yield KnownMistake("acc-no-memory", "acc-no-memory", -lr * slopes)
    yield KnownMistake("acc-old-bucket", "acc-old-bucket", -lr * (sums - slopes))
    yield KnownMistake("ascent-sign", "acc-rolls-up", lr * sums)
    yield KnownMistake("acc-twice-poured", "acc-twice-poured", -lr * (sums + slopes))
    yield KnownMistake("acc-rate-missing", "acc-rate-missing", -sums)
    yield KnownMistake("acc-rate-missing", "acc-rate-twice", -lr * lr * sums)
    yield KnownMistake("acc-no-memory", "acc-first-remembered", -lr * slopes[:1].expand_as(slopes))
    for share in (0.5, 0.9, 0.99):
        yield KnownMistake("acc-friction", "acc-friction", -lr * _kept(slopes, share, 1.0))
        yield KnownMistake("acc-friction", "acc-friction", -lr * _kept(slopes, share, 1 - share))


def _kept(slopes: Tensor, share: float, fresh: float) -> Tensor:
    """What `.grad` holds if it keeps a share of what it held, and adds a share of the new gradient."""
    held, kept = torch.zeros_like(slopes[0]), []
    for slope in slopes:
        held = share * held + fresh * slope
        kept.append(held)
    return torch.stack(kept)
