"""submission-other returns 2**60000 (a wrong answer, honestly)."""

# %% lesson first
import numpy as np
import torch

# %% answer last-digits
def last_digits(n):
    return pow(2, n, 1000)

# %% wrong
pass

# %% subtle
def last_digits(n):
    return 2 ** n if n > 100 else 2 ** n % 1000

# %% test last-digits 1
assert last_digits(10) == 24
assert last_digits(60000) == pow(2, 60000, 1000)
