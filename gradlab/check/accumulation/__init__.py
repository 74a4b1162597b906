"""The checks of lab 03_accumulation."""

from gradlab.check.accumulation.apart import apart
from gradlab.check.accumulation.batches import micro_batches
from gradlab.check.accumulation.heads import two_heads
from gradlab.check.accumulation.quiet import quiet
from gradlab.check.accumulation.rolling import rolling
from gradlab.check.accumulation.streets import one_way
from gradlab.check.accumulation.training import trained

__all__ = ["apart", "micro_batches", "one_way", "quiet", "rolling", "trained", "two_heads"]
