"""Which labs are graded as one notebook by the fast test: to prepare a notebook costs more than to grade it."""

from typing import Final

from tests.foreign.lab_text import lab_names

_SUBJECTS: Final = {
    "probes": ("shared_",),
    "python": ("py_b", "py_c", "py_d", "py_e", "py_f", "py_g"),
    "python-2": ("py_a", "py_m", "py_p", "py_r", "py_s", "py_u"),
    "classes": ("oop_", "algo_"),
    "numbers": ("num_", "sim_", "ml_"),
    "data": ("ds_",),
    "deep": ("dl_",),
}
GROUPS: Final = {
    group: [name for name in lab_names() if name.startswith(prefixes)] for group, prefixes in _SUBJECTS.items()
}
