"""Linked lists with a Node class that the lesson gives, and one that the student writes; identity of nodes."""

# %% lesson
class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next

def from_list(values):
    head = None
    for v in reversed(values):
        head = Node(v, head)
    return head

def to_list(head):
    out = []
    while head is not None:
        out.append(head.value)
        head = head.next
    return out

# %% answer length
def length(head):
    n = 0
    while head:
        n, head = n + 1, head.next
    return n

# %% wrong
def length(head):
    return head

# %% subtle
def length(head):
    n = 1
    while head.next:
        n, head = n + 1, head.next
    return n

# %% other
def length(head):
    return 0 if head is None else 1 + length(head.next)

# %% test length 1
assert length(None) == 0
assert length(from_list([4, 5, 6])) == 3

# %% answer reverse
def reverse(head):
    previous = None
    while head:
        head.next, previous, head = previous, head, head.next
    return previous

# %% wrong
def reverse(head):
    return head

# %% subtle
def reverse(head):
    return from_list(to_list(head)[::-1])

# %% test reverse 2
assert to_list(reverse(from_list([1, 2, 3]))) == [3, 2, 1]
assert reverse(None) is None
a = Node(1)
b = Node(2, a)
head = reverse(b)
assert head is a and a.next is b and b.next is None, "reuse the nodes"

# %% answer insert
def insert_sorted(head, value):
    if head is None or value <= head.value:
        return Node(value, head)
    node = head
    while node.next and node.next.value < value:
        node = node.next
    node.next = Node(value, node.next)
    return head

# %% wrong
def insert_sorted(head, value):
    return Node(value, head)

# %% subtle
def insert_sorted(head, value):
    node = head
    while node.next and node.next.value < value:
        node = node.next
    node.next = Node(value, node.next)
    return head

# %% test insert 2
head = None
for v in [3, 1, 2]:
    head = insert_sorted(head, v)
assert to_list(head) == [1, 2, 3]
assert isinstance(head, Node)

# %% answer cycle
def has_cycle(head):
    slow = fast = head
    while fast and fast.next:
        slow, fast = slow.next, fast.next.next
        if slow is fast:
            return True
    return False

# %% wrong
def has_cycle(head):
    return None

# %% subtle
def has_cycle(head):
    seen = set()
    while head:
        if head.value in seen:
            return True
        seen.add(head.value)
        head = head.next
    return False

# %% test cycle 2
assert has_cycle(from_list([1, 2, 1, 2])) == False
a, b, c = Node(1), Node(2), Node(3)
a.next, b.next, c.next = b, c, b
assert has_cycle(a) == True

# %% answer list
class LinkedList:
    class _Node:
        def __init__(self, item, next):
            self.item, self.next = item, next

    def __init__(self, items=()):
        self.head = None
        self.size = 0
        for item in reversed(list(items)):
            self.prepend(item)

    def prepend(self, item):
        self.head = self._Node(item, self.head)
        self.size += 1

    def __len__(self):
        return self.size

    def __iter__(self):
        node = self.head
        while node is not None:
            yield node.item
            node = node.next

    def __str__(self):
        return " -> ".join(map(str, self))

    def remove(self, item):
        before, node = None, self.head
        while node is not None:
            if node.item == item:
                if before is None:
                    self.head = node.next
                else:
                    before.next = node.next
                self.size -= 1
                return
            before, node = node, node.next
        raise ValueError(f"{item!r} is not in the list")

# %% wrong
class LinkedList:
    def __init__(self, items=()):
        self.head = None

# %% subtle
class LinkedList:
    def __init__(self, items=()):
        self.items = list(items)
        self.head = self.items[0] if self.items else None

    def prepend(self, item):
        self.items.insert(0, item)

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(self.items)

    def __str__(self):
        return " -> ".join(map(str, self.items))

    def remove(self, item):
        while item in self.items:
            self.items.remove(item)

# %% test list 3
l = LinkedList([1, 2, 3])
l.prepend(0)
assert list(l) == [0, 1, 2, 3]
assert len(l) == 4
assert str(l) == "0 -> 1 -> 2 -> 3"
l.remove(2)
assert list(l) == [0, 1, 3]
try:
    l.remove(99)
except ValueError as e:
    assert "99" in str(e)
else:
    assert False

# %% test list-nodes 2
l = LinkedList("ab")
assert l.head.item == "a"
assert l.head.next.item == "b"
assert l.head.next.next is None
old = l.head
l.prepend("z")
assert l.head.next is old
