"""Which submissions are nearly the same, and what there is to see of it: evidence, never a verdict."""
