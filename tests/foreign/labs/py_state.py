"""One process: globals of the lesson that answers change, names that visible tests leave, earlier variables in later tests."""

# %% lesson
inventory = {"apple": 3, "pear": 0}
RATE = 1.2
log = []

def price(name):
    """Given; a test replaces it."""
    return {"apple": 2.0, "pear": 5.0}[name]

# %% answer sell
def sell(name, n):
    if inventory[name] < n:
        raise ValueError("sold out")
    inventory[name] -= n
    log.append((name, n))
    return n * price(name) * RATE

# %% wrong
def sell(name, n):
    return 0

# %% subtle
def sell(name, n):
    inventory[name] -= n
    log.append((name, n))
    return n * price(name) * 1.2

# %% test sell 2
before = inventory["apple"]
assert abs(sell("apple", 2) - 4.8) < 1e-9
assert inventory["apple"] == before - 2
assert log == [("apple", 2)]

# %% test sell-out 1
try:
    sell("pear", 1)
except ValueError:
    pass
else:
    assert False, "there are no pears"
assert inventory["pear"] == 0 and len(log) == 1

# %% test sell-rate 1
RATE = 2
inventory["apple"] = 10
assert sell("apple", 1) == 4.0

# %% test sell-price 1
def price(name):
    return 100.0
assert sell("apple", 1) == 200.0

# %% answer report
def report():
    return [f"{name}: {n}" for name, n in sorted(inventory.items())]

# %% wrong
def report():
    return inventory

# %% subtle
def report():
    return ["apple: 8", "pear: 0"]

# %% test report 2
lines = report()
assert lines == ["apple: 8", "pear: 0"]
inventory["fig"] = 1
assert report()[1] == "fig: 1"

# %% answer again
lines_again = [line.upper() for line in lines]

# %% wrong
lines_again = lines

# %% subtle
lines_again = lines[0].upper()

# %% other
lines_again = list(map(str.upper, report()))[:1] + [lines[1].upper()]

# %% test again 1
assert lines_again == ["APPLE: 8", "PEAR: 0"]

# %% answer clear
def reset():
    inventory.clear()
    inventory.update(apple=1)
    del log[:]

# %% wrong
def reset():
    pass

# %% subtle
def reset():
    inventory = {"apple": 1}
    log = []

# %% test clear 1
alias = inventory
reset()
assert inventory == {"apple": 1} and log == []
assert alias is inventory

# %% answer tests
def check_sorted(f):
    """A test that students write: does f sort?"""
    assert f([3, 1, 2]) == [1, 2, 3]
    assert f([]) == []
    data = [2, 1]
    f(data)
    assert data == [2, 1], "f must not change its argument"

# %% wrong
def check_sorted(f):
    pass

# %% subtle
def check_sorted(f):
    assert f([3, 1, 2]) == [1, 2, 3]
    assert f([]) == []

# %% test tests 3
check_sorted(sorted)

def in_place(v):
    v.sort()
    return v

def identity(v):
    return list(v)

for wrong in (in_place, identity, lambda v: None):
    try:
        check_sorted(wrong)
    except AssertionError:
        continue
    raise AssertionError(f"your test accepts {wrong.__name__}")
