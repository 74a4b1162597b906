"""The coordinator: has submissions judged, looks up known verdicts, and writes the results."""
