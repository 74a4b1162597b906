"""Dynamic programming and backtracking: memo tables as arguments, brute force by the test, boards solved in place, permutations, timing."""

# %% lesson
import functools
import itertools
import random
import sys
import time
from typing import List, Dict, Tuple
sys.setrecursionlimit(3000)

# %% answer fib
def fib(n, memo={}):
    if n < 2:
        return n
    if n not in memo:
        memo[n] = fib(n - 1, memo) + fib(n - 2, memo)
    return memo[n]

# %% wrong
def fib(n, memo={}):
    return n

# %% subtle
def fib(n, memo=None):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

# %% other
def fib(n, memo=None):
    if memo is None:
        memo = {}
    a, b = 0, 1
    for k in range(n):
        a, b = b, a + b
        memo[k + 1] = a
    return a

# %% test fib 2
assert [fib(k) for k in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]
table = {}
start = time.time()
assert fib(80, table) == 23416728348467685
assert time.time() - start < 5, "too slow: use the memo"
assert table[50] == 12586269025
assert fib(300) > 10 ** 60

# %% answer knapsack
def knapsack(items: List[Tuple[int, int]], capacity: int) -> Tuple[int, List[int]]:
    """Best value, and the indices of the items (weight, value) taken."""
    best: Dict[Tuple[int, int], int] = {}
    n = len(items)
    for i in range(n + 1):
        for c in range(capacity + 1):
            if i == 0:
                best[i, c] = 0
                continue
            w, v = items[i - 1]
            best[i, c] = max(best[i - 1, c], best[i - 1, c - w] + v if w <= c else 0)
    taken, c = [], capacity
    for i in range(n, 0, -1):
        if best[i, c] != best[i - 1, c]:
            taken.append(i - 1)
            c -= items[i - 1][0]
    return best[n, capacity], taken[::-1]

# %% wrong
def knapsack(items, capacity):
    return 0, []

# %% subtle
def knapsack(items, capacity):
    order = sorted(range(len(items)), key=lambda i: items[i][1] / items[i][0], reverse=True)
    value, taken = 0, []
    for i in order:
        if items[i][0] <= capacity:
            capacity -= items[i][0]
            value += items[i][1]
            taken.append(i)
    return value, taken

# %% other
def knapsack(items, capacity):
    @functools.cache
    def go(i, c):
        if i == len(items):
            return 0, ()
        w, v = items[i]
        skip = go(i + 1, c)
        if w > c:
            return skip
        value, chosen = go(i + 1, c - w)
        return max(skip, (value + v, (i,) + chosen), key=lambda r: r[0])
    value, chosen = go(0, capacity)
    return value, list(chosen)

# %% test knapsack 3
def brute(items, capacity):
    best = 0
    for r in range(len(items) + 1):
        for chosen in itertools.combinations(items, r):
            if sum(w for w, _ in chosen) <= capacity:
                best = max(best, sum(v for _, v in chosen))
    return best
random.seed(7)
for trial in range(25):
    items = [(random.randint(1, 9), random.randint(1, 20)) for _ in range(random.randint(0, 7))]
    capacity = random.randint(0, 20)
    value, taken = knapsack(list(items), capacity)
    assert value == brute(items, capacity), f"{items}, {capacity}"
    assert sum(items[i][0] for i in taken) <= capacity and len(set(taken)) == len(taken)
    assert sum(items[i][1] for i in taken) == value

# %% answer lcs
def edit_table(a, b):
    """The whole table of edit distances as a list of lists."""
    t = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            t[i][j] = min(t[i - 1][j] + 1, t[i][j - 1] + 1, t[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
    return t

# %% wrong
def edit_table(a, b):
    return [[0] * (len(b) + 1)] * (len(a) + 1)

# %% subtle
def edit_table(a, b):
    t = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            t[i][j] = min(t[i - 1][j] + 1, t[i][j - 1] + 1, t[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
    return t

# %% other
import numpy as np
def edit_table(a, b):
    t = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    t[0] = range(len(b) + 1)
    t[:, 0] = np.arange(len(a) + 1)
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            t[i, j] = min(t[i - 1, j] + 1, t[i, j - 1] + 1, t[i - 1, j - 1] + (x != y))
    return t.tolist()

# %% test lcs 2
t = edit_table("kitten", "sitting")
assert t[-1][-1] == 3 and len(t) == 7 and all(len(row) == 8 for row in t)
assert t[0] == list(range(8)) and [row[0] for row in t] == list(range(7))
assert edit_table("", "") == [[0]]
assert edit_table("ab", "ba")[2][2] == 2

# %% answer queens
def queens(n):
    """Yield all solutions as tuples of columns."""
    def place(row, chosen):
        if row == n:
            yield tuple(chosen)
            return
        for c in range(n):
            if all(c != d and abs(c - d) != row - r for r, d in enumerate(chosen)):
                yield from place(row + 1, chosen + [c])
    yield from place(0, [])

# %% wrong
def queens(n):
    return []

# %% subtle
def queens(n):
    for p in itertools.permutations(range(n)):
        if len({p[i] + i for i in range(n)}) == n:
            yield p

# %% other
def queens(n):
    return (p for p in itertools.permutations(range(n))
            if len({c + r for r, c in enumerate(p)}) == n == len({c - r for r, c in enumerate(p)}))

# %% test queens 3
assert sum(1 for _ in queens(6)) == 4
assert sorted(queens(4)) == [(1, 3, 0, 2), (2, 0, 3, 1)]
solution = next(iter(queens(8)))
assert sorted(solution) == list(range(8))
assert list(queens(3)) == [] and list(queens(1)) == [(0,)]
lazy = queens(8)
assert len(next(lazy)) == 8

# %% answer sudoku
def solve(board):
    """Solve a 4x4 sudoku in place; 0 is empty. Return whether it could be solved."""
    for r, c in itertools.product(range(4), repeat=2):
        if board[r][c] == 0:
            for v in range(1, 5):
                if fits(board, r, c, v):
                    board[r][c] = v
                    if solve(board):
                        return True
                    board[r][c] = 0
            return False
    return True

def fits(board, r, c, v):
    box = [board[i][j] for i in range(r // 2 * 2, r // 2 * 2 + 2) for j in range(c // 2 * 2, c // 2 * 2 + 2)]
    return v not in board[r] and v not in [row[c] for row in board] and v not in box

# %% wrong
def solve(board):
    return True
def fits(board, r, c, v):
    return True

# %% subtle
def solve(board):
    board = [row[:] for row in board]
    for r, c in itertools.product(range(4), repeat=2):
        if board[r][c] == 0:
            for v in range(1, 5):
                if fits(board, r, c, v):
                    board[r][c] = v
                    if solve(board):
                        return True
                    board[r][c] = 0
            return False
    return True
def fits(board, r, c, v):
    return v not in board[r] and all(row[c] != v for row in board)

# %% other
def fits(board, r, c, v):
    for k in range(4):
        if v in (board[r][k], board[k][c], board[r // 2 * 2 + k // 2][c // 2 * 2 + k % 2]):
            return False
    return True
def solve(board):
    empty = next(((r, c) for r in range(4) for c in range(4) if not board[r][c]), None)
    if not empty:
        return True
    r, c = empty
    for v in filter(lambda v: fits(board, r, c, v), (1, 2, 3, 4)):
        board[r][c] = v
        if solve(board):
            return True
    board[r][c] = 0
    return False

# %% test sudoku 3
puzzle = [[1, 0, 0, 0], [0, 0, 3, 0], [0, 1, 0, 0], [0, 0, 0, 2]]
rows = puzzle[0]
assert fits(puzzle, 0, 1, 2) and not fits(puzzle, 0, 1, 1) and not fits(puzzle, 1, 1, 1)
assert solve(puzzle) is True
assert all(sorted(row) == [1, 2, 3, 4] for row in puzzle)
assert all(sorted(column) == [1, 2, 3, 4] for column in zip(*puzzle))
assert rows is puzzle[0] and rows[0] == 1 and puzzle[3][3] == 2
impossible = [[1, 2, 3, 0], [0, 0, 0, 4], [0] * 4, [0] * 4]
assert not solve(impossible) and impossible[0][3] == 0

# %% answer hanoi
def hanoi(n, source, target, spare):
    """Move n discs between lists; return the number of moves."""
    if n == 0:
        return 0
    moves = hanoi(n - 1, source, spare, target)
    target.append(source.pop())
    return moves + 1 + hanoi(n - 1, spare, target, source)

# %% wrong
def hanoi(n, source, target, spare):
    target.extend(source)
    source.clear()
    return 2 ** n - 1

# %% subtle
def hanoi(n, source, target, spare):
    return 2 ** n - 1

# %% other
def hanoi(n, source, target, spare):
    if n:
        a = hanoi(n - 1, source, spare, target)
        disc = source[-1]
        del source[-1]
        target += [disc]
        b = hanoi(n - 1, spare, target, source)
        return a + b + 1
    return 0

# %% test hanoi 3
class Peg(list):
    """A peg that refuses a larger disc on a smaller one, and counts."""
    moves = 0
    def append(self, disc):
        if self and self[-1] < disc:
            raise ValueError("a larger disc on a smaller one")
        Peg.moves += 1
        super().append(disc)
    def extend(self, discs):
        for d in discs:
            self.append(d)
    def __iadd__(self, discs):
        self.extend(discs)
        return self
a, b, c = Peg([3, 2, 1]), Peg(), Peg()
assert hanoi(3, a, c, b) == 7
assert c == [3, 2, 1] and not a and not b
assert Peg.moves == 7
A, B, C = [2, 1], [], []
assert hanoi(2, A, C, B) == 3 and C == [2, 1]
