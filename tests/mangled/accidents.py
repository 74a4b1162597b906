"""What students do to a notebook without meaning to."""

import re
import unicodedata
from copy import deepcopy
from itertools import chain

from tests.mangled.mangling import (
    CellNode,
    Mangling,
    Notebook,
    both,
    cells,
    code,
    each,
    grade_id,
    is_locked,
    is_solution,
    is_test,
    text,
)


def _copy(cell: CellNode) -> CellNode:
    """A pasted cell: Jupyter gives it another id and leaves the metadata."""
    return deepcopy(cell) | {"id": f"{cell['id']}-copy"[-60:]}


def _twice(all_cells: list[CellNode]) -> list[CellNode]:
    return list(chain.from_iterable((cell, _copy(cell)) for cell in all_cells))


def _stub_behind(all_cells: list[CellNode]) -> list[CellNode]:
    """An unchanged copy of an exercise behind the answer."""
    made = []
    for cell in all_cells:
        made.append(cell)
        if grade_id(cell) == "slope":
            stub = 'def slope(f, x, h):\n    """The slope of f between x and x + h."""\n    # YOUR CODE HERE\n'
            made.append(_copy(cell) | {"source": f"{stub}    raise NotImplementedError()"})
    return made


def _swapped(all_cells: list[CellNode]) -> list[CellNode]:
    """Each exercise's test above its answer."""
    made = list(all_cells)
    for place in range(len(made) - 1):
        if is_solution(made[place]) and is_test(made[place + 1]):
            made[place], made[place + 1] = made[place + 1], made[place]
    return made


def _to(kind: str, cell: CellNode) -> None:
    cell["cell_type"] = kind
    if kind != "code":
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _handed_out(cell: CellNode) -> bool:
    """Whether it is no cell of the student's own, whose type cannot be restored."""
    return not cell.get("id", "").startswith(("mine", "scratch", "note"))


def _join(all_cells: list[CellNode], join: "re.Pattern[str]", gap: str) -> list[CellNode]:
    """Join neighbouring code cells where a pattern finds their kinds: s, t, l for solution, test, other code."""
    kinds = "".join(_letter(cell) for cell in all_cells)
    made: list[CellNode] = []
    place = 0
    for found in join.finditer(kinds):
        made += all_cells[place : found.start()]
        group = all_cells[found.start() : found.end()]
        made.append(group[0] | {"source": gap.join("".join(cell["source"]) for cell in group)})
        place = found.end()
    return made + all_cells[place:]


def _letter(cell: CellNode) -> str:
    if cell["cell_type"] != "code":
        return "m"
    return "s" if is_solution(cell) else "t" if is_test(cell) else "l"


def _without_text(all_cells: list[CellNode]) -> list[CellNode]:
    """Neighbours are code once the text between them is gone."""
    return [cell for cell in all_cells if cell["cell_type"] == "code" or cell["metadata"].get("nbgrader")]


def _one_cell(all_cells: list[CellNode]) -> list[CellNode]:
    return _join(_without_text(all_cells), re.compile("[stl]{2,}"), "\n\n")


def _id_of_the_last(all_cells: list[CellNode]) -> list[CellNode]:
    """A test joined with the answer below it, which keeps its own id: "merge with the cell above"."""
    made: list[CellNode] = []
    for cell in _without_text(all_cells):
        if made and is_test(made[-1]) and is_solution(cell):
            made[-1] = cell | {"source": f"{made[-1]['source']}\n\n{cell['source']}"}
        else:
            made.append(cell)
    return made


def _in_a_new_cell(all_cells: list[CellNode]) -> list[CellNode]:
    """The answers to questions written into new cells, and their own cells deleted."""
    return [text("".join(cell["source"])) if grade_id(cell) in ("why", "explain") else cell for cell in all_cells]


def _split(all_cells: list[CellNode]) -> list[CellNode]:
    """Cells split at blank lines; Jupyter leaves the metadata to both halves."""
    made = []
    for cell in all_cells:
        parts = [part for part in "".join(cell["source"]).split("\n\n") if part.strip()] or [""]
        made += [(cell if number == 0 else _copy(cell)) | {"source": part} for number, part in enumerate(parts)]
    return made


def _split_without_metadata(all_cells: list[CellNode]) -> list[CellNode]:
    made = []
    for cell in all_cells:
        first, *rest = "".join(cell["source"]).split("\n\n")
        made.append(cell | {"source": first})
        made += [code(part) if cell["cell_type"] == "code" else text(part) for part in rest]
    return made


def _scribbled(all_cells: list[CellNode]) -> list[CellNode]:
    scribbles = [code(""), text(""), code("1 + 1"), text("*note to myself*"), code("1 / 0"), code("%pwd")]
    return [*chain.from_iterable((cell, *scribbles) for cell in all_cells)]


def _print_in_tests(cell: CellNode) -> None:
    if is_test(cell):
        cell["source"] = "".join(cell["source"]) + "\nprint('passed!')"


def _comment_out(cell: CellNode) -> None:
    if is_test(cell):
        cell["source"] = "".join(f"# {line}\n" for line in "".join(cell["source"]).splitlines())


def _magic(magic: str, cell: CellNode) -> None:
    if is_solution(cell):
        cell["source"] = f"{magic}\n{cell['source']}"


def _decomposed(notebook: Notebook) -> Notebook:
    """Every text in the form that macOS gives to file names: letters and their accents apart."""

    def decompose(value: object) -> object:
        if isinstance(value, str):
            return unicodedata.normalize("NFD", value)
        if isinstance(value, list):
            return [decompose(item) for item in value]
        if isinstance(value, dict):
            return {decompose(key): decompose(item) for key, item in value.items()}
        return value

    made = decompose(notebook)
    assert isinstance(made, dict)
    return made


def _blanks(cell: CellNode) -> None:
    cell["source"] = "\n\n" + "\n".join(f"{line}   " for line in "".join(cell["source"]).split("\n")) + "\n\n\n"


_JOINED = "had been joined with another"
_TYPE = "The type of the cell"
_RESTORED = "had been deleted; it was restored"
ACCIDENTS = [
    Mangling("every cell pasted once more", cells(_twice), "stood on several cells"),
    Mangling("the whole notebook pasted behind itself", cells(lambda all_: [*all_, *map(_copy, all_)]), "stood on"),
    Mangling("a stub pasted behind the answer", cells(_stub_behind), "An unchanged copy of the cell 'slope'"),
    Mangling("tests above answers", cells(_swapped), "moved back"),
    Mangling("upside down", cells(lambda all_: all_[::-1]), "moved back"),
    Mangling("beginning at the end", cells(lambda all_: all_[7:] + all_[:7]), "moved back"),
    Mangling("tests deleted", cells(lambda all_: [cell for cell in all_ if not is_test(cell)]), _RESTORED),
    Mangling("locked cells deleted", cells(lambda all_: [cell for cell in all_ if not is_locked(cell)]), _RESTORED),
    Mangling(
        "text deleted",
        cells(lambda all_: [c for c in all_ if c["cell_type"] == "code" or c["metadata"].get("nbgrader")]),
    ),
    Mangling(
        "imports deleted",
        cells(lambda all_: [cell for cell in all_ if not "".join(cell["source"]).startswith("import")]),
        "A cell of the lesson that defines",
    ),
    Mangling("answers turned into text", each(lambda cell: is_solution(cell) and _to("markdown", cell)), _TYPE),
    Mangling("answers turned into raw cells", each(lambda cell: is_solution(cell) and _to("raw", cell)), _TYPE),
    Mangling("tests turned into text", each(lambda cell: is_test(cell) and _to("markdown", cell)), _TYPE),
    Mangling("all turned into raw cells", each(lambda cell: _handed_out(cell) and _to("raw", cell)), _TYPE),
    Mangling("all turned into text", each(lambda cell: _handed_out(cell) and _to("markdown", cell)), _TYPE),
    Mangling("answers joined with their tests", cells(lambda all_: _join(all_, re.compile("st"), "\n")), _JOINED),
    Mangling(
        "tests joined with the next answers",
        cells(lambda all_: _join(_without_text(all_), re.compile("ts"), "\n\n")),
        _JOINED,
    ),
    Mangling("tests joined with the answers below", cells(_id_of_the_last), _JOINED),
    Mangling("all code joined into one cell", cells(_one_cell), _JOINED),
    Mangling("an answer typed into a new cell", cells(_in_a_new_cell), "had lost its nbgrader id"),
    Mangling("cells split, metadata kept", cells(_split), "stood on several cells"),
    Mangling("cells split, metadata lost", cells(_split_without_metadata)),
    Mangling("scribbles everywhere", cells(_scribbled)),
    Mangling("a print in every test", each(_print_in_tests), _JOINED),
    Mangling("tests commented out", each(_comment_out), "was restored"),
    Mangling("%%time before answers", each(lambda cell: _magic("%%time", cell))),
    Mangling("%%capture before answers", each(lambda cell: _magic("%%capture output", cell))),
    Mangling("accents apart", _decomposed),
    Mangling("blank space around everything", each(_blanks)),
    Mangling(
        "upside down, all turned into text",
        both(each(lambda cell: _handed_out(cell) and _to("markdown", cell)), cells(lambda all_: all_[::-1])),
        "moved back",
    ),
]
