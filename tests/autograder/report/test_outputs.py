from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.report.outputs import LONGEST_TEXT, clean, code, markdown, parts

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class Reader(HTMLParser):
    """Notes the tags and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def seen(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://example.org/spy.png'>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href='data:text/html,<script>1</script>'>a</a>",
    "<iframe srcdoc='<script>1</script>'></iframe>",
    "<style>body{display:none}</style>",
    "<form action='https://example.org'><input name=a></form>",
    "<svg onload=alert(1)><script>1</script></svg>",
    "<div style='position:fixed'>a</div>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></math>",
]


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_runs_or_loads_survives(html: str) -> None:
    for page in (str(clean(html)), str(markdown(html)), str(code(html))):
        found = seen(page)
        assert not {"script", "iframe", "style", "form", "input", "svg", "meta", "math"} & set(found.tags)
        for name, value in found.attributes:
            assert not name.startswith("on")
            assert name != "style"
            assert name not in ("href", "src") or value.startswith(("data:image/", "https://"))
            assert name != "src" or value.startswith("data:image/")


@settings(max_examples=60)
@given(st.text(alphabet="<>\"'&=/ abscriptonerimgx:", max_size=60))
def test_student_code_is_always_escaped(text: str) -> None:
    assert set(seen(str(code(text))).tags) <= {"div", "pre", "span"}


def test_a_table_stays_a_table() -> None:
    html = "<table border=1><thead><tr><th scope='col'>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    (part,) = parts([{"output_type": "execute_result", "data": {"text/html": html, "text/plain": "a 1"}}])
    assert part.kind == "html"
    assert seen(part.content).tags == ["table", "thead", "tr", "th", "tbody", "tr", "td"]
    assert ("scope", "col") in seen(part.content).attributes


def test_html_without_any_text_falls_back_on_plain_text() -> None:
    (part,) = parts([{"output_type": "display_data", "data": {"text/html": "<script>1</script>", "text/plain": "a"}}])
    assert (part.kind, part.content) == ("text", "a")


def test_a_picture_becomes_a_data_address_with_a_description() -> None:
    data = {"image/png": f"{PNG[:20]}\n{PNG[20:]}", "text/plain": "<Figure size 640x480 with 1 Axes>"}
    (part,) = parts([{"output_type": "display_data", "data": data}])
    assert part.kind == "image"
    assert part.content == f"data:image/png;base64,{PNG}"
    assert part.description.startswith("<Figure")


@pytest.mark.parametrize("content", ['"><script>alert(1)</script>', "", ["a", '"onload="x']])
def test_a_picture_that_is_none_is_not_shown(content: object) -> None:
    (part,) = parts([{"output_type": "display_data", "data": {"image/png": content, "text/plain": "shown"}}])
    assert (part.kind, part.content) == ("text", "shown")


def test_a_drawing_is_an_image_and_so_cannot_run_a_script() -> None:
    (part,) = parts([{"output_type": "display_data", "data": {"image/svg+xml": "<svg><script>1</script></svg>"}}])
    assert part.content.startswith("data:image/svg+xml;base64,")
    assert "script" not in part.content


def test_an_interactive_figure_is_told_in_words() -> None:
    figure = {"data": [], "layout": {"meta": {"description": "Ten paths on a contour."}}}
    (part,) = parts([{"output_type": "display_data", "data": {"application/vnd.plotly.v1+json": figure}}])
    assert part.kind == "note"
    assert part.content.endswith("Ten paths on a contour.")


@pytest.mark.parametrize("figure", [None, 3, [], {"layout": 1}, {"layout": {"meta": [1]}}])
def test_a_figure_of_any_shape_is_bearable(figure: object) -> None:
    (part,) = parts([{"output_type": "display_data", "data": {"application/vnd.plotly.v1+json": figure}}])
    assert part.kind == "note"


def test_colours_of_a_terminal_are_taken_out_and_long_text_is_cut() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mred\x1b[0m", "line"]}
    stream = {"output_type": "stream", "name": "stdout", "text": ["a" * LONGEST_TEXT, "b" * 5]}
    first, second = parts([error, stream])
    assert (first.kind, first.content) == ("error", "red\nline")
    assert second.content.endswith("(5 more characters)")


def test_an_error_without_a_traceback_is_named() -> None:
    (part,) = parts([{"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}])
    assert part.content == "ValueError: no"


def test_unknown_and_empty_outputs_show_nothing() -> None:
    assert parts([{"output_type": "widget"}, {"output_type": "stream", "text": ""}, {}]) == ()


def test_what_would_take_a_page_hours_is_shown_as_it_was_typed() -> None:
    """The time that these take grows with the square of their length, or faster."""
    for text in ('"%' + "0" * 1_000_000 + '"', "@" * 1_000_000, "a." * 500_000):
        assert seen(str(code(text))).tags == ["pre"]
    for text in ("\\\\[" * 300_000, "a" + " " * 1_000_000 + "b", "\\begin{a}" * 100_000):
        assert seen(str(markdown(text))).tags == ["pre"]
    assert "more characters" in markdown("a" * LONGEST_TEXT * 2)


def test_a_markdown_answer_keeps_its_form_below_the_headings_of_the_page() -> None:
    html = markdown("# Why\n\nIt *falls* because $x_1 < 2$.\n\n- one")
    assert seen(str(html)).tags == ["h5", "p", "em", "ul", "li"]
    assert "$x_1 &lt; 2$" in html
