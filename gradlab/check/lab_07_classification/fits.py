"""The check of a training of any model with an optimiser of torch's."""

from functools import partial

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable, require_unchanged, require_unwatched
from gradlab.check.lab_07_classification import probes
from gradlab.check.lab_07_classification.descent import Training, require_end
from gradlab.check.lab_07_classification.linear import examples, rate
from gradlab.check.lab_07_classification.rounds import run

_HIDDEN = 3


@announced
def fitted(function: Function, *, features: int = 2, classes: int = 2, steps: int = 4) -> None:
    """Check a function ``fit(model, start, x, labels, lr, steps)`` that returns the trained parameters.

    Args:
        function: the student's.
        features: d.
        classes: K.
        steps: how many steps to make with a bent model in float64; a linear one in float32 is tried with two.

    Raises:
        NotYet: it raises, or the parameters are not those of gradient descent, or the start is changed.
    """
    require_callable(function)
    bent = ((features, _HIDDEN), (_HIDDEN, classes), (classes,))
    straight = ((features, classes), (classes,))
    for model, shapes, kind, count in (
        (probes.bent, bent, torch.float64, steps),
        (probes.linear, straight, torch.float32, 2),
    ):
        x, labels = examples(features, classes)
        start = [torch.randn(shape, dtype=torch.float64).to(kind) for shape in shapes]
        given, examples_given, truth, lr = [each.clone() for each in start], x.to(kind), labels.clone(), rate()
        attempt = partial(function, model, given, examples_given, truth, lr)
        result = run(attempt, count)
        exact = [each.to(torch.float64) for each in start]
        training = Training(model, exact, examples_given.to(torch.float64), labels, lr, count)
        names = [f"start[{number}]" for number in range(len(start))]
        for name, before, after in zip(names, start, given, strict=True):
            require_unchanged(f"`{name}`", before, after)
            require_unwatched(f"`{name}`", after)
        require_end(result, training, names)
        require_unchanged("`x`", x.to(kind), examples_given)
