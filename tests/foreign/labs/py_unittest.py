"""Tests as unittest.TestCase that the test cell runs, and partial credit as the cell's last value."""

# %% lesson
import unittest

# %% answer roman
def to_roman(n):
    if not 0 < n < 4000:
        raise ValueError("out of range")
    out = ""
    for value, letters in [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
                           (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]:
        while n >= value:
            out, n = out + letters, n - value
    return out

# %% wrong
def to_roman(n):
    return "I" * n

# %% subtle
def to_roman(n):
    out = ""
    for value, letters in [(1000, "M"), (500, "D"), (100, "C"), (90, "XC"),
                           (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]:
        while n >= value:
            out, n = out + letters, n - value
    return out

# %% test roman 3
class TestRoman(unittest.TestCase):
    cases = {1: "I", 4: "IV", 9: "IX", 14: "XIV", 1990: "MCMXC", 2024: "MMXXIV"}

    def test_known(self):
        for number, roman in self.cases.items():
            with self.subTest(number=number):
                self.assertEqual(to_roman(number), roman)

    def test_range(self):
        with self.assertRaises(ValueError):
            to_roman(0)
        self.assertRaises(ValueError, to_roman, 4000)

suite = unittest.TestLoader().loadTestsFromTestCase(TestRoman)
result = unittest.TextTestRunner(stream=open("log.txt", "w")).run(suite)
assert result.wasSuccessful(), f"{len(result.failures)} failures, {len(result.errors)} errors"

# %% answer stack
class Stack:
    def __init__(self):
        self._items = []

    def push(self, item):
        self._items.append(item)

    def pop(self):
        if not self._items:
            raise IndexError("pop from an empty stack")
        return self._items.pop()

    def __len__(self):
        return len(self._items)

# %% wrong
class Stack(list):
    pass

# %% subtle
class Stack:
    _items = []

    def push(self, item):
        self._items.append(item)

    def pop(self):
        return self._items.pop()

    def __len__(self):
        return len(self._items)

# %% other
class Stack(list):
    push = list.append

# %% test stack 3
class TestStack(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()

    def test_empty(self):
        self.assertEqual(len(self.stack), 0)
        self.assertFalse(self.stack)
        with self.assertRaises(IndexError):
            self.stack.pop()

    def test_order(self):
        for i in range(3):
            self.stack.push(i)
        self.assertEqual([self.stack.pop() for _ in range(3)], [2, 1, 0])

    def test_independent(self):
        other = Stack()
        other.push(1)
        self.assertEqual(len(self.stack), 0)

import io
out = io.StringIO()
program = unittest.main(argv=["first-arg-is-ignored", "TestStack"], exit=False, testRunner=unittest.TextTestRunner(stream=out))
assert program.result.wasSuccessful(), out.getvalue()

# %% answer leap
def is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)

# %% wrong
def is_leap(year):
    return "yes"

# %% subtle
def is_leap(year):
    return year % 4 == 0

# %% test leap 4
points = 0
for year, expected in [(2024, True), (2023, False), (1900, False), (2000, True)]:
    try:
        if is_leap(year) is expected:
            points += 1
    except Exception:
        pass
points

# %% answer triangle
def classify(a, b, c):
    a, b, c = sorted((a, b, c))
    if a <= 0 or a + b <= c:
        return "none"
    return {1: "equilateral", 2: "isosceles", 3: "scalene"}[len({a, b, c})]

# %% wrong
#! def classify(a, b, c:
#!     return "scalene"

# %% subtle
def classify(a, b, c):
    return {1: "equilateral", 2: "isosceles", 3: "scalene"}[len({a, b, c})]

# %% test triangle 3
score = 0
if classify(3, 3, 3) == "equilateral" and classify(3, 3, 2) == "isosceles":
    score += 1
if classify(3, 4, 5) == "scalene":
    score += 0.5
if classify(1, 2, 3) == "none" and classify(0, 1, 1) == "none":
    score += 1.5
score

# %% manual why 2
#! Why is the test of `pop` on an empty stack useful?
