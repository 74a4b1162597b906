"""Games of chance: tests seed random, replace its functions, and check what shuffles and draws leave."""

# %% lesson
import random
from unittest import mock

SUITS = "SHDC"
RANKS = [str(n) for n in range(2, 11)] + list("JQKA")

# %% answer deck
def new_deck():
    return [r + s for s in SUITS for r in RANKS]

def shuffled(deck):
    copy = deck[:]
    random.shuffle(copy)
    return copy

# %% wrong
def new_deck():
    return []

def shuffled(deck):
    return deck

# %% subtle
def new_deck():
    return [r + s for s in SUITS for r in RANKS]

def shuffled(deck):
    random.shuffle(deck)
    return deck

# %% test deck 2
random.seed(7)
deck = new_deck()
mixed = shuffled(deck)
assert sorted(mixed) == sorted(deck) and mixed != deck
random.seed(7)
assert shuffled(new_deck()) == mixed
assert deck == new_deck(), "shuffled must not change the deck"

# %% answer dice
def roll(n):
    return [random.randint(1, 6) for _ in range(n)]

# %% wrong
def roll(n):
    return [7] * n

# %% subtle
def roll(n):
    return [random.randint(0, 6) for _ in range(n)]

# %% other
def roll(n):
    return random.choices(range(1, 7), k=n)

# %% test dice 1
rolls = roll(600)
assert len(rolls) == 600
assert set(rolls) == {1, 2, 3, 4, 5, 6}

# %% answer play
def play(rounds):
    """The number of rounds in which the sum of two dice is 7; random.randint rolls."""
    return sum(random.randint(1, 6) + random.randint(1, 6) == 7 for _ in range(rounds))

# %% wrong
def play(rounds):
    return rounds // 6

# %% subtle
def play(rounds):
    return sum(random.randint(1, 6) * 2 == 7 for _ in range(rounds))

# %% test play 2
with mock.patch("random.randint", side_effect=[3, 4, 1, 1, 6, 1]) as fake:
    assert play(3) == 2
assert fake.call_count == 6
assert 100 < play(1200) < 320

# %% answer walk
def walk(steps, rng):
    position = 0
    path = [position]
    for _ in range(steps):
        position += rng.choice([-1, 1])
        path.append(position)
    return path

# %% wrong
def walk(steps, rng):
    return list(range(steps))

# %% subtle
def walk(steps, rng):
    position = 0
    path = []
    for _ in range(steps):
        position += random.choice([-1, 1])
        path.append(position)
    return path

# %% test walk 2
rng = random.Random(5)
path = walk(50, rng)
assert len(path) == 51 and path[0] == 0
assert all(abs(a - b) == 1 for a, b in zip(path, path[1:]))
assert walk(50, random.Random(5)) == path

# %% answer hand
class Hand:
    def __init__(self, cards):
        self.cards = list(cards)

    def value(self):
        total, aces = 0, 0
        for card in self.cards:
            rank = card[:-1]
            if rank == "A":
                aces += 1
                total += 11
            else:
                total += int(rank) if rank.isdigit() else 10
        while total > 21 and aces:
            total, aces = total - 10, aces - 1
        return total

    def __lt__(self, other):
        return self.value() < other.value()

    def __str__(self):
        return " ".join(self.cards) + f" ({self.value()})"

# %% wrong
class Hand:
    def __init__(self, cards):
        self.cards = cards

# %% subtle
class Hand:
    def __init__(self, cards):
        self.cards = list(cards)

    def value(self):
        return sum(11 if c[:-1] == "A" else int(c[:-1]) if c[:-1].isdigit() else 10 for c in self.cards)

    def __lt__(self, other):
        return self.value() < other.value()

    def __str__(self):
        return f"{self.cards} ({self.value()})"

# %% test hand 3
assert Hand(["AS", "KH"]).value() == 21
assert Hand(["AS", "AH", "9D"]).value() == 21
assert Hand(["10S", "9H"]) < Hand(["KS", "QH"])
assert str(Hand(["2C", "JD"])) == "2C JD (12)"
assert max([Hand(["2C"]), Hand(["3C"])]).cards == ["3C"]
