"""The words of each lab's own checks: one module for each lab.

Attributes:
    LESSONS: the modules; each has ``FINDINGS``, ``SIGHTS`` and ``PASSED``, and no key stands in two of them.
"""

from gradlab.words.lessons import accumulation, autograd, chain_rule, classification, jacobians, training, welcome

LESSONS = (welcome, autograd, chain_rule, accumulation, jacobians, training, classification)
