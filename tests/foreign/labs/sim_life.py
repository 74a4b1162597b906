"""Simulations: the game of life, a predator class given by the lesson, an event queue, a queueing simulation."""

# %% lesson
import heapq
import itertools
import numpy as np

class Robot:
    """Given: a robot on a grid."""
    def __init__(self, x=0, y=0, heading="N"):
        self.x, self.y, self.heading = x, y, heading

    def turn(self):
        self.heading = "NESW"["NESW".index(self.heading) - 3]

    def forward(self):
        dx, dy = {"N": (0, 1), "E": (1, 0), "S": (0, -1), "W": (-1, 0)}[self.heading]
        self.x += dx
        self.y += dy

# %% answer life
def step(board):
    neighbours = sum(np.roll(board, (dx, dy), (0, 1)) for dx, dy in itertools.product((-1, 0, 1), repeat=2) if dx or dy)
    return ((neighbours == 3) | ((board == 1) & (neighbours == 2))).astype(int)

# %% wrong
def step(board):
    return board

# %% subtle
def step(board):
    new = board
    n, m = board.shape
    for i in range(n):
        for j in range(m):
            k = sum(board[(i + a) % n, (j + b) % m] for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b)
            new[i, j] = 1 if k == 3 or (board[i, j] and k == 2) else 0
    return new

# %% other
def step(board):
    new = np.zeros_like(board)
    n, m = board.shape
    for i in range(n):
        for j in range(m):
            k = sum(board[(i + a) % n, (j + b) % m] for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b)
            new[i, j] = 1 if k == 3 or (board[i, j] and k == 2) else 0
    return new

# %% test life 3
blinker = np.zeros((5, 5), dtype=int)
blinker[2, 1:4] = 1
turned = step(blinker)
assert np.array_equal(turned, blinker.T)
assert blinker[2, 1:4].all(), "the board was changed"
np.testing.assert_array_equal(step(turned), blinker)
block = np.zeros((4, 4), dtype=int)
block[1:3, 1:3] = 1
assert (step(block) == block).all()

# %% answer robot
def drive(robot, commands):
    for c in commands:
        if c == "F":
            robot.forward()
        elif c == "R":
            robot.turn()
        else:
            raise ValueError(f"unknown command {c}")

# %% wrong
def drive(robot, commands):
    pass

# %% subtle
def drive(robot, commands):
    for c in commands:
        if c == "F":
            robot.turn()
        else:
            robot.forward()

# %% test robot 2
robot = Robot()
drive(robot, "FFRF")
assert (robot.x, robot.y, robot.heading) == (1, 2, "E")
other = Robot(5, 5, "S")
drive(other, "F")
assert other.y == 4
try:
    drive(Robot(), "X")
    assert False
except ValueError:
    pass

# %% answer home
def distance_home(robot):
    return abs(robot.x) + abs(robot.y)

# %% wrong
def distance_home(robot):
    return 0

# %% subtle
def distance_home(robot):
    return robot.x + robot.y

# %% test home 1
assert distance_home(robot) == 3
assert distance_home(Robot(-2, 2)) == 4

# %% answer events
class Scheduler:
    def __init__(self):
        self.now = 0
        self._queue = []
        self._order = itertools.count()

    def at(self, time, action):
        heapq.heappush(self._queue, (time, next(self._order), action))

    def run(self):
        while self._queue:
            self.now, _, action = heapq.heappop(self._queue)
            action()

# %% wrong
class Scheduler:
    now = 0
    def at(self, time, action):
        pass
    def run(self):
        pass

# %% subtle
class Scheduler:
    def __init__(self):
        self.now = 0
        self._queue = []

    def at(self, time, action):
        self._queue.append((time, action))

    def run(self):
        for self.now, action in self._queue:
            action()

# %% test events 3
s = Scheduler()
seen = []
s.at(5, lambda: seen.append(("b", s.now)))
s.at(1, lambda: seen.append(("a", s.now)))
s.at(5, lambda: seen.append(("c", s.now)))
s.run()
assert seen == [("a", 1), ("b", 5), ("c", 5)]
s.at(7, lambda: s.at(9, lambda: seen.append(("d", s.now))))
s.run()
assert seen[-1] == ("d", 9)

# %% answer fractal
def mandelbrot(c, limit=50):
    z = np.zeros_like(c)
    counts = np.full(c.shape, limit)
    for n in range(limit):
        z = np.where(counts == limit, z * z + c, z)
        counts[(counts == limit) & (abs(z) > 2)] = n
    return counts

# %% wrong
def mandelbrot(c, limit=50):
    return np.zeros(c.shape)

# %% subtle
def mandelbrot(c, limit=50):
    z = np.zeros_like(c)
    counts = np.full(c.shape, limit)
    for n in range(limit):
        z = np.where(counts == limit, z * z + c, z)
        counts[(counts == limit) & (abs(z) > 2)] = n + 1
    return counts

# %% test fractal 1
grid = np.array([[0, 1, -1], [2 + 2j, 1j, 0.5]], dtype=complex)
np.testing.assert_array_equal(mandelbrot(grid), [[50, 2, 50], [0, 50, 4]])
