"""The checks of lab 07_classification."""

from gradlab.check.lab_07_classification.activations import sigmoid_and_slope, softmax
from gradlab.check.lab_07_classification.cross_entropy import cross_entropy, logits_gradient, one_hot
from gradlab.check.lab_07_classification.network import two_layers
from gradlab.check.lab_07_classification.training import (
    fitted,
    repaired_classifier,
    settled_classifier,
    trained_linear,
)

__all__ = [
    "cross_entropy",
    "fitted",
    "logits_gradient",
    "one_hot",
    "repaired_classifier",
    "settled_classifier",
    "sigmoid_and_slope",
    "softmax",
    "trained_linear",
    "two_layers",
]
