"""Texts of students, read by nbconvert's parser of Markdown: nothing in them links, loads or commands."""

import re

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.untrusted import html_sanitiser
from autograder.untrusted.shown_text import attached_names, markdown, plain, tex
from autograder.untrusted.tex_commands import ALLOWED
from tests.browser.hostile import FIGURES, HTML, MARKDOWN, PIECES, SVG, TEXT

NAMES = {"pixel.png": "pixel.png", "Bild 1.png": "attached-2"}
FORBIDDEN = ("script", "style", "iframe", "svg", "form", "base", "link", "meta", "object", "video", "math", "button")
PICTURES = ("plot.png", "attachment:", "data:image/png;base64,")
# JupyterLab's own pattern, without the characters that end an address.
JUPYTERLAB_LINK = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]{2,40}://|data:|www\.)[^\s\"]{2,}")
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


def read_by_another(source: str) -> BeautifulSoup:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    # It has a list of its own of addresses that it refuses.
    parser.validateLink = lambda _: True  # type: ignore[method-assign]
    return BeautifulSoup(parser.render(source), "html.parser")


def rendered(source: str) -> BeautifulSoup:
    attached = {name: {"image/png": "AAAA"} for name in NAMES.values()}
    renderer = IPythonRenderer(escape=False, attachments=attached)
    return BeautifulSoup(MarkdownWithMath(renderer=renderer).render(source), "html.parser")


def check(page: BeautifulSoup) -> None:
    for tag in page.find_all(True):
        assert isinstance(tag, Tag)
        assert tag.name not in FORBIDDEN, tag
        # The box of a task in a list.
        assert tag.name != "input" or "disabled" in tag.attrs, tag
        for name, value in tag.attrs.items():
            assert not name.startswith("on"), tag
            if name == "href":
                # A heading's link to itself.
                assert value.startswith("#"), tag
            if name in ("src", "srcset"):
                assert value.startswith(PICTURES), tag
    for code in page.find_all(["code", "pre"]):
        code.extract()
    # MathJax takes no tag for a part of a command.
    check_tex(page.get_text("\n"))


def check_tex(text: str) -> None:
    for name in re.findall(r"(?<=\\)[A-Za-z]{3,}", text):
        assert name in ALLOWED, text


@pytest.mark.parametrize("name", MARKDOWN)
def test_hostile_markdown_shows_as_text(name: str) -> None:
    cleaned = markdown(MARKDOWN[name], NAMES)
    check(rendered(cleaned))
    check(read_by_another(cleaned))
    assert not JUPYTERLAB_LINK.search(cleaned)
    assert markdown(cleaned, NAMES) == cleaned
    assert "mermaid" not in re.findall(r"^\W*[`~]{3,}\s*(\S*)", cleaned.lower(), re.MULTILINE)


@given(TEXTS)
def test_whatever_is_put_together_shows_as_text(text: str) -> None:
    cleaned = markdown(text, NAMES)
    check(rendered(cleaned))
    check(read_by_another(cleaned))
    assert markdown(cleaned, NAMES) == cleaned
    assert not JUPYTERLAB_LINK.search(cleaned)


@given(TEXTS)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    for clean in (plain, tex, html_sanitiser.html, html_sanitiser.svg):
        cleaned = clean(text)
        assert clean(cleaned) == cleaned


@given(TEXTS)
def test_outputs_hold_no_address_that_jupyterlab_links(text: str) -> None:
    shown = re.sub(r"\x1b\[(.*?)([@-~])", "", plain(text))
    assert not JUPYTERLAB_LINK.search(shown.replace("\x1b", ""))


@pytest.mark.parametrize("name", HTML)
def test_hostile_html_shows_as_text(name: str) -> None:
    cleaned = html_sanitiser.html(HTML[name])
    page = BeautifulSoup(cleaned, "html.parser")
    check(page)
    assert not page.find_all(["a", "wbr"])
    assert not page.find_all(lambda tag: {"class", "id", "style", "href", "cite"} & tag.attrs.keys())
    assert html_sanitiser.html(cleaned) == cleaned


@pytest.mark.parametrize("name", SVG)
def test_hostile_drawings_load_nothing(name: str) -> None:
    cleaned = html_sanitiser.svg(SVG[name])
    assert "evil" not in cleaned
    assert "pwned" not in cleaned
    assert html_sanitiser.svg(cleaned) == cleaned


@pytest.mark.parametrize("name", TEXT)
def test_hostile_texts_are_no_links(name: str) -> None:
    assert not JUPYTERLAB_LINK.search(re.sub(r"\x1b\[[0-9;]*m", "", plain(TEXT[name])))


def test_an_address_in_two_outputs_is_no_link() -> None:
    parts = [{"output_type": "stream", "name": "stdout", "text": text} for text in ("https:", "//evil.example")]
    (joined,) = html_sanitiser.outputs(parts)
    assert not JUPYTERLAB_LINK.search(joined["text"])


@pytest.mark.parametrize("name", FIGURES)
def test_hostile_figures_load_nothing(name: str) -> None:
    ((_, figure),) = html_sanitiser.outputs(
        [{"output_type": "display_data", "data": {html_sanitiser.PLOTLY: FIGURES[name]}}]
    )[0]["data"].items()
    text = repr(figure)
    for gone in ("://", "<a", "source", "geo", "plotlyServer", "showLink", "'image'", "images"):
        assert gone not in text
    assert not re.search(r"<(?! |/?(?:b|br|extra)>)", text)
    assert html_sanitiser.figures.cleaned(figure) == figure


def test_an_honest_figure_stays() -> None:
    trace = {
        "type": "scatter",
        "y": {"dtype": "f4", "bdata": "//8AAA==+www/", "shape": "2"},
        "mode": "lines",
        "text": ["<b>a</b>"],
    }
    hover = {"type": "scatter", "y": [1, 2.5, None], "hovertemplate": "x=%{x:.2f}<br>y=%{y}<extra></extra>"}
    axis = {"type": "log", "title": {"text": "loss $\\eta$"}}
    figure = {
        "data": [trace, hover],
        "layout": {"xaxis": axis, "shapes": [{"type": "line"}], "meta": {"description": "Größe, in words: 1 < 2."}},
        "frames": [{"data": [{"y": [3]}], "name": "1"}],
        "config": {"displaylogo": False, "modeBarButtonsToRemove": ["select2d"]},
    }
    assert html_sanitiser.figures.cleaned(figure) == figure


def test_honest_markdown_stays() -> None:
    text = (
        "# Why\n\nIt **diverges** since $\\eta > \\frac{2}{L}$, `x[0] < 3`, *and* ![my plot](plot.png).\n\n"
        "$$\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}$$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "```python\n@cached\ndef f(x):\n    return x[1:]\n```\n\n"
        "- [x] done &rarr; 3 &lt; 4 &amp; ![a](attachment:pixel.png)\n"
    )
    assert markdown(text, NAMES) == text


def test_what_a_link_says_stays_to_be_read() -> None:
    assert rendered(markdown("[the docs](https://pytorch.org/docs)")).get_text().replace("\u200b", "").strip() == (
        "[the docs] (https://pytorch.org/docs)"
    )


def test_attached_pictures_get_names_that_stand_in_a_link() -> None:
    names = attached_names({"pixel.png": {}, "Bild 1.png": {}, "attached-1": {}})
    assert names == {"pixel.png": "pixel.png", "Bild 1.png": "attached-2", "attached-1": "attached-1"}
    assert markdown("![Bild](attachment:Bild%201.png)", names) == "![Bild](attachment:attached-2)"
    assert len(set(attached_names({" ": {}, "attached-1": {}}).values())) == 2
