""""x" in dir(), In[-2], pytest.warns, a file that the test writes, mock of print."""

# %% lesson first
import numpy as np
import torch

# %% answer dir
shade = "blue"

# %% wrong
pass

# %% test dir 1
assert "shade" in dir()

# %% answer history
print("Hi")

# %% wrong
pass

# %% test history 1
import io, sys
out, sys.stdout = sys.stdout, io.StringIO()
exec(In[-2])
said = sys.stdout.getvalue()
sys.stdout = out
assert said == "Hi\n"

# %% answer warning
import warnings

def old():
    warnings.warn("old")

# %% wrong
pass

# %% test warning 1
import pytest
with pytest.warns(UserWarning):
    old()

# %% answer file-of-test
def lines(name):
    with open(name) as file:
        return len(file.readlines())

# %% wrong
pass

# %% test file-of-test 1
with open("two.txt", "w") as file:
    file.write("a\nb\n")
assert lines("two.txt") == 2

# %% answer mock
def greet_all():
    print("yo")

# %% wrong
pass

# %% test mock 1
from unittest import mock
with mock.patch("builtins.print") as said:
    greet_all()
said.assert_called_once_with("yo")
