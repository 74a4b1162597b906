"""The text of the pages that the site adds: the front page, the list of labs, and the gallery."""

import html
from collections.abc import Sequence
from pathlib import Path

from website import examples, tables
from website.labs import Lab, number_of
from website.outputs import ShownFigure

TITLE = "Gradlab"
_LEAD = (
    "A computer can find the slope of almost every function that it can compute, and one pass finds the slopes for a "
    "billion variables. Nearly all neural networks are trained with it. In this course you use it, look inside it, and "
    "build it, in notebooks that say what they saw when you are wrong."
)
_BASINS = (
    "Four million descents on one landscape. Left, with a small learning rate: each start has the colour of the valley "
    "in which its walk comes to rest, the darker the longer it took. Right, with a rate that is too large to come to "
    "rest: the valley in which each walk is after eight steps."
)
_BASINS_ALTERNATIVE = "Left, basins like pillows with straight ridges; right, bands that cross like a tartan."

GUIDES_LEAD = "How to work on a lab, grade a class, and write a lab of your own; how the parts fit together."
MEASUREMENTS_LEAD = "What grading costs, and what attacks on it have earned, as the benchmarks have written it."


def front(root: Path, labs: Sequence[Lab], figure: ShownFigure) -> str:
    """The front page, Markdown.

    Raises:
        ExpectedError: a table of the benchmarks is missing.
    """
    first = labs[0]
    colab = f'<a class="gradlab-button" href="{html.escape(first.colab)}">Try it in Colab</a>' if first.colab else ""
    return f"""\
---
html_theme.sidebar_primary.remove: true
html_theme.sidebar_secondary.remove: true
---

# {TITLE}: a course on automatic differentiation

<div class="gradlab-lead">

{_LEAD}

</div>

<p class="gradlab-buttons">
<a class="gradlab-button gradlab-first" href="labs/{first.name}.html">Begin with lab {number_of(first.name)}</a>
{colab}
<a class="gradlab-button" href="guides/instructors.html">For instructors</a></p>

```{{image}} images/basin-map.png
:alt: {_BASINS_ALTERNATIVE}
:class: gradlab-wide dark-light
```

<p class="gradlab-caption">{_BASINS}</p>

## Play with it now

A point walks downhill: at every step it moves against the gradient, by the learning rate times its length. Press play,
then choose another rate. Which one is the fastest, and with which one does the point never come to rest?

{figure.markup}

## The labs

{lab_table(labs, "labs/")}

Each has exercises that grow from one line to a small program, and predictions to make before running. You need the
derivatives that you learned at school, and Python functions.

## Wrong? A check says why

Here somebody was asked for the slope of the parabola $x^2$ at the place $x$, and wrote:

{examples.shown_code(examples.WRONG_ANSWER)}

The check below the exercise says what it saw, the likely cause, and where to look next. It never gives the answer:

{examples.refusal()}

## For those who teach

Everything is built on nbgrader's formats, and the autograder works in any nbgrader course. It runs the student's code
and the hidden tests in two processes with nothing but a pipe between them, and the student's side in a sandbox.

**Speed.** A class of 100 submissions, graded by this autograder and by others on the same machine. `small` is a lab of
the benchmark's own. [All measurements](measurements/results.md)

{tables.speed(root)}

**Security.** Of the attacks that were run, how many earned a point on each grader; “–” was not run.
[Every attack](measurements/attacks.md) · [What the wall prevents, and what it does not](guides/security.md)

{tables.security(root)}

To grade a class, begin with [the guide for instructors](guides/instructors.md); to write a lab, with
[the one for authors](guides/authors.md).

```{{toctree}}
:hidden:

labs/index
guides/index
gallery
measurements/index
```
"""


def lab_list(labs: Sequence[Lab]) -> str:
    """The page that lists the labs, Markdown."""
    names = "\n".join(f"{number_of(lab.name)} · {lab.title} <{lab.name}>" for lab in labs)
    return f"# Labs\n\n{lab_table(labs, '')}\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n"


def lab_table(labs: Sequence[Lab], folder: str) -> str:
    """The table of labs; `folder` leads to their pages."""
    rows = [
        f"| {number_of(lab.name)} | [{lab.title}]({folder}{lab.name}.ipynb) | {lab.about} "
        f"| {lab.minutes or '–'} | {lab.points:g} |"
        for lab in labs
    ]
    return "\n".join(["| no. | lab | what it is about | minutes | points |", "|---|---|---|---|---|", *rows])


def index(title: str, lead: str, pages: Sequence[str]) -> str:
    """The page above some others, Markdown."""
    names = "\n".join(pages)
    return f"# {title}\n\n{lead}\n\n```{{toctree}}\n:maxdepth: 2\n\n{names}\n```\n"


def gallery(labs: Sequence[Lab]) -> str:
    """All figures of the labs, each with a link to its place; Markdown."""
    parts = ["# Figures\n\nAll figures of the labs. Those with a slider or a button move; all can be zoomed."]
    for lab in labs:
        if lab.figures:
            parts.append(f"## {number_of(lab.name)} · {lab.title}")
        for figure in lab.figures:
            place = (
                f'<p class="gradlab-place"><a href="labs/{lab.name}.html#{figure.name}">Its place in the lab</a></p>'
            )
            parts.append(f"{figure.markup}\n{place}")
    return "\n\n".join(parts) + "\n"
