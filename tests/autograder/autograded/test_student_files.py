"""Names of a student's files in ``autograded/``: no server calls one a page, and no program loads one by itself."""

import mimetypes

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.autograded.student_files import kept_names

PAGE = b"<script>window.pwned = 1</script>"
PNG = b"\x89PNG\r\n\x1a\n"

NAMES = """
notes.shtml n.xht n.xhtm n.html n.HTML n.htm n.html. n.html.txt n.txt.html n.svg n.svgz n.SVG n.xml n.xsl n.rdf
n.mht n.mhtml n.hta n.js n.mjs n.css n.wasm n.pdf n.swf n.php n.jsp n.cgi n.py random.py random.pyc random.so
.htaccess .git/config .ipython/profile_default/startup/x.py torch/__init__.py n.ipynb.x jupyter_server_config.json
nbgrader_config.py n n;.html n%2ehtml n.html/x.txt -n.html ~n.html n.vtt n.manifest n.appcache n.webmanifest
data:text/html,x n.html?x.png n.png n.gif n.txt n.csv n.md n.dot n.vnd.mermaid main.html/main.html n.html.gz
n.html.bz2 n.htm~ #n.html# ñ.html n.TXT n.Png
"""
BLANKS = ("n.html ", "n\u202elmth.txt", "n.html\u00a0", "n .png", "n.png ", " n.txt", "a b.HtMl")
HOSTILE = dict.fromkeys((*NAMES.split(), *BLANKS), PAGE) | {
    "utf16.txt": "<script>".encode("utf-16"),
    "zero.txt": b"<\0script>",
}


@pytest.mark.parametrize("path", HOSTILE)
def test_no_name_is_a_pages(path: str) -> None:
    ((_, kept),) = kept_names({path: HOSTILE[path]}, ()).items()
    assert mimetypes.guess_type(kept)[0] == "application/octet-stream"
    # Apache looks at each part between dots.
    assert kept.count(".") == 1
    assert kept.endswith(".bin")
    assert not kept.startswith((".", "/"))
    assert "/.." not in f"/{kept}"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("data.csv", b"a,b\n1,2\n"),
        ("results/my notes.txt", "1 < 2, größer".encode()),
        ("plot.png", PNG + b"<script>"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0"),
        ("moving.gif", b"GIF89a"),
        ("small.webp", b"RIFF\0\0\0\0WEBP"),
    ],
)
def test_pictures_and_plain_text_keep_their_names(path: str, content: bytes) -> None:
    assert kept_names({path: content}, ()) == {path: path}


def test_names_that_fall_together_are_numbered() -> None:
    files = dict.fromkeys(("n.html", "n_html", "n.html/x", "n_html.bin", "n-html"), PAGE)
    kept = kept_names(files, ["n_html.bin"])
    assert len(set(kept.values()) | {"n_html.bin"}) == len(files) + 1


LETTERS = st.sampled_from(("a", "b.html", "b_html", ".x", "c.txt", "c", "d e", "ü" * 120))
PARTS = st.lists(LETTERS, min_size=1, max_size=3)


@given(st.dictionaries(PARTS.map("/".join), st.sampled_from((PAGE, b"1,2", PNG)), max_size=8))
def test_nothing_is_lost(files: dict[str, bytes]) -> None:
    assume(not any(other.startswith(f"{path}/") for path in files for other in files))
    kept = kept_names(files, ["main.ipynb", "a.txt"])
    assert kept.keys() == files.keys()
    assert len(set(kept.values())) == len(kept)
    for path, name in kept.items():
        assert name == path or mimetypes.guess_type(name)[0] == "application/octet-stream"
        assert all(len(part.encode()) < 255 for part in name.split("/"))
        assert not any(other.startswith(f"{name}/") for other in kept.values())
