"""Sorting and searching: in place and not, key functions, counted comparisons, stability, inputs drawn at random."""

# %% lesson
import random

class Counted:
    """A number that counts comparisons."""
    comparisons = 0

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        Counted.comparisons += 1
        return self.value < other.value

    def __le__(self, other):
        Counted.comparisons += 1
        return self.value <= other.value

# %% answer bubble
def bubble_sort(items):
    for end in range(len(items) - 1, 0, -1):
        for i in range(end):
            if items[i + 1] < items[i]:
                items[i], items[i + 1] = items[i + 1], items[i]

# %% wrong
def bubble_sort(items):
    items = sorted(items)

# %% subtle
def bubble_sort(items):
    for i in range(len(items) - 1):
        if items[i + 1] < items[i]:
            items[i], items[i + 1] = items[i + 1], items[i]

# %% other
def bubble_sort(items):
    swapped = True
    while swapped:
        swapped = False
        for i in range(1, len(items)):
            if items[i] < items[i - 1]:
                items[i - 1], items[i] = items[i], items[i - 1]
                swapped = True

# %% test bubble 2
values = [5, 3, 8, 1]
assert bubble_sort(values) is None
assert values == [1, 3, 5, 8]
for _ in range(20):
    values = [random.randint(-50, 50) for _ in range(random.randint(0, 15))]
    expected = sorted(values)
    bubble_sort(values)
    assert values == expected

# %% answer merge
def merge_sort(items, key=lambda x: x):
    if len(items) < 2:
        return list(items)
    mid = len(items) // 2
    left, right = merge_sort(items[:mid], key), merge_sort(items[mid:], key)
    out, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if key(left[i]) <= key(right[j]):
            out.append(left[i])
            i += 1
        else:
            out.append(right[j])
            j += 1
    return out + left[i:] + right[j:]

# %% wrong
def merge_sort(items, key=None):
    return items

# %% subtle
def merge_sort(items, key=lambda x: x):
    if len(items) < 2:
        return list(items)
    mid = len(items) // 2
    left, right = merge_sort(items[:mid], key), merge_sort(items[mid:], key)
    out = []
    while left and right:
        out.append(left.pop(0) if key(left[0]) < key(right[0]) else right.pop(0))
    return out + left + right

# %% other
def merge_sort(items, key=lambda x: x):
    return sorted(items, key=key)

# %% test merge 2
original = [3, 1, 2]
assert merge_sort(original) == [1, 2, 3]
assert original == [3, 1, 2], "not in place"
words = ["pear", "fig", "apple", "kiwi", "plum"]
assert merge_sort(words, key=len) == ["fig", "pear", "kiwi", "plum", "apple"], "must be stable"

# %% test merge-records 1
people = [{"name": "Bo", "age": 30}, {"name": "Al", "age": 25}]
assert [p["name"] for p in merge_sort(people, key=lambda p: p["age"])] == ["Al", "Bo"]
assert merge_sort([(2, "b"), (1, "z"), (2, "a")]) == [(1, "z"), (2, "a"), (2, "b")]

# %% answer binary
def binary_search(items, target):
    low, high = 0, len(items)
    while low < high:
        mid = (low + high) // 2
        if items[mid] < target:
            low = mid + 1
        else:
            high = mid
    return low if low < len(items) and not target < items[low] else -1

# %% wrong
def binary_search(items, target):
    return -1

# %% subtle
def binary_search(items, target):
    for i, item in enumerate(items):
        if not item < target and not target < item:
            return i
    return -1

# %% test binary 2
assert binary_search([1, 3, 5, 7], 5) == 2
assert binary_search([1, 3, 5, 7], 4) == -1
assert binary_search([], 1) == -1
assert binary_search(list(range(0, 1000, 7)), 994) == 142

# %% test binary-counted 2
Counted.comparisons = 0
items = [Counted(i) for i in range(1024)]
assert binary_search(items, Counted(700)) == 700
assert Counted.comparisons <= 15, f"{Counted.comparisons} comparisons are too many"

# %% answer two-sum
def two_sum(numbers, target):
    seen = {}
    for i, n in enumerate(numbers):
        if target - n in seen:
            return seen[target - n], i
        seen[n] = i
    return None

# %% wrong
def two_sum(numbers, target):
    return 0, 1

# %% subtle
def two_sum(numbers, target):
    for i in range(len(numbers)):
        for j in range(len(numbers)):
            if numbers[i] + numbers[j] == target:
                return i, j

# %% test two-sum 1
i, j = two_sum([2, 7, 11, 15], 9)
assert {i, j} == {0, 1}
assert two_sum([1, 2], 50) is None
assert set(two_sum([3, 2, 4], 6)) == {1, 2}

# %% answer knapsack
def knapsack(items, capacity):
    best = [0] * (capacity + 1)
    for weight, value in items:
        for c in range(capacity, weight - 1, -1):
            best[c] = max(best[c], best[c - weight] + value)
    return best[capacity]

# %% wrong
def knapsack(items, capacity):
    return sum(v for _, v in items)

# %% subtle
def knapsack(items, capacity):
    best = [0] * (capacity + 1)
    for weight, value in items:
        for c in range(weight, capacity + 1):
            best[c] = max(best[c], best[c - weight] + value)
    return best[capacity]

# %% test knapsack 2
from itertools import combinations
def brute_force(items, capacity):
    return max(sum(v for _, v in c) for r in range(len(items) + 1) for c in combinations(items, r) if sum(w for w, _ in c) <= capacity)
random.seed(3)
for _ in range(5):
    items = [(random.randint(1, 9), random.randint(1, 50)) for _ in range(7)]
    assert knapsack(items, 15) == brute_force(items, 15)
