"""Judging on the machines of a Dask cluster, the extra `cluster`; everything else stays on this machine.

`executor.open_executor` is the interface; it is imported only where a cluster is asked for.
"""
