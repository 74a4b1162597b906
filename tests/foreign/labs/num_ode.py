"""Ordinary differential equations: Euler and Runge-Kutta with a right-hand side handed over, SciPy's solver, plots."""

# %% lesson
import numpy as np
import matplotlib.pyplot as plt
from scipy.integrate import solve_ivp

def decay(t, y, rate=1.0):
    return -rate * y

# %% answer euler
def euler(f, t_span, y0, n):
    t = np.linspace(*t_span, n + 1)
    h = t[1] - t[0]
    y = np.zeros((n + 1, np.size(y0)))
    y[0] = y0
    for i in range(n):
        y[i + 1] = y[i] + h * np.asarray(f(t[i], y[i]))
    return t, y

# %% wrong
def euler(f, t_span, y0, n):
    return np.linspace(*t_span, n), np.zeros(n)

# %% subtle
def euler(f, t_span, y0, n):
    t = np.linspace(*t_span, n)
    h = t[1] - t[0]
    y = np.zeros((n, np.size(y0)))
    y[0] = y0
    for i in range(n - 1):
        y[i + 1] = y[i] + h * np.asarray(f(t[i], y[i]))
    return t, y

# %% test euler 2
t, y = euler(decay, (0, 1), [1.0], 1000)
assert t.shape == (1001,) and y.shape == (1001, 1)
np.testing.assert_allclose(y[:, 0], np.exp(-t), atol=1e-3)
t, y = euler(lambda t, u: [u[1], -u[0]], (0, np.pi), [0.0, 1.0], 4000)
assert abs(y[-1, 0]) < 1e-2 and abs(y[-1, 1] + 1) < 1e-2

# %% answer rk4
def rk4_step(f, t, y, h):
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

# %% wrong
def rk4_step(f, t, y, h):
    return y

# %% subtle
def rk4_step(f, t, y, h):
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k1)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

# %% test rk4 2
y, h = np.array([1.0]), 0.1
for i in range(10):
    y = rk4_step(decay, i * h, y, h)
assert abs(y[0] - np.exp(-1)) < 1e-6

def error(h):
    y, n = 1.0, round(1 / h)
    for i in range(n):
        y = rk4_step(lambda t, y: y * np.cos(t), i * h, y, h)
    return abs(y - np.exp(np.sin(1)))

assert 12 < error(0.1) / error(0.05) < 20, "order 4"

# %% answer pendulum
def pendulum(theta0, t_end, g=9.81, length=1.0):
    def rhs(t, u):
        return [u[1], -g / length * np.sin(u[0])]
    return solve_ivp(rhs, (0, t_end), [theta0, 0.0], rtol=1e-8, atol=1e-8, dense_output=True)

# %% wrong
def pendulum(theta0, t_end, g=9.81, length=1.0):
    return None

# %% subtle
def pendulum(theta0, t_end, g=9.81, length=1.0):
    def rhs(t, u):
        return [u[1], -g / length * u[0]]
    return solve_ivp(rhs, (0, t_end), [theta0, 0.0], rtol=1e-8, atol=1e-8, dense_output=True)

# %% test pendulum 2
solution = pendulum(1.0, 2.0)
assert solution.success
assert solution.y.shape[0] == 2
u = solution.sol(2.0)
reference = solve_ivp(lambda t, u: (u[1], -9.81 * np.sin(u[0])), (0, 2), (1.0, 0.0), rtol=1e-8, atol=1e-8)
np.testing.assert_allclose(u, reference.y[:, -1], atol=1e-4)

# %% answer plot
fig, ax = plt.subplots()
t = np.linspace(0, 5, 101)
for rate in (0.5, 1, 2):
    ax.plot(t, np.exp(-rate * t), label=f"rate {rate}")
ax.set_xlabel("t")
ax.set_ylabel("y")
ax.set_title("Decay")
ax.legend()

# %% wrong
fig, ax = plt.subplots()

# %% subtle
fig, ax = plt.subplots()
t = np.linspace(0, 5, 101)
for rate in (0.5, 1, 2):
    ax.plot(t, np.exp(-rate * t), label=f"rate {rate}")
ax.set_title("Decay")

# %% test plot 2
lines = ax.get_lines()
assert len(lines) == 3
x, y = lines[1].get_data()
np.testing.assert_allclose(y, np.exp(-x))
assert ax.get_xlabel() == "t" and ax.get_ylabel() == "y"
assert ax.get_legend() is not None
assert [text.get_text() for text in ax.get_legend().get_texts()] == ["rate 0.5", "rate 1", "rate 2"]

# %% answer stability
def is_stable(step, lam, h, n=200):
    y = 1.0
    for i in range(n):
        y = step(lambda t, y: lam * y, i * h, y, h)
    return bool(abs(y) <= 1)

# %% wrong
def is_stable(step, lam, h, n=200):
    return True

# %% subtle
def is_stable(step, lam, h, n=200):
    return abs(step(lambda t, y: lam * y, 0, 1.0, h)) < 1e-3

# %% test stability 2
def euler_step(f, t, y, h):
    return y + h * f(t, y)

assert is_stable(euler_step, -1.0, 1.9) is True
assert is_stable(euler_step, -1.0, 2.1) is False
assert is_stable(rk4_step, -1.0, 2.5) is True
