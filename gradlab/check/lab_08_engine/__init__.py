"""The checks of lab 08_engine."""

from gradlab.check.lab_08_engine.backward import tensor_backward
from gradlab.check.lab_08_engine.broadcasting import broadcast_rules, unbroadcasting
from gradlab.check.lab_08_engine.descent import engine_descent
from gradlab.check.lab_08_engine.pull_backs import pulled_centre, pulled_matmul, pulled_relu, pulled_sum

__all__ = [
    "broadcast_rules",
    "engine_descent",
    "pulled_centre",
    "pulled_matmul",
    "pulled_relu",
    "pulled_sum",
    "tensor_backward",
    "unbroadcasting",
]
