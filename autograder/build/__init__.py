"""From a lab's text to the notebooks that instructors, students and CI open."""
