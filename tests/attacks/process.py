"""Taking over the student's own process: it has no verdict to give."""

from tests.attacks.attack import Kind, attack
from tests.attacks.preludes import WRONG

_THREAD = """
import threading, gc, time
from autograder.wall.channel import Channel
channel = [o for o in gc.get_objects() if type(o) is Channel][0]
def answer():
    while True:
        try:
            channel.send({"value": 9, "error": None, "after": [], "leaves": [], "graph": [], "record": None})
        except BaseException:
            return
"""
PROCESS = [
    attack(
        "builtins, torch and NumPy replaced",
        Kind.LIBRARY,
        square="import builtins, numpy, torch\nbuiltins.abs = lambda *a: 0\n"
        "builtins.all = builtins.isinstance = lambda *a: True\n"
        "numpy.testing.assert_allclose = lambda *a, **k: None\ntorch.allclose = torch.equal = lambda *a, **k: True\n"
        "numpy.array_equal = lambda *a, **k: True\n" + WRONG,
        slope="def slope(x): return x",
        mean="def mean(a): return a",
        spoils=True,
    ),
    attack(
        "an input transformer that empties later cells",
        Kind.SHELL,
        square="get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])" + WRONG,
        spoils=True,
    ),
    attack(
        "a transformer of syntax trees that drops asserts",
        Kind.SHELL,
        square="import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Drop())" + WRONG,
    ),
    attack(
        "events, custom exceptions and the display hook",
        Kind.SHELL,
        square="import sys\nshell = get_ipython()\nshell.events.register('pre_run_cell', lambda info: None)\n"
        "shell.events.register('post_run_cell', lambda result: setattr(result, 'error_in_exec', None))\n"
        "shell.set_custom_exc((BaseException,), lambda *a, **k: None)\nsys.displayhook(2)\nshell.displayhook(2)"
        + WRONG,
    ),
    attack(
        "names of the judge's and of the tests'",
        Kind.SHELL,
        square="score = 100\nnumber = draw = 0\ndef same(expected, actual): pass\nnamespace = wall = verdict = None"
        + WRONG,
        greet="def same(*args): pass\ndef greet(name): return 1",
    ),
    attack(
        "helpers of the lesson bound anew, and the lesson's names",
        Kind.SHELL,
        cubes="def same(*args): pass\ncubes = [0, 1, 8, 27]\ndef cube(x): return cubes[0] + 1",
    ),
    attack(
        "a gradlab and an autograder of one's own",
        Kind.LIBRARY,
        square="import sys, types\nfor name in list(sys.modules):\n    if name.startswith(('gradlab', 'autograder')):\n"
        "        sys.modules[name] = types.ModuleType(name)\nsys.meta_path.clear()" + WRONG,
        spoils=True,
    ),
    attack("the process ends in a call", Kind.PROCESS, square="import os\ndef square(x): os._exit(0)"),
    attack(
        "the process ends with a signal in a call",
        Kind.PROCESS,
        square="import os\ndef square(x): os.kill(os.getpid(), 9)",
    ),
    attack("the process ends in the cell", Kind.PROCESS, square="import os\nos._exit(0)"),
    attack(
        "the process ends in every cell",
        Kind.PROCESS,
        spoils=True,
        plus="import os\nos._exit(0)",
        square="import os\nos._exit(0)",
    ),
    attack(
        "the process ends when a result is written",
        Kind.INTERPRETER,
        half="import os\nclass C(float):\n    def __float__(self): os._exit(0)\ndef half(x): return C(x)",
    ),
    attack(
        "an end that waits: atexit, __del__, a timer",
        Kind.INTERPRETER,
        square="import atexit, os, signal, threading\natexit.register(os._exit, 0)\n"
        "class D:\n    def __del__(self): os._exit(0)\nthreading.Timer(0.05, os._exit, (0,)).start()" + WRONG,
        spoils=True,
    ),
    attack(
        "signals ignored, and endless",
        Kind.HANG,
        square="import signal\nfor n in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM):\n"
        "    signal.signal(n, signal.SIG_IGN)\ndef square(x):\n    while True: pass",
    ),
    attack(
        "interrupts caught, and endless",
        Kind.HANG,
        square="def square(x):\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass",
    ),
    attack("a fork, and both answer", Kind.PROCESS, square="import os\nos.fork()" + WRONG, spoils=True),
    attack(
        "a fork in a call, and both answer",
        Kind.PROCESS,
        square="import os\ndef square(x):\n    return os.fork()",
        spoils=True,
    ),
    attack(
        "a thread that answers in the main thread's place",
        Kind.TIMING,
        square=_THREAD + "threading.Thread(target=answer, daemon=True).start()" + WRONG,
        spoils=True,
    ),
    attack(
        "file descriptor 3 written to",
        Kind.WIRE,
        square="import os\nos.write(3, b'\\0' * 7 + b'\\1\\xc0' * 1000)" + WRONG,
        spoils=True,
    ),
    attack("file descriptor 3 closed", Kind.WIRE, square="import os\nos.close(3)" + WRONG, spoils=True),
    attack(
        "every file descriptor written to",
        Kind.WIRE,
        square="import os\nfor name in os.listdir('/proc/self/fd'):\n"
        "    try: os.write(int(name), b'{\"status\": 0}\\n' * 10)\n"
        "    except OSError: pass" + WRONG,
        spoils=True,
    ),
    attack("an endless cell", Kind.HANG, square="while True: pass"),
    attack(
        "an endless cell that catches interrupts",
        Kind.HANG,
        square="while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    ),
    attack(
        "output without end",
        Kind.EXHAUSTION,
        square="print('x' * 50_000_000)\nfor n in range(2000): display(n)" + WRONG,
    ),
    attack(
        "outputs that are none",
        Kind.MESSAGE,
        square="shell = get_ipython()\nshell.outputs.items += [1, None, {'output_type': 'grade', 'points': 9}, "
        "{'output_type': 'stream', 'name': [], 'text': {}}, "
        "{'output_type': 'display_data', 'data': {'text/plain': {1: 2}}}]\n"
        "deep = []\nfor _ in range(400): deep = [deep]\n"
        "shell.outputs.items.append({'output_type': 'display_data', 'data': {'application/json': deep}})" + WRONG,
    ),
    attack(
        "the recursion limit lifted",
        Kind.INTERPRETER,
        square="import sys\nsys.setrecursionlimit(10**8)\ndef square(x): return square(x)",
        spoils=True,
    ),
    attack(
        "the namespace replaced",
        Kind.SHELL,
        square="class N(dict):\n    def __missing__(self, name): return lambda *a: 9\n"
        "get_ipython().user_ns.clear()\nget_ipython().user_ns = N()",
        spoils=True,
    ),
]
