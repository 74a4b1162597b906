"""A line of blanks above BEGIN HIDDEN TESTS; the released notebook untouched."""

# %% lesson first
import numpy as np
import torch

# %% answer add
def add(a, b):
    return a + b

# %% wrong
pass

# %% test add 1
assert add(1, 2) == 3
assert add(0, 0) == 0
    
### BEGIN HIDDEN TESTS
assert add(-1, 1) == 0
### END HIDDEN TESTS
