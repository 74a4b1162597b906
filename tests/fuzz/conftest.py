"""What the mutated notebooks share with the autograder's own tests."""

from tests.autograder.conftest import blank_gradebook, no_personal_configuration

__all__ = ["blank_gradebook", "no_personal_configuration"]
