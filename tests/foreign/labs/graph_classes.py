"""Graphs with classes of the student's own: vertices that hash, a priority queue, Dijkstra, union-find, topological order, networkx beside."""

# %% lesson
import heapq
import itertools
from collections import deque
import networkx as nx

class GraphError(Exception):
    """Given: an error of a graph, with the vertex that it is about."""
    def __init__(self, message, vertex=None):
        super().__init__(message)
        self.vertex = vertex

ROADS = [("A", "B", 4), ("A", "C", 2), ("C", "B", 1), ("B", "D", 5), ("C", "D", 8), ("D", "E", 3)]

# %% answer vertex
class Vertex:
    """Two vertices with the same name are equal."""
    __slots__ = ("name", "data")

    def __init__(self, name, data=None):
        self.name, self.data = name, data

    def __eq__(self, other):
        return self.name == other.name if isinstance(other, Vertex) else NotImplemented

    def __hash__(self):
        return hash(self.name)

    def __lt__(self, other):
        return self.name < other.name

    def __repr__(self):
        return f"<{self.name}>"

# %% wrong
class Vertex:
    def __init__(self, name, data=None):
        self.name = name

# %% subtle
class Vertex:
    def __init__(self, name, data=None):
        self.name, self.data = name, data
    def __eq__(self, other):
        return self.name == other.name
    def __repr__(self):
        return f"<{self.name}>"

# %% other
from dataclasses import dataclass, field
@dataclass(frozen=True, order=True)
class Vertex:
    name: str
    data: object = field(default=None, compare=False)
    def __repr__(self):
        return "<" + self.name + ">"

# %% another
from typing import Any, NamedTuple
class Vertex(NamedTuple):
    name: str
    data: Any = None
    __repr__ = lambda self: f"<{self.name}>"
    __eq__ = lambda self, other: isinstance(other, Vertex) and self.name == other.name
    __ne__ = lambda self, other: not self == other
    __hash__ = lambda self: hash(self.name)

# %% test vertex 3
v, w = Vertex("a"), Vertex("a", data=3)
assert v == w and v is not w
assert hash(v) == hash(w) and len({v, w, Vertex("b")}) == 2
assert {v: 1}[w] == 1
assert repr(v) == "<a>" and str([v]) == "[<a>]"
assert v != Vertex("b") and v != "a"
assert [u.name for u in sorted([Vertex("z"), Vertex("y")])] == ["y", "z"]

# %% answer graph
class Graph:
    def __init__(self, edges=(), directed=False):
        self.adj = {}
        self.directed = directed
        for edge in edges:
            self.add_edge(*edge)

    def add_edge(self, u, v, weight=1):
        self.adj.setdefault(u, {})[v] = weight
        self.adj.setdefault(v, {})
        if not self.directed:
            self.adj[v][u] = weight
        return self

    def __contains__(self, u):
        return u in self.adj

    def __getitem__(self, u):
        return self.adj[u]

    def __iter__(self):
        return iter(self.adj)

    def __len__(self):
        return len(self.adj)

    @property
    def edges(self):
        return {(u, v) if self.directed else tuple(sorted((u, v))) for u in self for v in self[u]}

    @classmethod
    def from_networkx(cls, G):
        return cls(((u, v, d.get("weight", 1)) for u, v, d in G.edges(data=True)), directed=G.is_directed())

# %% wrong
class Graph:
    def __init__(self, edges=(), directed=False):
        self.edges = edges

# %% subtle
class Graph:
    def __init__(self, edges=(), directed=False):
        self.adj = {}
        self.directed = directed
        for edge in edges:
            self.add_edge(*edge)
    def add_edge(self, u, v, weight=1):
        self.adj.setdefault(u, {})[v] = weight
        if not self.directed:
            self.adj.setdefault(v, {})[u] = weight
    def __contains__(self, u):
        return u in self.adj
    def __getitem__(self, u):
        return self.adj[u]
    def __iter__(self):
        return iter(self.adj)
    def __len__(self):
        return len(self.adj)
    @property
    def edges(self):
        return [(u, v) for u in self.adj for v in self.adj[u]]
    @classmethod
    def from_networkx(cls, G):
        return cls(G.edges)

# %% other
class Graph(dict):
    def __init__(self, edges=(), directed=False):
        super().__init__()
        self.directed = directed
        for e in edges:
            self.add_edge(*e)
    @property
    def adj(self):
        return self
    def add_edge(self, u, v, weight=1):
        for a, b in [(u, v)] if self.directed else [(u, v), (v, u)]:
            self.setdefault(a, {}).update({b: weight})
            self.setdefault(b, {})
        return self
    @property
    def edges(self):
        pairs = ((u, v) for u in self for v in self[u])
        return set(pairs) if self.directed else {(min(p), max(p)) for p in pairs}
    @staticmethod
    def from_networkx(G):
        g = Graph(directed=G.is_directed())
        for u, v in G.edges:
            g.add_edge(u, v, G[u][v].get("weight", 1))
        return g

# %% test graph 3
g = Graph(ROADS)
assert len(g) == 5 and "A" in g and "Z" not in g
assert g["B"] == {"A": 4, "C": 1, "D": 5}
assert set(g) == set("ABCDE")
assert len(g.edges) == 6 and ("A", "B") in g.edges
d = Graph(directed=True)
assert d.add_edge(1, 2) is d
d.add_edge(2, 3)
assert d.edges == {(1, 2), (2, 3)} and d[3] == {}
k = Graph.from_networkx(nx.complete_graph(4))
assert isinstance(k, Graph) and len(k.edges) == 6
back = nx.Graph(list(k.edges))
assert nx.is_isomorphic(back, nx.complete_graph(4))

# %% answer queue
class PriorityQueue:
    def __init__(self):
        self._heap, self._n = [], itertools.count()

    def push(self, item, priority):
        heapq.heappush(self._heap, (priority, next(self._n), item))

    def pop(self):
        if not self._heap:
            raise IndexError("pop from an empty queue")
        return heapq.heappop(self._heap)[2]

    def __bool__(self):
        return bool(self._heap)

    def __len__(self):
        return len(self._heap)

# %% wrong
class PriorityQueue:
    def __init__(self):
        self.items = []
    def push(self, item, priority):
        self.items.append(item)
    def pop(self):
        return self.items.pop()

# %% subtle
class PriorityQueue:
    def __init__(self):
        self.heap = []
    def push(self, item, priority):
        heapq.heappush(self.heap, (priority, item))
    def pop(self):
        return heapq.heappop(self.heap)[1] if self.heap else None
    def __len__(self):
        return len(self.heap)

# %% other
class PriorityQueue(list):
    def push(self, item, priority):
        self.append((priority, item))
    def pop(self):
        if not len(self):
            raise IndexError
        best = min(range(len(self)), key=lambda i: self[i][0])
        return super().pop(best)[1]

# %% test queue 2
q = PriorityQueue()
assert not q
for item, priority in [("c", 3), ("a", 1), ({"un": "orderable"}, 2), ("b", 1)]:
    q.push(item, priority)
assert len(q) == 4 and q
assert [q.pop() for _ in range(4)] == ["a", "b", {"un": "orderable"}, "c"]
try:
    q.pop()
except IndexError:
    pass
else:
    assert False, "an empty queue must raise an IndexError"

# %% answer dijkstra
def dijkstra(graph, source):
    """Distances and predecessors."""
    if source not in graph:
        raise GraphError("unknown vertex", source)
    dist, prev = {source: 0}, {source: None}
    queue = PriorityQueue()
    queue.push(source, 0)
    done = set()
    while queue:
        u = queue.pop()
        if u in done:
            continue
        done.add(u)
        for v, w in graph[u].items():
            if dist[u] + w < dist.get(v, float("inf")):
                dist[v], prev[v] = dist[u] + w, u
                queue.push(v, dist[v])
    return dist, prev

def path_to(prev, target):
    """The path to the target, a deque."""
    path = deque()
    while target is not None:
        path.appendleft(target)
        target = prev[target]
    return path

# %% wrong
def dijkstra(graph, source):
    return {}, {}
def path_to(prev, target):
    return deque()

# %% subtle
def dijkstra(graph, source):
    dist, prev, todo = {source: 0}, {source: None}, deque([source])
    while todo:
        u = todo.popleft()
        for v, w in graph[u].items():
            if v not in dist:
                dist[v], prev[v] = dist[u] + w, u
                todo.append(v)
    return dist, prev
def path_to(prev, target):
    path = []
    while target:
        path.append(target)
        target = prev[target]
    return path[::-1]

# %% other
def dijkstra(graph, source):
    try:
        graph[source]
    except KeyError:
        raise GraphError(f"no vertex {source}", vertex=source) from None
    dist = dict.fromkeys(graph, float("inf"))
    prev = dict.fromkeys(graph)
    dist[source] = 0
    left = set(graph)
    while left:
        u = min(left, key=dist.get)
        left.remove(u)
        for v in graph[u]:
            if (alternative := dist[u] + graph[u][v]) < dist[v]:
                dist[v] = alternative
                prev[v] = u
    return dist, prev
def path_to(prev, target):
    return path_to(prev, prev[target]) + deque([target]) if target else deque()

# %% test dijkstra 3
dist, prev = dijkstra(Graph(ROADS), "A")
G = nx.Graph()
G.add_weighted_edges_from(ROADS)
assert dist == nx.single_source_dijkstra_path_length(G, "A")
assert path_to(prev, "E") == deque("ACBDE")
assert list(path_to(prev, "A")) == ["A"]
try:
    dijkstra(Graph(ROADS), "Q")
except GraphError as e:
    assert e.vertex == "Q"
else:
    raise AssertionError("GraphError expected")

# %% answer unionfind
class DisjointSets:
    def __init__(self, items):
        self.parent = {i: i for i in items}

    def find(self, i):
        while self.parent[i] != i:
            self.parent[i] = i = self.parent[self.parent[i]]
        return i

    def union(self, a, b):
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        self.parent[b] = a
        return True

def kruskal(edges):
    """Yield the edges of a minimum spanning tree, lightest first."""
    sets = DisjointSets({x for e in edges for x in e[:2]})
    for u, v, w in sorted(edges, key=lambda e: e[2]):
        if sets.union(u, v):
            yield u, v, w

# %% wrong
class DisjointSets:
    def __init__(self, items):
        pass
def kruskal(edges):
    return edges

# %% subtle
class DisjointSets:
    def __init__(self, items):
        self.parent = {i: i for i in items}
    def find(self, i):
        return i if self.parent[i] == i else self.find(self.parent[i])
    def union(self, a, b):
        self.parent[b] = self.find(a)
        return True
def kruskal(edges):
    sets = DisjointSets({x for e in edges for x in e[:2]})
    for u, v, w in sorted(edges, key=lambda e: e[2]):
        if sets.find(u) != sets.find(v):
            sets.union(u, v)
            yield u, v, w

# %% other
class DisjointSets:
    def __init__(self, items):
        self.label = {x: n for n, x in enumerate(items)}
    def find(self, x):
        return self.label[x]
    def union(self, a, b):
        a, b = self.label[a], self.label[b]
        for k, n in self.label.items():
            if n == b:
                self.label[k] = a
        return a != b
def kruskal(edges):
    G = nx.Graph()
    G.add_weighted_edges_from(edges)
    tree = nx.minimum_spanning_edges(G, data=False)
    return sorted(((u, v, G[u][v]["weight"]) for u, v in tree), key=lambda e: e[-1])

# %% test unionfind 3
s = DisjointSets("abcd")
assert s.union("a", "b") is True and s.union("c", "d")
assert s.find("a") == s.find("b") != s.find("c")
assert not s.union("b", "a")
s.union("b", "d")
assert len({s.find(x) for x in "abcd"}) == 1
tree = list(kruskal(ROADS))
assert sum(w for *_, w in tree) == 11 and len(tree) == 4
assert tree[0][2] == 1
