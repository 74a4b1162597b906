"""The labs that move tensors to a device, on one that is not the CPU: on a GPU, and everywhere on a fake one."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = {"06_minimum": ["plotly", "matplotlib"], "07_classification": ["plotly", "sklearn"]}
_NUMBER = re.compile(r"\d+(?:\.(\d+))?")


def run_on(device: str, notebook: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own: PyTorch knows a further device for good."""
    command = [sys.executable, "-m", "tests.course.on_device", str(notebook), device]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def found_on(device: str, lab: str) -> dict[str, Any]:
    done = run_on(device, ROOT / "solutions" / lab / f"{lab}.ipynb")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert len(found["cells"]) > 10
    return found


def nearly(one: str, other: str) -> bool:
    """Whether texts are the same but for the last digits of their numbers, by one each."""
    if _NUMBER.sub("", one) != _NUMBER.sub("", other):
        return False
    return all(
        abs(float(mine[0]) - float(its[0])) < 1.5 * 10 ** -len(its[1] or "")
        for mine, its in zip(_NUMBER.finditer(one), _NUMBER.finditer(other), strict=True)
    )


@pytest.mark.parametrize(
    "lab", [pytest.param(lab, marks=pytest.mark.slow if lab == "06_minimum" else ()) for lab in NEEDED]
)
def test_a_lab_prints_the_same_on_another_device(lab: str) -> None:
    found = found_on("fakegpu", lab)
    assert [cell for cell in found["cells"] if cell[0] != cell[1]] == []
    assert found["answers"] == []


@pytest.mark.cuda
@pytest.mark.parametrize("lab", NEEDED)
def test_a_lab_prints_the_same_on_a_gpu(lab: str) -> None:
    missing = [name for name in NEEDED[lab] if find_spec(name) is None]
    if missing:
        # A machine with a GPU may have little else; where the whole suite runs, a missing library is an error.
        pytest.skip(f"the lab needs {', '.join(missing)}")
    found = found_on("cuda", lab)
    assert [cell for cell in found["cells"] if not nearly(*cell)] == []
    assert found["answers"] == []


SLIPS = {
    "a table of the CPU among the device's points": (
        "06_minimum",
        "    x = starts.detach().clone().requires_grad_()\n    for _ in range(steps):\n        (slopes,)",
        "    x = (starts + torch.zeros(len(starts), 2)).detach().requires_grad_()\n"
        "    for _ in range(steps):\n        (slopes,)",
    ),
    "weights of the CPU": ("07_classification", "dtype=x.dtype, device=x.device", "dtype=x.dtype"),
    "a model that stays behind": ("07_classification", "[p.to(device) for p in start]", "list(start)"),
    "NumPy reads the device's memory": (
        "06_minimum",
        "descend_all(f, thousand_starts, 0.1, 10)).cpu()",
        "descend_all(f, thousand_starts, 0.1, 10)).numpy()",
    ),
    "a leaf that was moved": (
        "06_minimum",
        "descend_all(f, thousand_starts, 0.1, 1)",
        "moved = torch.ones(3, requires_grad=True).to(device); moved.sum().backward(); moved.grad.sum()",
    ),
}


@pytest.mark.parametrize(
    "slip", [pytest.param(slip, marks=() if slip == next(iter(SLIPS)) else pytest.mark.slow) for slip in SLIPS]
)
def test_a_slip_that_only_another_device_shows_is_seen(slip: str, tmp_path: Path) -> None:
    lab, right, wrong = SLIPS[slip]
    text = (ROOT / "solutions" / lab / f"{lab}.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(text)
    changed = [number for number, cell in enumerate(notebook["cells"]) if right in "".join(cell["source"])]
    # The device is used soon after.
    notebook["cells"] = notebook["cells"][: changed[-1] + 8]
    for number in changed:
        cell = notebook["cells"][number]
        cell["source"] = "".join(cell["source"]).replace(right, wrong)
    mutant = tmp_path / f"{lab}.ipynb"
    mutant.write_text(json.dumps(notebook), encoding="utf-8")
    done = run_on("fakegpu", mutant)
    assert done.returncode == 1
    assert re.search("found at least two devices|to numpy|NoneType", done.stderr), done.stderr
