"""Whether functions, classes and dictionaries hold what they held, read from memory past Python's reference counts.

Python counts each look at an object in the object itself. In a fork, each such look copies a page of memory that both
processes share: looking at the functions of a few libraries took thirty milliseconds. Here only the pointers are read
that functions, classes and dictionaries consist of. What can't be found in memory is always reported as changed.

The layout is that of CPython 3.11 to 3.14 (Include/cpython/dictobject.h, Include/internal/pycore_dict.h).
"""

import gc
import itertools
import sys
import sysconfig
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import CellType, CodeType, FunctionType
from typing import Any, Final

import numpy

_Words = numpy.ndarray[Any, numpy.dtype[numpy.uint64]]
_Numbers = numpy.ndarray[Any, numpy.dtype[numpy.intp]]
_Flags = numpy.ndarray[Any, numpy.dtype[numpy.bool_]]

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
        self._heads = _joined([table.head for table in self._tables])
        self._slots = _joined([_slots(table) for table in self._tables])
        self._entries = _joined([table.entries for table in self._tables])
        # Whose slots and entries these words are.
        numbers = numpy.arange(len(self._tables))
        self._slot_owners = numpy.repeat(numbers, [len(_slots(table).words) for table in self._tables])
        self._entry_owners = numpy.repeat(numbers, [len(table.entries.words) for table in self._tables])
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
        # Three large comparisons: each small one costs as much as a thousand words of these.
        heads = self._differs(self._heads, slice(None))
        moved = heads[::2] | heads[1::2]
        # The old table of a dictionary that has grown may be no memory any more.
        slots = self._owners_that_differ(self._slots, self._slot_owners, moved)
        entries = self._owners_that_differ(self._entries, self._entry_owners, moved)
        ahead = set(numpy.flatnonzero(moved).tolist()) | self._not_found
        changed = {number for number in ahead if not self._holds(self._tables[number])}
        return TableDifferences(frozenset(changed | slots), frozenset(ahead | entries))

    def _owners_that_differ(self, place: _Place, owners: _Numbers, moved: _Flags) -> set[int]:
        """The dictionaries, but for those that have moved, of which some of these words have changed."""
        kept = ~moved[owners]
        return set(owners[kept][self._differs(place, kept)].tolist())

    def _differs(self, place: _Place, kept: slice | _Flags) -> _Flags:
        before = numpy.frombuffer(place.before, numpy.uint64)
        return numpy.not_equal(self._memory[place.words[kept]], before[kept])

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
        return set(zip(expected, expected, strict=True)) <= set(itertools.pairwise(found[1].tolist()))

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
        places = {pair: _index(pointer) + place for place, pair in enumerate(itertools.pairwise(words.tolist()))}
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


def _slots(table: _Table) -> _Place:
    return table.slots or _NO_WORDS


def _joined(places: Iterable[_Place]) -> _Place:
    places = [_NO_WORDS, *places]
    words = numpy.concatenate([place.words for place in places])
    return _Place(words, b"".join(place.before for place in places))


def _index(address: int) -> int:
    return address // _WORD - 1


def dictionary_of(table: Mapping[str, Any]) -> dict[str, Any]:
    """A dictionary itself, also of a class, which shows it through a proxy."""
    if type(table) is dict:
        return table
    (found,) = gc.get_referents(table)
    assert isinstance(found, dict), "what a class keeps its attributes in"
    return found
