"""A course in which students write their own tensor class on NumPy: every later test is about objects of that class."""

# %% lesson
import numpy as np

# %% answer tensor
class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data, dtype=float)
        self.requires_grad = requires_grad
        self.grad = None
        self._parents = ()

    @property
    def shape(self):
        return self.data.shape

    @property
    def T(self):
        return Tensor(self.data.T)

    def __repr__(self):
        return f"Tensor({self.data.tolist()})"

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return self._make(self.data + other.data, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return self._make(self.data * other.data, (self, lambda g: g * other.data), (other, lambda g: g * self.data))

    def __matmul__(self, other):
        return self._make(self.data @ other.data, (self, lambda g: g @ other.data.T), (other, lambda g: self.data.T @ g))

    def sum(self):
        return self._make(self.data.sum(), (self, lambda g: g * np.ones_like(self.data)))

    def relu(self):
        return self._make(np.maximum(self.data, 0), (self, lambda g: g * (self.data > 0)))

    @staticmethod
    def _make(data, *parents):
        out = Tensor(data, any(p.requires_grad for p, _ in parents))
        out._parents = parents
        return out

    def backward(self, gradient=None):
        g = np.ones_like(self.data) if gradient is None else gradient
        if self.requires_grad:
            while g.ndim > self.data.ndim:
                g = g.sum(axis=0)
            self.grad = g if self.grad is None else self.grad + g
        for parent, pull in self._parents:
            if parent.requires_grad:
                parent.backward(pull(g))

# %% wrong
class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = data

# %% subtle
class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data, dtype=float)
        self.requires_grad = requires_grad
        self.grad = None
        self._parents = ()

    @property
    def shape(self):
        return self.data.shape

    @property
    def T(self):
        return Tensor(self.data.T)

    def __repr__(self):
        return f"Tensor({self.data.tolist()})"

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return self._make(self.data + other.data, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return self._make(self.data * other.data, (self, lambda g: g * self.data), (other, lambda g: g * other.data))

    def __matmul__(self, other):
        return self._make(self.data @ other.data, (self, lambda g: g @ other.data), (other, lambda g: self.data @ g))

    def sum(self):
        return self._make(self.data.sum(), (self, lambda g: g * np.ones_like(self.data)))

    def relu(self):
        return self._make(np.maximum(self.data, 0), (self, lambda g: g * (self.data >= 0)))

    @staticmethod
    def _make(data, *parents):
        out = Tensor(data, any(p.requires_grad for p, _ in parents))
        out._parents = parents
        return out

    def backward(self, gradient=None):
        g = np.ones_like(self.data) if gradient is None else gradient
        if self.requires_grad:
            self.grad = g
        for parent, pull in self._parents:
            if parent.requires_grad:
                parent.backward(pull(g))

# %% test tensor-basics 2
t = Tensor([[1, 2], [3, 4]])
assert isinstance(t.data, np.ndarray)
assert t.shape == (2, 2)
assert repr(t) == "Tensor([[1.0, 2.0], [3.0, 4.0]])"
assert t.requires_grad is False and t.grad is None
np.testing.assert_array_equal(t.T.data, [[1, 3], [2, 4]])

# %% test tensor-arithmetic 2
a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
assert isinstance(a + b, Tensor)
np.testing.assert_allclose((a + b).data, [4, 6])
np.testing.assert_allclose((a * b).data, [3, 8])
np.testing.assert_allclose((a + 1).data, [2, 3])
x = Tensor(np.eye(2)) @ Tensor([[1.0], [2.0]])
np.testing.assert_allclose(x.data, [[1], [2]])

# %% test tensor-gradient 3
a, b = Tensor([1.0, -2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
loss = (a * b).relu().sum()
loss.backward()
np.testing.assert_allclose(a.grad, [3, 0])
np.testing.assert_allclose(b.grad, [1, 0])

# %% answer linear
class Linear:
    def __init__(self, n_in, n_out, rng=None):
        rng = rng or np.random.default_rng(0)
        self.W = Tensor(rng.normal(0, n_in ** -0.5, (n_in, n_out)), requires_grad=True)
        self.b = Tensor(np.zeros(n_out), requires_grad=True)

    def __call__(self, x):
        return x @ self.W + self.b

    def parameters(self):
        return [self.W, self.b]

# %% wrong
class Linear:
    def __init__(self, n_in, n_out, rng=None):
        pass

# %% subtle
class Linear:
    def __init__(self, n_in, n_out, rng=None):
        rng = rng or np.random.default_rng(0)
        self.W = Tensor(rng.normal(0, n_in ** -0.5, (n_in, n_out)))
        self.b = Tensor(np.zeros(n_out), requires_grad=True)

    def __call__(self, x):
        return x @ self.W + self.b

    def parameters(self):
        return [self.W, self.b]

# %% test linear 2
layer = Linear(3, 2, np.random.default_rng(5))
x = Tensor(np.arange(12.0).reshape(4, 3))
y = layer(x)
assert y.shape == (4, 2)
np.testing.assert_allclose(y.data, x.data @ layer.W.data + layer.b.data)
assert all(isinstance(p, Tensor) and p.requires_grad for p in layer.parameters())

# %% test linear-gradient 2
layer = Linear(3, 1)
layer(Tensor(np.ones((5, 3)))).sum().backward()
np.testing.assert_allclose(layer.W.grad, 5 * np.ones((3, 1)))
np.testing.assert_allclose(layer.b.grad, [5])

# %% answer sgd
class SGD:
    def __init__(self, parameters, lr):
        self.parameters, self.lr = list(parameters), lr

    def step(self):
        for p in self.parameters:
            p.data = p.data - self.lr * p.grad

    def zero_grad(self):
        for p in self.parameters:
            p.grad = None

# %% wrong
class SGD:
    def __init__(self, parameters, lr):
        pass

# %% subtle
class SGD:
    def __init__(self, parameters, lr):
        self.parameters, self.lr = list(parameters), lr

    def step(self):
        for p in self.parameters:
            p.data = p.data + self.lr * p.grad

    def zero_grad(self):
        self.parameters = []

# %% test sgd 3
p = Tensor([1.0, 2.0], requires_grad=True)
optimizer = SGD([p], lr=0.5)
(p * p).sum().backward()
optimizer.step()
np.testing.assert_allclose(p.data, [0, 0])
optimizer.zero_grad()
assert p.grad is None

# %% test loop 3
layer = Linear(2, 1, np.random.default_rng(0))
optimizer = SGD(layer.parameters(), lr=0.05)
X = np.random.default_rng(1).normal(size=(20, 2))
target = X @ [[2.0], [-1.0]]
for _ in range(100):
    error = layer(Tensor(X)) + Tensor(-target)
    loss = (error * error).sum() * (1 / 20)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
np.testing.assert_allclose(layer.W.data, [[2], [-1]], atol=0.05)
