"""The checks of lab 03_accumulation."""

from gradlab.check.lab_03_accumulation.detached import one_way, quiet
from gradlab.check.lab_03_accumulation.several_gradients import apart, micro_batches, two_heads
from gradlab.check.lab_03_accumulation.training_loop import rolling, trained

__all__ = ["apart", "micro_batches", "one_way", "quiet", "rolling", "trained", "two_heads"]
