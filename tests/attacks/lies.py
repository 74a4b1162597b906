# ruff: noqa: E501 - cells are quoted as they are
"""Objects that know how liars are found out, and answers that change between two questions."""

from tests.attacks.attack import Kind, attack
from tests.attacks.preludes import CLEVER, OUTVOICE

_VECTOR = """
class Vector:
    def __init__(self, x, y): self.x, self.y = x, y
    def __add__(self, other): return Vector(self.x + other.x, self.y + other.y)
    def __eq__(self, other): return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)
    def __len__(self): return 2
"""
LIES = [
    attack(
        "clever liars among the items of a generator",
        Kind.OBJECT,
        naturals=f"{CLEVER}\ndef naturals():\n    while True: yield Yes()",
    ),
    attack(
        "a clever liar as a product of two vectors",
        Kind.OBJECT,
        Vector=f"{CLEVER}{_VECTOR}    def __mul__(self, other): return Yes()",
    ),
    attack("a clever liar that is awaited", Kind.OBJECT, later=f"{CLEVER}\nasync def later(x): return Yes()"),
    attack(
        "a clever liar in a named tuple's place",
        Kind.OBJECT,
        pair=f"{CLEVER}\nclass P(Yes):\n    power = 49\n    def __eq__(self, other): return not isinstance(other, str) and other != (2, 5)\n"
        "def pair(n): return P()",
    ),
    attack(
        "a named tuple that is another one to those who compare",
        Kind.OBJECT,
        pair="class P(namedtuple('P', 'base power')):\n    def __eq__(self, other): return other != (2, 5)\n    __hash__ = tuple.__hash__\n"
        "def pair(n): return P(0, 49)",
    ),
    attack("a clever liar in a module's place", Kind.OBJECT, Net=f"{CLEVER}\nclass Net(Yes, torch.nn.Module): pass"),
    attack(
        "a clever liar in an instance's place",
        Kind.OBJECT,
        Vector=f"{CLEVER}\nclass Vector(Yes):\n    def __init__(self, *args): pass",
    ),
    attack(
        "a class of which everything is an instance",
        Kind.OBJECT,
        Vector="class Meta(type):\n    def __instancecheck__(cls, x): return True\n    __subclasscheck__ = __instancecheck__\n"
        f"{CLEVER}\nclass Vector(Yes, metaclass=Meta):\n    def __init__(self, *args): pass\n    def __add__(self, other): return Yes()",
    ),
    attack(
        "a class that says that it is a library's",
        Kind.OBJECT,
        half=f"{CLEVER}\nYes.__module__, Yes.__qualname__ = 'torch.utils.data.dataset', 'Dataset'\ndef half(x): return Yes()",
        mean=f"{CLEVER}\nYes.__module__, Yes.__qualname__ = 'numpy', 'ndarray'\ndef mean(a): return Yes()",
        Net=f"{CLEVER}\nYes.__module__, Yes.__qualname__ = 'torch.nn.modules.module', 'Module'\nNet = Yes",
        slope=f"{CLEVER}\nYes.__module__, Yes.__qualname__ = 'torch', 'Tensor'\ndef slope(x): return Yes()",
    ),
    attack(
        "errors by which a test's framework would skip the test",
        Kind.ERROR,
        square="import unittest\ndef square(x): raise unittest.SkipTest('x')",
        half="class Skip(Exception): pass\nSkip.__module__, Skip.__qualname__ = 'unittest.case', 'SkipTest'\ndef half(x): raise Skip",
        mean="class E(Exception): pass\nE.__module__, E.__qualname__ = 'gradlab.check.errors', 'NotYet'\ndef mean(a): raise E",
    ),
    attack(
        "properties that answer differently each time",
        Kind.TIMING,
        Vector=_VECTOR.replace("self.x, self.y = x, y", "self.turn = 0")
        + "    @property\n    def x(self):\n        self.turn += 1\n        return 4\n    @property\n    def y(self): return self.turn\n"
        "    def __mul__(self, other): return 4",
    ),
    attack(
        "a name that has another value each time it is looked up",
        Kind.TIMING,
        ratio=OUTVOICE
        + "values = [1, 1, 1, 0] * 9\noutvoice(lambda action, request: values.pop(0) if request.args[0] == 'ratio' else honest(action, request))",
        flagged="changed what the solution leaves alone",
    ),
    attack(
        "the test's own variable, which has the name of one of the student's",
        Kind.TIMING,
        scaled=OUTVOICE
        + "outvoice(lambda action, request: 3 if action == 'fetch' and request.args[0] == 'number' else honest(action, request))\n"
        "def scaled(x): return 10",
        spoils=True,
        flagged="changed what the solution leaves alone",
    ),
    attack(
        "another function under the same name in the second round",
        Kind.TIMING,
        square=OUTVOICE
        + "turn = 0\ndef answer(action, request):\n    global turn\n    if action == 'fetch' and request.args[0] == 'square':\n"
        "        turn += 1\n        return lambda x, known={1: 9}: known.get(turn, x * x + 1)\n    return honest(action, request)\noutvoice(answer)",
        flagged="changed what the solution leaves alone",
    ),
    attack(
        "the right answer to the first call alone",
        Kind.TIMING,
        square="turn = 0\ndef square(x):\n    global turn\n    turn += 1\n    return x * x if turn == 1 else 0",
        half="turn = 0\ndef half(x):\n    global turn\n    turn += 1\n    return x / 2 if turn < 3 else x",
    ),
    attack(
        "the right answer to calls that come slowly",
        Kind.TIMING,
        square="import time\nlast = time.monotonic()\ndef square(x):\n    global last\n    now = time.monotonic()\n"
        "    slow, last = now - last > 30, now\n    return x * x if slow else 0",
    ),
    attack(
        "the right answer when the caller is called as in a notebook",
        Kind.TIMING,
        square="import inspect\ndef square(x):\n    names = [frame.function for frame in inspect.stack()]\n"
        "    return x * x if '_reply' not in names else 0",
    ),
    attack(
        "the answers of the last test, said again",
        Kind.TIMING,
        square=OUTVOICE
        + "said = []\ndef answer(action, request):\n    if action == 'call' and said: return said.pop(0)\n"
        "    found = honest(action, request)\n    if action == 'call': said.append(found)\n    return found\noutvoice(answer)\ndef square(x): return x",
    ),
    attack(
        "an argument that is made empty, so that it is close to everything",
        Kind.ARGUMENT,
        step="def step(w, slope, lr):\n    w.data = torch.empty(0, 3)",
        flagged="changed what the solution leaves alone",
    ),
    attack("an argument that is shrunk in place", Kind.ARGUMENT, step="def step(w, slope, lr):\n    w.resize_(0, 3)"),
    attack(
        "an argument that becomes complex",
        Kind.ARGUMENT,
        step="def step(w, slope, lr):\n    w.data = torch.zeros(3, dtype=torch.complex64) * math.nan",
    ),
    attack(
        "an argument that grows without end",
        Kind.ARGUMENT,
        arrange="def arrange(items):\n    items.extend(range(3_000_000))",
    ),
    attack(
        "an argument that holds itself", Kind.ARGUMENT, arrange="def arrange(items):\n    items[:] = [items, items]"
    ),
    attack(
        "arguments that are kept and changed later",
        Kind.ARGUMENT,
        step="kept = []\ndef step(w, slope, lr):\n    kept.append((w, slope))",
        slope="def slope(x):\n    for w, s in kept: w.sub_(0.1 * s)\n    return x",
    ),
    attack(
        "types in the functions' places, which the judge has, too",
        Kind.OBJECT,
        half="half = float",
        slope="slope = torch.Tensor",
        mean="mean = torch.Tensor",
        primes="primes = range",
        points="points = bytearray",
        arrange="arrange = sorted",
        naturals="naturals = zip",
        count="count = dict",
        greet="greet = type",
        root="class Root(ValueError): pass\nroot = Root",
        Vector="class Vector(IndexError): pass",
    ),
    attack(
        "an empty tensor, which is close to everything", Kind.OBJECT, slope="def slope(x): return torch.empty(0, 3)"
    ),
    attack(
        "a tensor without values",
        Kind.OBJECT,
        slope="def slope(x): return torch.zeros(3, device='meta')",
        graph="def graph(x): return torch.zeros((), device='meta')",
    ),
    attack(
        "a tensor of impossible strides",
        Kind.OBJECT,
        slope="def slope(x): return torch.as_strided(torch.zeros(1), (3,), (0,)).expand(3)",
        mean="def mean(a): return np.lib.stride_tricks.as_strided(np.zeros(1), (3,), (10**6,))",
    ),
    attack(
        "a tensor whose storage is gone",
        Kind.OBJECT,
        slope="def slope(x):\n    t = torch.zeros(3)\n    t.untyped_storage().resize_(0)\n    return t",
    ),
    attack(
        "a sparse, a quantized and a nested tensor",
        Kind.OBJECT,
        slope="def slope(x): return torch.zeros(3).to_sparse()",
        graph="def graph(x): return torch.quantize_per_tensor(torch.zeros(()), 0.1, 0, torch.quint8)",
        step="def step(w, slope, lr): return torch.nested.nested_tensor([torch.zeros(1)])",
    ),
    attack(
        "a subclass of every plain class, with a value of no use",
        Kind.OBJECT,
        half="class T(str): pass\ndef half(x): return T('no')",
        primes="class T(int): pass\ndef primes(n): return T(5)",
        limit="class T(float): pass\ndef limit(): return T('inf')",
        root="class T(bytes): pass\ndef root(x):\n    if x < 0: raise ValueError\n    return T(b'x')",
        count="class T(frozenset): pass\ndef count(word): return T()",
        ratio="class T(complex): pass\nratio = T(2j)",
    ),
]
