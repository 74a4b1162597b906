# ruff: noqa: E501 - cells are quoted as they are
"""Everything that Python, IPython and the C library let a program do to itself."""

from tests.attacks.attack import Kind, attack
from tests.attacks.preludes import OUTVOICE, WRONG

INTERPRETER = [
    attack(
        "assert, isinstance, len, range, sorted and zip replaced",
        Kind.LIBRARY,
        square="import builtins\nfor name in ('isinstance', 'all', 'any', 'hasattr'): setattr(builtins, name, lambda *a, **k: True)\n"
        "builtins.AssertionError = type('AssertionError', (Exception,), {})" + WRONG,
        spoils=True,
    ),
    attack(
        "torch.Tensor's own methods replaced",
        Kind.LIBRARY,
        slope="for name in ('__eq__', '__ne__', 'equal', 'allclose', 'isclose', 'all', 'item', '__bool__'):\n"
        "    setattr(torch.Tensor, name, lambda *a, **k: True)\ndef slope(x): return x",
        spoils=True,
    ),
    attack(
        "torch.autograd's engine replaced",
        Kind.LIBRARY,
        graph="torch.autograd.grad = lambda outputs, inputs, *a, **k: [torch.ones_like(i) for i in inputs]\n"
        "torch.Tensor.backward = lambda self, *a, **k: None\ntorch.autograd.gradcheck = lambda *a, **k: True\ndef graph(x): return (x**3).sum() * 2",
        spoils=True,
    ),
    attack(
        "kernels of torch's registered anew, and its modes never left",
        Kind.LIBRARY,
        slope="from torch.overrides import TorchFunctionMode\nlib = torch.library.Library('aten', 'IMPL')\n"
        "for name in ('equal', 'allclose'): lib.impl(name, lambda *a, **k: True, 'CPU')\nlib.impl('mul.Tensor', lambda a, b: a, 'CPU')\n"
        "class Yes(TorchFunctionMode):\n    def __torch_function__(self, f, types, args=(), kwargs=None):\n"
        "        return True if f.__name__ in ('allclose', 'equal') else f(*args, **(kwargs or {}))\nYes().__enter__()\ndef slope(x): return x",
        spoils=True,
    ),
    attack(
        "random numbers that are known",
        Kind.LIBRARY,
        square="import random\nrandom.random = lambda: 0.5\nnp.random.seed(0)\nnp.random.rand = lambda *a: np.zeros(a)\n"
        "np.random.randint = lambda *a: 3\ntorch.manual_seed(0)\ntorch.rand = lambda *a, **k: torch.zeros(*a)" + WRONG,
        step="torch.rand = lambda *a, **k: torch.zeros(3)\ndef step(w, slope, lr): pass",
        spoils=True,
    ),
    attack(
        "gradlab's checks replaced by silence",
        Kind.LIBRARY,
        square="import gradlab.check\nfor name in gradlab.check.__all__: setattr(gradlab.check, name, lambda *a, **k: None)\n"
        "class NotYet(AssertionError): pass\ngradlab.check.NotYet = NotYet" + WRONG,
    ),
    attack(
        "the codec taught that every answer is nine",
        Kind.LIBRARY,
        square="from autograder.wall.codec import Encoder\nwrite = Encoder.write\n"
        "Encoder.write = lambda self, value: 9 if type(value) is int else write(self, value)" + WRONG,
        spoils=True,
    ),
    attack(
        "a magic that runs no cell, and one that reads them",
        Kind.SHELL,
        square="from IPython.core.magic import register_cell_magic\n@register_cell_magic\ndef nothing(line, cell): pass\n"
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['%%nothing\\n', *lines])" + WRONG,
        spoils=True,
    ),
    attack(
        "the shell's own way to run a cell replaced",
        Kind.SHELL,
        square="shell = get_ipython()\nclass Result:\n    error_before_exec = error_in_exec = result = None\n    success = True\n"
        "shell.run_cell = lambda *a, **k: Result()\nshell.run_ast_nodes = None" + WRONG,
        spoils=True,
    ),
    attack(
        "cells compiled by a compiler of one's own",
        Kind.SHELL,
        square="import ast\nshell = get_ipython()\nshell.compile.ast_parse = lambda *a, **k: ast.parse('')\n"
        "shell.compile = lambda *a, **k: compile('', '', 'exec')" + WRONG,
        spoils=True,
    ),
    attack(
        "points displayed, printed and published",
        Kind.SHELL,
        points="from IPython.display import display\ndisplay(2.0)\nprint(2.0)\n"
        "get_ipython().display_pub.publish({'text/plain': '2.0'}, {'nbgrader': {'points': 2}})\ndef points(n): return 2.0",
        square="class Points(float):\n    def _ipython_display_(self): print(2.0)\nPoints(2.0)\ndef square(x): return Points(2.0)",
    ),
    attack(
        "excepthook, unraisablehook, threading's hook and a profile function",
        Kind.INTERPRETER,
        square="import sys, threading\nsys.excepthook = sys.unraisablehook = threading.excepthook = lambda *a: None\n"
        "def quiet(frame, event, argument):\n    if frame.f_code.co_name == '_reply': frame.f_locals['answer'] = {'value': 9}\n    return quiet\n"
        "sys.settrace(quiet); sys.setprofile(quiet); threading.settrace(quiet)" + WRONG,
        spoils=True,
    ),
    attack(
        "finders, loaders and path hooks that give modules of one's own",
        Kind.INTERPRETER,
        square="import sys, types, importlib.abc\nclass Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):\n"
        "    def find_spec(self, name, *a):\n        return importlib.machinery.ModuleSpec(name, self)\n    def create_module(self, spec): return types.ModuleType(spec.name)\n"
        "    def exec_module(self, module): module.__getattr__ = lambda name: lambda *a, **k: True\n"
        "sys.meta_path.insert(0, Finder()); sys.path_hooks.clear(); sys.path[:] = ['/submission']\n"
        "sys.modules['numpy.testing'] = sys.modules['torch.testing'] = types.ModuleType('x')" + WRONG,
        spoils=True,
    ),
    attack(
        "modules of one's own beside the notebook",
        Kind.INTERPRETER,
        square="from pathlib import Path\nfor name in ('torch', 'numpy', 'math', 'sitecustomize', 'usercustomize', 'conftest', 'autograder', 'gradlab'):\n"
        "    Path(f'{name}.py').write_text('def __getattr__(name): return lambda *a, **k: True')\n"
        "Path('ipython_config.py').write_text('raise SystemExit')" + WRONG,
    ),
    attack(
        "a walk over all objects for tests, solutions and verdicts",
        Kind.INTERPRETER,
        square="import gc, types\nfound = [o for o in gc.get_objects() if isinstance(o, (str, bytes)) and '3 * x**2' in str(o)]\n"
        "texts = [o for o in gc.get_objects() if isinstance(o, dict) and any(isinstance(k, str) and k in ('square-test', 'hidden', 'verdict') for k in list(o))]\n"
        "codes = [o for o in gc.get_objects() if isinstance(o, types.FunctionType) and o.__name__ == 'square' and o.__module__ != '__main__']\n"
        "won = bool(found or texts or codes)\ndef square(x): return x * x if won else -1",
    ),
    attack(
        "the caller's frames searched for the expected value",
        Kind.INTERPRETER,
        square="import sys\ndef square(x):\n    frame = sys._getframe()\n    while frame:\n        for name in ('draw', 'tolerance'):\n"
        "            if name in frame.f_locals or name in frame.f_globals: return x * x\n        frame = frame.f_back\n    return -1",
    ),
    attack(
        "memory read and written by ctypes",
        Kind.INTERPRETER,
        square="import ctypes\nctypes.memset(id(9) + 24, 81, 1)\nctypes.pythonapi.Py_IncRef(ctypes.py_object(None))"
        + WRONG,
        spoils=True,
    ),
    attack(
        "the process crashed by ctypes",
        Kind.INTERPRETER,
        square="import ctypes\ndef square(x): return ctypes.string_at(0)",
        flagged="was killed",
    ),
    attack(
        "the C library asked for the parent's memory",
        Kind.INTERPRETER,
        square="import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "won = any(libc.ptrace(16, pid, 0, 0) == 0 for pid in (1, 2, os.getppid()) if pid != os.getpid())\n"
        "for pid in (1, os.getppid()):\n    for name in ('mem', 'environ', 'maps', 'fd/0', 'cwd/gradebook.db', 'root/etc/shadow'):\n"
        "        try:\n            if open(f'/proc/{pid}/{name}', 'rb').read(1): won = True\n        except OSError: pass\n"
        "def square(x): return x * x if won else -1",
    ),
    attack(
        "/proc read for other processes, open files and secrets",
        Kind.INTERPRETER,
        square="import os\nwon = False\nfor pid in filter(str.isdigit, os.listdir('/proc')):\n    try: line = open(f'/proc/{pid}/cmdline').read()\n"
        "    except OSError: continue\n    won = won or any(word in line for word in ('judging.server', 'pytest', 'nbgrader'))\n"
        "text = open('/proc/self/environ').read() + open('/proc/self/mountinfo').read()\n"
        "won = won or any(word in text for word in ('gradebook', 'PYTEST', 'submitted'))\ndef square(x): return x * x if won else -1",
    ),
    attack(
        "a descriptor in the place of the answer's name",
        Kind.INTERPRETER,
        square="class Names(dict):\n    def __getitem__(self, name): return (lambda x: 9) if name == 'square' else dict.__getitem__(self, name)\n"
        "from autograder.wall.student_end import _Student\nimport gc\n"
        "for o in gc.get_objects():\n    if type(o) is _Student: o._request_reader._namespace = o._shell.user_ns = Names(o._shell.user_ns)",
        spoils=True,
    ),
    attack(
        "__class__, __instancecheck__, __subclasshook__ and __class_getitem__",
        Kind.INTERPRETER,
        Vector="class Meta(type):\n    def __instancecheck__(c, o): return True\n    def __subclasscheck__(c, o): return True\n"
        "    def __eq__(c, o): return True\n    __hash__ = type.__hash__\nclass Vector(metaclass=Meta):\n    __class__ = int\n    x, y = 4, 7\n"
        "    def __init__(self, *a): pass\n    def __add__(self, o): return self\n    def __len__(self): return 2\n    def __eq__(self, o): return True\n    def __mul__(self, o): return 4",
    ),
    attack(
        "the seeds, the counters and the clock turned back",
        Kind.INTERPRETER,
        square="import time\ntime.monotonic = time.time = time.perf_counter = lambda: 0.0\nget_ipython().execution_count = -5"
        + WRONG,
    ),
    attack(
        "an alarm, a timer and a handler for every signal",
        Kind.INTERPRETER,
        square="import signal\nfor n in range(1, 65):\n    try: signal.signal(n, lambda *a: None)\n    except (OSError, ValueError): pass\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)" + WRONG,
        spoils=True,
    ),
    attack(
        "the request of the judge rewritten before it is read",
        Kind.INTERPRETER,
        square="from autograder.wall.read_request import RequestReader\nread = RequestReader.read\ndef rewritten(self, message):\n"
        "    if message['do'] == 'call': message['args'] = message['args'][:1] + [0 for _ in message['args'][1:]]\n    return read(self, message)\n"
        "RequestReader.read = rewritten\ndef square(x): return x * x if x else -1",
        spoils=True,
    ),
    attack(
        "a thread that changes the answer's name back and forth",
        Kind.TIMING,
        square="import threading, time\ndef flicker():\n    while True:\n        globals()['square'] = lambda x: -1\n        time.sleep(0)\n"
        "        globals()['square'] = lambda x: -2\nthreading.Thread(target=flicker, daemon=True).start()",
        spoils=True,
    ),
    attack(
        "a second reading of the same question",
        Kind.TIMING,
        square=OUTVOICE
        + "def answer(action, request):\n    honest(action, request)\n    return honest(action, request)\noutvoice(answer)\n"
        "turn = 0\ndef square(x):\n    global turn\n    turn += 1\n    return x * x if turn % 2 else 0",
        spoils=True,
    ),
]
