"""The checks of lab 07_classification."""

from gradlab.check.lab_07_classification.activations import sigmoid_and_slope
from gradlab.check.lab_07_classification.codes import one_hot
from gradlab.check.lab_07_classification.entropy import cross_entropy
from gradlab.check.lab_07_classification.fits import fitted
from gradlab.check.lab_07_classification.layers import two_layers
from gradlab.check.lab_07_classification.linear import repaired_classifier, settled_classifier, trained_linear
from gradlab.check.lab_07_classification.residuals import logits_gradient
from gradlab.check.lab_07_classification.soft import softmax

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
