"""Functions as values: map, filter, reduce, lambda, partial, operator; signatures, defaults and annotations are checked."""

# %% lesson
import functools
import inspect
import operator

# %% answer squares
square = lambda x: x * x
squares = list(map(square, range(5)))
evens = list(filter(lambda x: x % 2 == 0, squares))

# %% wrong
square = None
squares = evens = []

# %% subtle
square = lambda x: x * 2
squares = map(square, range(5))
evens = [x for x in range(5) if x % 2 == 0]

# %% test squares 1
assert callable(square) and square(3) == 9
assert squares == [0, 1, 4, 9, 16]
assert evens == [0, 4, 16]

# %% answer apply
def apply_n(f, n, x):
    for _ in range(n):
        x = f(x)
    return x

# %% wrong
def apply_n(f, n, x):
    return f(x)

# %% subtle
def apply_n(f, n, x):
    return x if n == 1 else apply_n(f, n - 1, f(x))

# %% test apply 2
assert apply_n(lambda x: x + 2, 5, 0) == 10
assert apply_n(str.upper, 1, "abc") == "ABC"
assert apply_n(functools.partial(operator.mul, 3), 4, 1) == 81
trace = []
def f(x):
    trace.append(x)
    return x - 1
assert apply_n(f, 3, 10) == 7
assert trace == [10, 9, 8]
assert apply_n(f, 0, 5) == 5

# %% answer signature
def volume(length: float, width: float = 1.0, *, height: float = 1.0) -> float:
    """The volume of a box."""
    return length * width * height

# %% wrong
def volume(*args):
    return 0

# %% subtle
def volume(length, width=1.0, height=1.0):
    return length * width * height

# %% test signature 2
sig = inspect.signature(volume)
assert list(sig.parameters) == ["length", "width", "height"]
assert sig.parameters["width"].default == 1.0
assert sig.parameters["height"].kind is inspect.Parameter.KEYWORD_ONLY
assert volume.__doc__
assert volume.__annotations__["return"] is float
assert volume.__defaults__ == (1.0,)
assert volume(2, 3, height=4) == 24

# %% answer reduce
def product(numbers):
    return functools.reduce(operator.mul, numbers, 1)

# %% wrong
def product(numbers):
    return sum(numbers)

# %% subtle
def product(numbers):
    return functools.reduce(operator.mul, numbers)

# %% other
import math
def product(numbers):
    return math.prod(numbers)

# %% test reduce 1
assert product([1, 2, 3, 4]) == 24
assert product([]) == 1
assert product(x for x in (2, 5)) == 10

# %% answer pipeline
def pipeline(data, *steps):
    for step in steps:
        data = step(data)
    return data

# %% wrong
def pipeline(data, *steps):
    return data

# %% subtle
def pipeline(data, *steps):
    for step in steps[::-1]:
        data = step(data)
    return data

# %% test pipeline 2
assert pipeline([3, 1, 2], sorted, reversed, list) == [3, 2, 1]
assert pipeline("a b c", str.split, len) == 3
assert pipeline({"x": 1}, dict.items, list) == [("x", 1)]
assert pipeline(range(10), lambda v: filter(lambda n: n % 3 == 0, v), sum) == 18

# %% answer source
def count_down(n):
    if n == 0:
        return [0]
    return [n] + count_down(n - 1)

# %% wrong
count_down = 3

# %% subtle
def count_down(n):
    result = []
    while n >= 0:
        result.append(n)
        n -= 1
    return result

# %% test source 2
code = inspect.getsource(count_down)
assert "for" not in code and "while" not in code, "use recursion, not a loop"
assert count_down(3) == [3, 2, 1, 0]
