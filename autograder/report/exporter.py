"""The exporter through which `nbgrader generate_feedback` and formgrader's button write our feedback page.

In ``nbgrader_config.py``: ``c.GenerateFeedback.exporter_class = "autograder.report.exporter.FeedbackExporter"``.
"""

from copy import deepcopy
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from traitlets import default

from autograder.errors import ExpectedError
from autograder.report.marks import marks_of_notebook
from autograder.report.rendering import Recorded, feedback_html
from autograder.untrusted.student_ids import shown_id, unsafe_id


class FeedbackExporter(Exporter):  # type: ignore[misc] # nbconvert has no types
    """Turns an autograded notebook into one student's feedback page."""

    export_from_notebook = False
    output_mimetype = "text/html"

    @default("file_extension")  # type: ignore[untyped-decorator] # traitlets has no types
    def _default_file_extension(self) -> str:
        return ".html"

    def from_notebook_node(
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **_options: Any,  # noqa: ANN401 - nbconvert's signature
    ) -> tuple[str, dict[str, Any]]:
        """Render a notebook.

        Args:
            nb: the autograded notebook. It may hold hidden tests (plain nbgrader leaves them in): they are removed.
            resources: nbgrader's, with the student, the assignment, the notebook and the gradebook's address.

        Returns:
            The page and the resources, as nbconvert wants them.

        Raises:
            ExpectedError: nbgrader did not make the resources, the student's id is refused, or the gradebook cannot be
                read.
            HelperError: the page can't be made within bounds.
        """
        metadata = (resources or {}).get("nbgrader")
        if not metadata:
            raise ExpectedError(
                "Only nbgrader's feedback can be written in this format.",
                "Run `autograder feedback` or `nbgrader generate_feedback` in the course folder.",
            )
        student, lab, name = metadata["student"], metadata["assignment"], metadata["notebook"]
        if problem := unsafe_id(student):
            raise ExpectedError(f"{shown_id(student)} cannot be a student's id: {problem}.", "Rename that folder.")
        known = marks_of_notebook(metadata["db_url"], lab, student, name)
        recorded = Recorded(student, lab, name, known.marks, known.penalty, known.comments)
        page = feedback_html(self._public(nb), recorded)
        return page, self._init_resources(resources)

    def _public(self, nb: NotebookNode) -> NotebookNode:
        """The notebook without hidden tests and mark schemes, by the course's own delimiters."""
        public = deepcopy(nb)
        tests = ClearHiddenTests(parent=self)
        schemes = ClearMarkScheme(parent=self)
        for cell in public.cells:
            settings = cell.metadata.get("nbgrader", {})
            if settings.get("grade") and not settings.get("solution"):
                cell.source = _without(cell.source, tests.begin_test_delimeter, tests.end_test_delimeter)
            if settings.get("task"):
                cell.source = _without(
                    cell.source, schemes.begin_mark_scheme_delimeter, schemes.end_mark_scheme_delimeter
                )
        return public


def _without(source: str, begin: str, end: str) -> str:
    """The lines outside the regions; a region that is never closed hides all that follows, and none is an error."""
    lines, hidden = [], False
    for line in source.split("\n"):
        if begin in line:
            hidden = True
        elif end in line:
            hidden = False
        elif not hidden:
            lines.append(line)
    return "\n".join(lines)
