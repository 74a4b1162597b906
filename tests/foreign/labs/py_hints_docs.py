"""How code is written: type hints, docstrings, doctest, the syntax tree and source of answers, names of code objects, operators in In."""

# %% lesson
import ast
import doctest
import inspect
import re
import textwrap
import typing
from typing import Optional

# %% answer hints
def mean(values: list[float], default: float | None = None) -> float:
    """Return the mean of the values.

    >>> mean([1.0, 2.0])
    1.5
    """
    return sum(values) / len(values) if values else default

# %% wrong
def mean(values, default=None):
    return sum(values) / len(values)

# %% subtle
def mean(values: list, default: float = None) -> float:
    """Return the mean."""
    return sum(values) / len(values) if values else default

# %% other
def mean(values: list[float], default: Optional[float] = None) -> float:
    """
    Mean of a list.

    >>> mean([2.0])
    2.0
    >>> mean([], default=0.0)
    0.0
    """
    if len(values) == 0:
        return default
    total = 0.0
    for v in values:
        total += v
    return total / len(values)

# %% test hints 3
hints = typing.get_type_hints(mean)
assert hints["return"] is float
assert hints["values"] == list[float]
assert hints["default"] == Optional[float]
assert inspect.signature(mean).parameters["default"].default is None
assert mean.__doc__ is not None and "mean" in mean.__doc__.lower()
assert ">>>" in mean.__doc__, "give an example"
found = doctest.DocTestFinder().find(mean, globs={"mean": mean})
assert doctest.DocTestRunner().run(found[0]).failed == 0
assert mean([1, 2, 6]) == 3 and mean([], 7) == 7

# %% answer comprehension
def squares(n):
    return [k ** 2 for k in range(n) if k % 2]

# %% wrong
def squares(n):
    out = []
    for k in range(n):
        out.append(k ** 2)
    return out

# %% subtle
def squares(n):
    out = []
    for k in range(1, n, 2):
        out.append(k * k)
    return out

# %% other
def squares(n):
    return [odd * odd for odd in range(1, n, 2)]

# %% test comprehension 2
tree = ast.parse(textwrap.dedent(inspect.getsource(squares)))
kinds = [type(node) for node in ast.walk(tree)]
assert ast.ListComp in kinds, "use a list comprehension"
assert ast.For not in kinds and ast.While not in kinds, "no loops"
assert squares(6) == [1, 9, 25]

# %% answer recursive
def power(x, n):
    if n == 0:
        return 1
    half = power(x, n // 2)
    return half * half * (x if n % 2 else 1)

# %% wrong
def power(x, n):
    return x ** n

# %% subtle
def power(x, n):
    result = 1
    for _ in range(n):
        result *= x
    return result

# %% other
def power(x, n):
    if n == 0:
        return 1
    elif n % 2 == 0:
        return power(x * x, n // 2)
    else:
        return x * power(x, n - 1)

# %% test recursive 2
source = inspect.getsource(power)
assert "**" not in source and "pow(" not in source.replace("power(", "")
assert len(re.findall(r"\bpower\(", source)) >= 2, "call the function itself"
assert "power" in power.__code__.co_names
assert power.__code__.co_argcount == 2
assert power(3, 5) == 243 and power(2, 100) == 2 ** 100 and power(9, 0) == 1

# %% answer keyword
def connect(host, /, port=80, *, timeout=10.0, **options):
    return {"host": host, "port": port, "timeout": timeout, **options}

# %% wrong
def connect(host, port, timeout):
    return {"host": host, "port": port, "timeout": timeout}

# %% subtle
def connect(host, port=80, timeout=10.0, **options):
    return dict(host=host, port=port, timeout=timeout, **options)

# %% other
def connect(server, /, port=80, *, timeout=10.0, **more):
    out = dict(more)
    out.update(host=server, port=port, timeout=timeout)
    return out

# %% test keyword 2
signature = inspect.signature(connect)
kinds = [p.kind for p in signature.parameters.values()]
assert kinds[0] is inspect.Parameter.POSITIONAL_ONLY
assert signature.parameters["timeout"].kind == inspect.Parameter.KEYWORD_ONLY
assert kinds[-1] is inspect.Parameter.VAR_KEYWORD
assert connect.__defaults__ == (80,) and connect.__kwdefaults__ == {"timeout": 10.0}
assert connect("a", retries=2) == {"host": "a", "port": 80, "timeout": 10.0, "retries": 2}
try:
    connect("a", 1, 2)
except TypeError:
    pass
else:
    assert False

# %% answer docs
class Stack:
    """A stack of values."""

    def push(self, value):
        """Put a value on top."""
        self.__dict__.setdefault("items", []).append(value)

    def pop(self):
        """Take the top value away, and return it."""
        return self.items.pop()

    def _grow(self):
        pass

# %% wrong
class Stack:
    def push(self, value):
        pass
    def pop(self):
        pass

# %% subtle
class Stack:
    """A stack."""
    def __init__(self):
        self.items = []
    def push(self, value):
        self.items.append(value)
    def pop(self):
        """Pop."""
        return self.items.pop()

# %% other
class Stack(list):
    'Stack.'
    def push(self, value):
        'Push.'
        self.append(value)
    def pop(self):
        'Pop.'
        return super().pop()

# %% test docs 2
assert inspect.getdoc(Stack)
members = inspect.getmembers(Stack, predicate=inspect.isfunction)
public = {name: f for name, f in members if not name.startswith("_")}
assert {"push", "pop"} <= set(public)
for name, f in public.items():
    assert f.__doc__, f"{name} has no docstring"
s = Stack()
s.push(1); s.push(2)
assert s.pop() == 2 and s.pop() == 1
assert "push" in vars(Stack) and Stack.push.__qualname__ == "Stack.push"

# %% answer lambdas
key = lambda pair: (-pair[1], pair[0])
ranking = sorted({"ann": 3, "bob": 5, "cy": 3}.items(), key=key)

# %% wrong
key = None
ranking = ["bob", "ann", "cy"]

# %% subtle
key = lambda pair: -pair[1]
ranking = sorted({"cy": 3, "ann": 3, "bob": 5}.items(), key=key)

# %% other
key = lambda p: (-1 * p[1], p[0])
ranking = [("bob", 5), ("ann", 3), ("cy", 3)]

# %% test lambdas 1
assert key.__name__ == "<lambda>", "write a lambda"
assert ranking == [("bob", 5), ("ann", 3), ("cy", 3)]
assert sorted([("b", 1), ("a", 1)], key=key)[0][0] == "a"
