"""Outputs and texts that would run, load or phone home in a grader's browser."""

import pytest

from autograder.untrusted import html_sanitiser

_PIXEL = "iVBORw0KGgo="


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<SVG/onload=alert(1)>",
        "<!--><script>alert(1)</script>-->",
        "</p><script>alert(1)</script>",
        "<a href='javascript:alert(1)'>x</a>",
        "<details open ontoggle=alert(1)>",
        "<b onmouseover=alert(1)>",
        "```\n<script>alert(1)</script>",
        "$<script>$",
        "<scr<b>ipt>",
        "<iframe srcdoc='x'",
    ],
)
def test_no_tag_survives_in_markdown(hostile: str) -> None:
    cleaned = html_sanitiser.markdown(hostile)
    for tag in ("<script", "<img", "<svg", "<a ", "<iframe", "<!", "<details ", "<b "):
        assert tag not in cleaned.lower()


def test_honest_markdown_is_left_alone() -> None:
    text = (
        "If $a < b$ and `x<3`, then **so** is <b>this</b>.<br/>\n<details><summary>More</summary>x</details> 1 <2 & 3"
    )
    assert html_sanitiser.markdown(text) == text


def test_tex_cannot_link() -> None:
    assert "\\href" not in html_sanitiser.tex(r"\href{javascript:alert(1)}{x} + \frac{1}{2}")
    honest = r"\frac{1}{2} \hat x \\ \begin{pmatrix} a & b \\ \eta & d \end{pmatrix}, \; \operatorname{ReLU}(x) \le 1"
    assert html_sanitiser.tex(honest) == honest
    assert html_sanitiser.tex(r"a \\href{https://evil.example}{x}") == r"a \\ href{https://evil.example}{x}"
    assert html_sanitiser.tex(r"\classical") == r"\ classical"


def test_html_keeps_tables_and_own_pictures() -> None:
    picture = f'<img src="data:image/png;base64,{_PIXEL}">'
    cleaned = html_sanitiser.html(f"<table><tr><td colspan='2'>1</td></tr></table>{picture}")
    assert "<td" in cleaned
    assert _PIXEL in cleaned


@pytest.mark.parametrize(
    ("markup", "gone"),
    [
        ("<script>evil()</script>", "evil"),
        ("<p onclick='evil()'>x</p>", "evil"),
        ("<img src='https://evil.example/pixel.png'>", "evil"),
        ("<img src='data:image/svg+xml;base64,AAAA'>", "svg"),
        ("<a href='javascript:evil()'>x</a>", "evil"),
        ("<a href='data:text/html,evil'>x</a>", "evil"),
        ("<style>*{background:url(//evil)}</style>", "evil"),
        ("<iframe src='//evil'></iframe>", "evil"),
        ("<form action='//evil'><input></form>", "evil"),
    ],
)
def test_html_that_acts_is_gone(markup: str, gone: str) -> None:
    assert gone not in html_sanitiser.html(markup)


def test_drawings_keep_their_shapes_and_lose_what_acts() -> None:
    drawing = (
        '<svg viewBox="0 0 9 9" onload="evil()"><script>evil()</script><style>@import "//evil"</style>'
        '<defs><clipPath id="c"><rect width="9" height="9"/></clipPath></defs>'
        '<use xlink:href="#c"/><use xlink:href="https://evil/x.svg#y"/><a href="javascript:evil()"><text>hi</text></a>'
        '<path d="M0 0L9 9" fill="url(//evil)" clip-path="url(#c)"/><foreignObject><img src="//evil"></foreignObject>'
        '<image href="//evil"/><set attributeName="href" to="javascript:evil()"/></svg>'
    )
    cleaned = html_sanitiser.svg(drawing)
    assert "evil" not in cleaned
    for kept in ('viewBox="0 0 9 9"', "<clipPath", 'd="M0 0L9 9"', "<text>hi</text>", 'href="#c"', "url(#c)"):
        assert kept in cleaned


def test_outputs_keep_what_shows_and_lose_what_runs() -> None:
    figure = {"data": [{"y": [1, 2]}], "layout": {}, "config": {"displaylogo": False}}
    cleaned = html_sanitiser.outputs(
        [
            {"output_type": "stream", "name": "stderr", "text": ["a\n", "b"]},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["x", "y"], "extra": 1},
            {
                "output_type": "display_data",
                "data": {
                    "text/plain": "Figure",
                    "image/png": _PIXEL,
                    "image/jpeg": '"><script>',
                    "application/vnd.plotly.v1+json": figure,
                    "application/javascript": "alert(1)",
                    "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
                    "text/html": "<script>alert(1)</script>",
                },
                "metadata": {"isolated": True},
            },
            {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}, "execution_count": 7},
        ]
    )
    assert cleaned == [
        {"output_type": "stream", "name": "stderr", "text": "a\nb"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["x", "y"]},
        {
            "output_type": "display_data",
            "data": {"text/plain": "Figure", "image/png": _PIXEL, "application/vnd.plotly.v1+json": figure},
            "metadata": {},
        },
        {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}, "execution_count": 7},
    ]


@pytest.mark.parametrize(
    "malformed",
    [{}, {"output_type": "update"}, {"output_type": "display_data"}, {"output_type": "display_data", "data": []},
     {"output_type": "display_data", "data": {"application/javascript": "x"}}],
)  # fmt: skip
def test_malformed_and_empty_outputs_are_left_out(malformed: dict[str, object]) -> None:
    assert html_sanitiser.outputs([malformed]) == []


def test_a_drawing_can_stand_alone_in_an_image() -> None:
    root = 'xmlns="http://www.w3.org/2000/svg"'
    assert root in html_sanitiser.svg(f"<svg {root}><rect/></svg>")
    assert "xhtml" not in html_sanitiser.svg('<svg xmlns="http://www.w3.org/1999/xhtml"><rect/></svg>')


def test_a_figure_whose_page_was_a_script_keeps_its_description() -> None:
    page = "<div><script>draw()</script></div>"
    data = {html_sanitiser.PLOTLY: {"data": []}, "text/html": page, "text/plain": "A curve."}
    shown = html_sanitiser.outputs([{"output_type": "display_data", "data": data, "metadata": {}}])
    figure = {"data": [], "config": {"displaylogo": False}}
    assert shown[0]["data"] == {html_sanitiser.PLOTLY: figure, "text/plain": "A curve."}
