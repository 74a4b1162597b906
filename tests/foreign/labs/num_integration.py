"""Integration and interpolation: rules as functions, SciPy objects as answers, np.vectorize, warnings, timing-free counts."""

# %% lesson
import numpy as np
from scipy import integrate, interpolate, optimize, special

# %% answer trapezoid
def trapezoid(f, a, b, n):
    x = np.linspace(a, b, n + 1)
    y = f(x)
    return (b - a) / n * (y.sum() - (y[0] + y[-1]) / 2)

# %% wrong
def trapezoid(f, a, b, n):
    return 0.0

# %% subtle
def trapezoid(f, a, b, n):
    x = np.linspace(a, b, n)
    y = f(x)
    return (b - a) / n * (y.sum() - (y[0] + y[-1]) / 2)

# %% other
def trapezoid(f, a, b, n):
    h = (b - a) / n
    total = (f(a) + f(b)) / 2
    for i in range(1, n):
        total += f(a + i * h)
    return h * total

# %% test trapezoid 2
assert np.isclose(trapezoid(np.sin, 0, np.pi, 1000), 2, atol=1e-5)
assert np.isclose(trapezoid(lambda x: 3 * x + 1, 0, 2, 1), 8)
errors = [abs(trapezoid(np.exp, 0, 1, n) - (np.e - 1)) for n in (10, 20, 40)]
rates = np.log2(np.array(errors[:-1]) / errors[1:])
np.testing.assert_allclose(rates, 2, atol=0.01)

# %% answer gauss
def gauss_legendre(f, a, b, n):
    x, w = np.polynomial.legendre.leggauss(n)
    return (b - a) / 2 * np.sum(w * f((b - a) / 2 * x + (a + b) / 2))

# %% wrong
def gauss_legendre(f, a, b, n):
    return f(a)

# %% subtle
def gauss_legendre(f, a, b, n):
    x, w = np.polynomial.legendre.leggauss(n)
    return np.sum(w * f((b - a) / 2 * x + (a + b) / 2))

# %% test gauss 2
for degree in range(6):
    assert np.isclose(gauss_legendre(lambda x: x ** degree, 0, 3, 3), 3 ** (degree + 1) / (degree + 1)), degree
assert np.isclose(gauss_legendre(special.erf, 0, 1, 10), integrate.quad(special.erf, 0, 1)[0])

# %% answer lagrange
def lagrange(xs, ys):
    def p(x):
        total = 0.0
        for i, xi in enumerate(xs):
            term = ys[i]
            for j, xj in enumerate(xs):
                if i != j:
                    term = term * (x - xj) / (xi - xj)
            total = total + term
        return total
    return p

# %% wrong
def lagrange(xs, ys):
    return lambda x: ys[0]

# %% subtle
def lagrange(xs, ys):
    return interpolate.interp1d(xs, ys)

# %% other
def lagrange(xs, ys):
    return interpolate.BarycentricInterpolator(xs, ys)

# %% test lagrange 2
xs = np.array([0.0, 1.0, 2.0, 4.0])
p = lagrange(xs, xs ** 3 - xs)
assert callable(p)
assert np.isclose(p(3.0), 24)
np.testing.assert_allclose(p(np.array([0.5, 1.5])), [-0.375, 1.875])

# %% answer spline
def make_spline(x, y):
    return interpolate.CubicSpline(x, y, bc_type="natural")

# %% wrong
def make_spline(x, y):
    return np.interp

# %% subtle
def make_spline(x, y):
    return interpolate.CubicSpline(x, y)

# %% test spline 1
x = np.linspace(0, np.pi, 9)
s = make_spline(x, np.sin(x))
assert np.isclose(s(0.3), np.sin(0.3), atol=1e-3)
assert abs(s(0, 2)) < 1e-10 and abs(s(np.pi, 2)) < 1e-10, "natural boundary conditions"

# %% answer minimum
result = optimize.minimize(lambda v: (v[0] - 1) ** 2 + 10 * (v[1] + 2) ** 2, x0=[0, 0])

# %% wrong
result = None

# %% subtle
result = optimize.minimize(lambda v: (v[0] + 1) ** 2 + 10 * (v[1] + 2) ** 2, x0=[0, 0])

# %% test minimum 1
assert result.success
np.testing.assert_allclose(result.x, [1, -2], atol=1e-4)

# %% answer monte
def monte_carlo_pi(n, rng):
    xy = rng.random((n, 2))
    return 4 * np.mean((xy ** 2).sum(axis=1) < 1)

# %% wrong
def monte_carlo_pi(n, rng):
    return np.pi

# %% subtle
def monte_carlo_pi(n, rng):
    xy = rng.random((n, 2))
    return 2 * np.mean((xy ** 2).sum(axis=1) < 1)

# %% test monte 2
rng = np.random.default_rng(7)
estimate = monte_carlo_pi(20000, rng)
assert abs(estimate - np.pi) < 0.05
assert estimate != np.pi
state = np.random.default_rng(7)
assert monte_carlo_pi(20000, state) == estimate, "draw all random numbers from rng"
