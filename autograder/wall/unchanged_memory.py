"""Whether functions and dictionaries still hold what they held, read from memory past Python's reference counts.

Python counts each look at an object in the object itself. In a fork, each such look copies a page of memory that both
processes share: looking at the functions of a few libraries took thirty milliseconds. Here only the pointers are read
that functions and dictionaries consist of. What can't be found in memory is always reported as changed.

The layout is that of CPython 3.11 to 3.14 (Include/cpython/dictobject.h, Include/internal/pycore_dict.h).
"""

import gc
import itertools
import sys
import sysconfig
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, Final

import numpy

_Words = numpy.ndarray[Any, numpy.dtype[numpy.uint64]]

_WORD: Final = 8
_COUNT: Final = 2
"""The word of a dictionary that holds the number of its items."""
_KEYS: Final = 4
"""The word of a dictionary that points to its table of keys and values."""
_TOGETHER: Final = 64
"""How many dictionaries are compared at once."""


class _Memory:
    """The memory of this process as an array of words, without the first one."""

    __array_interface__: Final = {"shape": ((1 << 44) - 2,), "typestr": "<u8", "data": (_WORD, True), "version": 3}


def _is_known_layout() -> bool:
    return (
        sys.implementation.name == "cpython"
        and (3, 11) <= sys.version_info[:2] <= (3, 14)
        and sys.maxsize == 2**63 - 1
        and sys.byteorder == "little"
        and not sysconfig.get_config_var("Py_GIL_DISABLED")
    )


@dataclass(frozen=True)
class _Place:
    """Some words of memory, and what they held."""

    words: _Words
    before: bytes


@dataclass(frozen=True)
class _Table:
    """A dictionary.

    Attributes:
        table: the dictionary.
        exact: whether it may have no other items: it is a class's.
        count: how many it had.
        address: where its keys and values were.
        head: its number of items and the address of its table.
        slots: the keys and values in it that matter; None if they were not found.
    """

    table: dict[str, Any]
    exact: bool
    count: int
    address: int
    head: _Place
    slots: _Place | None


class UnchangedMemory:
    """Where functions keep their code and dictionaries their values, and what they pointed to.

    Args:
        codes: functions and their code. They must not be freed.
        tables: dictionaries, and the names in them that matter. They must not be freed either.
    """

    def __init__(
        self, codes: Mapping[FunctionType, CodeType], tables: Iterable[tuple[Mapping[str, Any], Collection[str]]]
    ) -> None:
        self._memory: _Words = numpy.asarray(_Memory())
        self._known = _is_known_layout()
        self._held = list(codes)
        word = self._word_of_code()
        words = [_index(id(function)) + word for function in codes]
        before = numpy.array([id(code) for code in codes.values()], numpy.uint64).tobytes()
        self._codes = _Place(numpy.array(words, numpy.uint64), before)
        self._tables = [self._describe(table, names) for table, names in tables] if self._known else []
        # Few large comparisons are fast, and fewer small ones are left to make if one of them fails.
        self._parts = [
            (first, self._joined([table.head for table in part]), self._joined([_slots(table) for table in part]))
            for first in range(0, len(self._tables), _TOGETHER)
            for part in [self._tables[first : first + _TOGETHER]]
        ]

    def same_codes(self) -> bool:
        """Whether all functions have their code."""
        return self._known and self._is(self._codes)

    def changed_tables(self) -> set[int] | None:
        """The numbers of the dictionaries in which a name has another value, or may have; None if all may.

        Of a class also those that have more or fewer items: a new attribute may hide one of a base.
        """
        if not self._known:
            return None
        changed = set()
        for first, heads, slots in self._parts:
            # The old slots of a table that has grown may be no memory any more.
            if not self._is(heads) or not self._is(slots):
                part = enumerate(self._tables[first : first + _TOGETHER], first)
                changed |= {number for number, table in part if not self._holds(table)}
        return changed

    def _is(self, place: _Place) -> bool:
        return self._memory[place.words].tobytes() == place.before

    def _place(self, words: Iterable[int]) -> _Place:
        array = numpy.array(list(words), numpy.uint64)
        return _Place(array, self._memory[array].tobytes())

    def _joined(self, places: list[_Place]) -> _Place:
        words = numpy.concatenate([place.words for place in places])
        return _Place(words, b"".join(place.before for place in places))

    def _describe(self, table: Mapping[str, Any], names: Collection[str]) -> _Table:
        own = _dictionary(table)
        found = self._slots_of(own, names)
        slots = None if found is None else self._place(found)
        head = self._place(_index(id(own)) + word for word in (_COUNT, _KEYS))
        return _Table(own, table is not own, len(own), int(self._memory[head.words[1]]), head, slots)

    def _holds(self, table: _Table) -> bool:
        """Whether a dictionary holds what it held, and if it is a class's nothing else."""
        if table.slots is None or (table.exact and len(table.table) != table.count):
            return False
        if int(self._memory[table.head.words[1]]) == table.address:
            return self._is(table.slots)
        found = self._table_words(table.table)
        if found is None:
            return False
        # Whoever adds items moves all of them, in their order.
        if found[1].tobytes().find(table.slots.before) >= 0:
            return True
        expected = iter(memoryview(table.slots.before).cast("Q").tolist())
        return set(zip(expected, expected, strict=True)) <= set(itertools.pairwise(found[1].tolist()))

    def _word_of_code(self) -> int:
        """Which word of a function points to its code."""
        function = _is_known_layout
        first = _index(id(function))
        words = self._memory[first : first + FunctionType.__basicsize__ // _WORD].tolist()
        if words.count(id(function.__code__)) != 1:
            self._known = False
            return 0
        return int(words.index(id(function.__code__)))

    def _table_words(self, table: dict[str, Any]) -> tuple[int, _Words] | None:
        """The table of keys and values of a dictionary: its address, and what is there; None if it is not found."""
        pointer = int(self._memory[_index(id(table)) + _KEYS])
        size = (dict.__sizeof__(table) - dict.__basicsize__) // _WORD
        if pointer % _WORD or size <= 0:
            return None
        first = _index(pointer)
        return pointer, self._memory[first : first + size]

    def _slots_of(self, table: dict[str, Any], names: Collection[str]) -> list[int] | None:
        """The indices of the words that hold a dictionary's keys and values; None if they are not found."""
        found = self._table_words(table)
        if found is None:
            return None
        pointer, words = found
        places = {pair: _index(pointer) + place for place, pair in enumerate(itertools.pairwise(words.tolist()))}
        pairs = [(id(key), id(value)) for key, value in table.items() if key in names]
        if not places.keys() >= set(pairs):
            return None
        return [word for pair in pairs for word in (places[pair], places[pair] + 1)]


def _slots(table: _Table) -> _Place:
    """The slots of a table, or a comparison that fails."""
    return table.slots or _Place(table.head.words[:0], b"not found")


def _index(address: int) -> int:
    return address // _WORD - 1


def _dictionary(table: Mapping[str, Any]) -> dict[str, Any]:
    """A dictionary itself, also of a class, which shows it through a proxy."""
    if type(table) is dict:
        return table
    (found,) = gc.get_referents(table)
    assert isinstance(found, dict), "what a class keeps its attributes in"
    return found
