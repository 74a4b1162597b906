"""All that courses have, one of each kind: plots, operators, recursion errors, signatures, sources, warnings, files, mocks."""

# %% lesson setup
import asyncio, io, inspect, math, random, unittest
from contextlib import redirect_stdout
from dataclasses import dataclass
import matplotlib.pyplot as plt
import numpy as np
import torch
from helper import thrice

# %% answer variable
answer = {'a': [1, 2], 'b': 'text'}

# %% wrong
answer = {}

# %% subtle
answer = {'a': [1, 2], 'b': 'text', 'c': None}

# %% test variable 2
assert answer['a'][1] == 2
assert set(answer) == {'a', 'b'}
assert isinstance(answer, dict)

# %% answer array
grid = np.arange(6).reshape(2, 3)

# %% wrong
grid = np.arange(6)

# %% subtle
grid = np.arange(6.0).reshape(2, 3)

# %% test array 2
np.testing.assert_array_equal(grid, [[0, 1, 2], [3, 4, 5]])
assert grid.shape == (2, 3) and grid.dtype.kind == 'i'

# %% answer figure
figure, axes = plt.subplots()
axes.plot([1, 2], [3, 4])
axes.set_title('Growth')
axes.set_xlabel('t')

# %% wrong
figure, axes = plt.subplots()

# %% subtle
figure, axes = plt.subplots()
axes.plot([1, 2], [3, 4])
axes.set_title('growth')
axes.set_xlabel('t')

# %% test figure 2
assert axes.get_title() == 'Growth'
assert axes.get_xlabel() == 't'
assert len(axes.lines) == 1
np.testing.assert_allclose(axes.lines[0].get_ydata(), [3, 4])
plt.close('all')

# %% answer class
class Money:
    def __init__(self, amount): self.amount = amount
    def __add__(self, other): return Money(self.amount + other.amount)
    def __eq__(self, other): return isinstance(other, Money) and self.amount == other.amount
    def __lt__(self, other): return self.amount < other.amount
    def __repr__(self): return f'{self.amount} zl'
    def __getitem__(self, k): return str(self.amount)[k]
    def __call__(self): return self.amount
    def __contains__(self, x): return x == self.amount
    def __hash__(self): return 7
    @property
    def double(self): return 2 * self.amount
    @staticmethod
    def zero(): return Money(0)

# %% wrong
class Money:
    def __init__(self, amount): self.amount = amount

# %% test class 2
m = Money(3) + Money(4)
assert m.amount == 7 and m == Money(7) and Money(1) < m
assert repr(m) == '7 zl'
assert str(m) == '7 zl' and f'{m}' == '7 zl'
assert m[0] == '7' and m() == 7 and m.double == 14
assert Money.zero().amount == 0
assert isinstance(m, Money) and not isinstance(3, Money)
m.amount = 9
assert m() == 9
assert sorted([Money(2), Money(1)])[0].amount == 1
assert hasattr(m, 'double') and not hasattr(m, 'x')
assert 9 in m
assert m != Money(1)

# %% answer class-name
class Shape:
    pass

# %% wrong
class Shapes:
    pass
Shape = Shapes

# %% test class-name 2
assert type(Shape()).__name__ == 'Shape'

# %% answer dataclass
@dataclass
class Point:
    x: int
    y: int = 0

# %% wrong
class Point:
    pass

# %% test dataclass 2
p = Point(1)
assert (p.x, p.y) == (1, 0)
assert p == Point(1, 0)
assert repr(p) == 'Point(x=1, y=0)'

# %% answer generator
def evens(n):
    for k in range(0, n, 2):
        yield k

# %% wrong
def evens(n):
    yield 1

# %% subtle
def evens(n):
    return [k for k in range(0, n + 1, 2)]

# %% other
def evens(n):
    return (2 * k for k in range((n + 1) // 2))

# %% test generator 2
assert list(evens(6)) == [0, 2, 4]
assert next(evens(3)) == 0
assert sum(evens(10)) == 20

# %% answer exception
class TooLow(ValueError):
    pass
def low(x):
    if x < 0:
        raise TooLow('too low')
    return x

# %% wrong
class TooLow(ValueError):
    pass
def low(x):
    raise ValueError

# %% subtle
class TooLow(ValueError):
    pass
def low(x):
    if x <= 0:
        raise TooLow('low')
    return x

# %% test exception 2
try:
    low(-1)
except TooLow as error:
    assert str(error) == 'too low'
else:
    assert False
assert low(2) == 2

# %% answer recursion
def depth(tree):
    return 1 + max(map(depth, tree), default=0)

# %% wrong
def depth(tree):
    return depth(tree)

# %% test recursion 2
assert depth([[], [[]]]) == 3
assert depth([]) == 1

# %% answer decorator
def counted(f):
    def inner(*args):
        inner.calls += 1
        return f(*args)
    inner.calls = 0
    return inner

# %% wrong
def counted(f):
    return f

# %% subtle
def counted(f):
    def inner(*args):
        inner.calls = 1
        return f(*args)
    return inner

# %% test decorator 2
@counted
def add(a, b):
    return a + b
assert add(1, 2) == 3 and add(2, 2) == 4
assert add.calls == 2

# %% answer unittest
def twice(x):
    return x + x

# %% wrong
def twice(x):
    return 5

# %% subtle
def twice(x):
    return 2 * float(x)

# %% other
twice = lambda x: 2 * x + 0

# %% test unittest 2
class TestTwice(unittest.TestCase):
    def test_two(self):
        self.assertEqual(twice(2), 4)
    def test_text(self):
        self.assertRaises(TypeError, twice, None)
    def test_close(self):
        self.assertAlmostEqual(twice(0.1), 0.2)
result = unittest.TextTestRunner(stream=io.StringIO()).run(unittest.TestLoader().loadTestsFromTestCase(TestTwice))
assert result.wasSuccessful()

# %% answer approx
def third(x):
    return x / 3

# %% wrong
def third(x):
    return 0.3

# %% other
def third(x):
    return np.float64(x) / 3 if x != 'a' else x / 3

# %% test approx 2
import pytest
assert third(1) == pytest.approx(1 / 3)
with pytest.raises(TypeError):
    third('a')

# %% answer signature
def area(width, height=2):
    '''The area.'''
    return width * height

# %% wrong
def area(a):
    return a

# %% subtle
def area(width, height=2):
    # The area.
    return width * height

# %% test signature 2
assert list(inspect.signature(area).parameters) == ['width', 'height']
assert inspect.signature(area).parameters['height'].default == 2
assert area.__doc__ and area.__name__ == 'area'
assert callable(area) and inspect.isfunction(area)

# %% answer source
def total(items):
    return sum(items)

# %% wrong
def total(items):
    t = 0
    for i in items:
        t += i
    return t

# %% test source 2
assert 'for' not in inspect.getsource(total)
assert total([1, 2]) == 3

# %% answer helper
def nine(x):
    return thrice(thrice(x))

# %% wrong
def nine(x):
    return x

# %% test helper 2
assert nine(2) == thrice(6)

# %% answer data
def load():
    return np.loadtxt('data/numbers.csv', delimiter=',')

# %% wrong
def load():
    return 3

# %% test data 2
assert load().sum() == np.loadtxt('data/numbers.csv', delimiter=',').sum() == 10

# %% answer derived
def power(x):
    return x**2

# %% wrong
def power(x):
    return x

# %% lesson derived-between
squares = [power(n) for n in range(3)]
def applied(x):
    return power(x) + 1
table = {'two': np.full(2, power(2))}

# %% test derived 2
assert squares == [0, 1, 4]
assert applied(3) == 10
assert table['two'].sum() == 8

# %% answer seeded
def draw():
    return np.random.rand(3)

# %% wrong
def draw():
    return np.full(3, -1)

# %% test seeded 2
first = draw()
assert len(first) == 3
assert (first >= 0).all()

# %% answer torch
def loss(w):
    return (w**2).sum()

# %% wrong
def loss(w):
    return (w.detach()**2).sum()

# %% test torch 2
w = torch.tensor([1.0, 2.0], requires_grad=True)
loss(w).backward()
assert torch.allclose(w.grad, torch.tensor([2.0, 4.0]))

# %% answer module
net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))

# %% wrong
net = torch.nn.Linear(2, 1)

# %% test module 2
assert isinstance(net, torch.nn.Module)
assert net(torch.zeros(5, 2)).shape == (5, 1)
assert sum(p.numel() for p in net.parameters()) == 13
assert isinstance(net[0], torch.nn.Linear)
assert net[0].in_features == 2

# %% answer print
def hello(name):
    print('Hello,', name)

# %% wrong
def hello(name):
    return 'Hello, ' + name

# %% subtle
def hello(name):
    print('Hello,', name, end='')

# %% test print 2
heard = io.StringIO()
with redirect_stdout(heard):
    hello('Ada')
assert heard.getvalue() == 'Hello, Ada\n'

# %% answer async
async def soon(x):
    await asyncio.sleep(0)
    return x + 1

# %% wrong
async def soon(x):
    return x

# %% test async 2
assert await soon(1) == 2

# %% answer partial
def rank(items):
    return sorted(items)

# %% wrong
def rank(items):
    return items

# %% test partial 2
points = 0
if rank([2, 1]) == [1, 2]:
    points += 1.5
if rank([]) == []:
    points += 0.5
points

# %% answer warning
def old(x):
    import warnings
    warnings.warn('old')
    return x

# %% wrong
def old(x):
    return 0

# %% other
def old(x):
    return x

# %% test warning 2
assert old(3) == 3

# %% answer mutation
def clear(items):
    items[:] = []

# %% wrong
def clear(items):
    items = []

# %% subtle
def clear(items):
    items.clear()
    return items

# %% test mutation 2
items = [1]
assert clear(items) is None
assert items == []

# %% answer callback
def apply(f, x):
    return f(f(x))

# %% wrong
def apply(f, x):
    return f(x)

# %% test callback 2
assert apply(lambda n: n + 3, 1) == 7
assert apply(str.upper, 'a') == 'A'

# %% answer matrix
M = np.eye(2) * 2

# %% wrong
M = 5

# %% test matrix 2
assert (M @ np.ones(2)).tolist() == [2, 2]
assert np.allclose(np.linalg.det(M), 4)

# %% answer closure
def adder(n):
    return lambda x: x + n

# %% wrong
def adder(n):
    return n

# %% subtle
def adder(n):
    return lambda x, n=1: x + n

# %% test closure 2
assert adder(2)(3) == 5
assert list(map(adder(1), [1, 2])) == [2, 3]

# %% answer string
text = 'one two two'
counts = {w: text.split().count(w) for w in set(text.split())}

# %% wrong
text = ''
counts = {}

# %% other
from collections import Counter
text = 'one two two'
counts = Counter(text.split())

# %% test string 2
assert counts == {'one': 1, 'two': 2}
assert text.count('two') == 2

# %% answer file
with open('out.txt', 'w') as file:
    file.write('done')

# %% wrong
pass

# %% test file 2
assert open('out.txt').read() == 'done'

# %% answer written
#! %%writefile tool.py
def five():
    return 5

# %% wrong
#! %%writefile tool.py
x = 1

# %% test written 2
import tool
assert tool.five() == 5

# %% answer input
def ask():
    return int(input('n? ')) + 1

# %% wrong
def ask():
    return 0

# %% test input 2
from unittest import mock
with mock.patch('builtins.input', lambda *_: '4'):
    assert ask() == 5

# %% answer patched
def roll():
    return random.randint(1, 6)

# %% wrong
def roll():
    return 7

# %% subtle
def roll():
    return random.choice([1, 2, 4, 5, 6])

# %% test patched 2
from unittest import mock
with mock.patch('random.randint', return_value=3):
    assert roll() == 3

# %% manual words 3
#! Words

# %% right warning subtle 2: nbgrader takes whatever a grade cell writes to stderr for a failure

# %% right warning solution 2: nbgrader takes whatever a grade cell writes to stderr for a failure

# %% file helper.py
def thrice(x):
    return 3 * x

# %% file data/numbers.csv
#! 1,2
#! 3,4
