"""How a diagnosis is shown: as text, as a box, in a real notebook."""

import pickle
from html.parser import HTMLParser

import nbformat
import pytest
import torch
from nbclient import NotebookClient

from gradlab.check import Diagnosis, NotYet
from gradlab.check.box import announced, html
from gradlab.check.diagnosis import describe
from gradlab.check.known_mistakes import agree
from gradlab.notebook import dark_theme

DIAGNOSIS = describe("missing-zero-grad", "growing", second="1.9", third="2.7")


class Reader(HTMLParser):
    """Collects the words and the attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def read(diagnosis: Diagnosis) -> Reader:
    reader = Reader()
    reader.feed(html(diagnosis))
    return reader


def test_the_text_says_everything_and_ends_with_the_name() -> None:
    text = str(NotYet(DIAGNOSIS))
    assert text.startswith("Not yet: gradients pile up. After step 1 your path is right.")
    assert text.endswith("*(missing-zero-grad)*")
    assert all(part in text for part in (DIAGNOSIS.seen, DIAGNOSIS.cause, DIAGNOSIS.look))


def test_a_nameless_mistake_shows_no_name() -> None:
    nameless = describe("stands-still", "stands-still", rows=3)
    assert nameless.misconception is None
    assert str(nameless).endswith(nameless.look)
    assert "None" not in html(nameless)


def test_a_refusal_survives_a_process_boundary() -> None:
    copy = pickle.loads(pickle.dumps(NotYet(DIAGNOSIS)))
    assert copy.diagnosis == DIAGNOSIS


def test_the_box_is_announced_and_says_it_in_words() -> None:
    reader = read(DIAGNOSIS)
    tag, attributes = reader.tags[0]
    assert (tag, attributes["role"], attributes["lang"]) == ("div", "alert", "en")
    for words in (
        "Not yet: gradients pile up",
        "What the check saw:",
        "Likely cause:",
        "Look next:",
        "(missing-zero-grad)",
    ):
        assert words in reader.words
    assert "`" not in reader.words
    assert "*" not in reader.words


def test_the_box_keeps_the_themes_colours() -> None:
    style = read(DIAGNOSIS).tags[0][1]["style"]
    assert style is not None
    assert "color:inherit" in style
    assert "background:transparent" in style


def test_what_a_student_wrote_is_no_markup() -> None:
    hostile = describe("raised", "error", name="ValueError", message="<script>alert('`1`')</script> *a* & {b}")
    reader = read(hostile)
    assert {tag for tag, _ in reader.tags} <= {"div", "p", "strong", "span", "code", "em"}
    assert "<script>" in reader.words


@pytest.fixture(scope="module")
def outputs() -> list[list[nbformat.NotebookNode]]:
    """The outputs of a right answer, a wrong one, and one that raises, from a real kernel."""
    cells = [
        "import torch\nfrom gradlab import check\nn = lambda p, m: torch.cdist(p, m).argmin(1)\ncheck.nearest(n)",
        "check.nearest(lambda p, m: torch.cdist(p, m).argmax(1))",
        "def nearest(p, m):\n    return p.requires_grad_().numpy()\ncheck.nearest(nearest)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=120).execute()
    return [cell.outputs for cell in notebook.cells]


def test_a_right_answer_shows_a_box(outputs: list[list[nbformat.NotebookNode]]) -> None:
    # The cell imports gradlab, too.
    box, dark = outputs[0]
    assert dark.data["text/html"] == dark_theme.STYLE
    assert 'role="status"' in box.data["text/html"]
    assert "✓ Every point found its nearest minimum." in box.data["text/html"]
    assert box.data["text/plain"] == "✓ Every point found its nearest minimum."


def test_a_wrong_answer_shows_a_box_and_no_traceback_of_ours(outputs: list[list[nbformat.NotebookNode]]) -> None:
    box, error = outputs[1]
    assert 'role="alert"' in box.data["text/html"]
    assert box.data["text/plain"].startswith("Not yet: some points")
    assert error.ename == "NotYet"
    assert error.traceback == ["NotYet: some points are given to the wrong minimum"]


def test_an_error_of_the_students_shows_the_students_line(outputs: list[list[nbformat.NotebookNode]]) -> None:
    _, error = outputs[2]
    first, *own = "\n".join(error.traceback).splitlines()
    assert first == "NotYet: NumPy was given a tensor that autograd is watching (numpy-on-tracked)"
    assert own == ["  in nearest, line 2: return p.requires_grad_().numpy()"]


@pytest.mark.parametrize(
    ("factors", "title"),
    [((2.0, 2.0), "everything is off by one factor"), ((2.0, 3.0), "by a factor that is not always the same")],
)
def test_a_factor_is_called_one_only_if_two_draws_agree(factors: tuple[float, float], title: str) -> None:
    drawn = iter(factors)

    @announced
    def of_numbers() -> None:
        right = torch.tensor([1.0, -2.0, 3.0])
        agree(next(drawn) * right, right, given="three numbers")

    with pytest.raises(NotYet, match=title):
        of_numbers()
