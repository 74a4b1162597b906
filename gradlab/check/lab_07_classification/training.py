"""The checks of trainings: a linear classifier (train-linear, find-bug), and any model (two-layers)."""

import math
from dataclasses import replace
from functools import partial

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable, require_left_alone, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import message_of, refusal
from gradlab.check.forbidden import NOT_HERE, OPTIMISERS, without
from gradlab.check.known_mistakes import KnownMistake, refuse_known
from gradlab.check.lab_07_classification import sample_functions
from gradlab.check.lab_07_classification.gradient_descent import Model, Training, flatten, require_end, split
from gradlab.check.missing_gradients import error_with
from gradlab.check.probes import BACKWARD_BEGUN
from gradlab.check.training_loops import FirstRound, Loop, run_loop
from gradlab.check.values import is_tensor, numbers, require_shape, single_number

Tensor = torch.Tensor
_LARGEST_NORM_AT_REST = 0.01
_HIDDEN = 3


def _examples(features: int, classes: int) -> tuple[Tensor, Tensor]:
    """Draw examples (n, d), float64, and labels; n is neither d nor K, and every class occurs."""
    count = 5 + classes + features
    labels = torch.cat([torch.arange(classes), torch.randint(classes, (count - classes,))])
    return torch.randn(count, features, dtype=torch.float64), labels


def _rate() -> float:
    """Draw a learning rate between 0.2 and 0.4."""
    return 0.2 + 0.2 * float(torch.rand((), dtype=torch.float64))


@announced
def trained_linear(function: Function, *, features: int = 2, classes: int = 3, steps: int = 4) -> None:
    """Check a function ``train_linear(loss, x, labels, classes, lr, steps)`` that returns weights and bias.

    Args:
        function: the student's.
        features: d.
        classes: K.
        steps: how many steps to make in float64; float32 is tried with two.

    Raises:
        NotYet: it raises, or its parameters are not those of gradient descent from zeros.
    """
    require_callable(function)
    start = [torch.zeros(features, classes).double(), torch.zeros(classes).double()]
    with_loss = partial(function, sample_functions.mean_loss)
    with_raising_loss = partial(function, sample_functions.raises_in_backward)
    with without(OPTIMISERS):
        _require_own_loop(with_loss, features, classes)
    _compare(with_loss, sample_functions.linear_model, start, ("W", "b"), steps, with_raising_loss=with_raising_loss)
    _require_given_loss(function, start)


def _require_own_loop(train: Function, features: int, classes: int) -> None:
    """Refuse a step that an optimiser of torch makes; any other mistake is for the comparison to name."""
    x, labels = _examples(features, classes)
    try:
        train(x, labels, classes, _rate(), 1)
    except Exception as error:
        if message_of(error).startswith(NOT_HERE):
            raise refusal(error) from error


def _require_given_loss(function: Function, start: list[Tensor]) -> None:
    """Refuse a training that minimises the cross-entropy whatever loss it is given."""
    features, classes = start[0].shape
    x, labels = _examples(features, classes)
    lr, steps = 4 * _rate(), 2
    loop = partial(function, sample_functions.brier_loss, x.clone(), labels.clone(), classes, lr)
    result = run_loop(loop, steps, _first_round())
    training = Training(sample_functions.linear_model, start, x, labels, lr, steps, loss=sample_functions.brier_loss)
    found, end = flatten(split(result, len(start))), replace(training, loss=sample_functions.mean_loss).end()
    refuse_known([KnownMistake("class-own-loss", "class-own-loss", end)], lambda outcome: close(found, outcome))
    require_end(result, training, ("W", "b"))


def _compare(
    train: Function,
    model: Model,
    start: list[Tensor],
    names: tuple[str, ...],
    steps: int,
    *,
    with_raising_loss: Function | None = None,
    untracked: str = "forward-untracked",
) -> None:
    """Compare what a training gives back with gradient descent, in float64 and, for two steps, in float32.

    Args:
        train: the student's function with the loss bound: ``(x, labels, classes, lr, steps)``.
        model: the model that it trains.
        start: the parameters that it begins with, float64; the first one is (d, K).
        names: their names.
        steps: how many steps to make in float64.
        with_raising_loss: the same as `train`, with a loss that raises where one goes backward through it.
        untracked: what it means if the very first loss does not require a gradient.
    """
    features, classes = start[0].shape
    x, labels = _examples(features, classes)
    lr = _rate()
    for kind, count in ((torch.float64, steps), (torch.float32, 2)):
        given, truth = x.to(kind), labels.clone()
        loop = partial(train, given, truth, classes, lr)
        raising_loop = None if with_raising_loss is None else partial(with_raising_loss, given, truth, classes, lr)
        result = run_loop(loop, count, _first_round(untracked, raising_loop))
        training = Training(model, start, given.to(torch.float64), labels, lr, count)
        require_end(result, training, names, without_steps=partial(loop, 0))
        _require_kind(result, kind)
        require_unchanged("`x`", x.to(kind), given)
        require_unchanged("`labels`", labels, truth)


def _first_round(untracked: str = "forward-untracked", with_raising_loss: Loop | None = None) -> FirstRound:
    """What errors mean in the first round of a training.

    Args:
        untracked: what it means if the very first loss does not require a gradient.
        with_raising_loss: runs the training with a loss that raises `BACKWARD_BEGUN` where one goes backward through
            it; None if the student chooses the loss.
    """

    def goes_backward() -> bool:
        return with_raising_loss is None or error_with(with_raising_loss, 1) == BACKWARD_BEGUN

    def no_gradient() -> str:
        return "not-a-leaf" if goes_backward() else "no-gradient-there"

    return FirstRound(untracked, goes_backward, no_gradient, warning="not-a-leaf")


def _require_kind(result: object, kind: torch.dtype) -> None:
    """Refuse tensors of a smaller type than that of the examples."""
    for part in result if type(result) in (list, tuple) else [result]:  # type: ignore[attr-defined]
        if is_tensor(part) and torch.promote_types(part.dtype, kind) != part.dtype:
            raise not_yet("wrong-precision", "precision", dtype=part.dtype)


@announced
def repaired_classifier(function: Function, *, features: int = 2, classes: int = 3, steps: int = 4) -> None:
    """Check a function ``train_repaired(x, labels, classes, lr, steps)`` that returns the weights.

    The arguments are those of `trained_linear`.

    Raises:
        NotYet: it raises, or its weights are not those of gradient descent from zeros.
    """
    require_callable(function)
    start = [torch.zeros(features, classes).double()]
    _compare(function, _product, start, ("W",), steps, untracked="argmax-gradient")


def _product(x: Tensor, parameters: list[Tensor]) -> Tensor:
    return x @ parameters[0]


@announced
def settled_classifier(weights: object, bias: object, *, on: tuple[Tensor, Tensor], lr: float) -> None:
    """Check that a training, whose rate and number of steps the student chose, has come to its end.

    Args:
        weights: where it ended, (d, K).
        bias: where it ended, (K,).
        on: the examples (n, d) and their labels (n,), on any device.
        lr: the learning rate that was chosen: a number.

    Raises:
        NotYet: the loss is still steep, or not finite.
    """
    single_number(lr)
    x, labels = numbers(on[0]), on[1].detach().cpu()
    classes = int(labels.max()) + 1
    leaves = [numbers(weights), numbers(bias)]
    for found, shape in zip(leaves, ((x.shape[1], classes), (classes,)), strict=True):
        require_shape(found, shape, x.shape)
    unusual = sum(int((~torch.isfinite(found)).sum()) for found in leaves)
    if unusual:
        raise not_yet("lr-too-high", "not-finite", count=unusual, total=sum(found.numel() for found in leaves))
    leaves = [found.requires_grad_() for found in leaves]
    loss = sample_functions.mean_loss(sample_functions.linear_model(x, leaves), labels)
    slopes = torch.autograd.grad(loss, leaves)
    norm, paid = float(torch.cat([slope.reshape(-1) for slope in slopes]).norm()), float(loss.detach())
    if norm <= _LARGEST_NORM_AT_REST:
        return
    if paid > math.log(classes):
        raise not_yet("lr-too-high", "class-worse-than-nothing", loss=f"{paid:.2g}")
    raise not_yet("lr-too-low", "class-still-steep", norm=f"{norm:.1g}", loss=f"{paid:.2g}")


@announced
def fitted(function: Function, *, features: int = 2, classes: int = 2, steps: int = 4) -> None:
    """Check a function ``fit(model, start, x, labels, lr, steps)`` that returns the trained parameters.

    Args:
        function: the student's.
        features: d.
        classes: K.
        steps: how many steps to make with a tanh model in float64; a linear one in float32 is tried with two.

    Raises:
        NotYet: it raises, or the parameters are not those of gradient descent, or the start is changed.
    """
    require_callable(function)
    tanh = ((features, _HIDDEN), (_HIDDEN, classes), (classes,))
    linear = ((features, classes), (classes,))
    for model, shapes, kind, count in (
        (sample_functions.tanh_model, tanh, torch.float64, steps),
        (sample_functions.linear_model, linear, torch.float32, 2),
    ):
        x, labels = _examples(features, classes)
        start = [torch.randn(shape, dtype=torch.float64).to(kind) for shape in shapes]
        given, examples_given, truth, lr = [each.clone() for each in start], x.to(kind), labels.clone(), _rate()
        loop = partial(function, model, given, examples_given, truth, lr)
        result = run_loop(loop, count, _first_round())
        exact = [each.to(torch.float64) for each in start]
        training = Training(model, exact, examples_given.to(torch.float64), labels, lr, count)
        names = [f"start[{number}]" for number in range(len(start))]
        for name, before, after in zip(names, start, given, strict=True):
            require_left_alone(f"`{name}`", before, after)
        require_end(result, training, names)
        require_unchanged("`x`", x.to(kind), examples_given)
