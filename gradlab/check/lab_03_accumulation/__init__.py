"""The checks of lab 03_accumulation."""

from gradlab.check.lab_03_accumulation.apart import apart
from gradlab.check.lab_03_accumulation.batches import micro_batches
from gradlab.check.lab_03_accumulation.heads import two_heads
from gradlab.check.lab_03_accumulation.quiet import quiet
from gradlab.check.lab_03_accumulation.rolling import rolling
from gradlab.check.lab_03_accumulation.streets import one_way
from gradlab.check.lab_03_accumulation.training import trained

__all__ = ["apart", "micro_batches", "one_way", "quiet", "rolling", "trained", "two_heads"]
