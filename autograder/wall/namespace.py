"""The names of a grade cell: the judge's own, and the student's, which are fetched across the wall."""

from collections.abc import KeysView
from typing import Any

from autograder.wall.judge_end import Wall


class Namespace(dict[str, Any]):
    """A dictionary in which the instructor's notebook has run and in which the grade cells run.

    While `wall` is None it is a plain dictionary. Afterwards every look-up of one of the student's names is a request
    to the student's side, from the grade cell and from every function that the notebook's other cells have defined:
    their global names are looked up here, too. Assigning or deleting such a name happens on the student's side.
    """

    def __init__(self) -> None:
        super().__init__()
        self.wall: Wall | None = None
        self.student_names: frozenset[str] = frozenset()

    def _is_remote(self, name: object) -> bool:
        return self.wall is not None and name in self.student_names

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - any value
        if self._is_remote(name) and self.wall is not None:
            return self.wall.fetch(name)
        raise KeyError(name)

    def __setitem__(self, name: str, value: object) -> None:
        if self._is_remote(name) and self.wall is not None:
            self.wall.assign(name, value)
        else:
            super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        if self._is_remote(name) and self.wall is not None:
            self.wall.delete(name)
        else:
            super().__delitem__(name)

    def __contains__(self, name: object) -> bool:
        if not self._is_remote(name):
            if super().__contains__(name) or self.wall is None:
                return super().__contains__(name)
            # ``"helper" not in globals()``: the student may have bound more names than the solution. IPython looks for
            # ``__warningregistry__`` before each test.
            return not str(name).startswith("__") and name in self.wall.names()
        try:
            self[str(name)]
        except NameError:
            return False
        return True

    def keys(self) -> KeysView[str]:  # type: ignore[override]  # a dictionary's own class of views can't be made
        """All names, the student's too: what ``dir()`` shows."""
        return super().keys() if self.wall is None else dict.fromkeys((*super().keys(), *self.wall.names())).keys()

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - any value
        """The value of a name, or the default where there is none."""
        try:
            return self[name]
        except (KeyError, NameError):
            return default
