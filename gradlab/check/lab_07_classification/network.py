"""The check of a network with one hidden layer."""

from collections.abc import Callable, Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_07_classification.differentiable import require_slopes

Tensor = torch.Tensor


@announced
def two_layers(function: Function, *, features: int = 2, hidden: int = 4, classes: int = 3) -> None:
    """Check a function ``two_layers(x, parameters)`` that returns logits.

    Args:
        function: the student's: x (n, d) and [W₁, b₁, W₂, b₂] → logits (n, K).
        features: d.
        hidden: the number of hidden neurons.
        classes: K.

    Raises:
        NotYet: the logits are wrong, or autograd can't follow.
    """
    require_callable(function)
    x = torch.randn(7, features, dtype=torch.float64)
    shapes = ((features, hidden), (hidden,), (hidden, classes), (classes,))
    parameters = [torch.randn(shape, dtype=torch.float64) for shape in shapes]
    # No mistake must pass by chance: every neuron is open for some examples and closed for others, every class gets
    # logits of both signs, and no example lies on a kink.
    parameters[1] -= (x @ parameters[0] + parameters[1]).quantile(0.6, dim=0)
    parameters[3] -= network(x, parameters).quantile(0.6, dim=0) + 0.05
    given, copies = x.clone(), [each.clone() for each in parameters]
    result = call(function, given, copies)
    agree(
        result,
        network(x, parameters),
        _mistakes(x, parameters),
        given=words.FRAGMENTS["random-parameters"],
        shape=tuple(x.shape),
    )
    require_unchanged("`x`", x, given)
    for number, (before, after) in enumerate(zip(parameters, copies, strict=True)):
        require_unchanged(f"`parameters[{number}]`", before, after)
    first, *rest = parameters
    require_slopes(
        lambda leaf: call(function, x.clone(), [leaf, *(each.clone() for each in rest)]),
        first,
        lambda leaf: network(x, [leaf, *rest]),
    )


def network(x: Tensor, parameters: list[Tensor]) -> Tensor:
    """ReLU between two linear layers."""
    w1, b1, w2, b2 = parameters
    return torch.relu(x @ w1 + b1) @ w2 + b2


def _mistakes(x: Tensor, parameters: list[Tensor]) -> Iterator[KnownMistake[Tensor]]:
    w1, b1, w2, b2 = parameters
    inner = x @ w1 + b1
    right = network(x, parameters)
    linear = inner @ w2 + b2
    yield KnownMistake("class-no-activation", "class-no-activation", linear)
    yield KnownMistake("class-activated-output", "class-relu-after", torch.relu(right))
    yield KnownMistake("class-activated-output", "class-relu-only-after", torch.relu(linear))
    yield KnownMistake("logits-twice", "class-probabilities", torch.softmax(right, dim=1))
    yield KnownMistake("class-activated-output", "class-sigmoid-after", torch.sigmoid(right))
    others: dict[str, Callable[[Tensor], Tensor]] = {
        "a sigmoid": torch.sigmoid,
        "a tanh": torch.tanh,
        "a leaky ReLU": torch.nn.functional.leaky_relu,
    }
    for name, activation in others.items():
        outcome = activation(inner) @ w2 + b2
        yield KnownMistake("class-other-activation", "class-other-activation", outcome, {"name": name})
    yield KnownMistake("wrong-coefficient", "class-first-bias", torch.relu(x @ w1) @ w2 + b2)
    yield KnownMistake("wrong-coefficient", "class-first-bias", (torch.relu(x @ w1) + b1) @ w2 + b2)
    yield KnownMistake("wrong-coefficient", "class-second-bias", torch.relu(inner) @ w2)
    yield KnownMistake("argmax-gradient", "class-step", (inner > 0).to(torch.float64) @ w2 + b2)
