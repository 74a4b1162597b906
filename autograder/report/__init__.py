"""What people read: feedback for a student, a report on a class."""
