"""Decorators and closures: used with @, with arguments, timing, caching; functools.wraps is checked."""

# %% lesson
import functools
import time

# %% answer counter
def make_counter(start=0):
    count = start
    def counter():
        nonlocal count
        count += 1
        return count
    return counter

# %% wrong
def make_counter(start=0):
    return start

# %% subtle
count = 0
def make_counter(start=0):
    global count
    count = start
    def counter():
        global count
        count += 1
        return count
    return counter

# %% test counter 1
a, b = make_counter(), make_counter(10)
assert a() == 1 and a() == 2
assert b() == 11
assert a() == 3, "counters must not share their count"

# %% answer logged
def logged(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        print(f"{f.__name__}{args}")
        return f(*args, **kwargs)
    return wrapper

# %% wrong
def logged(f):
    return f

# %% subtle
def logged(f):
    def wrapper(*args, **kwargs):
        print(f"{f.__name__}{args}")
        return f(*args, **kwargs)
    return wrapper

# %% test logged 2
import io
from contextlib import redirect_stdout

@logged
def add(a, b):
    """Add two numbers."""
    return a + b

out = io.StringIO()
with redirect_stdout(out):
    result = add(2, 3)
assert result == 5
assert out.getvalue().strip() == "add(2, 3)"
assert add.__name__ == "add" and add.__doc__ == "Add two numbers."

# %% answer memo
def memoize(f):
    cache = {}
    @functools.wraps(f)
    def wrapper(*args):
        if args not in cache:
            cache[args] = f(*args)
        return cache[args]
    wrapper.cache = cache
    return wrapper

# %% wrong
def memoize(f):
    f.cache = {}
    return f

# %% subtle
_cache = {}
def memoize(f):
    @functools.wraps(f)
    def wrapper(*args):
        if args not in _cache:
            _cache[args] = f(*args)
        return _cache[args]
    wrapper.cache = _cache
    return wrapper

# %% test memo 2
called = []
@memoize
def square(x):
    called.append(x)
    return x * x
@memoize
def cube(x):
    return x ** 3

assert square(4) == 16 and square(4) == 16
assert called == [4], "the second call must come from the cache"
assert cube(4) == 64, "each function needs a cache of its own"
assert square.cache == {(4,): 16}

# %% answer repeat
def repeat(times):
    def decorate(f):
        def wrapper(*args, **kwargs):
            return [f(*args, **kwargs) for _ in range(times)]
        return wrapper
    return decorate

# %% wrong
def repeat(times):
    return lambda f: f

# %% subtle
def repeat(times):
    def decorate(f):
        def wrapper(*args):
            result = f(*args)
            return [result] * times
        return wrapper
    return decorate

# %% test repeat 2
hits = 0
@repeat(3)
def hit(by=1):
    global hits
    hits += by
    return hits
assert hit() == [1, 2, 3]
assert hit(by=2) == [5, 7, 9]

# %% answer compose
def compose(*functions):
    def composed(x):
        for f in reversed(functions):
            x = f(x)
        return x
    return composed

# %% wrong
def compose(*functions):
    return functions[0]

# %% subtle
def compose(*functions):
    def composed(x):
        for f in functions:
            x = f(x)
        return x
    return composed

# %% other
def compose(*functions):
    return functools.reduce(lambda f, g: lambda x: f(g(x)), functions, lambda x: x)

# %% test compose 1
assert compose(str, abs)(-3) == "3"
assert compose(lambda x: x + 1, lambda x: x * 2)(5) == 11
assert compose()(7) == 7
assert compose(len, str.split, str.strip)("  a b  ") == 2
