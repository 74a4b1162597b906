"""Classes that behave like containers: subclasses of list and dict, a context manager, an iterator, class attributes."""

# %% lesson
import pytest
from collections import OrderedDict, UserList, deque
from collections.abc import Iterable, Mapping, Sequence, Sized

# %% answer history
class History(list):
    """A list that remembers how often it was changed by append."""
    def __init__(self, *args):
        super().__init__(*args)
        self.changes = 0

    def append(self, item):
        super().append(item)
        self.changes += 1

# %% wrong
History = list

# %% subtle
class History:
    def __init__(self, items=()):
        self.items = list(items)
        self.changes = 0

    def append(self, item):
        self.items.append(item)
        self.changes += 1

# %% test history 2
h = History([1, 2])
h.append(3)
assert h.changes == 1
assert h == [1, 2, 3] and len(h) == 3
assert isinstance(h, list)
h.append(4)
assert h[-1] == 4 and h.changes == 2
h.extend([5])
assert sum(h) == 15

# %% answer bag
class Bag:
    def __init__(self, items=()):
        self.counts = {}
        for item in items:
            self.add(item)

    def add(self, item):
        self.counts[item] = self.counts.get(item, 0) + 1

    def __contains__(self, item):
        return item in self.counts

    def __len__(self):
        return sum(self.counts.values())

    def __iter__(self):
        for item, n in self.counts.items():
            for _ in range(n):
                yield item

    def __getitem__(self, item):
        return self.counts.get(item, 0)

# %% wrong
class Bag:
    def __init__(self, items=()):
        self.items = items

# %% subtle
class Bag(set):
    def __getitem__(self, item):
        return int(item in self)

# %% other
from collections import Counter
class Bag:
    def __init__(self, items=()):
        self._c = Counter(items)
    def add(self, item):
        self._c[item] += 1
    def __contains__(self, item):
        return self._c[item] > 0
    def __len__(self):
        return sum(self._c.values())
    def __iter__(self):
        return self._c.elements()
    def __getitem__(self, item):
        return self._c[item]

# %% test bag 2
bag = Bag("banana")
assert len(bag) == 6
assert "a" in bag and "x" not in bag
assert bag["n"] == 2 and bag["z"] == 0
bag.add("n")
assert sorted(bag) == ["a", "a", "a", "b", "n", "n", "n"]

# %% test bag-abc 1
assert isinstance(Bag(), Sized) and isinstance(Bag(), Iterable)
assert not isinstance(Bag(), Mapping)
assert hasattr(Bag, "__contains__") and not hasattr(Bag, "__setitem__")
assert not isinstance(Bag(), (list, set, dict))

# %% answer lru
class LRUCache(OrderedDict):
    def __init__(self, capacity):
        super().__init__()
        self.capacity = capacity

    def get(self, key):
        if key not in self:
            return -1
        self.move_to_end(key)
        return self[key]

    def put(self, key, value):
        self[key] = value
        self.move_to_end(key)
        if len(self) > self.capacity:
            self.popitem(last=False)

# %% wrong
class LRUCache(dict):
    def __init__(self, capacity):
        pass

# %% subtle
class LRUCache(OrderedDict):
    def __init__(self, capacity):
        super().__init__()
        self.capacity = capacity

    def get(self, key):
        return OrderedDict.get(self, key, -1)

    def put(self, key, value):
        self[key] = value
        if len(self) > self.capacity:
            self.popitem(last=False)

# %% other
class LRUCache:
    def __init__(self, capacity):
        self.capacity, self.data, self.order = capacity, {}, deque()

    def get(self, key):
        if key not in self.data:
            return -1
        self.order.remove(key)
        self.order.append(key)
        return self.data[key]

    def put(self, key, value):
        if key in self.data:
            self.order.remove(key)
        self.data[key] = value
        self.order.append(key)
        if len(self.order) > self.capacity:
            del self.data[self.order.popleft()]

# %% test lru 3
cache = LRUCache(2)
cache.put(1, 1)
cache.put(2, 2)
assert cache.get(1) == 1
cache.put(3, 3)
assert cache.get(2) == -1, "2 was the least recently used"
assert cache.get(1) == 1 and cache.get(3) == 3

# %% answer queue
class Queue:
    created = 0

    def __init__(self, maxlen=None):
        Queue.created += 1
        self._items = deque(maxlen=maxlen)

    def enqueue(self, item):
        self._items.append(item)
        return self

    def dequeue(self):
        return self._items.popleft()

    @property
    def empty(self):
        return not self._items

    @classmethod
    def of(cls, *items):
        queue = cls()
        for item in items:
            queue.enqueue(item)
        return queue

    @staticmethod
    def version():
        return "1.0"

# %% wrong
class Queue:
    created = 0

# %% subtle
class Queue:
    created = 0

    def __init__(self, maxlen=None):
        self.created += 1
        self._items = []

    def enqueue(self, item):
        self._items.append(item)

    def dequeue(self):
        return self._items.pop(0)

    @property
    def empty(self):
        return self._items == []

    @classmethod
    def of(cls, *items):
        queue = Queue()
        queue._items = items
        return queue

    @staticmethod
    def version():
        return "1.0"

# %% test queue 2
before = Queue.created
q = Queue()
assert q.enqueue(1).enqueue(2) is q
assert q.dequeue() == 1 and not q.empty
assert q.dequeue() == 2 and q.empty
assert Queue.created == before + 1
with pytest.raises(IndexError):
    q.dequeue()

# %% test queue-of 1
class Special(Queue):
    pass
s = Special.of("a", "b")
assert type(s) is Special
assert s.dequeue() == "a"
assert Queue.version() == s.version() == "1.0"

# %% answer timer
class Section:
    def __init__(self, log, name):
        self.log, self.name = log, name

    def __enter__(self):
        self.log.append(f"<{self.name}>")
        return self

    def __exit__(self, kind, error, trace):
        self.log.append(f"</{self.name}>")
        return kind is KeyError

# %% wrong
class Section:
    def __init__(self, log, name):
        pass

# %% subtle
class Section:
    def __init__(self, log, name):
        self.log, self.name = log, name

    def __enter__(self):
        self.log.append(f"<{self.name}>")

    def __exit__(self, kind, error, trace):
        self.log.append(f"</{self.name}>")
        return True

# %% test timer 2
log = []
with Section(log, "a") as outer:
    assert outer.name == "a"
    with Section(log, "b"):
        raise KeyError("swallowed")
assert log == ["<a>", "<b>", "</b>", "</a>"]
try:
    with Section(log, "c"):
        raise ValueError
except ValueError:
    pass
else:
    raise AssertionError("only KeyErrors are swallowed")
