"""Root finding: a function and its derivative handed over, iterations counted, errors raised, a convergence table."""

# %% lesson
import numpy as np
import matplotlib.pyplot as plt

# %% answer bisection
def bisection(f, a, b, tol=1e-8, max_iter=100):
    if f(a) * f(b) > 0:
        raise ValueError("f(a) and f(b) must have different signs")
    for _ in range(max_iter):
        c = (a + b) / 2
        if f(c) == 0 or (b - a) / 2 < tol:
            return c
        if f(a) * f(c) < 0:
            b = c
        else:
            a = c
    return c

# %% wrong
def bisection(f, a, b, tol=1e-8, max_iter=100):
    return (a + b) / 2

# %% subtle
def bisection(f, a, b, tol=1e-8, max_iter=100):
    while abs(f(a)) > tol:
        c = (a + b) / 2
        if f(c) > 0:
            b = c
        else:
            a = c
    return a

# %% test bisection 3
assert np.isclose(bisection(lambda x: x ** 2 - 2, 0, 2), np.sqrt(2))
assert np.isclose(bisection(np.cos, 0, 3), np.pi / 2)
assert np.isclose(bisection(lambda x: np.exp(-x) - 0.5, 0, 5), np.log(2)), "a falling function"
try:
    bisection(lambda x: x ** 2 + 1, -1, 1)
    assert False, "no sign change, so a ValueError"
except ValueError:
    pass

# %% answer newton
def newton(f, df, x0, tol=1e-10, max_iter=50):
    x = x0
    for n in range(max_iter):
        step = f(x) / df(x)
        x = x - step
        if abs(step) < tol:
            return x, n + 1
    raise RuntimeError("no convergence")

# %% wrong
def newton(f, df, x0, tol=1e-10, max_iter=50):
    return x0, 0

# %% subtle
def newton(f, df, x0, tol=1e-10, max_iter=50):
    x = x0
    for n in range(max_iter):
        x = x - f(x) / df(x)
        if abs(f(x)) < tol:
            break
    return x, n + 1

# %% test newton 2
f = lambda x: x ** 3 - x - 2
df = lambda x: 3 * x ** 2 - 1
root, n = newton(f, df, 1.5)
assert abs(f(root)) < 1e-9
assert 2 <= n <= 6
import pytest
with pytest.raises(RuntimeError):
    newton(lambda x: x ** 2 + 1, lambda x: 2 * x, 0.5)

# %% test newton-calls 2
count = 0
def counted(x):
    global count
    count += 1
    return np.tanh(x) - 0.25
root, n = newton(counted, lambda x: 1 - np.tanh(x) ** 2, 0.0)
assert np.isclose(root, np.arctanh(0.25))
assert count <= n + 1, "one evaluation of f for each step"

# %% answer fixed
def fixed_point(g, x0, n):
    xs = [x0]
    for _ in range(n):
        xs.append(g(xs[-1]))
    return np.array(xs)

# %% wrong
def fixed_point(g, x0, n):
    return np.zeros(n)

# %% subtle
def fixed_point(g, x0, n):
    return np.array([g(x0) for _ in range(n + 1)])

# %% test fixed 2
xs = fixed_point(np.cos, 1.0, 50)
assert isinstance(xs, np.ndarray) and xs.shape == (51,)
assert xs[0] == 1.0
np.testing.assert_allclose(xs[-1], 0.7390851332151607, rtol=1e-6)
np.testing.assert_allclose(np.cos(xs[:-1]), xs[1:])

# %% answer order
def convergence_order(errors):
    e = np.log(np.asarray(errors))
    return (e[2:] - e[1:-1]) / (e[1:-1] - e[:-2])

# %% wrong
def convergence_order(errors):
    return 1

# %% subtle
def convergence_order(errors):
    e = np.log(np.asarray(errors))
    return e[1:] / e[:-1]

# %% test order 1
errors = [1e-1, 1e-2, 1e-4, 1e-8]
np.testing.assert_array_almost_equal(convergence_order(errors), [2, 2])
np.testing.assert_array_almost_equal(convergence_order(0.5 ** np.arange(6)), np.ones(4))
