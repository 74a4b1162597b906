"""Where in an answer the objects of the student's are: as items of a tuple, a list, under a key of a dictionary.

A function that gives ``(model, accuracy)`` gives an object and a number. An object in the number's place must not
decide what the test's comparisons give, though the answer as a whole may hold objects.
"""

import itertools
from collections.abc import Iterator

from autograder.wall.kinds import Node

Path = tuple[str, ...]
"""The steps from the answer to one of its parts: an index, ``*`` for any index, or a key."""
ANY = "*"

_SEQUENCES = frozenset({"tuple", "list", "deque", "bounded deque", "user list", "values", "objects"})
_MAPPINGS = frozenset({"dict", "ordered dict", "default dict"})
_MOST_ITEMS = 16
_DEEPEST = 3
_LONGEST_KEY = 60


class Places:
    """The parts of an answer, and which of them hold objects of the student's.

    It looks at what was sent before that is checked, and takes anything.

    Attributes:
        plain: the places of parts without objects.
        objects: the places of parts that are objects or hold some.
    """

    def __init__(self) -> None:
        self.plain: set[Path] = set()
        self.objects: set[Path] = set()
        self._of: dict[int, list[tuple[Path, bool]]] = {}
        self._within: dict[int, list[int]] = {}
        self._again: list[tuple[int, Path, bool]] = []

    def add(self, node: Node) -> None:
        """Look at an answer."""
        self._walk(node, (), known=True)

    def add_content(self, content: Node, path: Path) -> None:
        """Look at what an argument holds now."""
        found = self._walk(content, path, known=False)
        (self.objects if found else self.plain).add(path)

    def of(self, parts: list[Node]) -> list[tuple[Path, bool]]:
        """The places of an object, from the parts of its node, and whether that is all that is known of the place.

        Else it is somewhere within what is at that place.
        """
        for number, path, known in self._again:
            for key in self._within.get(number, ()):
                self._of[key].append((path, known))
        self._again.clear()
        return self._of.get(id(parts[-1]), [((), False)])

    def _walk(self, node: Node, path: Path, *, known: bool) -> list[int]:
        """Note the objects in a node.

        Returns:
            The keys of the objects.
        """
        found: list[int] = []
        if type(node) is list and node:
            found = self._walk_list(node, path, known=known)
        if known:
            (self.objects if found else self.plain).add(path)
        return found

    def _walk_list(self, node: list[Node], path: Path, *, known: bool) -> list[int]:
        tag = node[0] if known and type(node[0]) is str else None
        found: list[int] = []
        if node[0] == "handle" and len(node) > 1:
            found.append(id(node[-1]))
            self._of.setdefault(found[0], []).append((path, known))
            if type(node[-1]) is list:
                for item in node[-1]:
                    found += self._walk(item, path, known=known)
        elif node[0] == "again" and type(node[-1]) is int:
            self._again.append((node[-1], path, known))
        elif (steps := _steps(tag, node)) is not None and len(path) < _DEEPEST:
            for step, item in steps:
                found += self._walk(item, (*path, step), known=known)
        else:
            for item in node:
                found += self._walk(item, path, known=False)
        if type(node[0]) is str and len(node) > 1 and type(node[1]) is int:
            self._within.setdefault(node[1], []).extend(found)
        return found


def _steps(tag: str | None, node: list[Node]) -> Iterator[tuple[str, Node]] | None:
    content = node[-1]
    if type(content) is not list:
        return None
    if tag in ("bounded deque", "default dict", "objects"):
        content = content[-1] if content else None
        if type(content) is not list:
            return None
    if tag in _SEQUENCES:
        return ((str(index) if index < _MOST_ITEMS else ANY, item) for index, item in enumerate(content))
    if tag in _MAPPINGS and all(type(pair) is list and len(pair) == 2 for pair in content):
        return ((repr(key)[:_LONGEST_KEY] if type(key) in (str, int) else ANY, item) for key, item in content)
    return None


def texts(path: Path) -> list[str]:
    """All names of a place: with each index, and with any index in its place."""
    choices = [(step, ANY) if step.isdecimal() else (step,) for step in path]
    return ["/".join(steps) for steps in itertools.product(*choices)]
