"""Pages from results: feedback for each student, a report on the class."""
