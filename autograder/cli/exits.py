"""Exit codes; 0 is success and 2 a wrong usage, as everywhere."""

EXPECTED_ERROR = 1
"""Something outside the program is wrong; the message says what, and the cure."""
NOT_ALL_GRADED = 3
"""Graded, with some submissions quarantined or broken."""
INTERRUPTED = 130
"""Interrupted from the keyboard."""
TERMINATED = 143
"""Ended by SIGTERM, as batch systems do."""
