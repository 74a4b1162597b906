"""Whether functions, classes and dictionaries hold what they held, read from memory past Python's reference counts.

Python counts each look at an object in the object itself. In a fork, each such look copies a page of memory that both
processes share: looking at the functions of a few libraries took thirty milliseconds. Here only the pointers are read
that functions, classes and dictionaries consist of. What can't be found in memory is always reported as changed.

The layout is that of CPython 3.11 to 3.14 (Include/cpython/dictobject.h, Include/internal/pycore_dict.h).
"""

import gc
import sys
import sysconfig
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import accumulate, pairwise
from types import CellType, CodeType, FunctionType
from typing import Any, Final

import numpy

_Words = numpy.ndarray[Any, numpy.dtype[numpy.uint64]]
_Numbers = numpy.ndarray[Any, numpy.dtype[numpy.intp]]

_WORD: Final = 8
_COUNT: Final = 2
"""The word of a dictionary that holds the number of its items."""
_KEYS: Final = 4
"""The word of a dictionary that points to its table of keys and values."""
_ENTRIES: Final = 3
"""The word of such a table that counts the keys that were ever put into it."""
_TYPE: Final = 1
"""The word of an object that points to its class."""
_CELL_CONTENT: Final = 2
_TOGETHER: Final = 4096
"""How many words are compared at once."""


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

    words: _Numbers
    before: bytes


@dataclass(frozen=True)
class TableDifferences:
    """Which dictionaries differ from what they were, by their numbers.

    Attributes:
        changed: in which a name has another value, or may have. Of classes also those that have more or fewer items: a
            new attribute may hide one of a base.
        grown: into which a key was put that was not there.
    """

    changed: frozenset[int]
    grown: frozenset[int]


@dataclass(frozen=True)
class _Table:
    """A dictionary.

    Attributes:
        table: the dictionary.
        exact: whether it may have no other items: it is a class's.
        count: how many it had.
        address: where its keys and values were.
        head: its number of items and the address of its table.
        pairs: the keys and values in it that matter.
        slots: where these values are in it; None if they were not found.
        entries: how many keys were put into its table.
    """

    table: dict[str, Any]
    exact: bool
    count: int
    address: int
    head: _Place
    pairs: bytes
    slots: _Place | None
    entries: _Place


_NO_WORDS: Final = _Place(numpy.array([], numpy.intp), b"")


class _OwnedPlaces:
    """Words of memory of many owners, who are numbered, and what they held."""

    def __init__(self, places: list[_Place]) -> None:
        self._words = numpy.concatenate([_NO_WORDS.words, *(place.words for place in places)])
        self._before = b"".join(place.before for place in places)
        firsts = accumulate((len(place.words) for place in places), initial=0)
        # A list would hold objects of Python's, each of which a look copies.
        self._firsts = array("q", firsts)

    def owners_that_differ(self, memory: _Words, left_out: Set[int]) -> set[int]:
        """The owners of words that hold something else now; the words of those that are left out are not read."""
        found = set[int]()
        first = 0
        for owner in sorted({*left_out, len(self._firsts) - 1}):
            last = self._firsts[owner]
            # Larger parts would be put into memory that is asked of the system for each of them.
            for start in range(first, last, _TOGETHER):
                end = min(start + _TOGETHER, last)
                now = memory[self._words[start:end]].tobytes()
                before = self._before[start * _WORD : end * _WORD]
                found.update(bisect_right(self._firsts, start + word) - 1 for word in _different_words(now, before))
            first = self._firsts[min(owner + 1, len(self._firsts) - 1)]
        return found


def _different_words(one: bytes, other: bytes) -> Iterator[int]:
    """The numbers of the words in which two texts of the same length differ."""
    # No function of NumPy's: a submission may have replaced it.
    ahead = [(0, len(one) // _WORD)]
    while ahead:
        first, last = ahead.pop()
        if one[first * _WORD : last * _WORD] != other[first * _WORD : last * _WORD]:
            middle = (first + last) // 2
            if middle == first:
                yield first
            else:
                ahead += [(middle, last), (first, middle)]


class _Base:
    """See below."""


class _Sample(_Base):
    """A class, to find out where classes keep their bases."""


def _sample(first: object = _Base, *, second: object = _Base) -> object:
    """Do nothing: a function, to find out where functions keep what they have."""
    return first, second


class UnchangedMemory:
    """Where functions keep their code and dictionaries their values, and what they pointed to.

    None of what is given may be freed.

    Args:
        codes: functions and their code.
        tables: dictionaries, and the names in them that matter.
        classes: classes, of which it matters what they derive from and which class they have themselves.
        objects: objects of which it matters which class they have.
    """

    def __init__(
        self,
        codes: Mapping[FunctionType, CodeType],
        tables: Iterable[tuple[Mapping[str, Any], Collection[str]]],
        classes: Collection[type] = (),
        objects: Collection[object] = (),
    ) -> None:
        self._memory: _Words = numpy.asarray(_Memory())
        self._known = _is_known_layout()
        self._held = list(codes), list(classes), list(objects)
        word = self._word(_sample, _sample.__code__)
        words = [_index(id(function)) + word for function in codes]
        before = numpy.array([id(code) for code in codes.values()], numpy.uint64).tobytes()
        self._codes = _Place(numpy.array(words, numpy.intp), before)
        self._others = self._place_of_others(codes, classes, objects)
        self._tables = [self._describe(table, names) for table, names in tables] if self._known else []
        self._heads = _OwnedPlaces([table.head for table in self._tables])
        self._slots = _OwnedPlaces([table.slots or _NO_WORDS for table in self._tables])
        self._entries = _OwnedPlaces([table.entries for table in self._tables])
        self._not_found = {number for number, table in enumerate(self._tables) if table.slots is None}

    def same_codes(self) -> bool:
        """Whether all functions have their code."""
        return self._known and self._is(self._codes)

    def same_others(self) -> bool:
        """Whether all functions have their defaults and what they close over, and all objects their classes."""
        return self._known and self._is(self._others)

    def compare_tables(self) -> TableDifferences | None:
        """Which dictionaries differ; None if it may be any."""
        if not self._known:
            return None
        moved = self._heads.owners_that_differ(self._memory, frozenset())
        # The old table of a dictionary that has grown may be no memory any more.
        slots = self._slots.owners_that_differ(self._memory, moved)
        entries = self._entries.owners_that_differ(self._memory, moved)
        ahead = moved | self._not_found
        changed = {number for number in ahead if not self._holds(self._tables[number])}
        return TableDifferences(frozenset(changed | slots), frozenset(ahead | entries))

    def _is(self, place: _Place) -> bool:
        return self._memory[place.words].tobytes() == place.before

    def _place(self, words: Iterable[int]) -> _Place:
        array = numpy.array(list(words), numpy.intp)
        return _Place(array, self._memory[array].tobytes())

    def _describe(self, table: Mapping[str, Any], names: Collection[str]) -> _Table:
        own = dictionary_of(table)
        pairs = [(id(key), id(value)) for key, value in own.items() if key in names]
        found = self._slots_of(own, pairs)
        slots = None if found is None else self._place(found)
        head = self._place(_index(id(own)) + word for word in (_COUNT, _KEYS))
        pointer = int(self._memory[head.words[1]])
        entries = self._place([_index(pointer) + _ENTRIES]) if found is not None else _NO_WORDS
        packed = numpy.array(pairs, numpy.uint64).tobytes()
        return _Table(own, table is not own, len(own), pointer, head, packed, slots, entries)

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
        if found[1].tobytes().find(table.pairs) >= 0:
            return True
        expected = iter(memoryview(table.pairs).cast("Q").tolist())
        return set(zip(expected, expected, strict=True)) <= set(pairwise(found[1].tolist()))

    def _place_of_others(
        self, functions: Iterable[FunctionType], classes: Iterable[type], objects: Iterable[object]
    ) -> _Place:
        """The words that point to defaults, to what functions close over, to bases and to classes."""
        found: list[tuple[int, int]] = []
        defaults, named = (self._word(_sample, held) for held in (_sample.__defaults__, _sample.__kwdefaults__))
        for function in functions:
            first = _index(id(function))
            for word, held in ((defaults, function.__defaults__), (named, function.__kwdefaults__)):
                # Where there are none, others change nothing for those who call it rightly.
                found += [] if held is None else [(first + word, id(held))]
            found += [(_index(id(cell)) + _CELL_CONTENT, id(cell.cell_contents)) for cell in function_cells(function)]
        bases = self._word(_Sample, _Sample.__bases__)
        for kind in classes:
            found += [(_index(id(kind)) + bases, id(kind.__bases__)), (_index(id(kind)) + _TYPE, id(type(kind)))]
        found += [(_index(id(item)) + _TYPE, id(type(item))) for item in objects]
        words = numpy.array([word for word, _ in found], numpy.intp)
        return _Place(words, numpy.array([held for _, held in found], numpy.uint64).tobytes())

    def _word(self, owner: object, held: object) -> int:
        """Which word of an object points to what it holds."""
        first = _index(id(owner))
        words = self._memory[first : first + type(owner).__basicsize__ // _WORD].tolist() if self._known else []
        if words.count(id(held)) != 1:
            self._known = False
            return 0
        return int(words.index(id(held)))

    def _table_words(self, table: dict[str, Any]) -> tuple[int, _Words] | None:
        """The table of keys and values of a dictionary: its address, and what is there; None if it is not found."""
        pointer = int(self._memory[_index(id(table)) + _KEYS])
        size = (dict.__sizeof__(table) - dict.__basicsize__) // _WORD
        if pointer % _WORD or size <= 0:
            return None
        first = _index(pointer)
        return pointer, self._memory[first : first + size]

    def _slots_of(self, table: dict[str, Any], pairs: list[tuple[int, int]]) -> list[int] | None:
        """The indices of the words that hold a dictionary's values; None if they are not found.

        A key is put into another slot only when all of them are, or it is put in anew.

        Args:
            table: the dictionary.
            pairs: its keys and values that matter, as addresses.
        """
        if not pairs:
            return []
        found = self._table_words(table)
        if found is None:
            return None
        pointer, words = found
        if (first := _first_of(table, words)) is not None:
            numbers = {id(key): number for number, key in enumerate(table)}
            return [_index(pointer) + first + 2 * numbers[key] + 1 for key, _ in pairs]
        places = {pair: _index(pointer) + place for place, pair in enumerate(pairwise(words.tolist()))}
        return [places[pair] + 1 for pair in pairs] if places.keys() >= set(pairs) else None


def _first_of(table: dict[str, Any], words: _Words) -> int | None:
    """Where a dictionary's keys and values begin in its table, if they are there one after another."""
    held = numpy.array([(id(key), id(value)) for key, value in table.items()], numpy.uint64).ravel()
    for first in numpy.flatnonzero(words == held[0]).tolist():
        if numpy.array_equal(words[first : first + len(held)], held):
            return int(first)
    return None


def function_cells(function: FunctionType) -> list[CellType]:
    """The variables that a function closes over and that hold functions: others may change by themselves."""
    return [cell for cell in function.__closure__ or () if type(_content(cell)) is FunctionType]


def _content(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _index(address: int) -> int:
    return address // _WORD - 1


def dictionary_of(table: Mapping[str, Any]) -> dict[str, Any]:
    """A dictionary itself, also of a class, which shows it through a proxy."""
    if type(table) is dict:
        return table
    (found,) = gc.get_referents(table)
    assert isinstance(found, dict), "what a class keeps its attributes in"
    return found
