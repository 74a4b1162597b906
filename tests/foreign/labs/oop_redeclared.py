"""Classes built over several cells: re-declared as their own subclass, methods added by a decorator, by assignment, by a mixin."""

# %% lesson
import functools
import inspect
import math

def add_to_class(Class):
    """Register a function as a method of a class that exists."""
    def wrapper(obj):
        setattr(Class, obj.__name__, obj)
        return obj
    return wrapper

class Base:
    """Given: keeps its arguments."""
    def save_hyperparameters(self, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)

# %% answer tank
class Tank:
    def __init__(self, capacity):
        self.capacity = capacity
        self.level = 0.0

# %% wrong
class Tank:
    pass

# %% other
from dataclasses import dataclass, field
@dataclass
class Tank:
    capacity: float
    level: float = field(default=0.0, init=False)

# %% test tank 1
t = Tank(10)
assert t.capacity == 10
assert t.level == 0

# %% answer fill
class Tank(Tank):
    def fill(self, amount):
        if amount < 0:
            raise ValueError("amount must not be negative")
        spilled = max(0.0, self.level + amount - self.capacity)
        self.level = min(self.capacity, self.level + amount)
        return spilled

# %% wrong
class Tank(Tank):
    def fill(self):
        self.level = self.capacity

# %% subtle
class Tank(Tank):
    def fill(self, amount):
        self.level += amount
        return max(0.0, self.level - self.capacity)

# %% other
def fill(self, amount):
    if amount < 0:
        raise ValueError(amount)
    free = self.capacity - self.level
    self.level += min(free, amount)
    return max(0.0, amount - free)
Tank.fill = fill

# %% test fill 2
old = t
t = Tank(10)
assert t.fill(4) == 0 and t.level == 4
assert t.fill(9) == 3 and t.level == 10
try:
    t.fill(-1)
except ValueError:
    pass
else:
    raise AssertionError("a negative amount must be refused")
assert old.level == 0

# %% answer drain
@add_to_class(Tank)
def drain(self, amount):
    taken = min(self.level, amount)
    self.level -= taken
    return taken

# %% wrong
@add_to_class(Tank)
def drain(self, amount):
    return amount

# %% subtle
@add_to_class(Tank)
def drain(self, amount):
    self.level -= amount
    return amount

# %% other
class Tank(Tank):
    def drain(self, amount):
        before = self.level
        self.level = max(0, self.level - amount)
        return before - self.level

# %% test drain 2
t = Tank(5)
t.fill(5)
assert t.drain(2) == 2 and t.level == 3
assert t.drain(9) == 3 and t.level == 0
assert hasattr(Tank, "drain") and callable(Tank.drain)

# %% lesson show
def _describe(self):
    return f"{type(self).__name__} {self.level:g}/{self.capacity:g}"
Tank.__str__ = _describe
print(Tank(3))

# %% answer heated
class HeatedTank(Tank):
    """A tank that knows the temperature of its water."""
    count = 0

    def __init__(self, capacity, temperature=20):
        super().__init__(capacity)
        self.temperature = temperature
        HeatedTank.count += 1

    @property
    def fahrenheit(self):
        return self.temperature * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value):
        self.temperature = (value - 32) * 5 / 9

    @classmethod
    def boiling(cls, capacity):
        return cls(capacity, 100)

# %% wrong
class HeatedTank(Tank):
    def __init__(self, capacity, temperature=20):
        self.temperature = temperature

# %% subtle
class HeatedTank(Tank):
    count = 0
    def __init__(self, capacity, temperature=20):
        super().__init__(capacity)
        self.temperature = temperature
        self.count += 1
    @property
    def fahrenheit(self):
        return self.temperature * 9 / 5 + 32
    @classmethod
    def boiling(cls, capacity):
        return HeatedTank(capacity, 100)

# %% test heated 3
before = HeatedTank.count
h = HeatedTank.boiling(7)
assert HeatedTank.count == before + 1
assert isinstance(h, Tank) and issubclass(HeatedTank, Tank)
assert h.fahrenheit == 212
h.fahrenheit = 32
assert h.temperature == 0
assert str(h) == "HeatedTank 0/7"
assert h.fill(8) == 1
class Kettle(HeatedTank):
    pass
assert type(Kettle.boiling(1)) is Kettle

# %% answer trainer
class Trainer(Base):
    def __init__(self, max_epochs, lr=0.1):
        self.save_hyperparameters(max_epochs=max_epochs, lr=lr)
        self.log = []

@add_to_class(Trainer)
def fit(self, model, target):
    for epoch in range(self.max_epochs):
        self.fit_epoch(model, target)

@add_to_class(Trainer)
def fit_epoch(self, model, target):
    gradient = 2 * (model["w"] - target)
    model["w"] -= self.lr * gradient
    self.log.append(abs(model["w"] - target))

# %% wrong
class Trainer(Base):
    def __init__(self, max_epochs, lr=0.1):
        self.log = [0]
    def fit(self, model, target):
        return model
    def fit_epoch(self, model, target):
        pass

# %% subtle
class Trainer(Base):
    log = []
    def __init__(self, max_epochs, lr=0.1):
        self.max_epochs, self.lr = max_epochs, lr
    def fit(self, model, target):
        for _ in range(self.max_epochs):
            self.fit_epoch(model, target)
    def fit_epoch(self, model, target):
        model["w"] -= self.lr * 2 * (model["w"] - target)
        self.log.append(abs(model["w"] - target))

# %% other
class Trainer(Base):
    def __init__(self, max_epochs, lr=0.1):
        super().__init__()
        super().save_hyperparameters(**{k: v for k, v in locals().items() if k in ("max_epochs", "lr")})
        self.log = []
    def fit(self, model, target):
        any(self.fit_epoch(model, target) for _ in range(self.max_epochs))
    def fit_epoch(self, model, target):
        model["w"] = model["w"] - self.lr * 2 * (model["w"] - target)
        self.log += [math.fabs(model["w"] - target)]

# %% test trainer 3
model = {"w": 5.0}
trainer = Trainer(20, lr=0.25)
trainer.fit(model, 1.0)
assert abs(model["w"] - 1) < 1e-4
assert len(trainer.log) == 20 and sorted(trainer.log, reverse=True) == trainer.log
assert trainer.lr == 0.25 and trainer.max_epochs == 20
assert isinstance(trainer, Base)
assert Trainer(1).log == []

# %% answer mixin
class Comparable:
    """Compares by key()."""
    def __eq__(self, other):
        return self.key() == other.key()
    def __lt__(self, other):
        return self.key() < other.key()
    def __le__(self, other):
        return self < other or self == other

# %% wrong
class Comparable:
    pass

# %% subtle
class Comparable:
    def __eq__(self, other):
        return self.key() == other.key()
    def __lt__(self, other):
        return self.key() < other.key()

# %% other
@functools.total_ordering
class Comparable:
    def __eq__(self, other):
        return self.key() == other.key()
    def __lt__(self, other):
        return self.key() < other.key()

# %% test mixin 2
class Version(Comparable):
    def __init__(self, text):
        self.parts = [int(p) for p in text.split(".")]
    def key(self):
        return self.parts
assert Version("1.2") < Version("1.10")
assert Version("1.2") == Version("01.2")
assert Version("2.0") > Version("1.9") and Version("1.0") >= Version("1.0")
assert [v.parts for v in sorted([Version("2.1"), Version("1.5")])] == [[1, 5], [2, 1]]
assert max(Version("3"), Version("2")).parts == [3]
