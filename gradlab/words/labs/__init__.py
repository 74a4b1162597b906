"""The words of each lab's own checks: one module for each lab, found by itself when it is put here.

Attributes:
    LESSONS: the modules; each has ``FINDINGS``, ``SIGHTS`` and ``PASSED``, and no key stands in two of them.
"""

from importlib import import_module
from pkgutil import iter_modules

LESSONS = tuple(import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
