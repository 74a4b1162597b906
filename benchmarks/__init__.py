"""Speed, cost and security, side by side with nbgrader and otter-grader."""
