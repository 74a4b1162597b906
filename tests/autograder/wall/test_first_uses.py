"""The zygote uses libraries before it forks: no notebook may see it, and no thread may be left."""

import json
import subprocess
import sys

from autograder.sandbox.bubblewrap import environment
from autograder.sandbox.mode import Mode

PROGRAM = """
import decimal, gc, json, os, random, sys, threading, warnings
from pathlib import Path

import graphviz, matplotlib, matplotlib.pyplot, numpy, pandas, plotly.graph_objects, torch, torchviz
import plotly.graph_objs._figure, plotly.graph_objs._scatter, plotly.graph_objs._contour, plotly.graph_objs._surface
import torch._dynamo, torch._decomp.decompositions_for_jvp, torch.fx.experimental.symbolic_shapes

from autograder.judging.process_state import ProcessState
from autograder.wall import first_uses, student_end
from autograder.wall.ipython_shell import NotebookShell

student_end.prepare()
shell = NotebookShell.instance()
torch.set_num_threads(1)


def seen():
    registries = {}
    for name, module in list(sys.modules.items()):
        registry = getattr(module, "__dict__", {}).get("__warningregistry__", {})
        registries[name] = [str(key) for key in registry if key != "version"]
    return {
        "random": str(random.getstate()),
        "numpy": str(numpy.random.get_state()),
        "torch": torch.get_rng_state().tolist(),
        "dtype": str(torch.get_default_dtype()),
        "grad": [torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.is_anomaly_enabled()],
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "threads of torch": torch.get_num_threads(),
        "figures": matplotlib.pyplot.get_fignums(),
        "rcParams": str(dict(matplotlib.rcParams)),
        "templates": [plotly.io.templates.default, plotly.io.renderers.default],
        "warnings": [str(warnings.filters), {name: found for name, found in registries.items() if found}],
        "folder": [os.getcwd(), sorted(os.listdir())],
        "environment": dict(os.environ),
        "path": sys.path,
        "names": sorted(name for name in shell.user_ns if not name.startswith("_")),
        "kept": [str(shell.user_ns.get(name)) for name in ("_", "__", "___", "In", "Out", "_i", "_ih", "_oh")],
        "count": shell.execution_count,
        "history": str(list(shell.history_manager.get_range(output=True))),
        "hooks": str([sys.displayhook, sys.excepthook, sys.stdout, sys.stderr, shell.ast_transformers]),
        "last error": [str(getattr(sys, name, None)) for name in ("last_type", "last_value")],
        "events": str([len(found) for found in shell.events.callbacks.values()]),
        "files": len(os.listdir("/proc/self/fd")),
        "children": Path(f"/proc/self/task/{os.getpid()}/children").read_text(),
        "threads": [threading.active_count(), len(os.listdir("/proc/self/task"))],
        "tensors": sum(type(it) is torch.Tensor for it in gc.get_objects()),
    }


# The second time, since looking imports modules, too.
seen()
settings, before = ProcessState.now(), seen()
errors, run_cell = [], first_uses.run_cell


def run(shell, cell):
    execution = run_cell(shell, cell)
    errors.append(repr(execution.error))
    shown = [kind for output in execution.outputs for kind in output.get("data", ())]
    print(cell.split()[1], shown, file=sys.__stderr__)
    return execution


first_uses.run_cell = run
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    simplefilter, warnings.simplefilter = warnings.simplefilter, lambda *_: None
    first_uses.warm_up(list(first_uses.NAMES))
    warnings.simplefilter = simplefilter
after = seen()
changed = [name for name in before if name != "files" and before[name] != after[name]]
print({name: [before[name], after[name]] for name in changed}, file=sys.stderr)
report = {"changed": changed, "errors": errors}
now = ProcessState.now().values
report["changed settings"] = [name for name, value in settings.values.items() if str(now[name]) != str(value)]
# Torch warns of some things once in the life of a process, whatever the filters say.
report["warned"] = [str(it.message) for it in warned if not issubclass(it.category, DeprecationWarning)]
sys.stdout.flush()
if os.fork() == 0:
    # Matplotlib keeps files of fonts open, and closes them in a fork.
    report["more files"] = len(os.listdir("/proc/self/fd")) - before["files"]
    print(json.dumps(report), flush=True)
    os._exit(0)
os.wait()
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program as the zygote runs."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment(Mode.NONE, {}), capture_output=True, text=True, check=True)


def test_a_notebook_sees_nothing_of_it() -> None:
    done = run(PROGRAM)
    report = json.loads(done.stdout)
    assert report == {"changed": [], "changed settings": [], "errors": ["None"] * 9, "warned": [], "more files": 0}
    for kind in ("image/png", "image/svg+xml", "application/vnd.plotly.v1+json", "text/html"):
        assert kind in done.stderr


THREAD = """
import threading
from autograder.wall import first_uses, student_end

student_end.prepare()
held = threading.Event()
first_uses.run_cell = lambda *_: threading.Thread(target=held.wait, daemon=True).start()
import torch
try:
    first_uses.warm_up(["no such use", "tensors"])
except RuntimeError as error:
    print(error)
"""


def test_a_thread_that_is_left_is_an_error() -> None:
    done = run(THREAD)
    assert done.stdout.strip() == "a library has started a thread"
