"""Python's protocols: descriptors, __getattr__, registries, singletons, context managers, iterators, a metaclass, operators with scalars."""

# %% lesson
import abc
import collections.abc
import contextlib
import functools
import io
import sys
import time
import weakref

# %% answer descriptor
class Positive:
    """A descriptor that refuses values that are not positive."""
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.name)

    def __set__(self, instance, value):
        if not value > 0:
            raise ValueError(f"{self.name[1:]} must be positive")
        setattr(instance, self.name, value)

class Product:
    price = Positive()
    weight = Positive()

    def __init__(self, price, weight):
        self.price, self.weight = price, weight

# %% wrong
class Positive:
    pass
class Product:
    def __init__(self, price, weight):
        self.price = price
        self.weight = weight

# %% subtle
class Positive:
    def __get__(self, instance, owner=None):
        return self.value
    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError("must be positive")
        self.value = value
class Product:
    price = Positive()
    weight = Positive()
    def __init__(self, price, weight):
        self.price, self.weight = price, weight

# %% other
class Positive:
    def __init__(self):
        self.values = weakref.WeakKeyDictionary()
    def __set_name__(self, owner, name):
        self.name = name
    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return self.values[instance]
    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError("%s must be positive" % self.name)
        self.values[instance] = value
class Product:
    price = Positive()
    weight = Positive()
    def __init__(self, price, weight):
        self.price = price
        self.weight = weight

# %% test descriptor 3
p, q = Product(3, 1.5), Product(7, 2)
assert (p.price, q.price) == (3, 7)
for name in ("price", "weight"):
    try:
        setattr(p, name, 0)
    except ValueError as e:
        assert name in str(e)
    else:
        assert False
assert p.weight == 1.5
assert isinstance(Product.__dict__["price"], Positive)
class Box(Product):
    depth = Positive()
b = Box(1, 1)
b.depth = 4
assert b.depth == 4 and isinstance(Box.price, Positive)

# %% answer registry
class Plugin:
    """Its subclasses are registered under their names."""
    registry = {}

    def __init_subclass__(cls, name=None, **kwargs):
        super().__init_subclass__(**kwargs)
        Plugin.registry[name or cls.__name__.lower()] = cls

    @classmethod
    def create(cls, name, *args, **kwargs):
        try:
            return cls.registry[name](*args, **kwargs)
        except KeyError:
            raise LookupError(f"no plugin {name!r}") from None

class Echo(Plugin):
    def run(self, x):
        return x

class Reverse(Plugin, name="rev"):
    def run(self, x):
        return x[::-1]

# %% wrong
class Plugin:
    registry = {}
class Echo(Plugin):
    pass
class Reverse(Plugin):
    pass

# %% subtle
class Plugin:
    registry = {}
    def __init_subclass__(cls, name=None):
        cls.registry[cls.__name__] = cls
    @staticmethod
    def create(name):
        return Plugin.registry[name]()
class Echo(Plugin):
    def run(self, x):
        return x
class Reverse(Plugin, name="rev"):
    def run(self, x):
        return x[::-1]

# %% other
class Meta(type):
    def __new__(mcs, clsname, bases, ns, name=None):
        cls = super().__new__(mcs, clsname, bases, ns)
        if bases:
            cls.registry[name or clsname.lower()] = cls
        return cls
    def __init__(cls, clsname, bases, ns, name=None):
        super().__init__(clsname, bases, ns)
class Plugin(metaclass=Meta):
    registry = {}
    @classmethod
    def create(cls, name, *args):
        if name not in cls.registry:
            raise LookupError(name)
        return cls.registry[name](*args)
class Echo(Plugin):
    run = lambda self, x: x
class Reverse(Plugin, name="rev"):
    run = lambda self, x: "".join(reversed(x))

# %% test registry 3
assert {"echo", "rev"} <= set(Plugin.registry)
assert Plugin.create("rev").run("abc") == "cba"
assert isinstance(Plugin.create("echo"), Echo)
class Twice(Plugin, name="double"):
    def __init__(self, k=2):
        self.k = k
    def run(self, x):
        return x * self.k
assert Plugin.create("double", 3).run("a") == "aaa"
assert Plugin.registry["double"] is Twice
try:
    Plugin.create("nothing")
except LookupError:
    pass
else:
    raise AssertionError

# %% answer singleton
class Settings:
    """There is only one."""
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.values = {}
        return cls._instance

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self.values.get(name)

# %% wrong
class Settings:
    values = {}

# %% subtle
class Settings:
    _instance = None
    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance
    def __init__(self):
        self.values = {}
    def __getattr__(self, name):
        return self.values.get(name)

# %% other
def singleton(cls):
    return functools.lru_cache(maxsize=None)(cls)
@singleton
class Settings:
    def __init__(self):
        self.values = {}
    def __getattr__(self, name):
        if name == "values":
            raise AttributeError(name)
        try:
            return self.values[name]
        except KeyError:
            return None

# %% test singleton 2
a, b = Settings(), Settings()
assert a is b
a.values["colour"] = "red"
assert b.colour == "red"
assert Settings().missing is None
assert Settings().values == {"colour": "red"}

# %% answer managers
@contextlib.contextmanager
def redirected(stream):
    """Prints go to the stream inside the with block."""
    old, sys.stdout = sys.stdout, stream
    try:
        yield stream
    finally:
        sys.stdout = old

class Timer:
    """Measures a block; suppresses TimeoutError."""
    def __enter__(self):
        self.start = time.perf_counter()
        return self

    def __exit__(self, kind, error, traceback):
        self.seconds = time.perf_counter() - self.start
        self.error = error
        return kind is not None and issubclass(kind, TimeoutError)

# %% wrong
def redirected(stream):
    return stream
class Timer:
    def __enter__(self):
        return 1
    def __exit__(self, *args):
        pass

# %% subtle
@contextlib.contextmanager
def redirected(stream):
    old, sys.stdout = sys.stdout, stream
    yield
    sys.stdout = old
class Timer:
    def __enter__(self):
        self.start = time.perf_counter()
        return self
    def __exit__(self, kind, error, traceback):
        self.seconds = time.perf_counter() - self.start
        self.error = error
        return True

# %% other
class redirected(contextlib.ContextDecorator):
    def __init__(self, stream):
        self.stream = stream
    def __enter__(self):
        self.inner = contextlib.redirect_stdout(self.stream)
        return self.inner.__enter__()
    def __exit__(self, *exc):
        return self.inner.__exit__(*exc)
class Timer(contextlib.AbstractContextManager):
    seconds = error = None
    def __enter__(self):
        self._began = time.monotonic()
        return self
    def __exit__(self, kind, error, traceback):
        self.seconds = time.monotonic() - self._began
        self.error = error
        return isinstance(error, TimeoutError)

# %% test managers 3
with redirected(io.StringIO()) as heard:
    print("inside")
print("outside")
assert heard.getvalue() == "inside\n"
try:
    with redirected(io.StringIO()):
        raise KeyError
except KeyError:
    pass
assert sys.stdout is not heard
with Timer() as timer:
    time.sleep(0.01)
assert 0.009 < timer.seconds < 5 and timer.error is None
with Timer() as timer:
    raise TimeoutError("slow")
assert isinstance(timer.error, TimeoutError)
caught = False
try:
    with Timer():
        1 / 0
except ZeroDivisionError:
    caught = True
assert caught

# %% answer sequence
class Deck(collections.abc.MutableSequence):
    """A sequence that refuses duplicates."""
    def __init__(self, items=()):
        self._items = []
        self.extend(items)

    def __len__(self):
        return len(self._items)

    def __getitem__(self, i):
        return type(self)(self._items[i]) if isinstance(i, slice) else self._items[i]

    def __setitem__(self, i, value):
        self._items[i] = value

    def __delitem__(self, i):
        del self._items[i]

    def insert(self, i, value):
        if value in self._items:
            raise ValueError(f"{value} is there already")
        self._items.insert(i, value)

    def __eq__(self, other):
        return isinstance(other, Deck) and self._items == other._items

# %% wrong
class Deck:
    def __init__(self, items=()):
        self.items = items

# %% subtle
class Deck(list):
    def insert(self, i, value):
        if value in self:
            raise ValueError
        super().insert(i, value)

# %% other
class Deck(collections.UserList):
    def __init__(self, items=()):
        super().__init__()
        for i in items:
            self.append(i)
    def insert(self, i, value):
        if value in self.data:
            raise ValueError(value)
        self.data.insert(i, value)
    def append(self, value):
        self.insert(len(self), value)
    def extend(self, values):
        for v in values:
            self.append(v)

# %% test sequence 3
d = Deck("abc")
d.append("d")
assert len(d) == 4 and d[0] == "a" and d[-1] == "d"
assert list(reversed(d)) == ["d", "c", "b", "a"]
assert isinstance(d[1:3], Deck) and list(d[1:3]) == ["b", "c"]
assert d.index("c") == 2 and "b" in d and d.count("z") == 0
d[0] = "x"
del d[1]
assert d.pop() == "d" and list(d) == ["x", "c"]
assert isinstance(d, collections.abc.MutableSequence)
try:
    d.append("x")
    ok = False
except ValueError:
    ok = True
assert ok
d += ["y"]
assert d == Deck(["x", "c", "y"])
try:
    Deck("aa")
except ValueError:
    pass
else:
    assert False

# %% answer dispatch
@functools.singledispatch
def describe(x):
    return "something"

@describe.register
def _(x: int):
    return "a number"

@describe.register(list)
def _(x):
    return f"a list of {len(x)}: " + ", ".join(map(describe, x))

# %% wrong
def describe(x):
    return "something"

# %% subtle
def describe(x):
    if type(x) == int:
        return "a number"
    if type(x) == list:
        return f"a list of {len(x)}: " + ", ".join(map(describe, x))
    return "something"
describe.register = lambda kind: lambda f: f

# %% other
def _list(x):
    return "a list of {}: {}".format(len(x), ", ".join(describe(y) for y in x))
describe = functools.singledispatch(lambda x: "something")
describe.register(int, lambda x: "a number")
describe.register(list, _list)

# %% test dispatch 2
assert describe(3) == "a number" and describe("a") == "something"
assert describe([1, "b"]) == "a list of 2: a number, something"
@describe.register(tuple)
def _(x):
    return "a tuple"
assert describe((1,)) == "a tuple"
assert describe([(), 1]) == "a list of 2: a tuple, a number"
assert describe(True) == "a number"
