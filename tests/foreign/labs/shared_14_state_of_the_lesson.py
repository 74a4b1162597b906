"""A test reads/sets a global of a locked cell that the answer uses; left-alone: the answer sorts the given list in place (submission-other)."""

# %% lesson first
import numpy as np
import torch

# %% lesson journal
seen = 0

# %% answer journal
def record(x):
    global seen
    seen += 1

# %% wrong
pass

# %% test journal 1
before = seen
record(1)
assert seen == before + 1

# %% lesson constant
SCALE = 2

# %% answer constant
def scaled(x):
    return x * SCALE

# %% wrong
pass

# %% test constant 1
SCALE = 10
assert scaled(2) == 20

# %% lesson replaced
def reading():
    return 1

# %% answer replaced
def report():
    return f"{reading()} C"

# %% wrong
pass

# %% test replaced 1
def reading():
    return 99
assert report() == "99 C"

# %% lesson left-alone
given = [3, 1, 2]

# %% answer left-alone
ordered = sorted(given)

# %% wrong
pass

# %% subtle
given.sort()
ordered = given

# %% test left-alone 1
assert ordered == [1, 2, 3]
assert given == [3, 1, 2]
