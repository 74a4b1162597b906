"""What an instructor types: each command parses its arguments, calls, and shows what came back."""

from autograder.cli.application import main

__all__ = ["main"]
