"""The checks of lab 02_chain_rule."""

from gradlab.check.lab_02_chain_rule.backward import backward_pass, engine
from gradlab.check.lab_02_chain_rule.by_hand import both_gradients, chain_slope, mean_of_squares, node_gradients
from gradlab.check.lab_02_chain_rule.order import topological_order
from gradlab.check.lab_02_chain_rule.rules import local_rules
from gradlab.check.lab_02_chain_rule.value import value_class

__all__ = [
    "backward_pass",
    "both_gradients",
    "chain_slope",
    "engine",
    "local_rules",
    "mean_of_squares",
    "node_gradients",
    "topological_order",
    "value_class",
]
