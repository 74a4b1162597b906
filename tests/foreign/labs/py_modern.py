"""Newer Python: async functions, match, walrus, typing, positional-only parameters, itertools and sets."""

# %% lesson
import asyncio
import itertools
from typing import NamedTuple

class Command(NamedTuple):
    name: str
    args: tuple = ()

# %% answer fetch
async def fetch_all(fetch, names):
    return dict(zip(names, await asyncio.gather(*(fetch(n) for n in names))))

# %% wrong
async def fetch_all(fetch, names):
    return {}

# %% subtle
async def fetch_all(fetch, names):
    return dict(zip(names, [fetch(n) for n in names]))

# %% other
async def fetch_all(fetch, names):
    result = {}
    for n in names:
        result[n] = await fetch(n)
    return result

# %% test fetch 2
async def fake_fetch(name):
    await asyncio.sleep(0)
    return len(name)

assert await fetch_all(fake_fetch, ["a", "bbb"]) == {"a": 1, "bbb": 3}

# %% answer run
def run(command):
    match command:
        case Command("add", (a, b)):
            return a + b
        case Command("say", (text,)):
            return f"{text}!"
        case Command(name):
            raise ValueError(f"unknown command {name}")

# %% wrong
def run(command):
    return None

# %% subtle
def run(command):
    if command.name == "add":
        return command.args[0] + command.args[1]
    return f"{command.args[0]}!"

# %% test run 2
assert run(Command("add", (2, 3))) == 5
assert run(Command("say", ("hey",))) == "hey!"
try:
    run(Command("fly", (1,)))
    assert False
except ValueError as error:
    assert "fly" in str(error)

# %% answer pairs
def triangles(n):
    return {(a, b, c) for a, b in itertools.combinations(range(1, n), 2) if (c := round((a * a + b * b) ** 0.5)) < n and a * a + b * b == c * c}

# %% wrong
def triangles(n):
    return set()

# %% subtle
def triangles(n):
    return [(a, b, c) for a in range(1, n) for b in range(1, n) for c in range(1, n) if a * a + b * b == c * c]

# %% test pairs 2
found = triangles(20)
assert isinstance(found, set)
assert found == {(3, 4, 5), (5, 12, 13), (6, 8, 10), (8, 15, 17), (9, 12, 15)}
assert frozenset({3, 4, 5}) in {frozenset(t) for t in found}

# %% answer positional
def clamp(x, /, low=0, high=1):
    return min(max(x, low), high)

# %% wrong
def clamp(x):
    return x

# %% subtle
def clamp(x, low=0, high=1):
    return max(min(x, low), high)

# %% test positional 1
assert clamp(5) == 1 and clamp(-2, low=-1) == -1 and clamp(0.5) == 0.5
assert clamp(15, 0, 10) == 10
try:
    clamp(x=1)
except TypeError:
    pass
else:
    raise AssertionError("x is positional only")

# %% answer sets
def common(*collections):
    return set.intersection(*map(set, collections)) if collections else set()

# %% wrong
def common(*collections):
    return set()

# %% subtle
def common(*collections):
    return set.intersection(*map(set, collections))

# %% test sets 1
assert common([1, 2, 3], (2, 3, 4), {3, 2}) == {2, 3}
assert common("abc", "cb") == {"b", "c"}
assert common() == set()
assert common({1: "x"}.keys(), range(3)) == {1}

# %% answer bits
def gray_codes(n):
    return [format(i ^ (i >> 1), f"0{n}b") for i in range(2 ** n)]

# %% wrong
def gray_codes(n):
    return []

# %% subtle
def gray_codes(n):
    return [format(i, f"0{n}b") for i in range(2 ** n)]

# %% test bits 2
for n in range(1, 6):
    codes = gray_codes(n)
    assert len(set(codes)) == 2 ** n
    for a, b in itertools.pairwise(codes):
        assert sum(x != y for x, y in zip(a, b)) == 1
