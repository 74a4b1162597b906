"""The generators that a notebook draws from: their seeds, and their states, which a test that seeds them shares.

In one process a test and the answer draw from the same generators. Across the wall they share one only after the test
itself has seeded it: until then hidden inputs are drawn from a secret seed, and the student's side must not know it.
"""

import functools
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import numpy
import torch

from autograder.wall.errors import MalformedError
from autograder.wall.generator_steps import torch_words, words_lead

_NUMPY_SEEDS: Final = 2**32
_WORDS: Final = 624
"""The words of a Mersenne twister's state."""
# A library that sets its generator back to where it was seeds nothing.
_LIBRARIES: Final = frozenset({"numpy", "random", "scipy", "sklearn", "torch"})
_seed_random, _restore_random = random.seed, random.setstate
_seed_numpy, _restore_numpy = numpy.random.seed, numpy.random.set_state
# `torch.manual_seed` also keeps a traceback for CUDA's generators, which takes longer than all the rest.
_seed_torch = torch.default_generator.manual_seed


def seed(number: int) -> None:
    """Seed Python's, NumPy's and torch's generator, so that the same numbers are drawn every time.

    Args:
        number: from 0 to 2**64 - 1.
    """
    _seed_random(number)
    _seed_numpy(number % _NUMPY_SEEDS)
    _seed_torch(number)


State = list[Any]
"""A generator's state as plain data."""


def _random_state() -> State:
    version, words, gauss = random.getstate()
    return [version, numpy.array(words, numpy.uint32).tobytes(), gauss]


def _set_random_state(state: State) -> None:
    version, words, gauss = state
    numbers = _words(words, _WORDS + 1)
    if version != 3 or numbers[-1] > _WORDS or not (gauss is None or type(gauss) is float):
        raise MalformedError("state of a generator")
    _restore_random((3, tuple(numbers), gauss))


def _numpy_state() -> State:
    state: Any = numpy.random.get_state(legacy=True)
    _, words, position, has_gauss, gauss = state
    return [words.astype(numpy.uint32).tobytes(), int(position), int(has_gauss), float(gauss)]


def _set_numpy_state(state: State) -> None:
    words, position, has_gauss, gauss = state
    if type(position) is not int or not 0 <= position <= _WORDS or has_gauss not in (0, 1) or type(gauss) is not float:
        raise MalformedError("state of a generator")
    _restore_numpy(("MT19937", numpy.array(_words(words, _WORDS), numpy.uint32), position, int(has_gauss), gauss))


def _torch_state() -> State:
    return [torch.default_generator.get_state().numpy().tobytes()]


def _set_torch_state(state: State) -> None:
    (data,) = state
    if not isinstance(data, bytes) or len(data) != torch.default_generator.get_state().numel():
        raise MalformedError("state of a generator")
    # Torch checks what is in it.
    torch.default_generator.set_state(torch.frombuffer(bytearray(data), dtype=torch.uint8))


def _words(data: object, count: int) -> list[int]:
    if not isinstance(data, bytes) or len(data) != 4 * count:
        raise MalformedError("state of a generator")
    numbers: list[int] = numpy.frombuffer(data, numpy.uint32).tolist()
    return numbers


_GENERATORS: Final[Mapping[str, tuple[Callable[[], State], Callable[[State], None]]]] = {
    "random": (_random_state, _set_random_state),
    "numpy": (_numpy_state, _set_numpy_state),
    "torch": (_torch_state, _set_torch_state),
}
_SEEDERS: Final = (
    ("random", random, "seed"),
    ("random", random, "setstate"),
    ("numpy", numpy.random, "seed"),
    ("numpy", numpy.random, "set_state"),
    ("torch", torch, "manual_seed"),
    ("torch", torch, "set_rng_state"),
    ("torch", torch.random, "manual_seed"),
    ("torch", torch.random, "set_rng_state"),
)


def read_states(names: Iterable[str]) -> dict[str, State]:
    """The states of some generators: "random", "numpy", "torch"."""
    return {name: _GENERATORS[name][0]() for name in names if name in _GENERATORS}


def set_states(states: Mapping[str, State]) -> None:
    """Set the states of some generators.

    Raises:
        MalformedError: a state is none.
    """
    for name, state in states.items():
        if name not in _GENERATORS:
            raise MalformedError("generator")
        try:
            _GENERATORS[name][1](state)
        except (TypeError, ValueError, RuntimeError, OverflowError) as error:
            raise MalformedError("state of a generator") from error


def draw_leads(before: Mapping[str, State], after: Mapping[str, State]) -> bool:
    """Whether generators come from these states to those by drawing numbers. Both must be states."""
    for name, state in before.items():
        first, second = (_words_of(name, one) for one in (state, after[name]))
        if not words_lead(first[:_WORDS], second[:_WORDS]):
            return False
        # Within one block of words, the place may only go on. Torch's is among what is kept of normal numbers.
        if numpy.array_equal(first[:_WORDS], second[:_WORDS]) and first[_WORDS:].tolist() > second[_WORDS:].tolist():
            return False
    return True


def _words_of(name: str, state: State) -> Any:  # noqa: ANN401 - an array
    if name == "random":
        return numpy.frombuffer(state[1], numpy.uint32)
    if name == "numpy":
        return numpy.append(numpy.frombuffer(state[0], numpy.uint32), numpy.uint32(state[1]))
    return torch_words(torch.frombuffer(bytearray(state[0]), dtype=torch.uint8))


@contextmanager
def noticing_seeds(namespace: dict[str, Any], notice: Callable[[str], None]) -> Iterator[None]:
    """Notice which generators are seeded.

    Args:
        namespace: the names of the code that may seed: a name for such a function (``from random import seed``) counts.
        notice: is told the generator.
    """
    kept = [(module, name, getattr(module, name)) for _, module, name in _SEEDERS]
    wrappers: dict[int, Any] = {}
    for generator, module, name in _SEEDERS:
        function = getattr(module, name)
        wrapper = wrappers.setdefault(id(function), _noticing(function, generator, notice))
        setattr(module, name, wrapper)
    for name, value in list(dict.items(namespace)):
        if id(value) in wrappers:
            dict.__setitem__(namespace, name, wrappers[id(value)])
    try:
        yield
    finally:
        for module, name, function in kept:
            setattr(module, name, function)
        originals = {id(wrapper): wrapper.__wrapped__ for wrapper in wrappers.values()}
        for name, value in list(dict.items(namespace)):
            if id(value) in originals:
                dict.__setitem__(namespace, name, originals[id(value)])


def _noticing(function: Callable[..., Any], generator: str, notice: Callable[[str], None]) -> Callable[..., Any]:
    @functools.wraps(function)
    def seeding(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the function
        result = function(*args, **kwargs)
        if sys._getframe(1).f_globals.get("__name__", "").partition(".")[0] not in _LIBRARIES:
            notice(generator)
        return result

    return seeding
