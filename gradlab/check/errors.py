"""Errors of Python and torch, recognised by their type and message."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from gradlab.check.diagnosis import Diagnosis, NotYet, describe
from gradlab.check.forbidden import AUTOGRAD, NOT_HERE

_LONGEST_MESSAGE = 200


@dataclass(frozen=True)
class Symptom:
    """An error that points to a mistake.

    Attributes:
        kind: the error's type; a subclass counts too.
        message: a regular expression that is searched in its message.
        explanation: the mistake, a key of `gradlab.words`.
    """

    kind: type[BaseException]
    message: re.Pattern[str]
    explanation: str


UNTRACKED = re.compile(r"does not require grad and does not have a grad_fn")
NONE_OPERAND = re.compile(
    r"unsupported operand type\(s\) for .*'NoneType'|must be (Tensor|Number), not NoneType|"
    r"received an invalid combination of arguments[^\n]*NoneType"
)
NONE_ATTRIBUTE = re.compile(r"'NoneType' object has no attribute '(zero_|data|fill_|detach_|detach|clone|norm|mul_)'")

# In order: the first that fits counts.
_KNOWN: Final[tuple[tuple[type[BaseException], str, str], ...]] = (
    (NotImplementedError, r"^(?!.*(torch|aten|operator|not implemented for))", "not-written"),
    (RuntimeError, rf"^{NOT_HERE}({'|'.join(AUTOGRAD)})$", "left-to-autograd"),
    (RuntimeError, f"^{NOT_HERE}", "left-to-torch"),
    (RuntimeError, r"leaf Variable that requires grad is being used in an in-place operation", "inplace-on-leaf"),
    (TypeError, r"'type' object does not support the context manager protocol", "parentheses-missing"),
    (AttributeError, r"__enter__", "parentheses-missing"),
    (TypeError, r"'(builtin_function_or_method|builtin_method|method|method_descriptor)'", "method-not-called"),
    (AttributeError, r"'(builtin_function_or_method|method|method_descriptor)' object", "method-not-called"),
    (TypeError, r"float\(\) argument must be .*not '(builtin_function_or_method|method)'", "method-not-called"),
    (TypeError, r"torch\.return_types\.", "two-results"),
    (AttributeError, r"'torch\.return_types\.\w+' object", "two-results"),
    (TypeError, r"not supported between instances of '(dict' and '\w+|\w+' and 'dict)'", "options-in-one"),
    (TypeError, r"must be real number, not dict|for [*/+-]=?: '?(Tensor|float)'? and 'dict'", "options-in-one"),
    (AttributeError, r"'(float|int)' object has no attribute 'requires_grad_?'", "number-not-tensor"),
    (TypeError, r"^(float|int)\(\) (takes no|got an unexpected) keyword argument", "number-not-tensor"),
    (TypeError, r"^new\(\)", "capital-tensor"),
    (TypeError, r"'function' (and|object)|and 'function'$", "function-not-called"),
    (AttributeError, r"^'function' object has no attribute", "function-not-called"),
    (RuntimeError, r"backward through the graph a second time", "backward-twice"),
    (RuntimeError, r"grad can be implicitly created only for scalar outputs", "backward-on-vector"),
    (RuntimeError, r"[Oo]nly Tensors of floating point (and complex )?dtype can require grad", "integer-tensor"),
    (RuntimeError, UNTRACKED.pattern, "forward-untracked"),
    (RuntimeError, r"appears? to not have been used in the graph", "graph-cut"),
    (RuntimeError, r"Can't call numpy\(\) on Tensor that requires grad", "numpy-on-tracked"),
    (RuntimeError, r"modified by an inplace operation", "changed-after-forward"),
    (RuntimeError, r"cannot be converted to Scalar", "graph-cut"),
    (RuntimeError, r"can only change requires_grad flags of leaf variables", "not-a-leaf"),
    (RuntimeError, r"size of tensor a .* must match the size of tensor b", "broadcast-residual"),
    (ValueError, r"operands could not be broadcast together", "broadcast-residual"),
    (ValueError, r"can't optimize a non-leaf Tensor", "not-a-leaf"),
    (ValueError, r"only one element tensors can be converted to Python scalars", "graph-cut"),
    (TypeError, r"only .* can be converted to Python scalars", "graph-cut"),
    (TypeError, NONE_OPERAND.pattern, "rebinding-leaf"),
    (TypeError, r"takes .* positional arguments? but|missing \d+ required positional argument", "wrong-arguments"),
    (TypeError, r"argument 'input' \(position 1\) must be Tensor, not (float|int|numpy)", "graph-cut"),
    (AttributeError, NONE_ATTRIBUTE.pattern, "zero-before-first"),
    (AttributeError, r"'(float|int|numpy\.\w+|ndarray)' object has no attribute '(backward|grad\w*)'", "graph-cut"),
    (Warning, r"\.grad attribute of a Tensor that is not a leaf", "grad-of-intermediate"),
    (Warning, r"Converting a tensor with requires_grad=True to a scalar", "graph-cut"),
    (Warning, r"To copy construct from a tensor", "graph-cut"),
)
# Compiled once: a process that is forked for each submission would compile them again.
_SYMPTOMS: Final = tuple(Symptom(kind, re.compile(message), explanation) for kind, message, explanation in _KNOWN)


def message_of(error: BaseException) -> str:
    """The first line of an error's message, shortened; safe even if the error's own ``__str__`` raises."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # noqa: BLE001 - a student's class may do anything in __str__
        return "…"
    text = lines[0] if lines else ""
    # How a check makes the function that it hands over is no matter of the student's.
    text = text.replace("functools.partial", "function")
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + "…"


def diagnose(error: BaseException, observation: str = "error") -> Diagnosis | None:
    """Diagnose an error that student code raised.

    Args:
        error: any error. `NotYet` carries its diagnosis; others are recognised by their type and message.
        observation: a key of `words.OBSERVATIONS` with placeholders for the error's name and its message.

    Returns:
        The diagnosis, or None if the error is none that the course knows.
    """
    if isinstance(error, NotYet):
        return error.diagnosis
    message = message_of(error)
    for symptom in _SYMPTOMS:
        if isinstance(error, symptom.kind) and symptom.message.search(message):
            seen = "not-written" if symptom.explanation == "not-written" else observation
            return describe(symptom.explanation, seen, name=type(error).__name__, message=message)
    return None


def refusal(error: Exception, otherwise: str = "raised", observation: str = "error") -> NotYet:
    """Turn an error that student code raised into a `NotYet`.

    Args:
        error: what was raised.
        otherwise: the explanation of an error that `diagnose` does not know.
        observation: see `diagnose`.
    """
    known = diagnose(error, observation)
    return NotYet(known or describe(otherwise, observation, name=type(error).__name__, message=message_of(error)))


@contextmanager
def errors_refused(otherwise: str = "raised", observation: str = "error") -> Iterator[None]:
    """Turn an error that student code raises into a `NotYet`; the arguments are those of `refusal`."""
    try:
        yield
    except Exception as error:
        raise refusal(error, otherwise, observation) from error
