"""Objects that a test hands over: what they hold, written and read on both sides.

An object of a class that both sides have goes to the student's side as its class and its attributes (`given` writes it,
`read_request` makes it there). What student code changed comes back as attributes alone, and is filled into the judge's
own object. Random generators go with their state, iterators with their items.
"""

import random
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from types import GeneratorType, MemberDescriptorType
from typing import Any

import numpy
import torch

from autograder.wall.collection_values import read_attributes, read_pairs, write_pairs
from autograder.wall.kinds import Held, Kind, Kinds, Node, Reader, Writer, expect, is_private
from autograder.wall.values import read_array, read_tensor, write_array, write_tensor

_CONTAINERS: tuple[type, ...] = (OrderedDict, dict, list, set)
"""Classes whose subclasses' objects hold items besides their attributes. The first that fits counts."""


def write_content(value: Any, writer: Writer) -> Node:  # noqa: ANN401 - any object that was handed over
    """Write what an object holds: its attributes, and its items if its class derives from a container's."""
    if type(value) in RANDOM:
        return RANDOM[type(value)].write(value, writer)
    if isinstance(value, Held):
        return None
    if (left := _items_left(value)) is not None:
        return left
    pairs = [(name, item) for name, item in attributes_of(value).items() if not is_private(name)]
    return [write_pairs(pairs, writer), _write_container(value, writer)]


def fill(value: Any, content: Node, reader: Reader) -> None:  # noqa: ANN401 - any object that was handed over
    """Give an object the attributes and items that `write_content` wrote.

    Raises:
        MalformedError: they are none, or are not of this object's class.
    """
    if type(value) in RANDOM:
        kind = RANDOM[type(value)]
        assert kind.become is not None, "generators can change"
        kind.become(value, kind.read(content, reader))
        return
    if isinstance(value, SentIterator):
        value.give_back(content)
        return
    expect(not isinstance(value, Held), "content of what can't change")
    attributes, items = content
    found = read_attributes(attributes, reader)
    for name, slot in _slots(type(value)).items():
        if name in found:
            slot.__set__(value, found.pop(name))
        elif hasattr(value, name):
            slot.__delete__(value)
    held = getattr(value, "__dict__", None)
    if held is None:
        expect(not found, "attributes of an object that has none")
    else:
        for name in [name for name in held if name not in found and not is_private(name)]:
            del held[name]
        held.update(found)
    _fill_container(value, items, reader)


def attributes_of(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any object
    """The attributes that an object itself has, those in slots included."""
    found = {name: getattr(value, name) for name in _slots(type(value)) if hasattr(value, name)}
    return found | getattr(value, "__dict__", {})


def _slots(kind: type) -> dict[str, MemberDescriptorType]:
    return {
        name: member
        for base in reversed(kind.__mro__)
        for name, member in vars(base).items()
        if type(member) is MemberDescriptorType and not is_private(name)
    }


def _container_of(value: object) -> Any:  # noqa: ANN401 - a class, whose methods are called without the object's own
    return next((kind for kind in _CONTAINERS if isinstance(value, kind)), None)


def _write_container(value: Any, writer: Writer) -> Node:  # noqa: ANN401 - see above
    kind = _container_of(value)
    if kind is None:
        return None
    return (
        write_pairs(kind.items(value), writer)
        if issubclass(kind, dict)
        else writer.write_items([*kind.__iter__(value)])
    )


def _fill_container(value: Any, nodes: Node, reader: Reader) -> None:  # noqa: ANN401 - see above
    kind = _container_of(value)
    if kind is None:
        expect(nodes is None, "items of an object that has none")
        return
    items: Any = read_pairs(nodes, reader) if issubclass(kind, dict) else reader.read_items(nodes)
    kind.clear(value)
    if kind is list:
        list.extend(value, items)
    elif kind is set:
        set.update(value, items)
    else:
        for key, item in items:
            kind.__setitem__(value, key, item)


# Random generators, with their state


def _is_word(number: object, bits: int) -> bool:
    return type(number) is int and 0 <= number < 2**bits


def _read_words(node: Node, dtype: str, count: int) -> Any:  # noqa: ANN401 - an array
    words = read_array(node)
    expect(words.dtype == numpy.dtype(dtype) and words.shape == (count,), "state")
    return words


_COUNTED: dict[str, tuple[tuple[str, str, int], ...]] = {
    # Name of a bit generator → its arrays, their dtype and size. A position beyond them would be read, too.
    "MT19937": (("key", "uint32", 624),),
    "Philox": (("counter", "uint64", 4), ("key", "uint64", 2)),
    "SFC64": (("state", "uint64", 4),),
    "PCG64": (),
    "PCG64DXSM": (),
}


def _write_bits(state: dict[str, Any]) -> Node:
    name, inner = state["bit_generator"], state["state"]
    words = [write_array(numpy.asarray(inner[key])) for key, _, _ in _COUNTED[name]]
    numbers = [str(inner[key]) for key in ("state", "inc") if name.startswith("PCG")]
    buffer = write_array(numpy.asarray(state["buffer"])) if "buffer" in state else None
    rest = [state.get("has_uint32", 0), state.get("uinteger", 0), state.get("buffer_pos", 0), inner.get("pos", 0)]
    return [name, words, numbers, buffer, [int(number) for number in rest]]


def _read_bits(node: Node) -> dict[str, Any]:
    name, words, numbers, buffer, rest = node
    expect(isinstance(name, str) and name in _COUNTED, "bit generator")
    expect(all(_is_word(number, 32) for number in rest) and len(rest) == 4, "state")
    has_word, word, buffer_place, place = rest
    expect(has_word <= 1 and buffer_place <= 4 and place <= 624, "state")
    inner: dict[str, Any] = {
        key: _read_words(array, dtype, count) for (key, dtype, count), array in zip(_COUNTED[name], words, strict=True)
    }
    if name.startswith("PCG"):
        expect(len(numbers) == 2 and all(isinstance(n, str) and len(n) < 40 and n.isdecimal() for n in numbers), "PCG")
        inner |= dict(zip(("state", "inc"), map(int, numbers), strict=True))
        expect(_is_word(inner["state"], 128) and _is_word(inner["inc"], 128), "state")
    if name == "MT19937":
        return {"bit_generator": name, "state": inner | {"pos": place}}
    state = {"bit_generator": name, "state": inner, "has_uint32": has_word, "uinteger": word}
    if name == "Philox":
        state |= {"buffer": _read_words(buffer, "uint64", 4), "buffer_pos": buffer_place}
    return state


def _new_bits(state: dict[str, Any]) -> Any:  # noqa: ANN401 - a bit generator of NumPy's
    bits = getattr(numpy.random, state["bit_generator"])(0)
    bits.state = state
    return bits


def _become_bits(value: Any, other: Any) -> None:  # noqa: ANN401 - one of NumPy's generators
    expect(type(value.bit_generator) is type(other.bit_generator), "another bit generator")
    value.bit_generator.state = other.bit_generator.state


def _write_random_state(value: numpy.random.RandomState, _: Writer) -> Node:
    state: Any = value.get_state(legacy=False)
    return [_write_bits(state), int(state["has_gauss"]), float(state["gauss"])]


def _read_random_state(content: Node, _: Reader) -> numpy.random.RandomState:
    bits, has_gauss, gauss = content
    state = _read_bits(bits)
    expect(state["bit_generator"] == "MT19937" and has_gauss in (0, 1) and type(gauss) is float, "RandomState")
    made = numpy.random.RandomState(0)
    made.set_state(state | {"has_gauss": has_gauss, "gauss": gauss})
    return made


def _become_random_state(value: numpy.random.RandomState, other: numpy.random.RandomState) -> None:
    value.set_state(other.get_state(legacy=False))


def _write_random(value: random.Random, _: Writer) -> Node:
    version, words, gauss = value.getstate()
    return [version, list(words), gauss]


def _read_random(content: Node, _: Reader) -> random.Random:
    version, words, gauss = content
    expect(version == 3 and isinstance(words, list) and len(words) == 625, "Random")
    expect(all(_is_word(word, 32) for word in words) and words[-1] <= 624, "Random")
    expect(gauss is None or type(gauss) is float, "Random")
    made = random.Random(0)  # noqa: S311 - a test's own generator, and no secret
    made.setstate((version, tuple(words), gauss))
    return made


def _read_torch(content: Node, _: Reader) -> torch.Generator:
    state = read_tensor(content)
    made = torch.Generator()
    expect(state.dtype is torch.uint8 and state.shape == made.get_state().shape, "Generator")
    # Torch checks the state itself.
    made.set_state(state)
    return made


RANDOM: Kinds = {
    numpy.random.Generator: Kind(
        "generator",
        lambda value, _: _write_bits(value.bit_generator.state),
        lambda content, _: numpy.random.Generator(_new_bits(_read_bits(content))),
        _become_bits,
        lambda value: type(value.bit_generator).__name__ in _COUNTED,
    ),
    numpy.random.RandomState: Kind(
        "random state",
        _write_random_state,
        _read_random_state,
        _become_random_state,
        lambda value: value.get_state(legacy=False)["bit_generator"] == "MT19937",
    ),
    random.Random: Kind("random", _write_random, _read_random, lambda value, other: value.setstate(other.getstate())),
    torch.Generator: Kind(
        "torch generator",
        lambda value, _: write_tensor(value.get_state()),
        _read_torch,
        lambda value, other: value.set_state(other.get_state()) and None,
        lambda value: value.device.type == "cpu",
    ),
}
"""Only a test hands them over: one of the student's stays on the student's side, where it goes on."""
RANDOM_TAGS = {kind.tag: kind for kind in RANDOM.values()}


# Iterators


class SentIterator(Held):
    """An iterator of the judge's whose next items were sent.

    Args:
        iterator: the iterator.
        items: its next items.
        rewinds: whether it was not advanced itself to get them.
    """

    def __init__(self, iterator: Iterator[Any], items: list[Any], *, rewinds: bool) -> None:
        super().__init__(iterator)
        self.items = items
        self._iterator = iterator
        self._rewinds = rewinds

    def detached(self) -> "SentIterator":
        """The same, which leaves the iterator as it is."""
        return SentIterator(self._iterator, self.items, rewinds=False)

    def give_back(self, left: Node) -> None:
        """Note how many items student code has left."""
        expect(type(left) is int and 0 <= left <= len(self.items), "items of an iterator")
        taken = len(self.items) - left
        self.items = self.items[taken:]
        if self._rewinds:
            for _ in range(taken):
                next(self._iterator)


_given: "weakref.WeakKeyDictionary[Iterator[Any], Any]" = weakref.WeakKeyDictionary()


def make_iterator(items: list[Any], *, complete: bool) -> Iterator[Any]:
    """The student side's iterator in place of one of the judge's.

    Args:
        items: its items.
        complete: whether there are no more of them.
    """
    inside = iter(items)

    def generate() -> Iterator[Any]:
        yield from inside
        if not complete:
            raise RuntimeError(f"only the first {len(items):,} items of this iterator can be graded")

    made = generate()
    _given[made] = inside
    return made


def _items_left(value: object) -> int | None:
    """How many items are left of what `make_iterator` made; None if it is something else."""
    inside = _given.get(value) if isinstance(value, GeneratorType) else None
    return None if inside is None else inside.__length_hint__()
