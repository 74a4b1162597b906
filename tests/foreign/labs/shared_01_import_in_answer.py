"""The answer cell imports math above its function; the test uses math."""

# %% answer circle
import math

def circle(r):
    return math.pi * r ** 2

# %% wrong
pass

# %% test circle 1
assert circle(2) == 4 * math.pi
