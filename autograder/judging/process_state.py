"""The settings of a process that a lesson's cells change: a test sees them as they were at its place in the notebook.

The instructor's notebook has run to its end in the process in which tests run. What a later cell has set there would
reach the tests above it, too.
"""

import decimal
import locale
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy
import torch

_Part = tuple[Callable[[], Any], Callable[[Any], object]]


def _set_environment(wanted: dict[str, str]) -> None:
    zone = os.environ.get("TZ")
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    os.environ.update({name: value for name, value in wanted.items() if os.environ.get(name) != value})
    if wanted.get("TZ") != zone:
        time.tzset()


def _set_warnings(filters: list[Any]) -> None:
    warnings.filters[:] = filters  # type: ignore[index]  # it is declared as a sequence, and is a list
    with warnings.catch_warnings():
        # Python forgets which warnings it has shown when it enters and leaves.
        pass


def _set_locale(name: str) -> None:
    with suppress(locale.Error):
        locale.setlocale(locale.LC_ALL, name)


def _set_print_options(options: Mapping[str, Any]) -> None:
    known = numpy.get_printoptions()
    numpy.set_printoptions(**{name: value for name, value in options.items() if name in known})


def _context_parts() -> tuple[Any, ...]:
    context = decimal.getcontext()
    flags = [kind for kind, is_set in context.flags.items() if is_set]
    traps = [kind for kind, is_set in context.traps.items() if is_set]
    return context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp, flags, traps


def _set_context(parts: tuple[Any, ...]) -> None:
    decimal.setcontext(decimal.Context(*parts))


_ALWAYS: Mapping[str, _Part] = {
    "torch's default dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "gradients": (torch.is_grad_enabled, torch.set_grad_enabled),
    "deterministic": (torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms),
    "torch's print options": (
        lambda: dict(vars(torch._tensor_str.PRINT_OPTS)),
        lambda options: vars(torch._tensor_str.PRINT_OPTS).update(options),
    ),
    "NumPy's print options": (numpy.get_printoptions, _set_print_options),
    "NumPy's errors": (numpy.geterr, lambda errors: numpy.seterr(**errors)),
    "environment": (lambda: dict(os.environ), _set_environment),
    "warnings": (lambda: list(warnings.filters), _set_warnings),
    "locale": (lambda: locale.setlocale(locale.LC_ALL), _set_locale),
    "decimal": (_context_parts, _set_context),
    "recursion": (sys.getrecursionlimit, sys.setrecursionlimit),
    "logging": (lambda: logging.root.level, logging.root.setLevel),
}


def _matplotlib(module: Any) -> _Part:  # noqa: ANN401 - a module
    # Past its checks: what is put back was there.
    return lambda: dict.copy(module.rcParams), lambda values: dict.update(module.rcParams, values)


def _pandas(module: Any) -> _Part:  # noqa: ANN401 - a module
    def read() -> dict[str, Any]:
        names = list(module._config.config._registered_options)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {name: module.get_option(name) for name in names}

    def write(values: dict[str, Any]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, value in values.items():
                if module.get_option(name) != value:
                    module.set_option(name, value)

    return read, write


def _plotly(_module: Any) -> _Part:  # noqa: ANN401 - a module
    def read() -> tuple[Any, ...] | None:
        # Asking the package for its part would import it.
        io = sys.modules.get("plotly.io")
        return None if io is None else (io.templates.default, io.renderers.default)

    def write(values: tuple[Any, ...] | None) -> None:
        io = sys.modules.get("plotly.io")
        if io is not None and values is not None:
            io.templates.default, io.renderers.default = values

    return read, write


def _sklearn(module: Any) -> _Part:  # noqa: ANN401 - a module
    return module.get_config, lambda values: module.set_config(**values)


_LOADED: Mapping[str, Callable[[Any], _Part]] = {
    "matplotlib": _matplotlib,
    "pandas": _pandas,
    "plotly": _plotly,
    "sklearn": _sklearn,
}
"""Libraries that need not be there: they are looked at once they are loaded."""


@dataclass(frozen=True)
class ProcessState:
    """The settings of this process at one moment."""

    values: Mapping[str, Any]

    @classmethod
    def now(cls) -> "ProcessState":
        """Read them."""
        return cls({name: read() for name, (read, _) in _parts().items()})

    def equals(self, other: "ProcessState") -> bool:
        """Whether another moment had the same settings."""
        return self.values.keys() == other.values.keys() and not self.changed_in(other)

    def changed_in(self, other: "ProcessState") -> frozenset[str]:
        """The settings of both moments that are not the same in another one."""
        both = self.values.keys() & other.values.keys()
        return frozenset(name for name in both if not _are_equal(self.values[name], other.values[name]))

    def restore(self) -> None:
        """Set what has changed since then."""
        for name, (read, write) in _parts().items():
            if name in self.values and not _are_equal(read(), self.values[name]):
                write(self.values[name])


def _are_equal(one: Any, other: Any) -> bool:  # noqa: ANN401 - settings of any kind
    try:
        return bool(one == other)
    except ValueError:
        # An array among them is not equal to anything in one word.
        return False


def _parts() -> dict[str, _Part]:
    loaded = {
        name: make(sys.modules[name])
        for name, make in _LOADED.items()
        # A module that is still being imported, or that only has the name, has no such settings.
        if name in sys.modules and hasattr(sys.modules[name], "__version__")
    }
    return {**_ALWAYS, **loaded}
