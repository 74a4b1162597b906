"""Lists and dictionaries: Counter and defaultdict as answers, answers in variables, sorting with key functions."""

# %% lesson
from collections import Counter, defaultdict
words = "the quick brown fox jumps over the lazy dog the end".split()
grades = {"Ann": [90, 85], "Bob": [60, 70, 80], "Cy": []}

# %% answer frequency
def word_frequency(words):
    return Counter(words)

# %% wrong
def word_frequency(words):
    return {}

# %% subtle
def word_frequency(words):
    return {w: 1 for w in words}

# %% other
def word_frequency(words):
    freq = {}
    for w in words:
        freq[w] = freq.get(w, 0) + 1
    return freq

# %% test frequency 2
freq = word_frequency(words)
assert freq["the"] == 3
assert len(freq) == 9
assert dict(freq) == {w: words.count(w) for w in words}
assert word_frequency([]) == {}

# %% answer group
def group_by_length(words):
    groups = defaultdict(list)
    for w in words:
        groups[len(w)].append(w)
    return groups

# %% wrong
def group_by_length(words):
    return []

# %% subtle
def group_by_length(words):
    return {len(w): [w] for w in words}

# %% other
def group_by_length(words):
    return {n: [w for w in words if len(w) == n] for n in {len(w) for w in words}}

# %% test group 2
groups = group_by_length(["a", "bb", "cc", "d"])
assert groups[1] == ["a", "d"]
assert groups[2] == ["bb", "cc"]
assert sorted(groups) == [1, 2]
assert isinstance(groups, dict)

# %% answer average
averages = {name: sum(g) / len(g) if g else None for name, g in grades.items()}
best = max((n for n in averages if averages[n] is not None), key=lambda n: averages[n])

# %% wrong
averages = {}
best = ""

# %% subtle
averages = {name: sum(g) / len(g) if g else 0 for name, g in grades.items()}
best = max(averages, key=averages.get)

# %% test average 2
assert averages["Ann"] == 87.5
assert averages["Bob"] == 70
assert averages["Cy"] is None, "no grades, no average"
assert best == "Ann"
assert set(averages.keys()) == set(grades.keys())

# %% answer invert
def invert(d):
    inverted = {}
    for k, v in d.items():
        inverted.setdefault(v, []).append(k)
    return inverted

# %% wrong
def invert(d):
    return d

# %% subtle
def invert(d):
    return {v: [k] for k, v in d.items()}

# %% test invert 2
from nose_tools import assert_equal, assert_in
assert_equal(invert({"a": 1, "b": 2}), {1: ["a"], 2: ["b"]})
assert_equal(invert({"a": 1, "b": 1}), {1: ["a", "b"]})
assert_in(3, invert({"x": 3}))
d = {"a": 1}
invert(d)
assert_equal(d, {"a": 1}, "the argument was changed")

# %% answer sort
by_last_letter = sorted(set(words), key=lambda w: (w[-1], w))

# %% wrong
by_last_letter = sorted(set(words))

# %% subtle
by_last_letter = sorted(set(words), key=lambda w: w[-1], reverse=True)

# %% test sort 1
assert by_last_letter[0] == "end" and by_last_letter[-1] == "lazy"
assert [w[-1] for w in by_last_letter] == sorted(w[-1] for w in set(words))
assert len(by_last_letter) == len(set(words))

# %% file nose_tools.py
"""As nose.tools was."""
import unittest

_case = unittest.TestCase()
assert_equal = _case.assertEqual
assert_in = _case.assertIn
assert_true = _case.assertTrue
assert_almost_equal = _case.assertAlmostEqual
assert_raises = _case.assertRaises
