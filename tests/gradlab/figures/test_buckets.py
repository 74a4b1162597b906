import pytest

from gradlab import figures


@pytest.fixture
def figure() -> figures.LabFigure:
    return figures.buckets(lambda w: 3.0, weight=1.0, rate=0.1, rounds=3)


def levels(figure: figures.LabFigure) -> list[tuple[float, ...]]:
    """What the two buckets hold in each frame."""
    pairs = [(frame.data[0].y, frame.data[1].y) for frame in figure.frames]
    return [tuple(a + b for a, b in zip(old, new, strict=True)) for old, new in pairs]


def test_each_round_has_three_moments(figure: figures.LabFigure) -> None:
    names = [frame.name for frame in figure.frames]

    assert names[1:4] == ["round 1: backward", "round 1: step", "round 1: zeroing"]
    assert len(names) == len(set(names)) == 1 + 3 * 3
    assert [position.args[0][0] for position in figure.layout.sliders[0].steps] == names


def test_one_bucket_is_emptied_and_the_other_fills(figure: figures.LabFigure) -> None:
    assert levels(figure) == [
        (0, 0),
        *((3, 3), (3, 3), (0, 3)),
        *((3, 6), (3, 6), (0, 6)),
        *((3, 9), (3, 9), (0, 9)),
    ]


def test_what_was_there_is_told_from_what_is_new(figure: figures.LabFigure) -> None:
    old, new, _ = figure.frames[4].data

    assert (old.y, new.y) == ((0, 3), (3, 3))
    assert old.marker.pattern.shape == "/"


def test_the_weights_are_those_of_the_reference(figure: figures.LabFigure) -> None:
    assert [text.partition("<br>")[2] for text in figure.frames[-1].data[2].text] == ["w = 0.1", "w = −0.8"]


def test_gradients_follow_each_loop_s_own_weight() -> None:
    figure = figures.buckets(lambda w: 2 * w, weight=1.0, rate=0.1, rounds=2)

    left, right = levels(figure)[-2]
    assert left == pytest.approx(1.6)
    assert right == pytest.approx(2 + 1.6)


def test_the_description_says_what_the_steps_read(figure: figures.LabFigure) -> None:
    assert "on the left: 3, 3, 3; on the right: 3, 6, 9" in figure.description
    assert "0.1 on the left and −0.8 on the right" in figure.description


def test_it_is_small(figure: figures.LabFigure) -> None:
    assert len(figure._repr_mimebundle_()["text/html"]) < 40_000


def test_a_negative_gradient_is_refused() -> None:
    with pytest.raises(ValueError, match="negative gradient"):
        figures.buckets(lambda w: -1.0, weight=1.0, rate=0.1)


def test_no_round_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one round"):
        figures.buckets(lambda w: 1.0, weight=1.0, rate=0.1, rounds=0)
