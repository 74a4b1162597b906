"""Build a lab's notebooks (for instructors, students and CI) from its text."""
