"""Grading on the machines of a Dask cluster: they run notebooks, and everything else stays here."""
