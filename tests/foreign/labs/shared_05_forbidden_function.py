"""A test sets np.sum = None around the call; submission-other calls np.sum."""

# %% lesson first
import numpy as np
import torch

# %% answer total
def total(v):
    t = 0
    for i in v:
        t = t + i
    return t

# %% wrong
pass

# %% subtle
def total(v):
    return np.sum(v)

# %% test total 1
kept, np.sum = np.sum, None
try:
    assert total([1, 2]) == 3
finally:
    np.sum = kept
