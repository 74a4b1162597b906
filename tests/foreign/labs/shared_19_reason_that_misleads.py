"""The test stops with NameError / ModuleNotFoundError before it asks anything."""

# %% answer cube
import numpy as numbers_lib

class Cube:
    def __call__(self, x):
        return x ** 3

# %% wrong
pass

# %% test cube 1
xs = numbers_lib.arange(3)
assert [Cube()(x) for x in xs] == [0, 1, 8]

# %% answer missing
def two():
    return 2

# %% wrong
pass

# %% test missing 1
import a_module_that_is_not_installed
assert two() == 2
