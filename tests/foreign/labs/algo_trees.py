"""Binary search trees and heaps: node classes of the lesson, traversals as generators, recursion on a test's objects."""

# %% lesson
from dataclasses import dataclass
from typing import Optional
import random

@dataclass
class Tree:
    key: int
    left: Optional["Tree"] = None
    right: Optional["Tree"] = None

example = Tree(5, Tree(2, Tree(1), Tree(3)), Tree(8, None, Tree(9)))

# %% answer height
def height(tree):
    return 0 if tree is None else 1 + max(height(tree.left), height(tree.right))

# %% wrong
def height(tree):
    return 3

# %% subtle
def height(tree):
    return 0 if tree is None else 1 + height(tree.left)

# %% test height 1
assert height(None) == 0
assert height(example) == 3
assert height(Tree(1, None, Tree(2, None, Tree(3, None, Tree(4))))) == 4

# %% answer inorder
def inorder(tree):
    if tree is not None:
        yield from inorder(tree.left)
        yield tree.key
        yield from inorder(tree.right)

# %% wrong
def inorder(tree):
    return []

# %% subtle
def inorder(tree):
    if tree is not None:
        yield tree.key
        yield from inorder(tree.left)
        yield from inorder(tree.right)

# %% other
def inorder(tree):
    return [] if tree is None else [*inorder(tree.left), tree.key, *inorder(tree.right)]

# %% test inorder 2
assert list(inorder(example)) == [1, 2, 3, 5, 8, 9]
assert list(inorder(None)) == []

# %% answer insert
def insert(tree, key):
    if tree is None:
        return Tree(key)
    if key < tree.key:
        tree.left = insert(tree.left, key)
    elif key > tree.key:
        tree.right = insert(tree.right, key)
    return tree

# %% wrong
def insert(tree, key):
    return tree

# %% subtle
def insert(tree, key):
    if tree is None:
        return Tree(key)
    if key < tree.key:
        tree.left = insert(tree.left, key)
    else:
        tree.right = insert(tree.right, key)
    return tree

# %% test insert 2
root = None
numbers = random.sample(range(100), 20)
for n in numbers:
    root = insert(root, n)
assert list(inorder(root)) == sorted(numbers)
again = insert(root, numbers[0])
assert again is root
assert len(list(inorder(root))) == 20, "no key twice"

# %% answer search
def contains(tree, key):
    while tree is not None and tree.key != key:
        tree = tree.left if key < tree.key else tree.right
    return tree is not None

# %% wrong
def contains(tree, key):
    return True

# %% subtle
def contains(tree, key):
    return tree.key == key or contains(tree.left, key) or contains(tree.right, key)

# %% test search 1
assert contains(example, 3) is True
assert contains(example, 7) is False
assert contains(None, 1) is False

# %% test equal 1
assert insert(insert(None, 2), 1) == Tree(2, Tree(1))
assert insert(None, 4) == Tree(4)

# %% answer heap
class MinHeap:
    def __init__(self):
        self.data = []

    def push(self, x):
        self.data.append(x)
        i = len(self.data) - 1
        while i and self.data[(i - 1) // 2] > self.data[i]:
            p = (i - 1) // 2
            self.data[i], self.data[p] = self.data[p], self.data[i]
            i = p

    def pop(self):
        top, last = self.data[0], self.data.pop()
        if self.data:
            self.data[0] = last
            i = 0
            while True:
                kids = [k for k in (2 * i + 1, 2 * i + 2) if k < len(self.data)]
                if not kids:
                    break
                k = min(kids, key=self.data.__getitem__)
                if self.data[k] >= self.data[i]:
                    break
                self.data[i], self.data[k] = self.data[k], self.data[i]
                i = k
        return top

    def __len__(self):
        return len(self.data)

# %% wrong
class MinHeap:
    data = []
    def push(self, x):
        pass
    def pop(self):
        pass

# %% subtle
class MinHeap:
    def __init__(self):
        self.data = []

    def push(self, x):
        self.data.append(x)

    def pop(self):
        self.data.sort()
        return self.data.pop(0)

    def __len__(self):
        return len(self.data)

# %% other
import heapq
class MinHeap:
    def __init__(self):
        self.data = []
    def push(self, x):
        heapq.heappush(self.data, x)
    def pop(self):
        return heapq.heappop(self.data)
    def __len__(self):
        return len(self.data)

# %% test heap 3
heap = MinHeap()
items = [random.randint(0, 99) for _ in range(30)]
for x in items:
    heap.push(x)
    for i in range(1, len(heap.data)):
        assert heap.data[(i - 1) // 2] <= heap.data[i], "the heap property is violated"
assert [heap.pop() for _ in range(30)] == sorted(items)
assert len(heap) == 0
