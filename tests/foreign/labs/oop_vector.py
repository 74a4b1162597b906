"""Operators: a vector and a polynomial with arithmetic, comparison, indexing, iteration, hashing, formatting and calls."""

# %% answer vector
import math
from functools import total_ordering

@total_ordering
class Vector:
    def __init__(self, *xs):
        self.xs = tuple(xs)
    def __repr__(self):
        return f"Vector{self.xs}"
    def __len__(self):
        return len(self.xs)
    def __getitem__(self, i):
        return self.xs[i]
    def __iter__(self):
        return iter(self.xs)
    def __add__(self, other):
        return Vector(*(a + b for a, b in zip(self, other)))
    def __neg__(self):
        return Vector(*(-a for a in self))
    def __sub__(self, other):
        return self + -other
    def __mul__(self, k):
        return Vector(*(k * a for a in self))
    __rmul__ = __mul__
    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self, other))
    def __abs__(self):
        return math.sqrt(self @ self)
    def __bool__(self):
        return any(self)
    def __eq__(self, other):
        return isinstance(other, Vector) and self.xs == other.xs
    def __lt__(self, other):
        return abs(self) < abs(other)
    def __hash__(self):
        return hash(self.xs)
    def __format__(self, spec):
        return "(" + ", ".join(format(x, spec) for x in self) + ")"

# %% wrong
class Vector:
    def __init__(self, *xs):
        self.xs = xs

# %% subtle
class Vector:
    def __init__(self, *xs):
        self.xs = list(xs)
    def __repr__(self):
        return f"Vector{tuple(self.xs)}"
    def __len__(self):
        return len(self.xs)
    def __getitem__(self, i):
        return self.xs[i]
    def __add__(self, other):
        for i, x in enumerate(other):
            self.xs[i] += x
        return self
    def __sub__(self, other):
        return Vector(*(a - b for a, b in zip(self, other)))
    def __mul__(self, k):
        return Vector(*(k * a for a in self.xs))
    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self.xs, other.xs))
    def __abs__(self):
        return sum(a * a for a in self.xs)
    def __eq__(self, other):
        return self.xs == other.xs

# %% test vector-add 2
v, w = Vector(1, 2), Vector(3, 4)
assert v + w == Vector(4, 6)
assert w - v == Vector(2, 2)
assert v == Vector(1, 2), "operators must not change their operands"
assert isinstance(v + w, Vector) and (v + w) is not v

# %% test vector-mul 2
assert v * 3 == Vector(3, 6)
assert 3 * v == v * 3
assert v @ w == 11
assert abs(Vector(3, 4)) == 5.0

# %% test vector-container 2
assert len(v) == 2 and v[0] == 1 and v[-1] == 2
assert list(Vector(7, 8, 9)) == [7, 8, 9]
assert 2 in v and 5 not in v
x, y = w
assert (x, y) == (3, 4)
assert repr(v) == "Vector(1, 2)" and str(v) == "Vector(1, 2)"

# %% test vector-order 2
assert Vector(1, 1) < Vector(3, 0)
assert Vector(3, 0) >= Vector(0, 3)
assert sorted([Vector(5, 5), Vector(0, 1), Vector(2, 2)]) == [Vector(0, 1), Vector(2, 2), Vector(5, 5)]
assert max([Vector(1), Vector(-4), Vector(2)]) == Vector(-4)

# %% test vector-hash 1
assert hash(Vector(1, 2)) == hash(Vector(1, 2))
assert len({Vector(1, 2), Vector(1, 2), Vector(2, 1)}) == 2
d = {Vector(0, 0): "origin"}
assert d[Vector(0, 0)] == "origin"

# %% test vector-format 1
assert f"{Vector(1.234, 2):.1f}" == "(1.2, 2.0)"
assert not Vector(0, 0) and Vector(0, 1)

# %% test vector-other-types 1
assert v != (1, 2)
assert not (v == "something else")
assert v.__eq__(3) in (False, NotImplemented)

# %% answer polynomial
class Polynomial:
    def __init__(self, coefficients):
        self.coefficients = list(coefficients)
    def __call__(self, x):
        result = 0
        for c in reversed(self.coefficients):
            result = result * x + c
        return result
    def derivative(self):
        return Polynomial([i * c for i, c in enumerate(self.coefficients)][1:])
    def __mul__(self, other):
        out = [0] * (len(self.coefficients) + len(other.coefficients) - 1)
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(other.coefficients):
                out[i + j] += a * b
        return Polynomial(out)

# %% wrong
class Polynomial:
    def __init__(self, coefficients):
        pass

# %% subtle
class Polynomial:
    def __init__(self, coefficients):
        self.coefficients = coefficients
    def __call__(self, x):
        return sum(c * x ** i for i, c in enumerate(self.coefficients))
    def derivative(self):
        return Polynomial([i * c for i, c in enumerate(self.coefficients)])
    def __mul__(self, other):
        return Polynomial([a * b for a, b in zip(self.coefficients, other.coefficients)])

# %% test polynomial 3
import numpy as np
p = Polynomial([1, 2, 3])
assert p(2) == 17
np.testing.assert_allclose(p(np.linspace(-1, 1, 5)), np.polyval([3, 2, 1], np.linspace(-1, 1, 5)))
assert p.derivative().coefficients == [2, 6]
q = p * Polynomial([0, 1])
for x in range(-3, 4):
    assert q(x) == x * p(x)
