"""The coordinator: has submissions judged, looks up known verdicts, and writes what comes of it."""
