"""What the checks of each lab say: one module for each lab, found by itself when it is put here.

Attributes:
    LABS: the modules; each has ``FINDINGS``, ``OBSERVATIONS`` and ``PASSED``, and ``FRAGMENTS`` if its checks need any.
        No key stands in two of them.
"""

from importlib import import_module
from pkgutil import iter_modules

LABS = tuple(import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
