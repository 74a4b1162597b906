"""The judge's process: it runs the instructor's notebook once, and is forked for each submission, which it judges."""
