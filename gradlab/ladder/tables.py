"""A run of the ladder in words."""

from gradlab.ladder.climbing import Climb, Measured
from gradlab.words import ladder as words


def tell(climb: Climb) -> str:
    """The run as a table, with what was left out and why."""
    slowest = next((each.seconds for each in climb.measured if each.rung.name == "together"), None)
    lines = [
        words.HEADING.format(n=climb.n, steps=climb.steps, device=climb.device),
        words.LIMITS.format(
            copied=climb.limits.bytes_per_second / 1e9, functions=climb.limits.functions_per_second / 1e9
        ),
        "",
        words.COLUMNS,
        *(_line(each, slowest) for each in climb.measured),
    ]
    if climb.left_out:
        lines += ["", *(words.LEFT_OUT.format(title=rung.title, reason=reason) for rung, reason in climb.left_out)]
    return "\n".join(lines)


def _line(each: Measured, reference: float | None) -> str:
    return words.LINE.format(
        title=each.rung.title,
        time=duration(each.seconds),
        faster="–" if reference is None else f"{reference / each.seconds:.2g} ×",
        bytes=each.bytes / 1e9,
        functions=each.functions / 1e9,
        share=100 * each.share,
    )


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"
