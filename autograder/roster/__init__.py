"""The students of a class: read from a class list or the gradebook, and matched to the names that platforms write."""
