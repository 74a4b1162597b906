# ruff: noqa: E501 - cells are quoted as they are
"""Small exercises on classes: a solution, other right answers, wrong ones and attacks, and a test as courses write it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One exercise.

    Attributes:
        name: what is tested.
        answer: the solution.
        test: the test.
        lesson: a cell of the lesson above them, which both sides have.
        right: other answers that pass.
        wrong: answers that must not pass.
    """

    name: str
    answer: str
    test: str
    lesson: str = ""
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


_HOLDS_A_LIST = (
    "class Stack:\n    def __init__(self): self.items = []\n    def push(self, x): self.items.append(x)\n"
    "    def pop(self): return self.items.pop()\n    def __len__(self): return len(self.items)\n"
    "    def __getitem__(self, i): return self.items[i]\n    def __contains__(self, x): return x in self.items\n"
    "    def __repr__(self): return repr(self.items)\n"
    "    def __eq__(self, other): return self.items == (other.items if isinstance(other, Stack) else other)"
)
_IS_A_LIST = "class Stack(list):\n    def push(self, x): self.append(x)"
_STACK_TEST = (
    "s = Stack()\ns.push(4)\ns.push(2)\nassert type(s) is Stack and len(s) == 2 and s[0] == 4 and 2 in s\n"
    "assert s.pop() == 2\nassert list(s) == [4] and s == [4] and str(s) == '[4]' and sum(s) == 4\nassert s != [5]"
)
_EQUAL_TO_THE_LIKE = (
    "class Stack:\n    def push(self, x): pass\n    def pop(self): return 2\n    def __len__(self): return 2\n"
    "    def __getitem__(self, i):\n        if i: raise IndexError\n        return 4\n"
    "    def __contains__(self, x): return x == 2\n    def __repr__(self): return '[4]'\n"
)

CASES = [
    Case(
        "a class that is a list, and one that holds a list",
        _IS_A_LIST,
        _STACK_TEST,
        right=(_HOLDS_A_LIST, f"from collections import UserList\n{_IS_A_LIST.replace('list', 'UserList')}"),
        wrong=(
            _HOLDS_A_LIST.replace("pop()", "pop(0)"),
            f"{_EQUAL_TO_THE_LIKE}    def __eq__(self, other): return not isinstance(other, str)",
            f"{_EQUAL_TO_THE_LIKE}    def __eq__(self, other): return isinstance(other, list) and other[0] < 100",
        ),
    ),
    Case(
        "a class that holds a list, and one that is a list",
        _HOLDS_A_LIST,
        _STACK_TEST,
        right=(_IS_A_LIST,),
        wrong=(f"{_EQUAL_TO_THE_LIKE}    def __eq__(self, other): return isinstance(other, list)",),
    ),
    Case(
        "a class of remainders is equal to many numbers, and one that is equal to all is not believed",
        "class Mod:\n    def __init__(self, n): self.n = n % 7\n    def __eq__(self, other): return (other - self.n) % 7 == 0",
        "assert Mod(10) == 3 and Mod(10) == 17",
        wrong=(
            "class Mod:\n    def __init__(self, n): pass\n    def __eq__(self, other): return isinstance(other, int)",
            "class Mod:\n    def __init__(self, n): pass\n    def __eq__(self, other): return isinstance(other, int) and other < 99",
        ),
    ),
    Case(
        "type is class",
        "class Stack:\n    def copy(self): return Stack()",
        "assert type(Stack().copy()) is Stack\nassert Stack().__class__ == Stack\nassert Stack().__class__ is Stack\n"
        "assert type(Stack()).__name__ == 'Stack'\nassert type(Stack()) == type(Stack().copy())",
        wrong=(
            "class Stack:\n    def copy(self): return 5",
            "class Other: pass\nclass Stack:\n    def copy(self): return Other()",
        ),
    ),
    Case(
        "identity",
        "class Item:\n    next = None",
        "a, b = Item(), Item()\na.next = b\nassert a.next is b\nassert a.next is not a\nb.next = a\nassert a.next.next is a\n"
        "assert a in [b, a] and a != b and {a: 1}[b.next] == 1",
        wrong=(
            "class Item:\n    @property\n    def next(self): return Item()\n    @next.setter\n    def next(self, x): pass",
        ),
    ),
    Case(
        "linked list",
        "class Node:\n    def __init__(self, v, n=None): self.value, self.next = v, n\nclass Chain:\n    def __init__(self): self.head = None\n"
        "    def push(self, v):\n        self.head = Node(v, self.head)\n        return self.head",
        "import random\nc = Chain()\nnodes = [c.push(i) for i in range(random.randint(3, 9))]\nassert c.head is nodes[-1]\nn, seen = c.head, []\n"
        "while n is not None:\n    seen.append(n.value)\n    n = n.next\nassert seen == list(range(len(nodes)))[::-1]\nassert nodes[-1].next is nodes[-2]",
        wrong=(
            "class Node:\n    def __init__(self, v, n=None): self.value, self.next = v, n\nclass Chain:\n    def __init__(self): self.head = None\n"
            "    def push(self, v):\n        self.head = Node(v, self.head)\n        return Node(v)",
        ),
    ),
    Case(
        "singleton",
        "class One:\n    it = None\n    def __new__(cls):\n        if cls.it is None: cls.it = super().__new__(cls)\n        return cls.it\ndef f(): return One()",
        "assert One() is One()\nassert f() is f()\nassert f() is One()",
        wrong=(
            "class One: pass\ndef f(): return One()",
            "class One:\n    def __eq__(self, o): return True\ndef f(): return One()",
        ),
    ),
    Case(
        "enum",
        "from enum import Enum, Flag\nclass Suit(Enum):\n    CLUBS = 1\n    HEARTS = 2\nclass Bits(Flag):\n    A = 1\n    B = 2",
        "from enum import Enum\nassert Suit(1) is Suit.CLUBS and Suit['CLUBS'] == Suit.CLUBS\nassert [s.name for s in Suit] == ['CLUBS', 'HEARTS']\n"
        "assert len(Suit) == 2 and Suit.CLUBS in Suit\nassert issubclass(Suit, Enum) and isinstance(Suit.CLUBS, Enum) and isinstance(Suit.CLUBS, Suit)\n"
        "assert Suit.HEARTS.value == 2 and Suit.CLUBS != Suit.HEARTS\nassert (Bits.A | Bits.B).value == 3\nassert Bits.A in (Bits.A | Bits.B)",
        wrong=(
            "from enum import Enum, Flag\nclass Suit(Enum):\n    CLUBS = 1\nclass Bits(Flag):\n    A = 1\n    B = 2",
            "class Suit: CLUBS = 1\nclass Bits: A = 1",
        ),
    ),
    Case(
        "hash",
        "class Card:\n    def __init__(self, n): self.n = n\n    def __eq__(self, other): return isinstance(other, Card) and self.n == other.n\n    def __hash__(self): return hash(self.n)",
        "assert len({Card(1), Card(1)}) == 1\nassert len({Card(1), Card(2)}) == 2\nassert hash(Card(5)) == hash(Card(5))\nassert {Card(3): 'x'}[Card(3)] == 'x'",
        wrong=(
            "class Card:\n    def __init__(self, n): self.n = n\n    def __hash__(self): return 1",
            "class Card:\n    def __init__(self, n): self.n = n\n    def __eq__(self, o): return True\n    def __hash__(self): return 1",
            "class Card:\n    def __init__(self, n): self.n = n\n    def __eq__(self, other): return self.n == other.n",
        ),
    ),
    Case(
        "eq asked about a word",
        "class Vector:\n    def __init__(self, x): self.x = x\n    def __eq__(self, other): return isinstance(other, Vector) and self.x == other.x\n"
        "class Interval:\n    def __init__(self, a, b): self.a, self.b = a, b\n    def __contains__(self, x): return isinstance(x, (int, float)) and self.a <= x <= self.b",
        "assert Vector(1) == Vector(1)\nassert Vector(1) != Vector(2)\nassert 2 in Interval(1, 3)\nassert 5 not in Interval(1, 3)",
        right=(
            "class Vector:\n    def __init__(self, x): self.x = x\n    def __eq__(self, other): return self.x == other.x\n"
            "class Interval:\n    def __init__(self, a, b): self.a, self.b = a, b\n    def __contains__(self, x): return self.a <= x <= self.b",
            "class Vector:\n    def __init__(self, x): self.x = x\n    def __eq__(self, other): return np.all(self.x == other.x)\n"
            "class Interval:\n    def __init__(self, a, b): self.a, self.b = a, b\n    def __contains__(self, x): return np.bool_(self.a <= x <= self.b)",
        ),
        wrong=(
            "class Vector:\n    def __init__(self, x): self.x = x\n    def __eq__(self, other): return True\n    def __ne__(self, other): return True\n"
            "class Interval:\n    def __init__(self, a, b): pass\n    def __contains__(self, x): return x != 5",
            "class Vector:\n    def __init__(self, x): self.x = x\n    def __eq__(self, other): return True\n    __ne__ = __eq__\nclass Interval:\n    def __init__(self, a, b): pass\n    def __contains__(self, x): return True",
        ),
    ),
    Case(
        "lesson's and libraries' classes",
        "class Dog(Animal):\n    def speak(self): return 'woof'\nfrom sklearn.linear_model import LinearRegression as Line\nmodel = Line().fit([[0], [1]], [0, 2])\n"
        "class Squares(torch.utils.data.Dataset):\n    def __len__(self): return 3\n    def __getitem__(self, i): return i * i",
        "from sklearn.linear_model import LinearRegression\nassert issubclass(Dog, Animal) and isinstance(Dog(), Animal)\nassert Dog().speak() == 'woof' and Dog().legs == 4\n"
        "assert isinstance(model, LinearRegression)\nassert isinstance(Squares(), torch.utils.data.Dataset)\nassert Dog.__bases__ == (Animal,) and Animal in Dog.__mro__\n"
        "assert 'speak' in Dog.__dict__ and 'legs' not in vars(Dog)\nassert len(Squares()) == 3 and Squares()[2] == 4",
        lesson="class Animal:\n    legs = 4\n    def speak(self): return '...'",
        wrong=(
            "class Dog:\n    legs = 4\n    def speak(self): return 'woof'\nfrom sklearn.linear_model import LinearRegression as Line\nmodel = Line().fit([[0], [1]], [0, 2])\n"
            "class Squares(torch.utils.data.Dataset):\n    def __len__(self): return 3\n    def __getitem__(self, i): return i * i",
            "class Dog(Animal): pass\nmodel = 5\nclass Squares: pass",
        ),
    ),
    Case(
        "errors",
        "def checked(n):\n    if n > 3: raise TooMany('too many')\n    return n\ndef inverse(a): return np.linalg.inv(a)\nclass Short(Exception):\n"
        "    def __init__(self, need):\n        super().__init__(need)\n        self.need = need\nclass VeryShort(Short): pass\ndef pay(n): raise Short(n)\ndef pay_more(n): raise VeryShort(n)\n"
        "import json\ndef parse(t): return json.loads(t)\ndef chain():\n    try: 1 / 0\n    except ZeroDivisionError as e: raise ValueError('x') from e\ndef look(d, k): return d[k]\n"
        "def group(): raise ExceptionGroup('g', [ValueError(1), KeyError('k')])",
        "import json, pytest, unittest\ntry:\n    checked(4)\nexcept TooMany as e:\n    assert str(e) == 'too many' and type(e) is TooMany\nelse:\n    raise AssertionError\n"
        "with np.testing.assert_raises(np.linalg.LinAlgError):\n    inverse(np.zeros((2, 2)))\ntry:\n    pay(5)\nexcept Short as error:\n    assert error.need == 5 and error.args == (5,)\nelse:\n    raise AssertionError\n"
        "try:\n    pay_more(7)\nexcept Short as error:\n    assert error.need == 7 and type(error) is VeryShort\nelse:\n    raise AssertionError\n"
        "with pytest.raises(json.JSONDecodeError) as caught:\n    parse('{')\nassert caught.value.pos == 1\n"
        "with pytest.raises(ValueError, match='x') as caught:\n    chain()\nassert isinstance(caught.value.__cause__, ZeroDivisionError)\n"
        "with pytest.raises(KeyError) as caught:\n    look({}, 'k')\nassert caught.value.args == ('k',) and str(caught.value) == \"'k'\"\n"
        "unittest.TestCase().assertRaises(Short, pay, 3)\nassert issubclass(VeryShort, Short) and issubclass(Short, Exception)\n"
        "try:\n    group()\nexcept* ValueError as g:\n    pass\nexcept* KeyError:\n    pass\nassert Short(3).need == 3 and str(Short(3)) == '3'",
        lesson="class TooMany(Exception): pass",
        wrong=(
            "def checked(n): return n",
            "def checked(n): raise ValueError('too many')",
            "class TooMany(Exception): pass\ndef checked(n): raise Exception('too many')",
        ),
    ),
    Case(
        "hasattr and abstract classes",
        "class Bag:\n    def __len__(self): return 0\n    def __iter__(self): return iter([1, 2])\n    def __contains__(self, x): return x == 1\nclass Plain: pass\nclass Call:\n    def __call__(self): return 3",
        "from collections.abc import Iterable, Sized, Hashable, Callable, Iterator, Container\nassert hasattr(Bag, '__len__') and hasattr(Bag(), '__len__') and not hasattr(Bag, '__add__')\n"
        "assert isinstance(Bag(), Iterable) and isinstance(Bag(), Sized) and isinstance(Bag(), Container)\nassert not isinstance(Plain(), Iterable) and not isinstance(Bag(), Iterator)\n"
        "assert callable(Call()) and isinstance(Call(), Callable) and not callable(Plain())\nassert isinstance(Plain(), Hashable)\nassert list(Bag()) == [1, 2] and 1 in Bag()\n"
        "try:\n    len(Plain())\nexcept TypeError:\n    pass\nelse:\n    raise AssertionError\nassert not Bag()\nassert Bag.__len__(Bag()) == 0",
        wrong=(
            "class Bag: pass\nclass Plain: pass\nclass Call: pass",
            "class Bag:\n    def __len__(self): return 0\nclass Plain: pass\nclass Call: pass",
        ),
    ),
    Case(
        "looking into objects",
        "class P:\n    '''A point.'''\n    count = 0\n    def __init__(self, x: int, y=2): self.x, self.y = x, y\n    @property\n    def sum(self): return self.x + self.y\n    @sum.setter\n    def sum(self, v): self.x = v - self.y\n"
        "    @staticmethod\n    def zero(): return P(0, 0)\n    @classmethod\n    def one(cls): return cls(1, 1)\n    def __format__(self, s): return f'{self.x:{s}}'\n    def __repr__(self): return f'P({self.x})'\n"
        "def f(a, b=3, *args, key='k', **rest):\n    '''Doc.'''\n    local = a\n    return local",
        "import inspect, copy\np = P(1)\nassert hasattr(p, 'x') and not hasattr(p, 'z') and getattr(p, 'z', 7) == 7\nassert 'x' in dir(p) and vars(p) == {'x': 1, 'y': 2} and p.__dict__ == vars(p)\n"
        "assert f.__defaults__ == (3,) and f.__kwdefaults__ == {'key': 'k'} and f.__doc__ == 'Doc.' and f.__name__ == 'f'\nassert f.__code__.co_varnames[:2] == ('a', 'b') and f.__code__.co_argcount == 2\n"
        "assert str(inspect.signature(f)) == \"(a, b=3, *args, key='k', **rest)\"\nassert inspect.isfunction(f) and inspect.isclass(P) and 'return local' in inspect.getsource(f)\nassert inspect.ismethod(p.__init__) and P.__doc__ == 'A point.'\n"
        "q = copy.copy(p)\nassert q is not p and q.x == 1\nr = copy.deepcopy(p)\nr.x = 9\nassert p.x == 1 and r.x == 9\nassert f'{p:03}' == '001' and format(p, '') == '1' and str(p) == 'P(1)'\n"
        "p.sum = 10\nassert p.x == 8 and p.sum == 10\nP.count = 4\nassert p.count == 4 and P.count == 4\ndel p.x\nassert not hasattr(p, 'x')\nassert P.zero().x == 0 and P.one().y == 1 and type(P.one()) is P\nassert P.one().__class__.__name__ == 'P'\n"
        "assert f(5) == 5 and f(a=6) == 6 and f(1, origin=2) == 1 and f(1, self=3) == 1\nassert dict(inspect.getmembers(P.one()))['x'] == 1\nassert P.__init__(p, 4) is None and p.x == 4\nassert inspect.signature(P).parameters['x'].annotation is int\nassert not inspect.isabstract(P)",
        wrong=("class P: pass\ndef f(): pass",),
    ),
    Case(
        "dataclass",
        "from dataclasses import dataclass, field\n@dataclass(order=True)\nclass D:\n    a: int\n    b: list = field(default_factory=list)",
        "import dataclasses\nassert dataclasses.is_dataclass(D) and dataclasses.asdict(D(1, [2])) == {'a': 1, 'b': [2]}\nassert dataclasses.astuple(D(1)) == (1, [])\nassert [f.name for f in dataclasses.fields(D)] == ['a', 'b']\n"
        "assert dataclasses.replace(D(1), a=5) == D(5)\nassert D(1) == D(1) and D(1) != D(2) and D(1) < D(2)\nassert sorted([D(3), D(1)])[0].a == 1\nassert repr(D(1)) == 'D(a=1, b=[])'",
        wrong=(
            "class D:\n    def __init__(self, a, b=()): self.a, self.b = a, b",
            "from dataclasses import dataclass\n@dataclass\nclass D:\n    a: int\n    b: int = 0",
        ),
    ),
    Case(
        "protocols",
        "import math\nclass T:\n    def __enter__(self):\n        self.on = True\n        return self\n    def __exit__(self, *a): self.on = False\nclass Ignore:\n    def __enter__(self): return 5\n    def __exit__(self, kind, e, tb): return kind is ValueError\n"
        "class N:\n    def __floor__(self): return 1\n    def __ceil__(self): return 2\n    def __trunc__(self): return 3\n    def __index__(self): return 4\n    def __bytes__(self): return b'x'\n    def __reversed__(self): return iter([2, 1])\n    def __bool__(self): return False\n    def __int__(self): return 8\n    def __float__(self): return 0.5\n"
        "def gen():\n    got = yield 1\n    yield got\nclass A:\n    async def __aenter__(self): return 3\n    async def __aexit__(self, *a): pass\n    def __aiter__(self):\n        self.n = 0\n        return self\n    async def __anext__(self):\n        self.n += 1\n        if self.n > 2: raise StopAsyncIteration\n        return self.n",
        "import math, operator\nwith T() as t:\n    assert t.on\nassert not t.on\nwith Ignore() as five:\n    assert five == 5\n    raise ValueError\nn = N()\nassert (math.floor(n), math.ceil(n), math.trunc(n), operator.index(n), bytes(n)) == (1, 2, 3, 4, b'x')\nassert list(reversed(n)) == [2, 1] and not n and int(n) == 8 and float(n) == 0.5 and 'abcde'[n] == 'e'\n"
        "g = gen()\nassert next(g) == 1 and g.send(7) == 7\ng.close()\nassert next(g, 'end') == 'end'\nasync with A() as three:\n    assert three == 3\nassert [i async for i in A()] == [1, 2]",
        wrong=(
            "class T:\n    def __enter__(self): return self\n    def __exit__(self, *a): return True\nclass Ignore(T): pass\n",
        ),
    ),
    Case(
        "a block that swallows what a test says",
        "class T:\n    def __init__(self): self.n = 0\n    def __enter__(self):\n        self.n += 1\n        return self\n    def __exit__(self, *a): pass",
        "with T() as t:\n    assert t.n == 1",
        wrong=("class T:\n    n = 3\n    def __enter__(self): return self\n    def __exit__(self, *a): return True",),
    ),
    Case(
        "subclasses of containers stay alive",
        "from collections import UserList, UserDict, deque, OrderedDict\nclass S(list):\n    def push(self, x): self.append(x)\n    def peek(self): return self[-1]\nclass Bag(dict):\n    def add(self, k): self[k] = self.get(k, 0) + 1\nclass U(UserList):\n    def twice(self): return [2 * x for x in self.data]\n"
        "class Q(deque):\n    def first(self): return self[0]\nclass L(OrderedDict):\n    def get2(self, k):\n        self.move_to_end(k)\n        return self[k]\nclass Low(dict):\n    def __getitem__(self, k): return super().__getitem__(k.lower())\nclass W(set):\n    pass",
        "s = S()\ns.push(3)\ns.append(4)\nassert s == [3, 4] and len(s) == 2 and s.peek() == 4 and list(s) == [3, 4] and 3 in s and s[0] == 3 and s\ns[0] = 9\nassert s == [9, 4] and s + [1] == [9, 4, 1]\nassert isinstance(s, list) and type(s) is S and s.pop() == 4 and len(s) == 1\n"
        "b = Bag()\nb.add('x')\nb.add('x')\nassert b == {'x': 2} and b['x'] == 2 and 'x' in b and dict(b) == {'x': 2} and list(b.items()) == [('x', 2)] and isinstance(b, dict)\nu = U([1])\nu.append(2)\nassert u == [1, 2] and u.twice() == [2, 4] and len(u) == 2 and [x for x in u] == [1, 2]\n"
        "q = Q([1, 2])\nq.appendleft(0)\nassert q.first() == 0 and len(q) == 3 and list(q) == [0, 1, 2] and isinstance(q, collections.deque)\nl = L(a=1, b=2)\nassert l.get2('a') == 1 and list(l) == ['b', 'a']\nw = Low(a=1)\nassert w['A'] == 1\nx = W([1])\nx.add(2)\nassert x == {1, 2} and len(x) == 2 and x | {3} == {1, 2, 3} and {0} | x == {0, 1, 2}",
        wrong=("class S(list):\n    def push(self, x): pass\n    def peek(self): return 4",),
    ),
    Case(
        "operators",
        "class V:\n    def __init__(self, *p): self.p = list(p)\n    def __add__(self, o): return V(*(a + b for a, b in zip(self.p, o.p)))\n    def __iadd__(self, o):\n        self.p = [a + b for a, b in zip(self.p, o.p)]\n        return self\n    def __rmul__(self, k): return V(*(k * a for a in self.p))\n    def __neg__(self): return V(*(-a for a in self.p))\n    def __eq__(self, o): return self.p == o.p\n    def __lt__(self, o): return self.p < o.p\n    def __getitem__(self, i): return self.p[i]\n    def __setitem__(self, i, x): self.p[i] = x",
        "a, b = V(1, 2), V(3, 4)\nassert a + b == V(4, 6) and 2 * a == V(2, 4) and -a == V(-1, -2) and a < b and a[1] == 2\nc = a\na += b\nassert a is c and a == V(4, 6)\na[0] = 7\nassert a.p == [7, 6] and sum([V(1), V(2)], V(0)) == V(3)\nassert max([V(1), V(5)]).p == [5]\ntry:\n    a - b\nexcept TypeError:\n    pass\nelse:\n    raise AssertionError",
        wrong=(
            "class V:\n    def __init__(self, *p): self.p = list(p)\n    def __add__(self, o): return self\n    def __eq__(self, o): return True\n    __rmul__ = __iadd__ = __add__\n    def __neg__(self): return self",
        ),
    ),
    Case(
        "functions with attributes",
        "import functools\n@functools.lru_cache\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nhalf = functools.partial(pow, 2)\ndef logged(f):\n    @functools.wraps(f)\n    def inner(*a):\n        inner.calls += 1\n        return f(*a)\n    inner.calls = 0\n    return inner\n@logged\ndef g(x): return x + 1\nmk = lambda: (lambda: 3)",
        "import functools\nassert fib(10) == 55 and fib.cache_info().misses == 11\nfib.cache_clear()\nassert half(3) == 8 and isinstance(half, functools.partial)\nassert g(1) == 2 and g.calls == 1 and g.__name__ == 'g' and g.__wrapped__(4) == 5 and mk()() == 3",
        wrong=("def fib(n): return 55\nhalf = None",),
    ),
    Case(
        "named tuples",
        "from collections import namedtuple\nfrom typing import NamedTuple\nP = namedtuple('P', 'x y')\nclass Q(NamedTuple):\n    a: int\n    def twice(self): return 2 * self.a\ndef f(): return P(1, 2)",
        "p = P(1, 2)\nassert p == (1, 2) and p.x == 1 and isinstance(p, tuple) and type(p) is P and p._fields == ('x', 'y') and p._asdict() == {'x': 1, 'y': 2}\nassert Q(3).twice() == 6 and f().y == 2 and hash(p) == hash((1, 2)) and [*p] == [1, 2] and p[1] == 2 and p < (2, 0)\nx, y = f()\nassert y == 2 and p._replace(x=5).x == 5",
        wrong=(
            "class P:\n    x, y = 1, 2\n    def __init__(self, *a): pass\n    def __eq__(self, o): return not isinstance(o, str)\nclass Q(P): pass\ndef f(): return P()",
        ),
    ),
    Case(
        "no right is gained by a second way to an object",
        "class Leaf:\n    value = 5\n    def same(self): return 5\nclass Tree:\n    def __init__(self): self.value = Leaf()\n    def same(self): return Leaf()",
        "l, t = Leaf(), Tree()\nassert l.value == 5\nassert t.value.value == 5\nassert l.same() == 5 and t.same().value == 5",
        wrong=(
            "class Yes:\n    def __eq__(self, o): return not isinstance(o, str)\nclass It:\n    def __getattr__(self, n): return Yes()\n    def same(self): return Yes()\nit = It()\ndef Leaf(): return it\ndef Tree(): return it",
        ),
    ),
    Case(
        "a list's subclass decides nothing where the solution's doesn't",
        "class S(list):\n    def push(self, x): self.append(x)",
        "s = S()\ns.push(3)\nassert s == [3] and len(s) == 1 and 3 in s and [x for x in s] == [3]",
        right=(
            "class S(list):\n    def push(self, x): self.append(x)\n    def __len__(self): return sum(1 for _ in self)",
        ),
        wrong=(
            "class S(list):\n    def push(self, x): pass\n    def __eq__(self, o): return not isinstance(o, str)\n    def __len__(self): return 1\n    def __contains__(self, x): return True\n    def __iter__(self): return iter([3])\n    __hash__ = None",
        ),
    ),
    Case(
        "sets and dictionaries are not fooled by hashes",
        "class Card:\n    def __init__(self, n): self.n = n\n    def __eq__(self, o): return isinstance(o, Card) and self.n == o.n\n    def __hash__(self): return hash(self.n)\ndef deck(): return {Card(1), Card(2)}\ndef count(): return 3",
        "assert deck() == {Card(1), Card(2)}\nassert Card(1) in deck() and Card(5) not in deck()\nassert count() in {3, 4} and count() == 3",
        wrong=(
            "class Card:\n    def __init__(self, n): self.n = n\n    def __eq__(self, o): return not isinstance(o, str)\n    def __hash__(self): return 3\ndef deck(): return {Card(1), Card(2)}\ndef count(): return Card(3)",
        ),
    ),
    Case(
        "lying words about classes earn no more than an honest class",
        "class Shape:\n    def area(self): return 1.0\nclass Square(Shape):\n    def __init__(self, a): self.a = a\n    def area(self): return self.a ** 2\ndef total(shapes): return sum(s.area() for s in shapes)",
        "import numbers\nassert isinstance(Square(2), Shape) and Square(3).area() == 9\nassert not isinstance(Square(2), (int, float, str, list, np.ndarray, torch.Tensor, numbers.Number))\nassert total([Square(1), Square(2)]) == 5",
        wrong=(
            "class Shape: pass\nclass Square(Shape):\n    def __init__(self, a): pass\n    def area(self): return type('float', (), {'__eq__': lambda s, o: True, '__module__': 'builtins', '__qualname__': 'float'})()\ndef total(s): return 5",
            "class Shape: pass\nShape.__module__, Shape.__qualname__ = 'builtins', 'float'\nclass Square(Shape):\n    def __init__(self, a): pass\n    def area(self): return 9\ndef total(s): return 0",
        ),
    ),
    Case(
        "answers that never end or end the process",
        "class It:\n    def __iter__(self): return iter([1, 2])\ndef f(): return 1",
        "assert list(It()) == [1, 2] and f() == 1",
        wrong=(
            "class It:\n    def __iter__(self): raise SystemExit\ndef f(): return 1",
            "class It:\n    def __iter__(self): return iter([1, 2])\ndef f(): raise GeneratorExit",
            "import pytest\nclass It:\n    def __iter__(self): return iter([1, 2])\ndef f(): pytest.fail('x')",
        ),
    ),
]
