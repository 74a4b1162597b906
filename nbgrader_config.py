# nbgrader reads this file; so does the autograder.
from autograder.formgrader import refuse_markup

c = get_config()

c.CourseDirectory.course_id = "gradlab"
c.CourseDirectory.solution_directory = "solutions"

c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}

# `nbgrader autograde` and formgrader's button run submissions behind the same wall as `autograder grade`.
c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.ClearOutput"]
c.Autograde.autograde_preprocessors = [
    "autograder.preprocessor.GradeBehindWall",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# While an autograder grades the course, they refuse before anything is changed.
c.Autograde.exporter_class = "autograder.preprocessor.ExporterUnlessBusy"

# formgrader runs what stands in an address as HTML; addresses with HTML are refused.
refuse_markup()

# A student's HTML must not run in the browser of whoever grades it.
c.HTMLExporter.sanitize_html = True

# `nbgrader generate_feedback` writes the same page as `autograder feedback`.
c.GenerateFeedback.exporter_class = "autograder.report.exporter.FeedbackExporter"
