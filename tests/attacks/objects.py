# ruff: noqa: E501 - cells are quoted as they are
"""Answers that lie about what they are."""

from tests.attacks.attack import Kind, attack
from tests.attacks.preludes import YES


def _lie(name: str, parameters: str = "*args") -> str:
    return f"{YES}\ndef {name}({parameters}):\n    return Yes()"


OBJECTS = [
    attack(
        "an object that is equal to everything",
        Kind.OBJECT,
        **{name: _lie(name) for name in ("square", "half", "count")},
    ),
    attack(
        "an object that is close to everything",
        Kind.OBJECT,
        **{name: _lie(name) for name in ("slope", "graph", "mean", "greet", "primes", "points")},
    ),
    attack("the answer itself is a name bound to such an object", Kind.OBJECT, square=f"{YES}\nsquare = Yes()"),
    attack(
        "such an object instead of an iterator",
        Kind.OBJECT,
        naturals=_lie("naturals"),
        limit=_lie("limit"),
        map=_lie("double"),
    ),
    attack(
        "a subclass of int with operators of its own",
        Kind.OBJECT,
        square="class Int(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\n"
        "    def __pow__(self, n): return self\ndef square(x): return Int(7)",
    ),
    attack(
        "a subclass of float with a subtraction of its own",
        Kind.OBJECT,
        half="class Float(float):\n    def __sub__(self, other): return 0.0\n    __rsub__ = __sub__\n"
        "def half(x): return Float(7)",
    ),
    attack(
        "a subclass of str, one of dict, one of list",
        Kind.OBJECT,
        greet="class Text(str):\n    def __eq__(self, other): return True\n    def __len__(self): return 9\n"
        "    def startswith(self, x): return True\n    __hash__ = str.__hash__\ndef greet(name): return Text('no')",
        count="class Table(dict):\n    def __eq__(self, other): return True\n    def __or__(self, other): return self\n"
        "    def __iter__(self): return iter('ab')\ndef count(word): return Table()",
        points="class Pair(list):\n    def __eq__(self, other): return True\ndef points(n): return Pair()",
    ),
    attack(
        "a tensor subclass that answers torch's functions",
        Kind.OBJECT,
        slope="class T(torch.Tensor):\n    @classmethod\n    def __torch_function__(cls, f, types, args=(), kwargs=None):\n"
        "        return True\ndef slope(x): return torch.zeros(3).as_subclass(T)",
        graph="class T(torch.Tensor):\n    def backward(self, *args, **kwargs): pass\n"
        "def graph(x): return torch.zeros((), requires_grad=True).as_subclass(T)",
    ),
    attack(
        "an array subclass that answers NumPy's functions",
        Kind.OBJECT,
        mean="class A(np.ndarray):\n    def __array_function__(self, *args, **kwargs): return True\n"
        "    def __array_ufunc__(self, *args, **kwargs): return np.zeros(3)\n"
        "def mean(a): return np.zeros(3).view(A)",
    ),
    attack(
        "a list that shows different items each time",
        Kind.OBJECT,
        primes="class Shifty(list):\n    turn = 0\n    def __len__(self): return 10\n    def __iter__(self):\n"
        "        Shifty.turn += 1\n        return iter([6469693230] if Shifty.turn == 1 else [2])\n"
        "def primes(n): return Shifty()",
    ),
    attack(
        "an iterable that shows different items each time, and calls itself a list",
        Kind.OBJECT,
        primes="class Shifty:\n    turn = 0\n    __class__ = list\n    def __len__(self): return 10\n    def __iter__(self):\n"
        "        Shifty.turn += 1\n        return iter([6469693230] if Shifty.turn == 1 else [2])\n"
        "def primes(n): return Shifty()",
    ),
    attack(
        "a class that lies about its own name",
        Kind.OBJECT,
        square=_lie("square").replace("class Yes", "class int"),
        spoils=True,
    ),
    attack(
        "an object whose class says that it is a float",
        Kind.OBJECT,
        half=f"{YES}\nYes.__module__, Yes.__qualname__ = 'builtins', 'float'\ndef half(x): return Yes()",
        square=f"{YES}\nYes.__module__, Yes.__qualname__ = 'builtins', 'int'\ndef square(x): return Yes()",
    ),
    attack(
        "a named tuple that is equal to everything",
        Kind.OBJECT,
        points="class P(namedtuple('P', 'a b')):\n    def __eq__(self, other): return True\ndef points(n): return P(0, 0)",
    ),
    attack(
        "a generator without end instead of a list",
        Kind.HANG,
        primes="def primes(n):\n    while True:\n        yield 2",
    ),
    attack(
        "a generator without end instead of a number",
        Kind.HANG,
        square="def square(x):\n    while True:\n        yield x",
    ),
    attack("not a number", Kind.OBJECT, square="def square(x): return math.nan", half="def half(x): return math.nan"),
    attack("infinity", Kind.OBJECT, half="def half(x): return math.inf", mean="def mean(a): return np.full(3, np.inf)"),
    attack(
        "the argument itself",
        Kind.ARGUMENT,
        square="def square(x): return x",
        slope="def slope(x): return x",
        mean="def mean(a): return a",
        greet="def greet(name): return name",
        graph="def graph(x): return x",
    ),
    attack("the argument made into the answer", Kind.ARGUMENT, slope="def slope(x):\n    x.zero_()\n    return x"),
    attack(
        "the array argument made into one whose mean is known",
        Kind.ARGUMENT,
        mean="def mean(a):\n    a[...] = 1\n    return np.ones(3)",
    ),
    attack(
        "changing the other argument, from which the test works out what it expects",
        Kind.ARGUMENT,
        step="def step(w, slope, lr):\n    slope.zero_()\n    with torch.no_grad():\n        w += 1\n        w -= 1",
    ),
    attack(
        "changing nothing but the other argument",
        Kind.ARGUMENT,
        step="def step(w, slope, lr):\n    slope.fill_(0)\n    w.add_(1e-9)",
    ),
    attack(
        "a class that accepts every comparison",
        Kind.OBJECT,
        Vector="class Vector:\n    def __init__(self, x, y): self.x, self.y = x, y\n"
        "    def __add__(self, other): return self\n    def __eq__(self, other): return True\n    def __len__(self): return 2",
    ),
    attack(
        "a module that changes its weights while it is asked",
        Kind.OBJECT,
        Net="class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))\n    def forward(self, x):\n"
        "        self.weight.data.zero_()\n        return (self.weight * 0).sum()",
    ),
    attack(
        "an end of iteration in the middle of a test's loop",
        Kind.ERROR,
        map="def double(x): raise StopIteration",
    ),
    attack(
        "errors that look like the judge's own",
        Kind.ERROR,
        square="class NotYet(AssertionError):\n    diagnosis = None\n    student_error = 'x'\ndef square(x): raise NotYet('x')",
        half="class AssertionError(Exception): pass\ndef half(x): raise AssertionError('all is well')",
        mean="def mean(a): raise ExceptionGroup('g', [ValueError(1)])",
        greet="def greet(name): raise BaseException('over')",
        points="class DeadlineExceededError(BaseException): pass\ndef points(n): raise DeadlineExceededError",
        primes="def primes(n): return primes(n)",
        slope="def slope(x): raise SystemExit(0)",
        count="def count(word): raise KeyboardInterrupt",
        limit="def limit(): raise GeneratorExit",
    ),
    attack(
        "errors whose words are endless, unwritable or no words",
        Kind.ERROR,
        square="class E(Exception):\n    def __str__(self):\n        while True: pass\ndef square(x): raise E",
        half="def half(x): raise ValueError('x' * 50_000_000)",
        mean="class E(Exception):\n    def __str__(self): return 5\ndef mean(a): raise E",
        greet="def greet(name): raise ValueError('\\ud800\\x00\\x1b[2J<script>')",
        points="class Meta(type):\n    def __getattribute__(c, n): raise ValueError(n)\n"
        "class E(Exception, metaclass=Meta): pass\ndef points(n): raise E",
    ),
    attack(
        "endless methods",
        Kind.HANG,
        square="class C:\n    def __eq__(self, o):\n        while True: pass\ndef square(x): return C()",
        primes="class C:\n    def __len__(self):\n        while True: pass\n    __iter__ = __len__\ndef primes(n): return C()",
        greet="class C(str):\n    def __str__(self):\n        while True: pass\n    __repr__ = __hash__ = __str__\n"
        "def greet(n): return C('x')",
        Vector="class Vector:\n    def __init__(self, x, y): pass\n    def __getattr__(self, name):\n"
        "        while True: pass\n    def __add__(self, other): return self",
    ),
]
