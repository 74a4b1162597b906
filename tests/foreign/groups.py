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
_ALONE: Final = (
    *("algo_ciphers", "algo_dynamic", "bio_sequences", "dl_custom_function", "eda_survey", "graph_classes"),
    *("img_filters", "lin_matrix", "ml_estimators", "nlp_tokens", "num_floats", "oop_protocols", "oop_redeclared"),
    *("phys_motion", "prob_distributions", "py_hints_docs", "py_menus", "py_ok_grade", "py_process_state"),
    *("py_week_tests", "sql_repository", "web_data"),
)
"""Long labs, each a whole assignment: they bind names that the labs of other groups bind, too."""
GROUPS: Final = {
    group: [name for name in lab_names() if name.startswith(prefixes) and name not in _ALONE]
    for group, prefixes in _SUBJECTS.items()
} | {name: [name] for name in _ALONE}
