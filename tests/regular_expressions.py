"""Finds regular expressions that may take time with the square of a text's length, or more.

Python tries one way after another. That takes longer than one pass where a word can be read in several ways: two loops
of an automaton that follow each other and read the same word (Weber and Seidl: "infinite ambiguity"), or one loop that
reads a word in two ways. A search begins anew at each character, which is one more loop, before the expression. Where
nothing but success can follow a loop, nothing is tried again.

A repetition with an upper bound is a constant, and not a loop.
"""

import re
import re._constants as op
import re._parser as parser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

_MOST_COPIES = 4
_SAMPLES = "aAzZmM05_ \t\n\r.,;:-+=/\\'\"<>()[]{}|*#$@!?^~`&%é\u0300€\x00"
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}


@dataclass
class Automaton:
    """States are numbers; `free` edges read nothing, and `asserting` ones look around first."""

    letters: str
    reads: dict[int, list[tuple[frozenset[str], int]]] = field(default_factory=dict)
    free: dict[int, list[int]] = field(default_factory=dict)
    asserting: dict[int, list[int]] = field(default_factory=dict)
    ends: set[int] = field(default_factory=set)
    count: int = 0

    def new(self) -> int:
        self.count += 1
        return self.count

    def read(self, start: int, letters: Iterable[str]) -> int:
        end = self.new()
        self.reads.setdefault(start, []).append((frozenset(letters), end))
        return end

    def skip(self, start: int, end: int, *, asserting: bool = False) -> None:
        (self.asserting if asserting else self.free).setdefault(start, []).append(end)

    def reached(self, state: int, *, freely: bool = False) -> set[int]:
        found, waiting = {state}, [state]
        while waiting:
            here = waiting.pop()
            after = self.free.get(here, []) + ([] if freely else self.asserting.get(here, []))
            waiting += [it for it in after if it not in found]
            found.update(after)
        return found

    def steps(self) -> dict[int, dict[str, set[int]]]:
        """State → letter → states, with what reads nothing left out."""
        found: dict[int, dict[str, set[int]]] = {}
        for state in range(1, self.count + 1):
            by_letter: dict[str, set[int]] = {}
            for here in self.reached(state):
                for letters, end in self.reads.get(here, []):
                    for letter in letters:
                        by_letter.setdefault(letter, set()).add(end)
            found[state] = by_letter
        return found


def is_linear(pattern: "re.Pattern[str] | re.Pattern[bytes]", *, anchored: bool, whole: bool) -> bool:
    """Whether a pattern takes time in proportion to the text.

    Args:
        pattern: the pattern.
        anchored: whether it is only matched at one place (``match``, ``fullmatch``).
        whole: whether it must match to the end (``fullmatch``).
    """
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    flags = pattern.flags & ~re.DEBUG
    tree = parser.parse(text, flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else flags)
    literals = {chr(number) for number in _literals(tree) if number < 0x110000}
    letters = "".join(sorted({*_SAMPLES, *literals, *(it.swapcase()[:1] for it in literals)}))
    machine = Automaton(letters)
    start = machine.new()
    first = tree[0] if len(tree) else None
    begins = first is not None and first[0] is op.AT and first[1] in (op.AT_BEGINNING, op.AT_BEGINNING_STRING)
    if not anchored and begins and flags & re.MULTILINE:
        scan = machine.new()
        machine.reads.setdefault(scan, []).append((frozenset(letters), scan))
        machine.reads[scan].append((frozenset("\n"), start))
    elif not (anchored or begins):
        machine.reads.setdefault(start, []).append((frozenset(letters), start))
        after = machine.new()
        machine.skip(start, after)
        start = after
    end = _build(machine, tree, start, flags)
    last = machine.new()
    machine.skip(end, last, asserting=whole)
    machine.ends.add(last)
    return not _is_ambiguous(machine)


def _literals(tree: Any) -> Iterator[int]:
    for kind, value in tree:
        if kind in (op.LITERAL, op.NOT_LITERAL):
            yield value
        elif kind is op.RANGE:
            yield from (value[0], value[1], value[0] - 1 if value[0] else 0, min(value[1] + 1, 0x10FFFF))
        elif kind is op.IN:
            yield from _literals(value)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from _literals(branch)
        elif kind is op.SUBPATTERN:
            yield from _literals(value[3])
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            yield from _literals(value[2])
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from _literals(value[1])
        elif kind is op.ATOMIC_GROUP:
            yield from _literals(value)


def _build(machine: Automaton, tree: Any, start: int, flags: int) -> int:
    for kind, value in tree:
        start = _build_one(machine, kind, value, start, flags)
    return start


def _build_one(machine: Automaton, kind: Any, value: Any, start: int, flags: int) -> int:
    if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
        return machine.read(start, (letter for letter in machine.letters if _reads(kind, value, letter, flags)))
    if kind is op.BRANCH:
        end = machine.new()
        for branch in value[1]:
            machine.skip(_build(machine, branch, start, flags), end)
        return end
    if kind is op.SUBPATTERN:
        return _build(machine, value[3], start, (flags | value[1]) & ~value[2])
    if kind is op.ATOMIC_GROUP:
        return _build(machine, value, start, flags)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, most, body = value
        for _ in range(min(int(least), _MOST_COPIES)):
            start = _build(machine, body, start, flags)
        end = machine.new()
        machine.skip(start, end)
        if most is op.MAXREPEAT:
            loop = machine.new()
            machine.skip(start, loop)
            machine.skip(_build(machine, body, loop, flags), loop)
            machine.skip(loop, end)
            return end
        for _ in range(min(int(most) - int(least), _MOST_COPIES)):
            start = _build(machine, body, start, flags)
            machine.skip(start, end)
        return end
    end = machine.new()
    machine.skip(start, end, asserting=True)
    if kind in (op.ASSERT, op.ASSERT_NOT) and value[0] > 0:
        # What it looks at is tried at this place, and may fail.
        ahead = machine.new()
        machine.skip(_build(machine, value[1], start, flags), ahead, asserting=True)
    return end


def _reads(kind: Any, value: Any, letter: str, flags: int) -> bool:
    if kind is op.ANY:
        return letter != "\n" or bool(flags & re.DOTALL)
    if kind is op.IN:
        negated = bool(value) and value[0][0] is op.NEGATE
        return any(_reads(*item, letter, flags) for item in value[negated:]) is not negated
    if kind is op.CATEGORY:
        return re.fullmatch(_CATEGORIES[value], letter, flags & re.ASCII) is not None
    forms = {letter, letter.lower(), letter.upper()} if flags & re.IGNORECASE else {letter}
    if kind is op.RANGE:
        return any(len(form) == 1 and value[0] <= ord(form) <= value[1] for form in forms)
    same = any(form == chr(value) for form in forms)
    return not same if kind is op.NOT_LITERAL else same


def _is_ambiguous(machine: Automaton) -> bool:
    steps = machine.steps()
    # Where nothing but success can follow.
    safe = {state for state in steps if machine.reached(state, freely=True) & machine.ends}
    onward = {state: set().union(*by_letter.values()) if by_letter else set() for state, by_letter in steps.items()}
    later = {state: _closure(onward, state) for state in steps}
    loops = [state for state in steps if state in later[state]]
    for state in loops:
        if state not in safe and _reads_twice(steps, state, later):
            return True
    pairs = ((one, other) for one, other in product(loops, loops) if one != other and other in later[one])
    return any(other not in safe and _follow(steps, one, other, later) for one, other in pairs)


def _closure(onward: dict[int, set[int]], state: int) -> set[int]:
    found: set[int] = set()
    waiting = [state]
    while waiting:
        new = onward[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def _reads_twice(steps: dict[int, dict[str, set[int]]], loop: int, later: dict[int, set[int]]) -> bool:
    """Whether a loop reads some word in two ways."""
    seen: set[tuple[int, int, bool]] = set()
    waiting = [(loop, loop, False)]
    while waiting:
        one, other, apart = waiting.pop()
        for letter in steps[one].keys() & steps[other].keys():
            for pair in product(steps[one][letter], steps[other][letter]):
                if not all(loop in later[state] or state == loop for state in pair):
                    continue
                new = (*pair, apart or pair[0] != pair[1])
                if new == (loop, loop, True):
                    return True
                if new not in seen:
                    seen.add(new)
                    waiting.append(new)
    return False


def _follow(steps: dict[int, dict[str, set[int]]], first: int, second: int, later: dict[int, set[int]]) -> bool:
    """Whether a word leads from one loop to itself, to another loop, and from that to itself."""
    seen: set[tuple[int, int, int]] = set()
    waiting = [(first, first, second)]
    while waiting:
        here = waiting.pop()
        shared = steps[here[0]].keys() & steps[here[1]].keys() & steps[here[2]].keys()
        for letter in shared:
            for new in product(*(steps[state][letter] for state in here)):
                if new == (first, second, second):
                    return True
                in_loops = first in later[new[0]] and second in later[new[1]] | {new[1]} and second in later[new[2]]
                if in_loops and new not in seen:
                    seen.add(new)
                    waiting.append(new)
    return False
