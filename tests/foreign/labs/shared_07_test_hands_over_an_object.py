"""A test passes Axes, an instance of a class given in the lesson, a given object, Path, Generator, nn.Linear, MSELoss, DataLoader, an iterator, list.append, an object array, np.dtype."""

# %% lesson first
import numpy as np
import torch

# %% lesson axes
import matplotlib.pyplot as plt

# %% answer axes
def draw(ax, v):
    ax.plot(v)

# %% wrong
pass

# %% test axes 1
fig, ax = plt.subplots()
draw(ax, [1, 2])
assert len(ax.lines) == 1

# %% lesson given-class
class Node:
    def __init__(self, next):
        self.next = next

# %% answer given-class
def depth(node):
    return 0 if node is None else 1 + depth(node.next)

# %% wrong
pass

# %% test given-class 1
assert depth(Node(Node(None))) == 2

# %% lesson given-object
class Box:
    items = [1, 2]
box = Box()

# %% answer given-object
def size(box):
    return len(box.items)

# %% wrong
pass

# %% test given-object 1
assert size(box) == 2

# %% answer path
def stem(p):
    return p.stem

# %% wrong
pass

# %% test path 1
from pathlib import Path
assert stem(Path("a.txt")) == "a"

# %% answer rng
def noise(n, rng):
    return rng.normal(size=n)

# %% wrong
pass

# %% test rng 1
assert noise(3, np.random.default_rng(0)).shape == (3,)

# %% answer module
def weights(net):
    return sum(p.numel() for p in net.parameters())

# %% wrong
pass

# %% test module 1
assert weights(torch.nn.Linear(3, 2)) == 8

# %% answer criterion
def loss(p, y, criterion):
    return criterion(p, y)

# %% wrong
pass

# %% test criterion 1
assert loss(torch.zeros(2), torch.ones(2), torch.nn.MSELoss()) == 1

# %% answer loader
def batches(loader):
    return sum(1 for _ in loader)

# %% wrong
pass

# %% test loader 1
from torch.utils.data import DataLoader
assert batches(DataLoader(torch.zeros(5, 1), batch_size=2)) == 3

# %% answer iterator
def first(it):
    return next(iter(it))

# %% wrong
pass

# %% test iterator 1
assert first(x for x in "ab") == "a"
assert first({"k": 1}.keys()) == "k"

# %% answer append
def visit(v, f):
    for i in v:
        f(i)

# %% wrong
pass

# %% test append 1
seen = []
visit([1, 2], seen.append)
assert seen == [1, 2]

# %% answer object-array
def sizes(a):
    return [len(i) for i in a]

# %% wrong
pass

# %% test object-array 1
assert sizes(np.array([[1, 2], [3]], dtype=object)) == [2, 1]

# %% answer dtype
def blank(n, kind):
    return np.zeros(n, kind)

# %% wrong
pass

# %% test dtype 1
assert blank(2, np.dtype("int8")).dtype == np.int8
