from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.report.marks import marks_of_lab


def give(course: Course, student: str, points: float) -> None:
    with Gradebook(course.gradebook_url) as gradebook:
        grade = gradebook.find_grade("why", "lab", "lab", student)
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, 0.5, False
        gradebook.db.commit()


def test_the_marks_of_a_lab_are_those_that_a_person_gave(course: Course) -> None:
    assert marks_of_lab(course.gradebook_url, "lab") == {}
    give(course, "amy", 2.0)
    ((key, mark),) = marks_of_lab(course.gradebook_url, "lab").items()
    assert key == ("amy", "why")
    assert (mark.points, mark.max_points, mark.by_hand) == (2.5, 4.0, True)
    assert marks_of_lab(course.gradebook_url, "another") == {}


def test_a_grade_id_that_two_notebooks_share_is_left_out(course: Course) -> None:
    give(course, "amy", 2.0)
    with Gradebook(course.gradebook_url) as gradebook:
        gradebook.add_notebook("second", "lab")
        gradebook.add_grade_cell("why", "second", "lab", max_score=1, cell_type="markdown")
    assert marks_of_lab(course.gradebook_url, "lab") == {}
