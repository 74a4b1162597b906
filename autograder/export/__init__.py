"""Export scores to files that spreadsheets and learning platforms import."""
