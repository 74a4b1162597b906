"""type(x) is C, x.__class__ == C, a.next is b, Enum identity, equal hashes in a set."""

# %% lesson first
import numpy as np
import torch

# %% answer type
class Stack:
    def copy(self):
        return Stack()

# %% wrong
pass

# %% test type 1
assert type(Stack().copy()) is Stack

# %% answer class-attribute
class Queue:
    pass

# %% wrong
pass

# %% test class-attribute 1
assert Queue().__class__ == Queue

# %% answer same
class Item:
    next = None

# %% wrong
pass

# %% test same 1
a, b = Item(), Item()
a.next = b
assert a.next is b

# %% answer enum
from enum import Enum

class Suit(Enum):
    CLUBS = 1

# %% wrong
pass

# %% test enum 1
assert Suit(1) is Suit.CLUBS and Suit["CLUBS"] == Suit.CLUBS

# %% answer hash
class Card:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return isinstance(other, Card) and self.n == other.n

    def __hash__(self):
        return self.n

# %% wrong
pass

# %% test hash 1
assert len({Card(1), Card(1)}) == 1
