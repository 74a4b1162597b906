"""Files of students beside a graded notebook: those that a page may show keep their names, others are kept as bytes.

Servers and browsers decide by a file's name, or by its content, whether it is a page; JupyterLab's kernels import
modules that lie beside a notebook, and several programs read their settings there. So a file keeps its name only if
name and content both say that it is a picture or plain text.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import PurePosixPath

_KEPT_AS = ".bin"
"""What the names of all other files end in: every server sends it as bytes to be saved, and no browser looks inside."""
_SHOWN = re.compile(r"[\w-][\w -]*\.[a-z]{3,4}")
_FOLDER = re.compile(r"[\w-][\w -]*")
_NO_LETTER = re.compile(r"[^\w-]+")
_LONGEST = 180
_MARKUP = re.compile(rb"<[A-Za-z/!?]")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


def kept_names(files: Mapping[str, bytes], taken: Iterable[str]) -> dict[str, str]:
    """The names under which a student's files are kept.

    Args:
        files: path relative to the submission's folder → content.
        taken: the paths of the lab's own files and notebooks.

    Returns:
        Each path → the path under which it is kept; no two are the same, and none is another one's folder.
    """
    used = {part for name in (*taken, *files) for part in _with_folders(name)}
    names = {path: path for path, content in files.items() if _stays(path, content)}
    for path in (path for path in files if path not in names):
        names[path] = _unused(_as_data(path), used)
        used.update(_with_folders(names[path]))
    return names


def _with_folders(path: str) -> tuple[str, ...]:
    return (path, *map(str, PurePosixPath(path).parents))


def _stays(path: str, content: bytes) -> bool:
    *folders, name = PurePosixPath(path).parts
    shown = _SHOWN.fullmatch(name) is not None and _KINDS.get(name.rpartition(".")[2], _no_kind)(content)
    return shown and name.strip() == name and all(map(_FOLDER.fullmatch, folders))


def _as_data(path: str) -> str:
    parts = [
        _NO_LETTER.sub("_", part).encode()[:_LONGEST].decode(errors="ignore") for part in PurePosixPath(path).parts
    ]
    return "/".join(parts) + _KEPT_AS


def _unused(path: str, used: Collection[str]) -> str:
    """The path, with a number if another file or folder has that name."""
    start = path.removesuffix(_KEPT_AS)
    number, free = 1, path
    while free in used:
        number += 1
        free = f"{start}-{number}{_KEPT_AS}"
    return free


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(starts)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_text(content: bytes) -> bool:
    """Plain text without anything that a browser could take for markup, and that a kernel could not import."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not (_MARKUP.search(content) or _BINARY.search(content))


def _no_kind(_content: bytes) -> bool:
    return False


_KINDS: Mapping[str, Callable[[bytes], bool]] = {
    "png": _begins(b"\x89PNG\r\n\x1a\n"),
    "jpg": _begins(b"\xff\xd8\xff"),
    "jpeg": _begins(b"\xff\xd8\xff"),
    "gif": _begins(b"GIF87a", b"GIF89a"),
    "webp": _is_webp,
    "txt": _is_text,
    "csv": _is_text,
    "tsv": _is_text,
}
