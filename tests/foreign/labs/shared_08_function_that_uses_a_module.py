"""A test passes a lambda that uses random / scipy.special."""

# %% lesson first
import numpy as np
import torch

# %% answer average
def average(f, n):
    return sum(f() for _ in range(n)) / n

# %% wrong
pass

# %% test average 1
import random
assert 0 < average(lambda: random.random(), 20) < 1

# %% answer root
def newton(f, x):
    for _ in range(60):
        x -= f(x) * 1e-6 / (f(x + 1e-6) - f(x))
    return x

# %% wrong
pass

# %% test root 1
from scipy import special
assert abs(newton(lambda x: special.expit(x) - 0.75, 0.5) - 1.0986123) < 1e-3
