"""Physics: solve_ivp with events and odeint, result objects, particles with array attributes, heat equation, spectra, constants."""

# %% lesson
import numpy as np
import matplotlib.pyplot as plt
from scipy import constants, sparse
from scipy.integrate import odeint, solve_ivp, quad
from scipy.sparse.linalg import spsolve
g = constants.g

def energy(y, m=1.0, k=1.0):
    """Given: energy of an oscillator at (x, v)."""
    return 0.5 * m * y[1] ** 2 + 0.5 * k * y[0] ** 2

# %% answer oscillator
def oscillator(t, y, omega=1.0, gamma=0.0):
    """Right-hand side of the damped oscillator."""
    x, v = y
    return [v, -omega**2 * x - 2 * gamma * v]

def simulate(y0, t_end, **parameters):
    """Solve with solve_ivp; return its result."""
    args = (parameters.get("omega", 1.0), parameters.get("gamma", 0.0))
    return solve_ivp(oscillator, (0, t_end), y0, args=args, rtol=1e-8, atol=1e-10, dense_output=True)

# %% wrong
def oscillator(t, y, omega=1.0, gamma=0.0):
    return y
def simulate(y0, t_end, **parameters):
    return y0

# %% subtle
def oscillator(t, y, omega=1.0, gamma=0.0):
    return [y[1], -omega * y[0] - 2 * gamma * y[1]]
def simulate(y0, t_end, **parameters):
    return solve_ivp(lambda t, y: oscillator(t, y, **parameters), (0, t_end), y0)

# %% other
def oscillator(t, y, omega=1.0, gamma=0.0):
    A = np.array([[0, 1], [-omega * omega, -2 * gamma]])
    return A @ y
def simulate(y0, t_end, **parameters):
    f = lambda t, y: oscillator(t, y, **parameters)
    return solve_ivp(f, [0, t_end], np.array(y0, float), method="DOP853", rtol=1e-10, atol=1e-12, dense_output=True)

# %% test oscillator 3
np.testing.assert_allclose(oscillator(0, [1.0, 2.0], omega=2, gamma=0.5), [2, -6])
sol = simulate([1.0, 0.0], 10)
assert sol.success and sol.status == 0
assert sol.t[-1] == 10 and sol.y.shape[0] == 2
assert np.allclose(sol.y[0], np.cos(sol.t), atol=1e-4)
assert np.isclose(sol.sol(np.pi)[0], -1, atol=1e-4)
assert np.ptp(energy(sol.y)) < 1e-5
damped = simulate([1.0, 0.0], 20, gamma=0.3)
assert abs(damped.y[0, -1]) < 0.01

# %% answer throw
def flight(v0, angle):
    """Time and range of a throw, by an event of solve_ivp."""
    def hit(t, y):
        return y[1]
    hit.terminal = True
    hit.direction = -1
    a = np.radians(angle)
    s = solve_ivp(lambda t, y: [y[2], y[3], 0, -g], (0, 100), [0, 0, v0 * np.cos(a), v0 * np.sin(a)], events=hit)
    return s.t_events[0][0], s.y_events[0][0][0]

# %% wrong
def flight(v0, angle):
    return v0, angle

# %% subtle
def flight(v0, angle):
    t = 2 * v0 * np.sin(angle) / g
    return t, v0 * np.cos(angle) * t

# %% other
def flight(v0, angle):
    a = np.deg2rad(angle)
    return 2 * v0 * np.sin(a) / 9.80665, v0**2 * np.sin(2 * a) / 9.80665

# %% test throw 2
t, x = flight(10, 45)
assert np.isclose(t, 2 * 10 * np.sin(np.pi / 4) / g, rtol=1e-4)
assert np.isclose(x, 100 / g, rtol=1e-4)
ranges = [flight(12, a)[1] for a in (30, 45, 60)]
assert max(ranges) == ranges[1]

# %% answer particles
class Particle:
    def __init__(self, position, velocity, mass=1.0):
        self.position = np.array(position, dtype=float)
        self.velocity = np.array(velocity, dtype=float)
        self.mass = mass

    @property
    def momentum(self):
        return self.mass * self.velocity

    def move(self, force, dt):
        self.velocity += force / self.mass * dt
        self.position += self.velocity * dt

class System:
    def __init__(self, *particles):
        self.particles = list(particles)

    def __iter__(self):
        return iter(self.particles)

    def momentum(self):
        return sum(p.momentum for p in self)

    def step(self, dt, force=lambda a, b: b.position - a.position):
        forces = [sum((force(a, b) for b in self if b is not a), np.zeros(2)) for a in self]
        for p, f in zip(self, forces):
            p.move(f, dt)

# %% wrong
class Particle:
    def __init__(self, position, velocity, mass=1.0):
        self.position, self.velocity, self.mass = position, velocity, mass
class System:
    def __init__(self, *particles):
        self.particles = particles

# %% subtle
class Particle:
    def __init__(self, position, velocity, mass=1.0):
        self.position = np.asarray(position)
        self.velocity = np.asarray(velocity)
        self.mass = mass
    @property
    def momentum(self):
        return self.mass * self.velocity
    def move(self, force, dt):
        self.position = self.position + self.velocity * dt
        self.velocity = self.velocity + force * dt
class System:
    def __init__(self, *particles):
        self.particles = particles
    def __iter__(self):
        yield from self.particles
    def momentum(self):
        return sum(p.momentum for p in self.particles)
    def step(self, dt, force=lambda a, b: b.position - a.position):
        for a in self.particles:
            for b in self.particles:
                if a is not b:
                    a.move(force(a, b), dt)

# %% other
from dataclasses import dataclass
@dataclass(eq=False)
class Particle:
    position: np.ndarray
    velocity: np.ndarray
    mass: float = 1.0
    def __post_init__(self):
        self.position = np.array(self.position) * 1.0
        self.velocity = np.array(self.velocity) * 1.0
    momentum = property(lambda self: self.mass * self.velocity)
    def move(self, force, dt):
        self.velocity = self.velocity + np.multiply(force, dt / self.mass)
        self.position = self.position + self.velocity * dt
class System(tuple):
    def __new__(cls, *particles):
        return super().__new__(cls, particles)
    @property
    def particles(self):
        return list(self)
    def momentum(self):
        return np.sum([p.momentum for p in self], axis=0)
    def step(self, dt, force=lambda a, b: b.position - a.position):
        total = {id(p): np.zeros(2) for p in self}
        for p in self:
            for q in self:
                if p is not q:
                    total[id(p)] += force(p, q)
        for p in self:
            p.move(total[id(p)], dt)

# %% test particles 4
p = Particle([0, 0], [1, 2], mass=2)
p.move(np.array([0.0, -4.0]), 0.5)
assert p.velocity.tolist() == [1, 1] and p.position.tolist() == [0.5, 0.5]
assert p.momentum.tolist() == [2, 2]
start = [0.0, 1.0]
a, b = Particle(start, [0, 0]), Particle([2, 1], [0, 0], mass=3)
s = System(a, b)
for _ in range(10):
    s.step(0.01)
assert np.allclose(s.momentum(), 0, atol=1e-12)
assert a.position[0] > 0 and b.position[0] < 2
assert start == [0.0, 1.0]
assert [q is r for q, r in zip(s, s.particles)] == [True, True]
assert len(list(s)) == 2
s.step(1.0, force=lambda a, b: np.array([1.0, 0.0]))

# %% answer heat
def heat_matrix(n, r):
    """The matrix of the implicit Euler step, sparse."""
    return sparse.diags([-r, 1 + 2 * r, -r], [-1, 0, 1], shape=(n, n), format="csc")

def heat(u0, r, steps):
    """Yield the solution after each step."""
    A = heat_matrix(len(u0), r)
    u = u0
    for _ in range(steps):
        u = spsolve(A, u)
        yield u

# %% wrong
def heat_matrix(n, r):
    return np.eye(n)
def heat(u0, r, steps):
    return [u0] * steps

# %% subtle
def heat_matrix(n, r):
    return np.diag(np.full(n, 1 + 2 * r)) - r * np.eye(n, k=1) - r * np.eye(n, k=-1)
def heat(u0, r, steps):
    u = u0
    for _ in range(steps):
        yield u
        u = np.linalg.solve(heat_matrix(len(u), r), u)

# %% other
def heat_matrix(n, r):
    A = sparse.lil_array((n, n))
    A.setdiag(1 + 2 * r)
    A.setdiag(-r, 1)
    A.setdiag(-r, -1)
    return A.tocsr()
def heat(u0, r, steps):
    A = heat_matrix(len(u0), r).toarray()
    out = []
    u = np.array(u0)
    for _ in range(steps):
        u = np.linalg.solve(A, u)
        out.append(u)
    return out

# %% test heat 3
A = heat_matrix(5, 0.5)
assert sparse.issparse(A), "use scipy.sparse"
assert A.shape == (5, 5) and A.nnz == 13
np.testing.assert_allclose(A.toarray()[1, :3], [-0.5, 2, -0.5])
u0 = np.sin(np.linspace(0, np.pi, 7)[1:-1])
us = list(heat(u0, 0.5, 3))
assert len(us) == 3
np.testing.assert_allclose(A @ us[0], u0)
assert us[2].max() < us[1].max() < u0.max()

# %% answer spectrum
def dominant_frequency(signal, rate):
    """The frequency with the greatest amplitude, and the spectrum's figure."""
    f = np.fft.rfftfreq(len(signal), 1 / rate)
    s = np.abs(np.fft.rfft(signal))
    fig, ax = plt.subplots()
    ax.plot(f, s)
    ax.set(xlabel="frequency [Hz]", ylabel="amplitude")
    return f[np.argmax(s)], fig

# %% wrong
def dominant_frequency(signal, rate):
    return rate, None

# %% subtle
def dominant_frequency(signal, rate):
    s = np.abs(np.fft.fft(signal))
    plt.plot(s)
    return np.argmax(s), plt.gcf()

# %% other
def dominant_frequency(signal, rate):
    freqs, amplitude = np.fft.fftfreq(len(signal), d=1 / rate), np.abs(np.fft.fft(signal))
    half = freqs >= 0
    fig = plt.figure(figsize=(4, 3))
    plt.plot(freqs[half], amplitude[half])
    plt.xlabel("Frequency (Hz)")
    plt.ylabel("Amplitude")
    return freqs[half][amplitude[half].argmax()], fig

# %% test spectrum 3
t = np.arange(0, 2, 1 / 200)
peak, fig = dominant_frequency(np.sin(2 * np.pi * 12.5 * t) + 0.3 * np.cos(2 * np.pi * 40 * t), 200)
assert np.isclose(peak, 12.5)
assert isinstance(fig, plt.Figure)
axis = fig.axes[0]
assert "frequency" in axis.get_xlabel().lower()
line = axis.get_lines()[0]
assert len(line.get_xdata()) == len(line.get_ydata()) == 201 or len(line.get_xdata()) == 200
plt.close(fig)

# %% answer pendulum
def pendulum(theta0, t):
    """Angles of a pendulum of length 1, with odeint."""
    return odeint(lambda y, t: (y[1], -g * np.sin(y[0])), (theta0, 0), t)[:, 0]

# %% wrong
def pendulum(theta0, t):
    return t

# %% subtle
def pendulum(theta0, t):
    return theta0 * np.cos(np.sqrt(g) * t)

# %% other
def pendulum(theta0, t):
    s = solve_ivp(lambda t, y: (y[1], -g * np.sin(y[0])), (t[0], t[-1]), (theta0, 0), t_eval=t, rtol=1e-9, atol=1e-9)
    return s.y[0]

# %% test pendulum 2
t = np.linspace(0, 4, 200)
th = pendulum(1.2, t)
assert th.shape == t.shape
period = 4 * np.sqrt(1 / g) * quad(lambda x: 1 / np.sqrt(1 - np.sin(0.6) ** 2 * np.sin(x) ** 2), 0, np.pi / 2)[0]
assert abs(np.interp(period, t, th) - 1.2) < 1e-3
