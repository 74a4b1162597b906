"""A test sets np.linalg.norm = None at its end to forbid it."""

# %% lesson first
import numpy as np
import torch

# %% answer norm
def norm(v):
    return sum(i * i for i in v) ** 0.5

# %% wrong
pass

# %% test norm 1
assert abs(norm([3, 4]) - np.linalg.norm([3, 4])) < 1e-9
np.linalg.norm = None
assert norm([6, 8]) == 10
