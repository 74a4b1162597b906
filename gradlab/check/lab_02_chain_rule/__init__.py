"""The checks of lab 02_chain_rule."""

from gradlab.check.lab_02_chain_rule.engines import engine
from gradlab.check.lab_02_chain_rule.layers import both_gradients
from gradlab.check.lab_02_chain_rule.operators import value_class
from gradlab.check.lab_02_chain_rule.orders import topological_order
from gradlab.check.lab_02_chain_rule.paper import node_gradients
from gradlab.check.lab_02_chain_rule.pulls import backward_pass
from gradlab.check.lab_02_chain_rule.rules import local_rules
from gradlab.check.lab_02_chain_rule.slopes import chain_slope, mean_of_squares

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
