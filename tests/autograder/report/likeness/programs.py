"""Generated programs: of students who work alone, and of students who copy."""

import keyword
import re
from random import Random

_CALLS = ("sin", "cos", "exp", "tanh", "sqrt", "abs", "square", "relu", "sigmoid", "log1p")
_METHODS = ("sum", "mean", "norm", "clone", "detach", "abs", "max", "min", "flatten", "double")
_OPERATORS = ("+", "-", "*", "/", "**", "@")
_NAMES = ("point", "slope", "rate", "step", "value", "total", "path", "grad", "start", "level", "shift", "scale")
_WORDS = (
    "first",
    "then",
    "because",
    "slope",
    "must",
    "not",
    "forget",
    "here",
    "works",
    "somehow",
    "ask",
    "why",
    "loss",
)


def program(random: Random, lines: int = 14) -> str:
    """A function of some lines, as a student alone would write it: two are alike only by chance."""
    body = [f"def f(x, lr, steps):  # {comment(random)}"]
    for _ in range(lines):
        match random.randrange(5):
            case 0:
                body.append(f"    for _ in range({random.choice(('steps', '10', 'len(x)'))}):")
                body.append(f"        {_assignment(random)}")
            case 1:
                body.append(f"    if {_expression(random)} > {random.random():.2f}:")
                body.append(f"        {_assignment(random)}")
            case _:
                body.append(f"    {_assignment(random)}")
    return "\n".join([*body, f"    return {_expression(random)}"])


def comment(random: Random) -> str:
    """A comment of six words."""
    return " ".join(random.choices(_WORDS, k=6))


def disguised(text: str, random: Random) -> str:
    """A copy with other names, other numbers, other layout and no comments."""
    text = re.sub(r"  #.*", "", text)
    names = {name for name in re.findall(r"(?<![.\w])[a-z_]+\b", text) if not keyword.iskeyword(name)}
    kept = {"torch", "range", "len", "print"}
    new = {name: f"{random.choice('abcdxyz')}{place}" for place, name in enumerate(sorted(names - kept))}
    text = re.sub(r"(?<![.\w])[a-z_]+\b", lambda found: new.get(found[0], found[0]), text)
    text = re.sub(r"\b0\.\d+", lambda _: f"{random.random():.3f}", text)
    return text.replace(", ", ",").replace(" = ", "=").replace("    ", "  ")


def _assignment(random: Random) -> str:
    return f"{random.choice(_NAMES)} = {_expression(random)}"


def _expression(random: Random, depth: int = 2) -> str:
    if depth == 0:
        return random.choice((random.choice(_NAMES), f"{random.random():.2f}"))
    inner = _expression(random, depth - 1)
    match random.randrange(4):
        case 0:
            return f"torch.{random.choice(_CALLS)}({inner})"
        case 1:
            return f"{random.choice(_NAMES)}.{random.choice(_METHODS)}() {random.choice(_OPERATORS)} {inner}"
        case 2:
            return f"({inner} {random.choice(_OPERATORS)} {_expression(random, depth - 1)})"
        case _:
            place = random.choice(("-1", "0", "...", ":, 0"))
            return f"{random.choice(_NAMES)}[{place}] {random.choice(_OPERATORS)} {inner}"
