"""What runs in the judge: the instructor's notebook, its tests, and the verdicts on a submission."""
