"""What student code returned, turned into float64 tensors or refused: nothing is trusted."""

from collections.abc import Sequence

import numpy as np
import torch

from gradlab import words
from gradlab.check.diagnosis import NotYet, not_yet

_DEEPEST = 6
_LONGEST_NAME = 60
_METHOD_KINDS = ("builtin_function_or_method", "method", "method_descriptor", "builtin_method")
_FUNCTION_KINDS = {"partial": "function"}


def kind_of(value: object) -> str:
    """Name the type of a value, for a sentence."""
    try:
        name = str(value.__class__.__name__)
    except Exception:  # noqa: BLE001 - a student's class may do anything in __getattribute__
        name = type(value).__name__
    # A check hands over functions that are made with `functools.partial`.
    return f"`{_FUNCTION_KINDS.get(name, name)[:_LONGEST_NAME]}`"


def is_tensor(value: object) -> bool:
    """Say whether a value is a tensor; unlike isinstance, this can't be talked into it by a ``__class__`` attribute."""
    return issubclass(type(value), torch.Tensor)


def is_array(value: object) -> bool:
    """Say whether a value is a NumPy array or scalar."""
    return issubclass(type(value), np.ndarray | np.generic)


def _from_tensor(value: torch.Tensor) -> torch.Tensor | None:
    if value.layout != torch.strided or value.is_complex() or value.device.type == "meta":
        return None
    return value.detach().to(device="cpu", dtype=torch.float64, copy=True)


def _from_array(value: np.ndarray | np.generic) -> torch.Tensor | None:
    array = np.asarray(value)
    return torch.from_numpy(array.astype(np.float64)) if array.dtype.kind in "biuf" else None


def _from_sequence(value: Sequence[object], depth: int) -> torch.Tensor | None:
    parts = [_convert(part, depth + 1) for part in value] if depth < _DEEPEST else [None]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if len({part.shape for part in known}) > 1:
        raise not_yet("wrong-shape", "ragged")
    return torch.stack(known) if known else torch.empty(0, dtype=torch.float64)


def _convert(value: object, depth: int = 0) -> torch.Tensor | None:
    """Convert a value; None if it is not made of numbers."""
    kind = type(value)
    if issubclass(kind, torch.Tensor):
        return _from_tensor(value)  # type: ignore[arg-type]
    if issubclass(kind, np.ndarray | np.generic):
        return _from_array(value)  # type: ignore[arg-type]
    if kind in (float, int, bool):
        try:
            return torch.tensor(float(value), dtype=torch.float64)  # type: ignore[arg-type]
        except OverflowError:
            return torch.tensor(torch.inf, dtype=torch.float64)
    if issubclass(kind, list | tuple):
        return _from_sequence(value, depth)  # type: ignore[arg-type]
    return None


def numbers(result: object, expected: str = "tensor") -> torch.Tensor:
    """Convert a result to a tensor of its own.

    Args:
        result: anything. Tensors, arrays, numbers, and lists of those are accepted.
        expected: what was expected, a key of `words.LABELS`.

    Returns:
        The values: float64, on the CPU, detached, sharing no memory with the result.

    Raises:
        NotYet: the result is something else.
    """
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    try:
        values = _convert(result)
    except NotYet:
        raise
    except Exception as error:
        # A subclass of a tensor or of a list may do anything when it is read.
        raise not_yet("wrong-kind", "kind", expected=words.LABELS[expected], kind=kind_of(result)) from error
    if values is None:
        explanation = "method-not-called" if type(result).__name__ in _METHOD_KINDS else "wrong-kind"
        raise not_yet(explanation, "kind", expected=words.LABELS[expected], kind=kind_of(result))
    return values


def holds_integers(result: object) -> bool:
    """Say whether a result that `numbers` accepts is stored as integers; lists may hold anything."""
    if is_tensor(result):
        dtype = result.dtype  # type: ignore[attr-defined]
        return not (dtype.is_floating_point or dtype == torch.bool)
    return not is_array(result) or np.asarray(result).dtype.kind in "iu"


def shape_text(shape: Sequence[int]) -> str:
    """Write a shape as Python does: (3, 2), (3,), ()."""
    return str(tuple(shape))


def require_shape(values: torch.Tensor, expected: Sequence[int], given: Sequence[int]) -> None:
    """Refuse another shape than the expected one; `given` is the input's, for the diagnosis."""
    if tuple(values.shape) != tuple(expected):
        raise not_yet(
            "wrong-shape",
            "shape",
            given=shape_text(given),
            expected=shape_text(expected),
            shape=shape_text(values.shape),
        )


def require_finite(values: torch.Tensor) -> None:
    """Refuse NaN and infinity."""
    wrong = int((~torch.isfinite(values)).sum())
    if wrong:
        raise not_yet("not-finite", "not-finite", count=wrong, total=values.numel())


def single_number(result: object) -> float:
    """Convert a result that must be one number.

    Raises:
        NotYet: it is something else, or not finite.
    """
    values = numbers(result, expected="number")
    if values.numel() != 1:
        raise not_yet("wrong-shape", "one-number", shape=shape_text(values.shape))
    require_finite(values)
    return float(values.reshape(()))


def rounded(number: float) -> str:
    """Write a number as a student reads it: two significant digits at most, no exponent where avoidable."""
    return f"{number:.2g}" if abs(number) < 10 else f"{number:.0f}"


def plain_number(result: object) -> float:
    """Convert a result that must be one number with which a caller can go on: no list or tuple with a number in it.

    Raises:
        NotYet: it is something else, or not finite.
    """
    number = single_number(result)
    if issubclass(type(result), list | tuple):
        raise not_yet("wrapped-number", "wrapped-kind", kind=kind_of(result))
    return number


def require_device(result: object, like: torch.Tensor) -> None:
    """Refuse a tensor on another device than that of the input."""
    if is_tensor(result) and result.device != like.device:  # type: ignore[attr-defined]
        raise not_yet("wrong-device", "device", expected=like.device, device=result.device)  # type: ignore[attr-defined]
