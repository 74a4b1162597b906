"""Hostile text, archives and folders, made from a seed, small and large, of the shapes that cost parsers most."""

import io
import json
import os
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

Rng = random.Random
_ENTRIES_OF_ANY_METHOD = 12
LENGTHS = (1, 3, 50, 2_000, 60_000)
TAGS = ("b", "i", "a", "p", "div", "table", "tr", "td", "select", "option", "svg", "math", "template", "style", "title")
TAGS += ("script", "noscript", "frameset", "button", "form", "font", "nobr", "h1", "li", "dd", "plaintext", "textarea")
NAMES = ("lab.ipynb", "lab.html", "LAB.ipynb", "lab-1.ipynb", "x.ipynb", "timestamp.txt", "data.csv", "feedback", ".x")
NAMES += (
    "a" * 200,
    "ä.ipynb",
    "a\u0308.ipynb",
    "con",
    "x\ny",
    "-rf",
    "$(id)",
    "x.zip",
    "lab_files",
    "__pycache__",
    "x ",
)


MARKS = (
    "[",
    "![",
    "](",
    "*",
    "**_",
    "_",
    "`",
    "``` \n",
    "> ",
    "- ",
    "1. ",
    "|",
    "$",
    "$$",
    "\\",
    "\\(",
    "<",
    "[a]: b\n",
)
MARKS += ("~~", "[^1]", "\n\n    ", "# ", "http://", "a@", "&#", "*a **a ", "[a](b", "![[[]()", "\\begin{a}", "{{{")


def _times(rng: Rng, text: str) -> str:
    return text * max(1, rng.choice(LENGTHS) // len(text))


def html(rng: Rng) -> str:
    """HTML: nested, never closed, with many attributes, comments, entities."""
    tag, other = rng.choice(TAGS), rng.choice(TAGS)
    many = "".join(f"<{tag} a{number}='{number}'>" for number in range(rng.choice((1, 30, 1_000))))
    return rng.choice(
        (
            lambda: _times(rng, f"<{tag}>"),
            lambda: _times(rng, f"<{tag}><{other}>"),
            lambda: _times(rng, f"</{tag}>"),
            lambda: f"<p>{many}" + _times(rng, "<p>x"),
            lambda: f"<{tag} " + _times(rng, "a=1 ") + ">",
            lambda: f"<{tag} " + " ".join(f"a{number}=1" for number in range(rng.choice(LENGTHS))) + ">",
            lambda: f"<{tag} class='" + _times(rng, "x ") + "'>" + _times(rng, f"<{other}>"),
            lambda: _times(rng, "<!--") + _times(rng, "--!>"),
            lambda: _times(rng, "&amp") + _times(rng, "&#x110000;"),
            lambda: _times(rng, "<![CDATA["),
            lambda: "<table>" + _times(rng, f"<{tag}>x"),
            lambda: "".join(rng.choice("<>/&!?-='\"abps \n\0") for _ in range(rng.choice(LENGTHS))),
        )
    )()


def svg(rng: Rng) -> str:
    """SVG: entities, uses of uses, nested groups."""
    return rng.choice(
        (
            lambda: "<svg>" + _times(rng, "<g>"),
            lambda: (
                "<svg>" + "".join(f"<g id='a{n}'><use href='#a{n - 1}'/><use href='#a{n - 1}'/>" for n in range(500))
            ),
            lambda: '<!DOCTYPE svg [<!ENTITY a "' + _times(rng, "&a;") + '">]><svg>&a;</svg>',
            lambda: "<svg><path d='" + _times(rng, "M0 0L1 1") + "'/></svg>",
            lambda: "<svg>" + _times(rng, "<foreignObject><p>"),
            lambda: "<svg>" + html(rng),
        )
    )()


def markdown(rng: Rng) -> str:
    """Markdown: brackets, emphasis, quotes, fences, tables, links that never end."""
    piece = rng.choice(MARKS)
    return _times(rng, piece) + rng.choice(
        ("", html(rng), _times(rng, "]"), _times(rng, ")"), "\n" + _times(rng, "x "))
    )


def tex(rng: Rng) -> str:
    """TeX: commands, braces, macros that double."""
    doubling = "".join(f"\\def\\a{chr(97 + n)}{{\\a{chr(96 + n)}\\a{chr(96 + n)}}}" for n in range(1, 20))
    return rng.choice((_times(rng, "\\"), _times(rng, "{"), _times(rng, "\\href"), doubling, _times(rng, "\\\\html\\")))


def python(rng: Rng) -> str:
    """Python, or nearly: what the parser and the tokenizer find hard."""
    return rng.choice(
        (
            lambda: _times(rng, "("),
            lambda: _times(rng, "[") + _times(rng, "]"),
            lambda: _times(rng, "-") + "1",
            lambda: _times(rng, "x."),
            lambda: "#" + _times(rng, " from gradlab import x"),
            lambda: "from gradlab import " + _times(rng, "check "),
            lambda: "\n".join(" " * depth + "if x:" for depth in range(rng.choice((1, 50, 900)))),
            lambda: _times(rng, "lambda: "),
            lambda: "f'" + _times(rng, "{x!r:{") + "'",
            lambda: _times(rng, "'''"),
            lambda: _times(rng, "\\\n"),
            lambda: _times(rng, "9"),
            lambda: _times(rng, "a=") + "1",
            lambda: _times(rng, "{**"),
            lambda: _times(rng, "@a\n"),
            lambda: "".join(rng.choice("()[]{}:'\"#\\\n\t x1=,@") for _ in range(rng.choice(LENGTHS))),
        )
    )()


def date(rng: Rng) -> str:
    """What may stand in a timestamp.txt."""
    start = rng.choice(("2026-01-01 10:00", "", "9999-12-31 23:59", "0001-01-01 00:00", "10h", "1" * 12, "Jan"))
    end = rng.choice(
        ("/proc/self/mem", "../../etc/passwd", "UTC" * 60, "+99:99", ":/dev/tty", "-2359", "9" * 150, "\0")
    )
    return f"{start} {end}" if rng.random() < 0.8 else "".join(rng.choice("0123456789-:hmsTZ+./ ") for _ in range(150))


def notebook(rng: Rng) -> bytes:
    """A notebook file, or something else of that name."""
    cells = [
        {"cell_type": "code", "metadata": {}, "source": python(rng), "outputs": [], "execution_count": None},
        {"cell_type": "markdown", "metadata": {}, "source": markdown(rng)},
    ]
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    deep = "[" * rng.choice((10, 3_000, 100_000))
    return rng.choice(
        (
            lambda: json.dumps(whole).encode(rng.choice(("utf-8", "utf-16", "utf-32"))),
            lambda: json.dumps(
                whole | {"nbformat": rng.choice((1, 2, 3, 5, "4", None, 1e300)), "worksheets": [whole]}
            ).encode(),
            lambda: json.dumps(
                whole | {"cells": [cells[0] | {"source": python(rng)[:1_000]}] * rng.choice((0, 500, 3_000))}
            ).encode(),
            lambda: json.dumps(
                whole | {"cells": [{"metadata": {"nbgrader": rng.choice(([], 1, "x", {"points": 1e999}))}}]}
            ).encode(),
            lambda: f'{{"cells": {deep}'.encode(),
            lambda: ("{" + ",".join(f'"{n}":{n}' for n in range(rng.choice(LENGTHS))) + "}").encode(),
            lambda: b'{"cells": [' + b"1" * rng.choice(LENGTHS) + b"]}",
            lambda: b'{"a": "' + b"\\ud800" * rng.choice(LENGTHS) + b'"}',
            lambda: b"<<<<<<< " * rng.choice(LENGTHS),
            lambda: rng.randbytes(rng.choice(LENGTHS)),
        )
    )()


def archive(rng: Rng) -> bytes:
    """A ZIP archive with strange entries, some of its bytes changed."""
    written = io.BytesIO()
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(written, "w") as packed:
        for number in range(rng.choice((0, 1, 5, 300, 2_500))):
            name = rng.choice(
                (rng.choice(NAMES), f"{number}", f"{number}/" * rng.choice((1, 30)) + "x", f"../{number}")
            )
            entry = zipfile.ZipInfo(name, (rng.choice((1980, 2026, 2107)), 1, 1, 0, 0, 0))
            entry.external_attr = rng.choice((0, 0o120777, 0o100644, 0o010644, 0o040755)) << 16
            # To set up the other two takes so long that most of a run would go into making archives.
            entry.compress_type = rng.choice(methods if number < _ENTRIES_OF_ANY_METHOD else methods[:2])
            packed.writestr(entry, bytes(rng.choice((0, 9, 9, 9, 300_000))))
    content = bytearray(written.getvalue())
    for _ in range(rng.choice((0, 0, 1, 20))):
        place = rng.randrange(len(content))
        content[place : place + 4] = struct.pack("<I", rng.choice((0, 0xFFFFFFFF, 0x7FFFFFFF, rng.randrange(2**32))))
    if rng.random() < 0.3:
        place = content.find(b"\x09\x04\x05\x00")
        content[place + 5 : place + 9] = struct.pack("<I", 0xFFFFFFFF) if place >= 0 else b""
    return bytes(content[: rng.choice((len(content), len(content), len(content) // 2))])


def write_new(path: Path, content: bytes) -> None:
    """Write a file where nothing is yet: what is there may be a link out of the folder, or a pipe that nobody reads.

    Raises:
        FileExistsError: something is there.
    """
    with path.open("xb") as file:
        file.write(content)


def _write_hole(path: Path) -> None:
    with path.open("xb") as file:
        file.truncate(2**40)


def tree(rng: Rng, folder: Path) -> None:
    """The folder of a submission: files, folders, links and pipes under names that mean something."""
    folder.mkdir(parents=True)
    for _ in range(rng.choice((1, 4, 12))):
        path = folder.joinpath(*(rng.choice(NAMES) for _ in range(rng.choice((1, 1, 2, 4)))))
        makers: tuple[Callable[[], object], ...] = (
            lambda path=path: write_new(path, notebook(rng)),
            lambda path=path: write_new(path, archive(rng)),
            lambda path=path: write_new(path, date(rng).encode("utf-8", "replace")),
            lambda path=path: path.mkdir(),
            lambda path=path: path.symlink_to(
                rng.choice(("/dev/zero", "/etc/passwd", ".", path.name, "/proc/self/mem"))
            ),
            lambda path=path: os.mkfifo(path),
            lambda path=path: _write_hole(path),
        )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            rng.choice(makers)()
        except OSError:
            # Another file has that name.
            continue
