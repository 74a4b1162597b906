"""Numbers as text: points, amounts with their noun, durations."""


def number(points: float) -> str:
    """Points as a person writes them: 3, 2.5, 0.33."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def count(amount: int, noun: str, plural: str = "") -> str:
    """An amount with its noun: 1 student, 3 students."""
    return f"{amount} {noun if amount == 1 else plural or noun + 's'}"


def seconds(amount: float) -> str:
    """A duration: 0.8 s, 12 s, 3 min, 1.5 h."""
    if amount < 10:
        return f"{amount:.1f} s"
    if amount < 120:
        return f"{amount:.0f} s"
    return f"{amount / 60:.0f} min" if amount < 7200 else f"{amount / 3600:.1f} h"
