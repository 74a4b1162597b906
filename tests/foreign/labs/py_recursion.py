"""Recursion: memoised functions, flattening, permutations, a counted number of calls, big integers."""

# %% lesson
import sys
sys.setrecursionlimit(3000)

# %% answer fib
def fib(n, memo={}):
    if n < 2:
        return n
    if n not in memo:
        memo[n] = fib(n - 1) + fib(n - 2)
    return memo[n]

# %% wrong
def fib(n):
    return n

# %% subtle
def fib(n):
    if n <= 2:
        return 1
    a, b = 1, 1
    for _ in range(n - 2):
        a, b = b, a + b
    return b

# %% other
from functools import lru_cache

@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

# %% test fib 2
assert [fib(i) for i in range(10)] == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
assert fib(100) == 354224848179261915075
assert fib(400) % 1000 == 675

# %% answer flatten
def flatten(nested):
    result = []
    for item in nested:
        if isinstance(item, (list, tuple)):
            result.extend(flatten(item))
        else:
            result.append(item)
    return result

# %% wrong
def flatten(nested):
    return nested

# %% subtle
def flatten(nested):
    result = []
    for item in nested:
        if isinstance(item, list):
            result += item
        else:
            result.append(item)
    return result

# %% other
def flatten(nested):
    if not isinstance(nested, (list, tuple)):
        return [nested]
    return [x for item in nested for x in flatten(item)]

# %% test flatten 2
assert flatten([1, [2, [3, 4], 5], [], [[6]]]) == [1, 2, 3, 4, 5, 6]
assert flatten([]) == []
assert flatten([(1, 2), [3, (4,)]]) == [1, 2, 3, 4]
deep = [0]
for i in range(50):
    deep = [deep, i]
assert len(flatten(deep)) == 51

# %% answer permutations
def permutations(s):
    if len(s) <= 1:
        return {s}
    return {s[i] + rest for i in range(len(s)) for rest in permutations(s[:i] + s[i + 1:])}

# %% wrong
def permutations(s):
    return [s]

# %% subtle
def permutations(s):
    return {s[i:] + s[:i] for i in range(len(s))}

# %% test permutations 2
import itertools
for s in ("ab", "abc", "aab"):
    assert sorted(permutations(s)) == sorted({"".join(p) for p in itertools.permutations(s)})

# %% answer hanoi
def hanoi(n, source="A", target="C", spare="B"):
    if n == 0:
        return []
    return hanoi(n - 1, source, spare, target) + [(source, target)] + hanoi(n - 1, spare, target, source)

# %% wrong
def hanoi(n, source="A", target="C", spare="B"):
    return []

# %% subtle
def hanoi(n, source="A", target="C", spare="B"):
    if n == 0:
        return []
    return hanoi(n - 1, source, target, spare) + [(source, target)] + hanoi(n - 1, spare, target, source)

# %% test hanoi 3
def check_moves(moves, n):
    pegs = {"A": list(range(n, 0, -1)), "B": [], "C": []}
    for a, b in moves:
        disk = pegs[a].pop()
        assert not pegs[b] or pegs[b][-1] > disk, "a larger disk on a smaller one"
        pegs[b].append(disk)
    return pegs["C"] == list(range(n, 0, -1))

for n in range(1, 6):
    moves = hanoi(n)
    assert len(moves) == 2 ** n - 1
    assert check_moves(moves, n)

# %% answer power
calls = 0

def power(x, n):
    global calls
    calls += 1
    if n == 0:
        return 1
    half = power(x, n // 2)
    return half * half if n % 2 == 0 else half * half * x

# %% wrong
calls = 0

def power(x, n):
    return x * n

# %% subtle
calls = 0

def power(x, n):
    global calls
    calls += 1
    return 1 if n == 0 else x * power(x, n - 1)

# %% test power 2
assert power(2, 10) == 1024
assert power(3, 5) == 243
calls = 0
power(2, 500)
assert calls < 20, f"{calls} calls are too many: halve the exponent"
