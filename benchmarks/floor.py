"""The floor: the same cells in one warm process. No isolation, no files, no gradebook.

Run as ``python -m benchmarks.floor ORDER``; ORDER is a JSON file ``{"source": notebook, "submissions": [notebook,
…]}``. It prints ``[{"seconds", "cpu_seconds", "scores": {grade id: points}}, …]``.
"""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

Cells = Sequence[Mapping[str, Any]]


class _Shell(InteractiveShell):  # type: ignore[misc] # IPython has no types
    def enable_gui(self, gui: Any = None) -> None:  # noqa: ANN401 - IPython's interface
        """There is no event loop to integrate with."""


def main(order: Path) -> None:
    """Run each submission, the first of them once before to warm up, and print what each took."""
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    import torch

    torch.set_num_threads(1)
    content = json.loads(order.read_text(encoding="utf-8"))
    tests = {_nbgrader(cell)["grade_id"]: cell for cell in content["source"]["cells"] if _is_test(cell)}
    shell = _shell()
    run(shell, content["submissions"][0]["cells"], tests)
    done = []
    for notebook in content["submissions"]:
        seconds, cpu_seconds = time.perf_counter(), time.process_time()
        scores = run(shell, notebook["cells"], tests)
        seconds, cpu_seconds = time.perf_counter() - seconds, time.process_time() - cpu_seconds
        done.append({"seconds": seconds, "cpu_seconds": cpu_seconds, "scores": scores})
    json.dump(done, sys.stdout)


def run(shell: InteractiveShell, cells: Cells, tests: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Run a submission's cells, with the instructor's tests instead of the student's.

    Args:
        shell: the shell; it forgets the last submission.
        cells: the submission's cells.
        tests: the instructor's test cells, by grade id.

    Returns:
        Points by grade id, as nbgrader computes them.
    """
    module, names = shell.prepare_user_module(None, {})
    shell.user_module, shell.user_ns = module, names
    shell.init_user_ns()
    scores = {}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        test = tests.get(_nbgrader(cell).get("grade_id", ""))
        with capture_output():
            result = shell.run_cell((test or cell)["source"])
        if test is not None:
            scores[_nbgrader(test)["grade_id"]] = _points(result.success, result.result, _nbgrader(test)["points"])
    return scores


def _points(success: bool, value: object, full: float) -> float:
    if not success:
        return 0.0
    partial = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if partial else float(full)  # type: ignore[arg-type] # `partial` says that it is a number


def _shell() -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 0
    shell = _Shell.instance(config=config)
    shell.enable_matplotlib("inline")
    return shell


def _nbgrader(cell: Mapping[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return metadata


def _is_test(cell: Mapping[str, Any]) -> bool:
    metadata = _nbgrader(cell)
    return cell["cell_type"] == "code" and bool(metadata.get("grade")) and not metadata.get("solution")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
