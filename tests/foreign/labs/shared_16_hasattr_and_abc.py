"""hasattr(obj, "__len__") / isinstance(obj, Iterable); submission-other has an empty class."""

# %% lesson first
import numpy as np
import torch

# %% answer length
class Bag2:
    def __len__(self):
        return 0

# %% wrong
pass

# %% subtle
class Bag2:
    pass

# %% test length 1
assert hasattr(Bag2, "__len__") and hasattr(Bag2, "__add__") is False or hasattr(Bag2(), "__len__")

# %% answer iterable
class Range3:
    def __iter__(self):
        return iter([0, 1, 2])

# %% wrong
pass

# %% subtle
class Range3:
    pass

# %% test iterable 1
from collections.abc import Iterable
assert isinstance(Range3(), Iterable)
