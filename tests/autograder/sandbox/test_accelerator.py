"""Without an accelerator none can be found, and nothing of its implementation is imported.

PyTorch imports pynvml itself, where it is installed.
"""

import subprocess
import sys

from autograder.limits import Limits
from autograder.sandbox.accelerator import HIDDEN, Accelerator, accelerator_for
from tests.autograder.sandbox.support import Student

IMPORTS = """
import sys
import autograder.cli.doctor, autograder.cli.grade, autograder.grading.run, autograder.grading.local_executor
import autograder.sandbox.zygote_server, autograder.judging.server
from autograder.limits import Limits
from autograder.sandbox.accelerator import accelerator_for
accelerator_for(Limits())
print([name for name in sys.modules if name.startswith("autograder.gpu")])
"""


def test_a_run_on_the_cpu_imports_nothing_of_gpus() -> None:
    assert type(accelerator_for(Limits())) is Accelerator
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_none_of_its_implementation_is_in_a_student_process(student: Student) -> None:
    loaded = student.run("import sys; result = list(sys.modules)")
    assert "autograder.sandbox.accelerator" in loaded
    assert not [name for name in loaded if name.startswith("autograder.gpu")]


def test_no_gpu_can_be_found_by_default(student: Student) -> None:
    seen = student.run("import os; result = dict(os.environ)")
    assert {name: seen[name] for name in HIDDEN} == HIDDEN
    devices = student.run("import os; result = os.listdir('/dev')")
    assert not [name for name in devices if name.startswith(("nvidia", "dri", "kfd"))]
    assert not student.run("import os; result = os.path.exists('/sys')")
    assert student.run("import torch; result = (torch.cuda.is_available(), torch.cuda.device_count())") == (False, 0)
    message = student.error("import torch; torch.ones(2, device='cuda')")
    assert message.startswith(("AssertionError: Torch not compiled", "RuntimeError"))


def test_memory_without_a_name_is_out_of_reach_by_default(student: Student) -> None:
    assert student.error("import os; os.memfd_create('x')").startswith("OSError: [Errno 38]")
