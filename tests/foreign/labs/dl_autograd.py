"""Deep learning from scratch: the student's own scalar autograd engine and tensor class, checked against torch."""

# %% lesson
import math
import random
import numpy as np
import torch

# %% answer value
class Value:
    def __init__(self, data, children=(), op=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(children)
        self._op = op

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")
        def backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")
        def backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,), "tanh")
        def backward():
            self.grad += (1 - t * t) * out.grad
        out._backward = backward
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other if isinstance(other, Value) else self + Value(-other)

    def backward(self):
        order, seen = [], set()
        def visit(v):
            if v not in seen:
                seen.add(v)
                for child in v._prev:
                    visit(child)
                order.append(v)
        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            v._backward()

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

# %% wrong
class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0

    def backward(self):
        pass

# %% subtle
class Value:
    def __init__(self, data, children=(), op=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(children)
        self._op = op

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")
        def backward():
            self.grad = out.grad
            other.grad = out.grad
        out._backward = backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")
        def backward():
            self.grad = other.data * out.grad
            other.grad = self.data * out.grad
        out._backward = backward
        return out

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,), "tanh")
        def backward():
            self.grad = (1 - t * t) * out.grad
        out._backward = backward
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self):
        self.grad = 1.0
        todo = [self]
        while todo:
            v = todo.pop(0)
            v._backward()
            todo.extend(v._prev)

# %% test value-forward 2
a, b = Value(2.0), Value(-3.0)
c = a * b + 1
assert c.data == -5.0
assert repr(a) == "Value(data=2.0, grad=0.0)"
assert (2 * a + 1).data == 5.0
assert isinstance(c, Value)
assert c._op == "+" and len(c._prev) == 2

# %% test value-backward 3
a, b = Value(2.0), Value(-3.0)
loss = (a * b + a).tanh()
loss.backward()
x, z = torch.tensor(2.0, requires_grad=True), torch.tensor(-3.0, requires_grad=True)
expected = torch.tanh(x * z + x)
expected.backward()
assert abs(loss.data - expected.item()) < 1e-6
assert abs(a.grad - x.grad.item()) < 1e-6
assert abs(b.grad - z.grad.item()) < 1e-6

# %% test value-shared 2
a = Value(3.0)
b = a + a
b.backward()
assert a.grad == 2.0, "gradients accumulate"
a = Value(1.5)
(a * a * a).backward()
assert math.isclose(a.grad, 3 * 1.5 ** 2)

# %% answer neuron
class Neuron:
    def __init__(self, n):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(n)]
        self.b = Value(0.0)

    def __call__(self, x):
        return sum((w * xi for w, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]

# %% wrong
class Neuron:
    def __init__(self, n):
        self.w, self.b = [], None
    def parameters(self):
        return []

# %% subtle
class Neuron:
    def __init__(self, n):
        self.w = [Value(random.uniform(-1, 1))] * n
        self.b = Value(0.0)

    def __call__(self, x):
        return sum((w * xi for w, xi in zip(self.w, x)), self.b)

    def parameters(self):
        return self.w

# %% test neuron 2
random.seed(0)
n = Neuron(3)
assert len(n.parameters()) == 4
out = n([1.0, 2.0, 3.0])
raw = sum(w.data * x for w, x in zip(n.w, [1.0, 2.0, 3.0])) + n.b.data
assert math.isclose(out.data, math.tanh(raw))
out.backward()
assert all(p.grad != 0 for p in n.parameters())

# %% answer train
def train(neuron, xs, ys, steps=50, lr=0.1):
    losses = []
    for _ in range(steps):
        errors = [neuron(x) - y for x, y in zip(xs, ys)]
        loss = sum((e * e for e in errors), Value(0.0))
        for p in neuron.parameters():
            p.grad = 0.0
        loss.backward()
        for p in neuron.parameters():
            p.data -= lr * p.grad
        losses.append(loss.data)
    return losses

# %% wrong
def train(neuron, xs, ys, steps=50, lr=0.1):
    return []

# %% subtle
def train(neuron, xs, ys, steps=50, lr=0.1):
    losses = []
    for _ in range(steps):
        loss = sum(((neuron(x) - y) * (neuron(x) - y) for x, y in zip(xs, ys)), Value(0.0))
        loss.backward()
        for p in neuron.parameters():
            p.data += lr * p.grad
        losses.append(loss.data)
    return losses

# %% test train 3
random.seed(1)
neuron = Neuron(2)
losses = train(neuron, [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [-0.5, 0.5, 0.1])
assert len(losses) == 50
assert losses[-1] < losses[0] / 3
assert losses[-1] < 0.2
