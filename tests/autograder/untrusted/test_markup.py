"""What the cells of a notebook show, cleaned within bounds."""

from typing import Any

from autograder.untrusted.markup import Shown, clean


def output(kind: str, text: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {kind: text, "text/plain": "plain"}, "metadata": {}}


def test_what_is_short_is_cleaned() -> None:
    shown = Shown("# Title\n<script>x</script>", (output("text/html", "<b onclick='x'>bold</b>"),))
    (cleaned,) = clean([shown])
    assert "<script" not in (cleaned.source or "")
    assert cleaned.outputs[0]["data"] == {"text/html": "<b>bold</b>", "text/plain": "plain"}
    assert cleaned.left_out == ()


def test_a_cell_without_text_of_the_student_s_has_none() -> None:
    (cleaned,) = clean([Shown()])
    assert cleaned.source is None
    assert cleaned.outputs == ()


def test_what_takes_too_much_is_left_out_with_a_note_and_all_else_is_shown() -> None:
    nested = output("text/html", "<div>" * 100_000)
    amplified = output("text/html", "<p>" + "".join(f"<b a{n}>" for n in range(3_000)) + "<p>x" * 30_000)
    grown = output("text/html", "<p>" + "<b class='x y'><i>" * 300 + "<p>x" * 2_000)
    cells = clean([Shown(None, (nested,)), Shown(None, (amplified, output("image/svg+xml", "<svg><g></g></svg>")))])
    for cell, reason in zip(cells, ("processor time", "of memory"), strict=True):
        assert reason in cell.left_out[0]
        assert cell.outputs[0]["data"] == {"text/plain": "plain"}
        assert "[Left out: an output of the type text/html" in cell.outputs[1]["text"]
    assert cells[1].outputs[2]["data"]["image/svg+xml"] == "<svg><g></g></svg>"
    (cell,) = clean([Shown(None, (grown,))])
    assert cell.left_out == () or "it grows" in cell.left_out[0]
    assert len(str(cell.outputs)) < 2_000_000
