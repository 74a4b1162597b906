"""Graphs: adjacency dictionaries, a Graph class of the lesson, networkx graphs as arguments and answers."""

# %% lesson
from collections import deque
import networkx as nx

class Graph:
    def __init__(self, edges):
        self.adjacency = {}
        for a, b in edges:
            self.adjacency.setdefault(a, set()).add(b)
            self.adjacency.setdefault(b, set()).add(a)

    def neighbors(self, node):
        return sorted(self.adjacency[node])

    def __iter__(self):
        return iter(self.adjacency)

    def __len__(self):
        return len(self.adjacency)

roads = {"A": {"B": 4, "C": 2}, "B": {"D": 5}, "C": {"B": 1, "D": 8}, "D": {}}

# %% answer bfs
def bfs(graph, start):
    order, seen, queue = [], {start}, deque([start])
    while queue:
        node = queue.popleft()
        order.append(node)
        for n in graph.neighbors(node):
            if n not in seen:
                seen.add(n)
                queue.append(n)
    return order

# %% wrong
def bfs(graph, start):
    return list(graph)

# %% subtle
def bfs(graph, start):
    order, queue = [], deque([start])
    while queue:
        node = queue.pop()
        if node not in order:
            order.append(node)
            queue.extend(graph.neighbors(node))
    return order

# %% test bfs 2
g = Graph([(1, 2), (1, 3), (2, 4), (3, 4), (4, 5)])
assert bfs(g, 1) == [1, 2, 3, 4, 5]
assert bfs(g, 5) == [5, 4, 2, 3, 1]

# %% answer dijkstra
import heapq

def dijkstra(graph, source):
    distances = {node: float("inf") for node in graph}
    distances[source] = 0
    queue = [(0, source)]
    while queue:
        d, node = heapq.heappop(queue)
        if d > distances[node]:
            continue
        for n, w in graph[node].items():
            if d + w < distances[n]:
                distances[n] = d + w
                heapq.heappush(queue, (d + w, n))
    return distances

# %% wrong
def dijkstra(graph, source):
    return {n: 0 for n in graph}

# %% subtle
def dijkstra(graph, source):
    distances, queue = {source: 0}, [source]
    while queue:
        node = queue.pop(0)
        for n, w in graph[node].items():
            if n not in distances:
                distances[n] = distances[node] + w
                queue.append(n)
    return distances

# %% test dijkstra 2
assert dijkstra(roads, "A") == {"A": 0, "B": 3, "C": 2, "D": 8}
assert dijkstra(roads, "D")["A"] == float("inf")
assert dijkstra({"x": {}}, "x") == {"x": 0}

# %% answer components
def components(graph: nx.Graph):
    remaining, found = set(graph.nodes), []
    while remaining:
        start = remaining.pop()
        component, stack = {start}, [start]
        while stack:
            for n in graph.neighbors(stack.pop()):
                if n not in component:
                    component.add(n)
                    stack.append(n)
        remaining -= component
        found.append(component)
    return found

# %% wrong
def components(graph):
    return []

# %% subtle
def components(graph):
    return [set(graph.neighbors(n)) | {n} for n in graph.nodes]

# %% other
def components(graph):
    return [set(c) for c in nx.connected_components(graph)]

# %% test components 2
G = nx.Graph([(1, 2), (3, 4), (4, 5)])
G.add_node(9)
assert sorted(map(sorted, components(G))) == [[1, 2], [3, 4, 5], [9]]
assert len(components(nx.path_graph(6))) == 1

# %% answer build
def build(pairs):
    G = nx.DiGraph()
    for a, b, weight in pairs:
        G.add_edge(a, b, weight=weight)
    return G

# %% wrong
def build(pairs):
    return nx.DiGraph()

# %% subtle
def build(pairs):
    G = nx.Graph()
    G.add_weighted_edges_from(pairs)
    return G

# %% other
def build(pairs):
    G = nx.DiGraph()
    G.add_weighted_edges_from(pairs)
    return G

# %% test build 2
G = build([("a", "b", 3), ("b", "c", 1)])
assert isinstance(G, nx.DiGraph)
assert G.number_of_nodes() == 3 and G.has_edge("a", "b") and not G.has_edge("b", "a")
assert G["a"]["b"]["weight"] == 3
assert nx.shortest_path(G, "a", "c") == ["a", "b", "c"]

# %% answer topological
def topological(dependencies):
    order, seen = [], set()
    def visit(task):
        if task not in seen:
            seen.add(task)
            for other in dependencies.get(task, ()):
                visit(other)
            order.append(task)
    for task in dependencies:
        visit(task)
    return order

# %% wrong
def topological(dependencies):
    return list(dependencies)

# %% subtle
def topological(dependencies):
    return sorted(dependencies, key=lambda t: len(dependencies[t]))

# %% test topological 2
tasks = {"shoes": ["socks", "trousers"], "trousers": ["pants"], "coat": ["shirt"], "socks": [], "pants": [], "shirt": []}
order = topological(tasks)
assert sorted(order) == sorted(tasks)
for task, needed in tasks.items():
    for n in needed:
        assert order.index(n) < order.index(task), f"{n} before {task}"
tasks["pants"] = ["coat"]
order = topological(tasks)
assert order.index("coat") < order.index("pants") < order.index("trousers")
