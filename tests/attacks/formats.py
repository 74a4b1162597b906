"""Attacks on the notebook file itself: claims in its metadata, and files that no editor writes.

Where such a file cannot be read at all, nothing of it is graded: those attacks spoil all of their own exercises.
"""

import io
import json
import zipfile
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.attacks.attack import Attack, Kind, Tamper

Notebook = dict[str, Any]
CellNode = dict[str, Any]

_WRONG = {"half": "def half(x):\n    return x"}
_WRONG_TWICE = _WRONG | {"square": "def square(x):\n    return x"}
_UNREADABLE = {"half": "def half(x):\n    return x / 2"}


def _attack(name: str, tamper: Tamper, *, flagged: str = "") -> Attack:
    return Attack(name, Kind.FORMAT, _WRONG, tamper=tamper, flagged=flagged)


def _unreadable(name: str, tamper: Tamper) -> Attack:
    return Attack(name, Kind.FORMAT, _UNREADABLE, spoils=True, tamper=tamper)


def _claims(cell: CellNode) -> dict[str, Any]:
    found: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return found


def _find(notebook: Notebook, grade_id: str) -> CellNode:
    found: CellNode = next(cell for cell in notebook["cells"] if _claims(cell).get("grade_id") == grade_id)
    return found


def _claim(grade_id: str, /, **said: object) -> Tamper:
    def tamper(notebook: Notebook) -> Notebook:
        _claims(_find(notebook, grade_id)).update(said)
        return notebook

    return tamper


def _source(grade_id: str, source: str, /, **said: object) -> Tamper:
    def tamper(notebook: Notebook) -> Notebook:
        cell = _find(notebook, grade_id)
        cell["source"] = source
        _claims(cell).update(said)
        return notebook

    return tamper


def _added(source: str, /, **said: object) -> Tamper:
    """A cell of the attacker's own, with claims."""

    def tamper(notebook: Notebook) -> Notebook:
        claims = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3} | said
        cell = _code(source) | {"metadata": {"nbgrader": claims}}
        return notebook | {"cells": [*notebook["cells"], cell]}

    return tamper


def _code(source: str) -> CellNode:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def _swap_ids(first: str, second: str) -> Tamper:
    def tamper(notebook: Notebook) -> Notebook:
        one, other = _find(notebook, first), _find(notebook, second)
        _claims(one)["grade_id"], _claims(other)["grade_id"] = second, first
        return notebook

    return tamper


def _renamed(grade_id: str, name: str) -> Tamper:
    return _claim(grade_id, grade_id=name)


def _twin(grade_id: str, source: str, /, **said: object) -> Tamper:
    """A second cell with the same id, before the true one."""

    def tamper(notebook: Notebook) -> Notebook:
        twin = deepcopy(_find(notebook, grade_id)) | {"source": source, "id": "twin"}
        _claims(twin).update(said)
        return notebook | {"cells": [twin, *notebook["cells"]]}

    return tamper


def _outputs(notebook: Notebook) -> Notebook:
    """What a test that was passed, or nbgrader's partial credit, looks like; and 100 MB of it."""
    result = {"output_type": "execute_result", "data": {"text/plain": "2"}, "metadata": {}, "execution_count": 1}
    _find(notebook, "half-test")["outputs"] = [result]
    stream = {"output_type": "stream", "name": "stdout", "text": "2.0\n" * 25_000_000}
    _find(notebook, "half")["outputs"] = [stream]
    return notebook


def _attachments(notebook: Notebook) -> Notebook:
    names = ("../../x.png", "/etc/x.png", "..\\x.png", "..", "x\0.png", "a" * 5_000)
    pictures = {name: {"image/png": "QUJD"} for name in names}
    picture = {
        "cell_type": "markdown",
        "metadata": {},
        "source": "![x](attachment:../../x.png)",
        "attachments": pictures,
    }
    return notebook | {"cells": [picture, *notebook["cells"]]}


def _verdicts(notebook: Notebook) -> Notebook:
    """The verdicts that the grader itself writes into graded notebooks."""
    verdict = {"status": "passed", "message": "", "misconception": None, "points": 2.0, "max_points": 2.0}
    for cell in notebook["cells"]:
        cell["metadata"]["gradlab"] = verdict
    notebook["metadata"]["gradlab"] = {"status": "graded", "reason": "", "flags": [], "repairs": [], "seconds": 0}
    return notebook


def _without_tests(notebook: Notebook) -> Notebook:
    return notebook | {"cells": [cell for cell in notebook["cells"] if not _claims(cell).get("grade")]}


def _many_own_cells(notebook: Notebook) -> Notebook:
    """As many cells as are read, all of them copies of one answer."""
    right = _find(notebook, "half")
    return notebook | {"cells": [*notebook["cells"], *(deepcopy(right) for _ in range(1_900))]}


def _million_cells(notebook: Notebook) -> Notebook:
    return notebook | {"cells": notebook["cells"] + [_code("1")] * 1_000_000}


def _language(language: str) -> Tamper:
    def tamper(notebook: Notebook) -> Notebook:
        kernel = {"name": language, "display_name": language, "language": language}
        return notebook | {"metadata": {"kernelspec": kernel, "language_info": {"name": language}}}

    return tamper


def _shell(notebook: Notebook) -> Notebook:
    """A kernel that says that it is Python, and whose name is a command."""
    kernel = {
        "name": "../../bin/sh -c 'touch /tmp/x'",
        "display_name": "Python 3",
        "language": "python",
        "argv": ["sh"],
    }
    return notebook | {"metadata": {"kernelspec": kernel}}


def _bytes(make: Callable[[bytes], bytes]) -> Tamper:
    return lambda notebook: make(json.dumps(notebook).encode())


def _deep(notebook: Notebook) -> bytes:
    return json.dumps(notebook | {"metadata": "X"}).replace('"X"', "[" * 200_000 + "]" * 200_000).encode()


def _deep_but_readable(notebook: Notebook) -> bytes:
    """As deep as the reader goes: what is done to it next may go deeper."""
    return json.dumps(notebook | {"metadata": "X"}).replace('"X"', '{"a":' * 900 + "1" + "}" * 900).encode()


def _crowded(notebook: Notebook) -> bytes:
    return json.dumps(notebook | {"metadata": {"x": "X"}}).replace('"X"', "[" + "[]," * 30_000_000 + "0]").encode()


def _huge_numbers(notebook: Notebook) -> bytes:
    number = "9" * 4_000
    return json.dumps(notebook).replace('"points": 2.0', f'"points": {number}').encode()


def _too_long_a_number(notebook: Notebook) -> bytes:
    return json.dumps(notebook).replace('"points": 2.0', f'"points": {"9" * 100_000}', 1).encode()


def _not_a_number(notebook: Notebook) -> bytes:
    return json.dumps(notebook).replace('"points": 2.0', '"points": NaN').encode()


def _duplicate_keys(notebook: Notebook) -> bytes:
    """What a reader sees depends on whether it takes the first or the last."""
    text = json.dumps(notebook)
    return text.replace('"points": 2.0', '"points": 1000, "points": 2.0').encode()


def _zip(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("small.ipynb", content)
    return packed.getvalue()


_POINTS = "claims other points"
_NONSENSE = "hold values that no tool writes"
_KIND = "claims to be of another kind"
_LOOKS_LIKE = "looks like 'half-test'"

FORMATS: list[Attack] = [
    *(
        _attack(f"points: {points!r}", _claim("half-test", points=points), flagged=_POINTS)
        for points in (1000, -5, 0, 1e308, "1000")
    ),
    *(
        _attack(f"points: {name}", _claim("half-test", points=points), flagged=_NONSENSE)
        for name, points in {"text": "all", "list": [2], "truth": True, "infinite": float("inf"), "object": {}}.items()
    ),
    _attack("points: nan", _not_a_number, flagged=_NONSENSE),
    _attack("points: 4,000 digits", _huge_numbers, flagged=_NONSENSE),
    _attack("points twice", _duplicate_keys),
    _attack("a solution that is a test", _claim("half", grade=True, points=100), flagged=_KIND),
    _attack("a solution that is a test alone", _claim("half", grade=True, solution=False, points=2), flagged=_KIND),
    _attack("a test that is a solution", _source("half-test", "2", grade=False, solution=True), flagged=_KIND),
    _attack("a test that a person grades", _claim("half-test", solution=True), flagged=_KIND),
    _attack("a test that is a task", _claim("half-test", task=True), flagged=_KIND),
    _attack("a helper that is not locked", _source("helpers", "same = print", locked=False), flagged=_KIND),
    _attack("a test that is not locked", _source("half-test", "2", locked=False), flagged="claims not to be locked"),
    _attack("roles that are no truth values", _claim("half", grade="yes", solution=1), flagged=_NONSENSE),
    _attack("a test of its own", _source("half-test", "2.0")),
    _attack("a checksum made up", _source("half-test", "2.0", checksum="0" * 32), flagged=""),
    _attack("a checksum that is none", _claim("half-test", checksum=["x"]), flagged=_NONSENSE),
    _attack("a graded cell of its own", _added("1000", grade_id="bonus", points=1000), flagged="there is no such cell"),
    _attack("a second test", _twin("half-test", "2.0", points=50), flagged=_POINTS),
    _attack("a second answer", _twin("half", "half = lambda x: x * 0.25")),
    _attack("another cell's id", _swap_ids("half-test", "square-test"), flagged="the id of another cell"),
    _attack(
        "a letter of another alphabet",
        _renamed("half-test", "h\N{CYRILLIC SMALL LETTER A}lf-test"),
        flagged=_LOOKS_LIKE,
    ),
    _attack("a letter without width", _renamed("half-test", "half\N{ZERO WIDTH SPACE}-test"), flagged=_LOOKS_LIKE),
    _attack("letters of full width", _renamed("half-test", "ｈａｌｆ-test"), flagged=_LOOKS_LIKE),
    _attack(
        "an id that reads backwards", _renamed("half-test", "\N{RIGHT-TO-LEFT OVERRIDE}half-test"), flagged=_LOOKS_LIKE
    ),
    _attack("an id that is half a letter", _renamed("half-test", "half\ud800")),
    _attack("an id without end", _renamed("half-test", "x" * 100_000), flagged=_NONSENSE),
    _attack("an id that is a list", _claim("half-test", grade_id=["half-test"]), flagged=_NONSENSE),
    _attack("an id that is a path", _renamed("half", "../../half")),
    _attack("tests deleted", _without_tests),
    _attack("verdicts in the metadata", _verdicts),
    _attack("100 MB of output that says 2.0", _outputs),
    _attack("attachments that climb out", _attachments),
    _attack("1,900 copies of an answer", _many_own_cells),
    _attack("a kernel that is a shell", _shell),
    _attack("metadata as deep as can be read", _deep_but_readable),
    _attack(
        "a second notebook behind the first",
        _bytes(lambda content: content + content.replace(b"return x", b"return x/2")),
    ),
    _unreadable("a million cells", _million_cells),
    *(_unreadable(f"a notebook in {language}", _language(language)) for language in ("R", "bash", "julia")),
    _unreadable("200,000 lists in one another", _deep),
    _unreadable("30 million empty lists", _crowded),
    _unreadable("a number of 100,000 digits", _too_long_a_number),
    _unreadable("a zip file", _bytes(_zip)),
    _unreadable("half of the file", _bytes(lambda content: content[: len(content) // 2])),
    _unreadable("nothing but zero bytes", _bytes(lambda content: bytes(len(content)))),
    _unreadable("200 MB of blanks", _bytes(lambda content: content + b" " * 200_000_000)),
    _unreadable("cells that are no cells", lambda notebook: notebook | {"cells": [1, None, [], "x"]}),
    _unreadable("text that is no text", lambda notebook: notebook | {"cells": [_code("") | {"source": {"a": 1}}]}),
    _unreadable("a text of 20 million letters", _source("half", "#" * 20_000_000)),
]
