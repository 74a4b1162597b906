"""Scores in the files that spreadsheets and learning platforms import."""
