"""dict.keys() where the solution has a list; np.matrix where it has an array (submission-other)."""

# %% lesson first
import numpy as np
import torch

# %% answer keys
def names(d):
    return list(d)

# %% wrong
pass

# %% other
def names(d):
    return d.keys()

# %% test keys 1
assert "a" in names({"a": 1})

# %% answer matrix
def table():
    return np.array([[1., 2.], [3., 4.]])

# %% wrong
pass

# %% other
def table():
    return np.matrix("1. 2.; 3. 4.")

# %% test matrix 1
assert np.allclose(table(), [[1, 2], [3, 4]])
