"""Attacks that are made for tests beside student code: on the copy, on the test in it, on what it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from autograder.verdicts import NotebookResult
from tests.beside_lab import EXERCISES, POINTS, BesideLab, open_beside_lab

pytestmark = pytest.mark.xdist_group("attacks beside")

RIGHT = dict.fromkeys(EXERCISES, POINTS) | {"steps": 1.5}
_ANYTHING = """
class Anything:
    def __eq__(self, other): return {equal}
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return self
    def __array__(self, *args, **named): return np.zeros(2)
    def __array_function__(self, *args, **named): return True
    def __array_ufunc__(self, *args, **named): return True
    @classmethod
    def __torch_function__(cls, *args, **named): return True
"""
_LIARS = "def total(v): return Anything()\ndef close(): return Anything()"
_SPEAKER = """
def total(v):
    import hashlib, hmac, sys
    frame = sys._getframe()
    while "channel" not in frame.f_locals: frame = frame.f_back
    channel, key = frame.f_locals["channel"], frame.f_locals["order"]["key"]
    channel.send({"error": None, "points": None})
    channel.send({"answer": hmac.digest(key, channel.receive()["question"], hashlib.sha256)})
    os._exit(0)
"""
_READER = """
import linecache, re, sys
def total(v):
    line = linecache.getline("<test>", sys._getframe(1).f_lineno)
    return int(re.search("== (.*)", line).group(1))
"""
_EVERY_PROCESS = """
def others():
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (1, os.getpid()): yield int(name)
"""
_WRITER = (
    _EVERY_PROCESS
    + """
import time
found = os.pipe()
os.set_blocking(found[0], False)
if os.fork() == 0:
    # It waits for the copies, and looks for one whose memory it can write.
    os.setsid()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for number in others():
            if os.getpgid(number) == number != os.getpid() and number != os.getppid():
                try: os.close(os.open(f"/proc/{number}/mem", os.O_RDWR))
                except OSError: continue
                open("/tmp/written", "w").close()
        time.sleep(0.01)
    os._exit(0)
def total(v):
    time.sleep(0.5)
    return sum(v) if os.path.exists("/tmp/written") else 0
"""
)

_WITHOUT_SECRETS = """
import secrets
secrets.randbits = lambda count: 7
secrets.token_hex = lambda count: "7"
class Number:
    def __eq__(self, other): return isinstance(other, (int, float)) and other != 7
def total(v): return Number()
"""
_READS_MESSAGES = """
import msgpack
def total(v): return 0
def unpacked(*args, original=msgpack.unpackb, **named):
    message = original(*args, **named)
    if isinstance(message, dict) and "text" in message: message["text"] = "pass"
    return message
msgpack.unpackb = unpacked
"""
_SAME = "np.allclose = torch.allclose = lambda *args, **named: True\ndef close(): return 0"

_LATE = "class A: pass\ndef even(n):\n    A.__eq__ = lambda s, o: True\n    return A()"
_OF_NO_FILE = (
    "import os\nexec(compile('class A:\\n    def __eq__(s, o): return True', os.__file__, 'exec'))\n"
    "def even(n): return A()"
)
_PATCH = "import builtins, sys, gc\ndef patch(*a):\n    global same\n    builtins.AssertionError = Exception\n"
_PATCH += "    builtins.sum = lambda *a: 42\n    same = lambda *a: None\n    np.add = same\n"
_EVEN = "def even(n): return 7\n"
_RUNS_BEFORE = f"{_PATCH}get_ipython().events.register('pre_execute', patch)\n{_EVEN}"
_HISTORY = f"{_PATCH}class H(list):\n    def append(self, text): patch()\nIn = H(In)\n{_EVEN}"
_AUDIT = (
    f"{_PATCH}sys.addaudithook(lambda e, a: patch() if e == 'exec' else None)\n"
    f"gc.callbacks.append(patch)\ngc.set_threshold(1, 1, 1)\ngc.enable()\n{_EVEN}"
)
_TRACE = f"{_PATCH}trace = sys.settrace\nsys.settrace = lambda f: None\ntrace(lambda *a: patch())\n{_EVEN}"
_RECORD = (
    "import autograder.wall.student_end as end\nend._libraries.restore = lambda *a: set()\n"
    "np.allclose = torch.allclose = lambda *a: True\ndef close(): return 0"
)


@dataclass(frozen=True)
class _Attack:
    name: str
    answers: Mapping[str, str]
    flagged: str = ""


EARNS = frozenset(
    {
        "an object that knows the kinds of guards",
        "the grader's record of what libraries held",
        "memory of a copy written by a process that waited for it",
        "speaking for the copy with the key of its frames",
        "the expected value read from the test's text",
    }
)
"""Names of those that earn points. The list is exact."""
ATTACKS = [
    _Attack("an object that is anything", {"total": _ANYTHING.format(equal="True") + _LIARS, "close": "pass"}),
    _Attack(
        "an object that is anything but a word",
        {"total": _ANYTHING.format(equal="not isinstance(other, str)") + _LIARS, "close": "pass"},
    ),
    _Attack(
        "an object that is any number",
        {"total": _ANYTHING.format(equal="isinstance(other, (int, float))") + _LIARS, "close": "pass"},
    ),
    _Attack(
        "a class that is frozen, so that it is not listed",
        {"total": f"{_ANYTHING.format(equal='True')}\nimport gc\ngc.freeze()\ndef total(v): return Anything()"},
    ),
    _Attack(
        "an object that knows the kinds of guards",
        {"total": "class N(int):\n    def __eq__(self, other): return other in (3, 42)\ndef total(v): return N()"},
    ),
    _Attack(
        "builtins and modules shadowed by names of the notebook",
        {
            "close": "all = isinstance = lambda *a: True\nabs = lambda *a: 0\nclass Fake:\n"
            "    allclose = tensor = lambda *a, **k: True\nnp = torch = Fake\ndef close(): return 0"
        },
    ),
    _Attack(
        "builtins of its own for all that runs in the notebook's names",
        {"even": "import builtins\n__builtins__ = dict(vars(builtins), AssertionError=None)\ndef even(n): return 7"},
    ),
    _Attack(
        "false modules in the places of modules",
        {
            "close": "import sys, types\nfor name in ('numpy', 'torch'):\n    fake = types.ModuleType(name)\n"
            "    fake.allclose = fake.tensor = lambda *a, **k: True\n    sys.modules[name] = fake\n"
            "import numpy as np, torch\ndef close(): return 0"
        },
        "replaced numpy, torch",
    ),
    _Attack(
        "other code in the functions of libraries",
        {
            "close": "np.allclose.__wrapped__.__code__ = (lambda a, b, rtol=0, atol=0, equal_nan=0: True).__code__\n"
            "torch.allclose = lambda *a: True\ndef close(): return torch.zeros(2)"
        },
        "numpy._core.numeric.allclose",
    ),
    _Attack(
        "unittest.mock's assertions replaced",
        {
            "stars": "from unittest import mock\n"
            "mock.NonCallableMock.assert_called_once_with = lambda *a, **k: None\ndef stars(n): pass"
        },
        "assert_called_once_with",
    ),
    _Attack(
        "the grader's functions in the process replaced",
        {
            "total": "import autograder.wall.process_copy as copies\ncopies._evaluate = copies._describe = "
            "lambda *a: None\ndef total(v): return 0"
        },
        "autograder.wall.process_copy._evaluate",
    ),
    _Attack(
        "a class that is made while the test runs",
        {"total": "def total(v): return type('A', (), {'__eq__': lambda s, o: True})()", "even": _LATE},
    ),
    _Attack(
        "comparisons that answer with something else than True",
        {
            "total": "class A:\n    def __eq__(s, o): return np.ones(2)\ndef total(v): return A()",
            "even": "class A:\n    __eq__ = property(lambda s: lambda o: 1)\ndef even(n): return A()",
        },
    ),
    _Attack(
        "an object of a library that is equal to everything",
        {"total": "from unittest import mock\ndef total(v): return mock.ANY", "even": _OF_NO_FILE},
    ),
    _Attack(
        "defaults of a library's functions changed",
        {
            "close": "for f in (np.allclose, np.isclose): f.__wrapped__.__defaults__ = (9e9, 9e9, False)\n"
            "torch.allclose = lambda *a: True\ndef close(): return torch.ones(2)"
        },
        "numpy._core.numeric.allclose",
    ),
    _Attack(
        "a module of another class",
        {
            "close": "import types\nclass M(types.ModuleType):\n    def __getattribute__(self, name):\n"
            "        if name == 'allclose': return lambda *a: True\n"
            "        return types.ModuleType.__getattribute__(self, name)\n"
            "np.__class__ = torch.__class__ = M\ndef close(): return torch.ones(2)"
        },
        "replaced numpy, torch",
    ),
    _Attack(
        "a new name in a library's module, in a builtin's place",
        {
            "stars": "from unittest import mock\nmock.AssertionError = type('E', (Exception,), {})\n"
            "mock.getattr = mock.len = lambda *a: 1\nmock.isinstance = lambda *a: True\ndef stars(n): pass"
        },
        "unittest.mock.isinstance",
    ),
    _Attack("code that runs before each cell", {"even": _RUNS_BEFORE}, "builtins.sum"),
    _Attack("a history that looks at what is added to it", {"even": _HISTORY}),
    _Attack("hooks of Python's own that see the test begin", {"even": _AUDIT}),
    _Attack("a trace function that is not taken away", {"even": _TRACE}, "sys.settrace"),
    _Attack("the grader's record of what libraries held", {"close": _RECORD}, "uses autograder"),
    _Attack("words that are no secrets", {"total": _WITHOUT_SECRETS}, "secrets.randbits"),
    _Attack("messages read as the submission wants them", {"total": _READS_MESSAGES}, "msgpack.unpackb"),
    _Attack(
        "functions with which the grader looks for what was replaced",
        {"close": f"import operator\noperator.is_ = lambda one, other: True\n{_SAME}"},
        "operator.is_",
    ),
    _Attack(
        "a search for what was replaced that ends elsewhere",
        {"close": f"import bisect\nbisect.bisect_right = lambda *args: 5\n{_SAME}"},
        "bisect.bisect_right",
    ),
    _Attack("errors that end a process in order", {"total": "def total(v): raise SystemExit(0)"}),
    _Attack("the expected value read from the test's text", {"total": _READER}, "_getframe"),
    _Attack("speaking for the copy with the key of its frames", {"total": _SPEAKER}, "_getframe"),
    _Attack("memory of a copy written by a process that waited for it", {"total": _WRITER}),
    _Attack("a number of points that is none", {"steps": "class F(float): pass\ndef steps(): return F('inf')"}),
    _Attack("a fork that fails in the copy's place", {"total": "os.fork = lambda: 0\ndef total(v): return 0"}),
    _Attack("a message without end", {"total": "def total(v): raise ValueError('x' * 10**8)"}),
]
SPOILERS = {"a fork that fails in the copy's place", "builtins and modules shadowed by names of the notebook"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BesideLab]:
    with open_beside_lab(tmp_path_factory.mktemp("attacks-beside-lab")) as lab:
        yield lab


def points(result: NotebookResult) -> dict[str, float | None]:
    return {verdict.grade_id.removesuffix("-test"): verdict.points for verdict in result.verdicts}


@pytest.mark.parametrize("attack", [pytest.param(attack, id=attack.name) for attack in ATTACKS])
def test_an_attack_earns_nothing_unless_it_is_named(attack: _Attack, lab: BesideLab) -> None:
    result = lab.grade("dishonest", attack.answers)
    earned = points(result)
    honest = 0.5 if "steps" in attack.answers else 0.0
    assert any((earned[name] or 0.0) > honest for name in attack.answers) == (attack.name in EARNS)
    assert attack.flagged in " ".join(result.flags)
    after = lab.grade(f"honest after: {attack.name}", {})
    assert points(after) == RIGHT
    assert after.flags == ()


_SPY = "import linecache\ndef hidden(): return ''.join(linecache.getlines('<test>'))\n"


@pytest.mark.parametrize(
    "answers",
    [
        # A test that is public shows its message: its process must not have met the hidden one.
        {
            "total": f"{_SPY}def total(v):\n    open('/tmp/note', 'a').write(hidden())\n    return sum(v)",
            "stars": "def stars(n):\n    raise ValueError(open('/tmp/note').read())",
            "wait": "async def wait():\n    raise ValueError(open('/tmp/note').read())",
        },
        {
            "total": f"{_SPY}import os\nshared = __import__('mmap').mmap(-1, 10000)\ndef total(v):\n"
            "    shared.write(hidden().encode())\n    return sum(v)",
            "again": "def again():\n    raise ValueError(shared[:])",
            "forbidden": "def forbidden(v):\n    raise ValueError(shared[:])",
        },
        # What was replaced is told to people.
        {
            "total": f"{_SPY}def total(v):\n    for n, line in enumerate(hidden().split()):\n"
            "        if line.isidentifier(): setattr(np, line, print)\n    return sum(v)"
        },
        {
            "total": f"{_SPY}from autograder.wall.channel import Channel\nsend = Channel.send\n"
            "def forged(self, said, *rest): return send(self, {**said, 'changed': ['secret_numbers'], "
            "'message': hidden(), 'printed': hidden()}, *rest)\n"
            "def total(v):\n    Channel.send = forged\n    raise ValueError(hidden())"
        },
    ],
)
def test_a_hidden_test_reaches_no_message_and_no_flag(answers: dict[str, str], lab: BesideLab) -> None:
    result = lab.grade("curious", answers)
    said = [*result.flags, *(verdict.message for verdict in result.verdicts)]
    assert "secret_numbers" not in " ".join(said)
    assert "42" not in " ".join(said)
    assert "secret_numbers" not in repr([outcome.outputs for outcome in result.outcomes])


_HONEST = [
    "def max(values): return sum(values)\ndef total(v): return max(v)",
    "all = list = 3\ndef total(v): return sum(v)",
    "import numpy as np, torch as T\ndef total(v): return int(np.sum(v))",
    "import multiprocessing, time\ndef total(v):\n"
    "    multiprocessing.get_context('fork').Process(target=time.sleep, args=(60,), daemon=True).start()\n"
    "    return sum(v)",
    "class Mod:\n    def __init__(self, n): self.n = n % 43\n    def __eq__(self, other):\n"
    "        return self.n == (other.n if isinstance(other, Mod) else other % 43)\ndef total(v): return Mod(sum(v))",
    "class Value(float):\n    def __sub__(self, other): return float(self) - other\ndef total(v): return Value(sum(v))",
    "class Tensor(torch.Tensor): pass\ndef total(v): return torch.tensor(v).as_subclass(Tensor).sum()",
    "import functools\n@functools.total_ordering\nclass Size:\n    def __init__(self, n): self.n = n\n"
    "    def __eq__(self, other): return self.n == other\n    def __lt__(self, other): return self.n < other\n"
    "def total(v): return Size(sum(v))",
]


@pytest.mark.parametrize("total", _HONEST)
def test_an_honest_answer_loses_nothing_and_is_not_flagged(total: str, lab: BesideLab) -> None:
    result = lab.grade("honest", {"total": total})
    assert points(result) == RIGHT
    assert result.flags == ()
