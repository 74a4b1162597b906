"""The visible test binds WIDTH / numbers; the answer (area) or a later answer (shown, submission-other) uses it."""

# %% lesson first
import numpy as np
import torch

# %% answer area
def area(side):
    return side * WIDTH

# %% wrong
pass

# %% test area 1
WIDTH = 3
assert area(2) == 6

# %% answer evens
def evens(v):
    return [i for i in v if i % 2 == 0]

# %% wrong
pass

# %% test evens 1
numbers = [1, 2, 3, 4]
assert evens(numbers) == [2, 4]

# %% answer shown
many = len([2, 4])

# %% wrong
pass

# %% other
many = len(evens(numbers))

# %% test shown 1
assert many == 2
