"""Answers over several cells that need each other: counters, caches and globals that functions change, earlier answers in later tests, del, partial credit."""

# %% free
import functools
import sys
import time
log = []
total = 0

# %% lesson
LIMIT = 3
inventory = {"apple": 5, "pear": 2}
def record(event):
    """Given: keeps an event in the global log."""
    log.append(event)
    return len(log)

# %% answer counter
def count_up(step=1):
    """Add to the global total; record each call."""
    global total
    total += step
    record(("up", step))
    return total

# %% wrong
def count_up(step=1):
    return total + step

# %% subtle
def count_up(step=1):
    global total
    total = total + step
    log.append(("up", step))

# %% other
def count_up(step=1):
    globals()["total"] += step
    record(("up", step))
    return globals()["total"]

# %% test counter 3
log.clear()
total = 10
assert count_up() == 11
assert count_up(4) == 15
assert total == 15
assert log == [("up", 1), ("up", 4)], log

# %% answer shop
def buy(name, n=1):
    """Take n of a thing from the inventory; return what is left."""
    if inventory.get(name, 0) < n:
        raise LookupError(f"not enough {name}s")
    inventory[name] -= n
    if not inventory[name]:
        del inventory[name]
    return inventory.get(name, 0)

# %% wrong
def buy(name, n=1):
    return inventory[name] - n

# %% subtle
def buy(name, n=1):
    inventory[name] -= n
    return inventory[name]

# %% other
def buy(name, n=1):
    left = inventory.pop(name, 0) - n
    if left < 0:
        if left + n:
            inventory[name] = left + n
        raise KeyError(name)
    if left > 0:
        inventory.update({name: left})
    return left

# %% test shop 3
start = dict(inventory)
assert buy("apple", 2) == 3
assert inventory["apple"] == 3
assert buy("pear", 2) == 0 and "pear" not in inventory
try:
    buy("apple", 9)
    raise RuntimeError("sold too much")
except LookupError:
    pass
assert inventory == {"apple": 3}
inventory = {"plum": 1}
assert buy("plum") == 0
inventory.update(start)

# %% test shop-again 1
assert inventory == {"apple": 5, "pear": 2}
assert buy("pear") == 1

# %% answer cache
calls = 0
@functools.lru_cache(maxsize=None)
def slow_square(n):
    global calls
    calls += 1
    return n * n

# %% wrong
calls = 0
def slow_square(n):
    global calls
    calls += 1
    return n * n

# %% subtle
calls = 0
memo = {}
def slow_square(n):
    global calls
    calls = len(memo)
    memo[n] = n * n
    return memo[n]

# %% other
calls = 0
_known = {}
def slow_square(n):
    global calls
    if n not in _known:
        calls += 1
        _known[n] = n * n
    return _known[n]

# %% test cache 2
before = calls
assert [slow_square(k) for k in (3, 4, 3, 4, 3)] == [9, 16, 9, 16, 9]
assert calls - before == 2, f"{calls - before} computations"

# %% answer steps-one
celsius = [-10, 0, 15, 37]
fahrenheit = [c * 1.8 + 32 for c in celsius]

# %% wrong
celsius = [-10, 0, 15, 37]
fahrenheit = celsius

# %% other
celsius = [-10, 0, 15, 37]
fahrenheit = []
for c in celsius:
    fahrenheit.append(9 / 5 * c + 32)

# %% test steps-one 1
assert len(fahrenheit) == len(celsius)
assert all(abs(f - (c * 9 / 5 + 32)) < 1e-9 for c, f in zip(celsius, fahrenheit))

# %% answer steps-two
pairs = dict(zip(celsius, fahrenheit))
warm = {c: f for c, f in pairs.items() if f > 50}
del pairs

# %% wrong
warm = {}

# %% subtle
pairs = list(zip(celsius, fahrenheit))
warm = [(c, f) for c, f in pairs if f > 50]

# %% other
warm = {c: fahrenheit[i] for i, c in enumerate(celsius) if fahrenheit[i] > 50}

# %% test steps-two 2
assert set(warm) == {15, 37}
assert warm[37] == fahrenheit[celsius.index(37)]
celsius.append(100)
fahrenheit.append(212)
assert len(celsius) == 5

# %% answer limited
def limited(f):
    """At most LIMIT calls; then a RuntimeError."""
    used = 0
    @functools.wraps(f)
    def inner(*args, **kwargs):
        nonlocal used
        if used >= LIMIT:
            raise RuntimeError("too many calls")
        used += 1
        return f(*args, **kwargs)
    return inner

# %% wrong
def limited(f):
    return f

# %% subtle
def limited(f, used=[0]):
    def inner(*args):
        used[0] += 1
        if used[0] > 3:
            raise RuntimeError
        return f(*args)
    return inner

# %% other
class limited:
    def __init__(self, f):
        functools.update_wrapper(self, f)
        self.f, self.left = f, None
    def __call__(self, *args, **kwargs):
        if self.left is None:
            self.left = LIMIT
        if self.left == 0:
            raise RuntimeError("no calls left")
        self.left -= 1
        return self.f(*args, **kwargs)

# %% test limited 3
@limited
def greet(name, mark="!"):
    """Greets."""
    return name + mark
assert [greet("a"), greet("b", mark="?"), greet("c")] == ["a!", "b?", "c!"]
try:
    greet("d")
except RuntimeError:
    blocked = True
else:
    blocked = False
assert blocked and greet.__name__ == "greet"
LIMIT = 1
again = limited(len)
assert again("abc") == 3
try:
    again("abc")
except RuntimeError as e:
    pass
else:
    raise AssertionError("LIMIT is read when the function is called")

# %% code words 3
# Explain with an example what a global variable is.
example = 1
def changes():
    global example
    example = 2

# %% subtle
example = 1

# %% test credit 4
score = 0
if total >= 0 and count_up(0) == total:
    score += 1
if callable(count_up):
    score += 1
if warm.get(15) == 59:
    score += 1
if len(celsius) == len(fahrenheit):
    score += 1
score
