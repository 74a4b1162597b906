"""The way of a submission: from a folder to verdicts."""
