"""Generators and iterators: laziness, generator functions as arguments, an iterator class, send, itertools."""

# %% lesson
import itertools
import types

# %% answer primes
def primes():
    n = 2
    while True:
        if all(n % p for p in range(2, int(n ** 0.5) + 1)):
            yield n
        n += 1

# %% wrong
def primes():
    return [2, 3, 5, 7]

# %% subtle
def primes():
    yield 2
    n = 3
    while True:
        if all(n % p for p in range(2, int(n ** 0.5))):
            yield n
        n += 2

# %% other
def primes():
    found = []
    for n in itertools.count(2):
        if all(n % p for p in found):
            found.append(n)
            yield n

# %% test primes 2
assert list(itertools.islice(primes(), 8)) == [2, 3, 5, 7, 11, 13, 17, 19]
g = primes()
assert isinstance(g, types.GeneratorType), "primes must be a generator function"
assert next(g) == 2 and next(g) == 3

# %% answer batches
def batches(items, n):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == n:
            yield batch
            batch = []
    if batch:
        yield batch

# %% wrong
def batches(items, n):
    yield items

# %% subtle
def batches(items, n):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == n:
            yield batch
            batch = []

# %% other
def batches(items, n):
    it = iter(items)
    while chunk := list(itertools.islice(it, n)):
        yield chunk

# %% test batches 2
assert list(batches([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]
assert list(batches(range(4), 2)) == [[0, 1], [2, 3]]
assert list(batches((c for c in "abc"), 5)) == [["a", "b", "c"]]

def infinite():
    n = 0
    while True:
        yield n
        n += 1

first = next(batches(infinite(), 3))
assert first == [0, 1, 2], "batches must be lazy"

# %% answer countdown
class Countdown:
    def __init__(self, start):
        self.n = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1

# %% wrong
class Countdown:
    def __init__(self, start):
        self.n = start

# %% subtle
class Countdown:
    def __init__(self, start):
        self.n = start

    def __iter__(self):
        return iter(range(self.n, 0, -1))

# %% test countdown 2
assert list(Countdown(3)) == [3, 2, 1]
c = Countdown(2)
assert iter(c) is c, "an iterator returns itself"
assert next(c) == 2
assert next(c) == 1
try:
    next(c)
    assert False, "should stop"
except StopIteration:
    pass

# %% answer average
def running_average():
    total, n, average = 0, 0, None
    while True:
        total += yield average
        n += 1
        average = total / n

# %% wrong
def running_average():
    yield 0

# %% subtle
def running_average():
    average, n = None, 0
    while True:
        value = yield average
        average = value if average is None else (average + value) / 2

# %% test average 2
avg = running_average()
next(avg)
assert avg.send(10) == 10
assert avg.send(20) == 15
assert avg.send(30) == 20
avg.close()

# %% answer interleave
def interleave(*iterables):
    return [x for group in itertools.zip_longest(*iterables, fillvalue=...) for x in group if x is not ...]

# %% wrong
def interleave(*iterables):
    return list(itertools.chain(*iterables))

# %% subtle
def interleave(*iterables):
    return [x for group in zip(*iterables) for x in group]

# %% test interleave 1
assert interleave([1, 2], "ab") == [1, "a", 2, "b"]
assert interleave([1], [2, 3], [4]) == [1, 2, 4, 3]
assert interleave({"k": 1}.keys(), {"v": 2}.values(), iter([5])) == ["k", 2, 5]
