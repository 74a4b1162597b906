"""isinstance/issubclass of a given class, except of a given or library error, attribute of an error, sklearn / Dataset isinstance."""

# %% lesson first
import numpy as np
import torch

# %% lesson subclass
class Animal:
    pass

# %% answer subclass
class Dog(Animal):
    pass

# %% wrong
pass

# %% test subclass 1
assert issubclass(Dog, Animal) and isinstance(Dog(), Animal)

# %% lesson given-error
class TooMany(Exception):
    pass

# %% answer given-error
def checked(n):
    if n > 3:
        raise TooMany("too many")
    return n

# %% wrong
pass

# %% test given-error 1
try:
    checked(4)
except TooMany:
    pass
else:
    raise AssertionError("nothing was raised")

# %% answer library-error
def inverse(a):
    return np.linalg.inv(a)

# %% wrong
pass

# %% test library-error 1
with np.testing.assert_raises(np.linalg.LinAlgError):
    inverse(np.zeros((2, 2)))

# %% answer error-attribute
class Short(Exception):
    def __init__(self, need):
        super().__init__(need)
        self.need = need

def pay(n):
    raise Short(n)

# %% wrong
pass

# %% test error-attribute 1
try:
    pay(5)
except Short as error:
    assert error.need == 5

# %% answer estimator
from sklearn.linear_model import LinearRegression as Line

model = Line().fit([[0], [1]], [0, 2])

# %% wrong
pass

# %% test estimator 1
from sklearn.linear_model import LinearRegression
assert isinstance(model, LinearRegression)

# %% answer dataset
class Squares(torch.utils.data.Dataset):
    def __len__(self):
        return 3

    def __getitem__(self, i):
        return i * i

# %% wrong
pass

# %% test dataset 1
assert isinstance(Squares(), torch.utils.data.Dataset)
