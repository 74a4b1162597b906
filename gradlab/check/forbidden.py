"""What a task rules out, ruled out while the student's function runs: "without autograd", "not with PyTorch's".

Torch tells a mode of every function that it is about to call, whichever name it was called by, and in whichever module
the caller found it. The grader's wall puts the modes that a test has entered in force on the student's side too.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode

AUTOGRAD = ("backward", "grad", "make_dual")
"""Every way to a derivative that torch computes leads through one of these."""
SOFTMAX = ("softmax", "log_softmax", "softmin", "gumbel_softmax", "softmax_backward_data")
CROSS_ENTROPY = ("cross_entropy", "cross_entropy_loss", "nll_loss", "nll_loss_nd", "nll_loss2d")
OPTIMISERS = ("torch.optim",)
"""A step of an optimiser; it is no function that a mode is told of."""

NOT_HERE = "this exercise is to be done without torch's "


class Forbidding(TorchFunctionMode):
    """While it is entered, a call of a forbidden function raises RuntimeError, whose message begins with `NOT_HERE`.

    Args:
        names: what they are called, without the module; `OPTIMISERS` stands for every optimiser's step.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__()

    def __reduce__(self) -> tuple[type["Forbidding"], tuple[tuple[str, ...]]]:
        # Through the wall goes what it forbids; whether it is entered is each side's own.
        return Forbidding, (self.names,)

    def __enter__(self) -> "Forbidding":
        if set(OPTIMISERS) & set(self.names):
            self._hook = register_optimizer_step_pre_hook(_refuse_step)
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        if set(OPTIMISERS) & set(self.names):
            self._hook.remove()

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever the function returns
        """Call a function of torch, unless it is forbidden."""
        name = getattr(func, "__name__", "").removeprefix("special_").strip("_")
        if name in self.names:
            raise RuntimeError(NOT_HERE + name)
        return func(*args, **(kwargs or {}))


def _refuse_step(optimiser: torch.optim.Optimizer, *_: object) -> None:
    raise RuntimeError(f"{NOT_HERE}optim.{type(optimiser).__name__}")


def without(*names: tuple[str, ...]) -> AbstractContextManager[object]:
    """A block in which the student's function may not call what these tuples name."""
    return Forbidding(tuple(name for group in names for name in group))
