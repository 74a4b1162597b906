"""Grading on an NVIDIA GPU: the implementation of `autograder.sandbox.accelerator`, loaded only with ``--gpu``."""
