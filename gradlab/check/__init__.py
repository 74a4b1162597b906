"""Checks that diagnose: each compares a student's answer at random points and says what it saw.

A check returns None and prints one line if the answer is right; else it raises `NotYet`, an AssertionError with a
`Diagnosis`. Inputs are drawn from torch's and NumPy's global generators.

The modules of this package are shared by all labs; the checks of one lab are in a package of its name, which is
imported on first use. The labs' notebooks import it under a shorter name, ``from gradlab.check import jacobians``,
and lab 06 has its checks from here.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from gradlab.check.diagnosis import Diagnosis, NotYet
from gradlab.check.errors import diagnose

__all__ = ["Diagnosis", "NotYet", "diagnose"]

_LABS = {
    "welcome": "lab_00_welcome",
    "autograd": "lab_01_autograd",
    "chain_rule": "lab_02_chain_rule",
    "accumulation": "lab_03_accumulation",
    "jacobians": "lab_04_jacobians",
    "training": "lab_05_descent",
    "classification": "lab_07_classification",
    "tensor_engine": "lab_08_engine",
}
"""Names of packages in the labs' notebooks. These were handed out: a name stays as it is."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module, or a check of lab 06
    """Import the checks of a lab on first use."""
    if name in _LABS:
        return import_module(f"gradlab.check.{_LABS[name]}")
    # ``from gradlab.check import probes`` asks for an attribute before it imports the module: no reason to load lab 06.
    if not name.startswith("_") and find_spec(f"{__name__}.{name}") is None:
        lab = import_module("gradlab.check.lab_06_minimum")
        if name in lab.__all__:
            return getattr(lab, name)
    raise AttributeError(f"module 'gradlab.check' has no attribute {name!r}")
