"""__eq__ / __contains__ without an isinstance check (submission-other)."""

# %% lesson first
import numpy as np
import torch

# %% answer vector
class Vector:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return isinstance(other, Vector) and self.x == other.x

# %% wrong
pass

# %% other
class Vector:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return self.x == other.x

# %% test vector 1
assert Vector(1) == Vector(1)
assert Vector(1) != Vector(2)

# %% answer interval
class Interval:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __contains__(self, x):
        return isinstance(x, (int, float)) and self.a <= x <= self.b

# %% wrong
pass

# %% other
class Interval:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __contains__(self, x):
        return self.a <= x <= self.b

# %% test interval 1
assert 2 in Interval(1, 3)
assert 5 not in Interval(1, 3)
