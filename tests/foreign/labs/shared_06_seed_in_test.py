"""A test seeds numpy / random / torch and then calls the answer."""

# %% lesson first
import numpy as np
import torch

# %% answer dice
def dice(n):
    return np.random.randint(1, 7, n)

# %% wrong
pass

# %% test dice 1
np.random.seed(5)
first = dice(4)
np.random.seed(5)
assert (dice(4) == first).all()

# %% lesson shuffle
import random

# %% answer shuffle
import random

def mixed(v):
    return random.sample(v, len(v))

# %% wrong
pass

# %% test shuffle 1
random.seed(1)
a = mixed([1, 2, 3, 4])
random.seed(1)
assert mixed([1, 2, 3, 4]) == a

# %% answer layer
def layer():
    return torch.nn.Linear(2, 1)

# %% wrong
pass

# %% test layer 1
torch.manual_seed(5)
w = torch.nn.Linear(2, 1).weight
torch.manual_seed(5)
assert torch.equal(layer().weight, w)
