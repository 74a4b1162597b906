"""Alternatives for pictures that other libraries draw: Graphviz's graphs and Matplotlib's figures.

A notebook stores a picture together with a text for screen readers and terminals. These two libraries give a memory
address or a size as the text. The figures of `gradlab.figures` describe themselves. JupyterLab shows Graphviz's SVG
only in notebooks that the reader has run or trusted, so that a PNG is stored beside it.
"""

import io
import re
import shutil
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from gradlab.notebook.shell import kernel_shell
from gradlab.words import text_alternatives as words

_MOST_ARROWS = 40
_COLOURS = 16
_BOX = re.compile(r'^\t(\S+) \[label=(?:"([^"]*)"|([^\s\]"]+))', re.MULTILINE)
_ARROW = re.compile(r"^\t(\S+) -> (\S+)", re.MULTILINE)


def of_graph(source: str) -> str:
    """Put a graph into words.

    Args:
        source: the graph in Graphviz's language, as torchviz writes it: one box or arrow a line.
    """
    names = {box: " ".join((quoted or plain).split()) for box, quoted, plain in _BOX.findall(source)}
    # torchviz gives the result no name, only its shape, () for a number.
    named = {box: f"{words.RESULT} {name}" if name.startswith("(") else name for box, name in names.items()}
    arrows = [f"{named.get(tail, tail)} → {named.get(head, head)}" for tail, head in _forward(_ARROW.findall(source))]
    named_arrows = arrows[:_MOST_ARROWS]
    if len(arrows) > _MOST_ARROWS:
        named_arrows.append(words.MORE.format(count=len(arrows) - _MOST_ARROWS))
    sentence = words.ARROWS.format(arrows="; ".join(named_arrows)) if named_arrows else words.NO_ARROWS
    return words.GRAPH.format(count=len(names), arrows=sentence)


def _forward(arrows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Arrows in the order of the forward pass; torchviz writes them backward. A graph with a cycle is not reordered."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for tail, head in arrows:
        sorter.add(head, tail)
    try:
        order = {box: number for number, box in enumerate(sorter.static_order())}
    except CycleError:
        return arrows
    return sorted(arrows, key=lambda arrow: order[arrow[0]])


def of_figure(figure: Any) -> str:  # noqa: ANN401 - Matplotlib is not imported for its type
    """Put a Matplotlib figure into words: its plots' titles, axes and named curves."""
    plots = ["; ".join(_of_plot(axes)) or words.EMPTY for axes in figure.axes]
    if len(plots) == 1:
        return words.FIGURE.format(count=1, plots=plots[0])
    numbered = (words.PLOT.format(number=number, plot=plot) for number, plot in enumerate(plots, start=1))
    return words.FIGURES.format(count=len(plots), plots=". ".join(numbered))


def _of_plot(axes: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    if axes.get_title():
        yield words.TITLE.format(title=axes.get_title())
    for form, label, scale in (
        (words.ACROSS, axes.get_xlabel(), axes.get_xscale()),
        (words.UP, axes.get_ylabel(), axes.get_yscale()),
    ):
        if label:
            yield form.format(label=words.LOGARITHMIC.format(label=label) if scale == "log" else label)
    _, labels = axes.get_legend_handles_labels()
    if labels:
        yield words.CURVES.format(labels=", ".join(labels))


def _print_graph(graph: Any, printer: Any, cycle: bool) -> None:  # noqa: ANN401, ARG001 - IPython's interface
    printer.text(of_graph(graph.source))


def _png_of_graph(graph: Any) -> bytes | None:  # noqa: ANN401 - Graphviz is not imported for its type
    if shutil.which("dot") is None:
        return None
    # Matplotlib, which gradlab needs, brings Pillow along. A drawing in few colours needs few bytes.
    from PIL import Image

    few_colours = io.BytesIO()
    Image.open(io.BytesIO(graph.pipe(format="png"))).convert("RGB").quantize(_COLOURS).save(few_colours, "PNG")
    return few_colours.getvalue()


def _bundle(figure: Any) -> dict[str, str]:  # noqa: ANN401 - as above
    return {"text/plain": of_figure(figure)}


def install() -> None:
    """Register the text alternatives, if this runs in a notebook's kernel; the libraries are not imported for it."""
    shell = kernel_shell()
    if shell is None:
        return
    formats = shell.display_formatter
    # In Graphviz's older releases the classes stood in another module.
    for module in ("graphviz.graphs", "graphviz.dot"):
        for name in ("Digraph", "Graph"):
            formats.formatters["image/png"].for_type_by_name(module, name, _png_of_graph)
            formats.formatters["text/plain"].for_type_by_name(module, name, _print_graph)
    # With its first figure, Matplotlib removes all formatters of figures and registers only the image's again.
    formats.mimebundle_formatter.for_type_by_name("matplotlib.figure", "Figure", _bundle)
