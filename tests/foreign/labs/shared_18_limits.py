"""factorial(5000), a list nested 120 deep, a 72 MB array."""

# %% lesson first
import numpy as np
import torch

# %% answer big-number
def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1) if n < 500 else __import__("math").factorial(n)

# %% wrong
pass

# %% test big-number 1
assert factorial(5000) % 10 == 0

# %% answer deep
def nested(n):
    return [] if n == 0 else [nested(n - 1)]

# %% wrong
pass

# %% test deep 1
assert len(nested(120)) == 1

# %% answer large
def grid():
    return np.zeros((3000, 3000))

# %% wrong
pass

# %% test large 1
assert grid().shape == (3000, 3000)
