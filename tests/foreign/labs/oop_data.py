"""Dataclasses, Enums, named tuples and properties: given by the lesson and written by students."""

# %% lesson
from collections import namedtuple
from dataclasses import dataclass, field, asdict, replace, is_dataclass, fields, FrozenInstanceError
from enum import Enum, auto

class Suit(Enum):
    CLUBS = auto()
    DIAMONDS = auto()
    HEARTS = auto()
    SPADES = auto()

@dataclass(frozen=True)
class Card:
    rank: int
    suit: Suit

Point = namedtuple("Point", ["x", "y"])

# %% answer deck
def make_deck():
    return [Card(rank, suit) for suit in Suit for rank in range(2, 15)]

# %% wrong
def make_deck():
    return []

# %% subtle
def make_deck():
    return [Card(rank, suit) for suit in Suit for rank in range(1, 15)]

# %% test deck 2
deck = make_deck()
assert len(deck) == 52
assert len(set(deck)) == 52
assert Card(14, Suit.SPADES) in deck
assert sum(card.suit is Suit.HEARTS for card in deck) == 13
assert all(isinstance(card, Card) for card in deck)

# %% answer flush
def is_flush(hand):
    return len({card.suit for card in hand}) == 1

# %% wrong
def is_flush(hand):
    return False

# %% subtle
def is_flush(hand):
    return hand[0].suit == hand[-1].suit

# %% other
def is_flush(hand):
    return all(card.suit is hand[0].suit for card in hand)

# %% test flush 2
assert is_flush([Card(r, Suit.HEARTS) for r in range(2, 7)])
assert not is_flush([Card(2, Suit.HEARTS), Card(3, Suit.CLUBS), Card(4, Suit.HEARTS)])

# %% answer best
def highest(hand):
    return max(hand, key=lambda card: card.rank)

# %% wrong
def highest(hand):
    return hand[0].rank

# %% subtle
def highest(hand):
    return sorted(hand, key=lambda card: card.suit.value)[-1]

# %% test best 1
hand = [Card(3, Suit.CLUBS), Card(11, Suit.HEARTS), Card(9, Suit.SPADES)]
assert highest(hand) == Card(11, Suit.HEARTS)
assert highest(hand) is hand[1]

# %% answer inventory
@dataclass(order=True)
class Item:
    price: float
    name: str
    tags: list = field(default_factory=list)

    def discounted(self, percent):
        return replace(self, price=self.price * (1 - percent / 100))

# %% wrong
class Item:
    pass

# %% subtle
class Item:
    def __init__(self, price, name, tags=[]):
        self.price, self.name, self.tags = price, name, tags

    def discounted(self, percent):
        self.price *= 1 - percent / 100
        return self

# %% test inventory 3
a, b = Item(10.0, "pen"), Item(5.0, "ink")
a.tags.append("blue")
assert b.tags == []
assert a.discounted(10).price == 9.0
assert a.price == 10.0
assert sorted([a, b])[0].name == "ink"

# %% test asdict 1
assert is_dataclass(Item)
assert [f.name for f in fields(Item)] == ["price", "name", "tags"]
assert asdict(Item(1.0, "x", ["t"])) == {"price": 1.0, "name": "x", "tags": ["t"]}
assert Item(2.0, "y") == Item(2.0, "y")

# %% answer level
class Level(Enum):
    LOW = 1
    MEDIUM = 5
    HIGH = 10

    @classmethod
    def of(cls, value):
        return max((level for level in cls if level.value <= value), key=lambda l: l.value)

# %% wrong
class Level:
    LOW, MEDIUM, HIGH = 1, 5, 10

# %% subtle
class Level(Enum):
    LOW = 1
    MEDIUM = 5
    HIGH = 10

    @classmethod
    def of(cls, value):
        return cls(value)

# %% test level 2
assert Level.of(7) is Level.MEDIUM
assert Level["HIGH"] == Level(10)
assert [l.name for l in Level] == ["LOW", "MEDIUM", "HIGH"]
assert Level.LOW in Level and len(Level) == 3
assert isinstance(Level.LOW, Level) and issubclass(Level, Enum)

# %% answer midpoint
def midpoint(p, q):
    return Point((p.x + q.x) / 2, (p.y + q.y) / 2)

# %% wrong
def midpoint(p, q):
    return p

# %% subtle
def midpoint(p, q):
    return ((p.x + q.x) / 2, (p.y + q.y) / 2)

# %% test midpoint 2
m = midpoint(Point(0, 0), Point(2, 4))
assert isinstance(m, Point), "return a Point"
assert m.x == 1 and m.y == 2
assert m == (1, 2)
assert m._asdict() == {"x": 1.0, "y": 2.0}

# %% answer temperature
class Temperature:
    def __init__(self, celsius):
        self.celsius = celsius

    @property
    def celsius(self):
        return self._celsius

    @celsius.setter
    def celsius(self, value):
        if value < -273.15:
            raise ValueError("too cold")
        self._celsius = value

    @property
    def fahrenheit(self):
        return self.celsius * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value):
        self.celsius = (value - 32) * 5 / 9

# %% wrong
class Temperature:
    def __init__(self, celsius):
        pass

# %% subtle
class Temperature:
    def __init__(self, celsius):
        self.celsius = celsius
        self.fahrenheit = celsius * 9 / 5 + 32

# %% test temperature 2
t = Temperature(100)
assert t.fahrenheit == 212
t.fahrenheit = 32
assert t.celsius == 0
assert isinstance(Temperature.fahrenheit, property)
try:
    t.celsius = -300
except ValueError:
    pass
else:
    assert False
