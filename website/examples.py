"""What the front page shows of the course in action: a figure to play with, and a check that refuses an answer."""

import html

import torch

from autograder.errors import ExpectedError
from gradlab import check, figures, landscape
from gradlab.check import box
from website.outputs import PLOTLY, ShownFigure, interactive

_START = (6.2, 3.9)
_STEPS = 25
_RATES = (0.1, 0.5, 1.0, 3.5)
WRONG_ANSWER = "def slope(x: float) -> float:\n    return x\n"
"""An answer that is wrong as a student's may be: the parabola's slope without its factor."""


def descent_figure() -> ShownFigure:
    """Descents on the landscape of the basin map: one for each of some learning rates."""
    paths = {rate: _descent(rate) for rate in _RATES}
    figure = figures.descent_animation(landscape.height, paths, title="One start, four learning rates")
    return interactive("front-descent", figure._repr_mimebundle_()[PLOTLY], ExpectedError)


def refusal() -> str:
    """The box that a check shows for `WRONG_ANSWER`, as in a notebook.

    Raises:
        ExpectedError: the check accepts that answer.
    """
    answer: dict[str, object] = {}
    exec(WRONG_ANSWER, answer)  # noqa: S102 - our own text, shown beside the box
    try:
        check.welcome.square_slope.__wrapped__(answer["slope"])
    except check.NotYet as refused:
        # On a page nothing has just happened that a screen reader should announce.
        return box.html(refused.diagnosis).replace('role="alert"', 'role="group" aria-label="The check\'s answer"')
    raise ExpectedError("The check of the front page's example accepts it.", "Choose another in website/examples.py.")


def shown_code(text: str) -> str:
    """Python as HTML in the site's colours."""
    return f'<pre class="gradlab-code"><code>{html.escape(text.strip())}</code></pre>'


def _descent(rate: float) -> torch.Tensor:
    point = torch.tensor(_START, dtype=torch.float64)
    path = [point]
    for _ in range(_STEPS):
        point = point - rate * torch.stack(landscape.slope(point[0], point[1]))
        path.append(point)
    return torch.stack(path)
