"""A fake device for any machine: its tensors are stored in main memory and follow a GPU's rules.

An operation on its tensors refuses a tensor of the CPU, unless that has one element; NumPy cannot read them; a copy to
the device is no leaf. PyTorch treats it as a device type of its own ("PrivateUse1"), so that autograd runs as on a GPU.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch.utils import _pytree
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

_NAME = "fakegpu"
DEVICE = torch.device("privateuseone", 0)
# What copies between devices, and what takes an index from the CPU, as on a GPU.
_FREE = ("aten::copy_", "aten::_to_copy", "aten::index", "aten::index_put_", "aten::_index_put_impl_")


class FakeTensor(torch.Tensor):
    """A tensor on the device.

    Args:
        held: its values, on the CPU.
    """

    held: torch.Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls: type["FakeTensor"], held: torch.Tensor) -> "FakeTensor":
        made = torch.Tensor._make_wrapper_subclass(
            cls, held.shape, held.stride(), held.storage_offset(), dtype=held.dtype, layout=held.layout, device=DEVICE
        )
        made.held = held
        return made

    @classmethod
    def __torch_dispatch__(
        cls,
        func: torch._ops.OpOverload,
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        return _compute(func, args, dict(kwargs or {}))

    def tolist(self) -> list[Any]:
        """As a GPU's tensor does, which is copied first."""
        copied: list[Any] = self.detach().cpu().tolist()
        return copied

    def numpy(self, *, force: bool = False) -> np.ndarray[Any, Any]:
        """Refuse with the error message of a GPU's tensor."""
        if not force:
            raise TypeError(f"can't convert {_NAME} device type tensor to numpy. Use Tensor.cpu() first.")
        return self.detach().cpu().numpy()

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray[Any, Any]:
        return self.numpy()


class FakeDeviceMode(TorchDispatchMode):
    """A context within which tensors can be made on the device."""

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        return _compute(func, args, dict(kwargs or {}))


def register() -> None:
    """Register the device with PyTorch, once in a process; it cannot be undone."""
    _setup_privateuseone_for_python_backend(_NAME)


def _compute(func: torch._ops.OpOverload, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
    """Compute on the CPU; the result belongs to the device on which a GPU would leave it."""
    tensors = [leaf for leaf in _pytree.tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
    there = any(isinstance(tensor, FakeTensor) for tensor in tensors)
    if there and func._schema.name not in _FREE:
        for tensor in tensors:
            if not isinstance(tensor, FakeTensor) and tensor.dim():
                raise RuntimeError(
                    f"Expected all tensors to be on the same device, but found at least two devices, {DEVICE} and "
                    f"{tensor.device}! (in {func._schema.name})"
                )
    wanted = kwargs.get("device")
    if isinstance(wanted, torch.device):
        kwargs["device"] = torch.device("cpu")
        there = wanted.type == _NAME
    found = func(*_held(args), **_held(kwargs))
    if func._schema.is_mutable and found is not None and isinstance(args[0], torch.Tensor):
        # What works in place gives back the very tensor that it was given.
        return args[0]
    return _pytree.tree_map_only(torch.Tensor, FakeTensor, found) if there else found


def _held(values: Any) -> Any:
    return _pytree.tree_map_only(FakeTensor, lambda tensor: tensor.held, values)
