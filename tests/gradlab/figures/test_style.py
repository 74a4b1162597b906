import pytest

from gradlab.figures.style import layout, minus


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("f = -1.06", "f = −1.06"),
        ("(-2, -3)", "(−2, −3)"),
        ("x-1", "x-1"),
        ("well-known", "well-known"),
        ("1-2", "1-2"),
    ],
)
def test_minus_signs(written: str, read: str) -> None:
    assert minus(written) == read


def test_a_longer_caption_gets_more_room_and_leaves_the_plot_as_it_is() -> None:
    short, long = layout("short"), layout("many words " * 60)

    def plot(chosen: dict[str, dict[str, int]]) -> object:
        return chosen["height"] - chosen["margin"]["t"] - chosen["margin"]["b"]

    assert long["height"] > short["height"]
    assert plot(long) == plot(short) == 430


def test_no_line_of_a_caption_divides_a_place() -> None:
    text = "; ".join(f"η = {rate} stands at (4.45, -6.32) with f = -1.759" for rate in range(20))
    drawn = layout(text)["annotations"][0]["text"]

    assert drawn.count("<br>") > 5
    assert drawn.count("(4.45, −6.32)") == drawn.count("f = −1.759") == 20
