"""A visible test does "import math"; a student uses math in the next exercise (submission-other)."""

# %% lesson first
import numpy as np
import torch

# %% answer upper
def upper(s):
    return s.upper()

# %% wrong
pass

# %% test upper 1
import math
assert upper("a") == "A"

# %% answer half
def half_turn(r):
    return 3.141592653589793 * r

# %% wrong
pass

# %% other
def half_turn(r):
    return math.pi * r

# %% test half 1
assert abs(half_turn(2) - 6.283185307179586) < 1e-9
