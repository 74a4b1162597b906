"""The check of the number of passes that a whole Jacobian takes."""

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable
from gradlab.check.variants import Variant, agree


@announced
def cost(function: Function) -> None:
    """Check a function ``passes(inputs, outputs)`` that returns how many passes J takes: reverse mode, forward mode.

    Raises:
        NotYet: a number differs.
    """
    require_callable(function)
    drawn = torch.randint(6, 90, (2,)).tolist()
    for inputs, outputs in ((drawn[0], drawn[0] + drawn[1]), (1_000_003, 1), (2, 5_000)):
        pair = torch.tensor([float(outputs), float(inputs)], dtype=torch.float64)
        both = float(inputs * outputs)
        agree(
            call(function, inputs, outputs),
            pair,
            (
                Variant("jac-cost-swapped", "jac-cost-swapped", pair.flip(0)),
                Variant("jac-cost-entries", "jac-cost-entries", torch.full((2,), both, dtype=torch.float64)),
                Variant("jac-cost-entries", "jac-cost-entries", torch.tensor(both, dtype=torch.float64)),
                Variant("jac-cost-same", "jac-cost-same", pair[:1].expand(2)),
                Variant("jac-cost-same", "jac-cost-same", pair[1:].expand(2)),
                Variant("jac-cost-same", "jac-cost-one", torch.ones(2, dtype=torch.float64)),
                Variant("jac-cost-same", "jac-cost-cheaper", pair.min()),
                Variant("jac-cost-measured", "jac-cost-measured", pair + 1),
            ),
            kind="pair",
            given=f"{inputs} inputs and {outputs} outputs",
            tolerance=1e-9,
        )
