"""What is kept of work that was done, so that it need not be done again."""
