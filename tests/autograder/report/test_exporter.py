import pytest
from nbformat.v4 import new_notebook

from autograder.errors import ExpectedError
from autograder.report.exporter import FeedbackExporter


def test_a_notebook_that_nbgrader_did_not_hand_over_is_refused() -> None:
    with pytest.raises(ExpectedError, match="Only nbgrader's feedback") as error:
        FeedbackExporter().from_notebook_node(new_notebook())
    assert "autograder feedback" in error.value.cure
